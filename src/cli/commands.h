/* The commands, one file each, and what they share. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/print.h"

#include <portolan.h>

extern const struct command command_run, command_check, command_show, command_plan, command_list,
    command_compare, command_diff, command_merge, command_convert, command_history, command_schema,
    command_help, command_run_variant;

/* The JSON files that portolan writes: as `schema` calls them and as `help keys` heads them
 * (cmd_schema.c). */
struct json_file {
    const char *name, *title;
    const struct ptl_object *object;
};
#define JSON_FILES 5
extern const struct json_file json_files[JSON_FILES];

/*
 * What `portolan help` prints beside the help of the commands, on standard output, made of the same
 * tables: the manual page, portolan(1), as troff; and a completion for bash of commands, options,
 * their values, keys of --set and saved profiles.
 */
void topic_man(const struct command *const *commands);
void topic_completion(const struct command *const *commands);

/* `commands` are those of main.c, up to a NULL, here and above. NULL: no such command. */
const struct command *command_find(const struct command *const *commands, const char *name);
/* "no command X; did you mean Y?" on standard error. Returns the status. */
int command_unknown(const struct command *const *commands, const char *name);

/*
 * Which slice of its plan a profile is for: as --shard says, or else what is there, the profile's,
 * where `auto` is replaced by the number that the environment tells. False, said: it tells none, or
 * two, or --shard is none; the status is EXIT_USAGE.
 */
bool take_shard(const char *command, uint32_t *index, uint32_t *count,
                const struct arguments *arguments);
/* Finds and loads a profile; prints what is wrong. NULL: the status is EXIT_REJECTED. */
struct portolan_profile *load_profile(const char *word, const struct arguments *arguments);
/* The same, for a command that looks into it. */
struct ptl_profile *load_ptl_profile(const char *word, const struct arguments *arguments);

#endif
