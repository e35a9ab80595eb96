/*
 * Options as const tables: one row drives parsing, --help and the "did you mean" of a wrong one.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_id {
    OPTION_HELP,
    OPTION_SET,
    OPTION_QUIET,
    OPTION_PROGRESS,
    OPTION_REPORT,
    OPTION_ALLOW_INCONCLUSIVE,
    OPTION_FAIL_UNKNOWN,
    OPTION_SAVE_EXPECT,
    OPTION_VARY,
    OPTION_REPEAT,
    OPTION_WARMUP,
    OPTION_PAUSE,
    OPTION_BASELINE,
    OPTION_HOSTS,
    OPTION_PORTS,
    OPTION_SAVE_PROFILE,
    OPTION_JOURNAL,
    OPTION_RESUME,
    OPTION_KEEP_JOURNAL,
    OPTION_SALVAGE,
    OPTION_SET_ASIDE,
    OPTION_MAX_AGE,
    OPTION_SHARD,
    OPTION_PREFER,
    OPTION_FREEZE,
    OPTION_HISTORY,
    OPTION_FAIL_ON_CHANGE,
    OPTION_SINCE,
    OPTION_CSV_PORTS,
    OPTION_PRUNE,
    OPTION_DRY_RUN,
    OPTION_COUNT
};

#define REPORTS_MAX 16 /* formats, at most */

struct option {
    enum option_id id;
    const char *name;     /* without the dashes */
    const char *argument; /* NULL: takes none */
    const char *help;
    int format; /* OPTION_REPORT: which */
};

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

/* What a command line said. */
struct arguments {
    const struct command *const *commands; /* all that there are, up to a NULL */
    const char **words;                    /* a lone NULL: no PROFILE, but --hosts or --ports */
    size_t word_count;
    struct ptl_setting *settings;
    size_t setting_count;
    const char *reports[REPORTS_MAX]; /* by format; NULL: not given */
    bool any_report;
    enum progress_mode progress;
    const char **varies; /* every --vary */
    size_t vary_count;
    bool given[OPTION_COUNT];        /* those that take no value */
    const char *texts[OPTION_COUNT]; /* of those that just take a text; NULL: not given */
};

struct command {
    const char *name;
    const char *synopsis; /* what follows the name */
    const char *summary;
    const char *details; /* shown by --help in lines that fit; "\n\n" parts paragraphs; may be "" */
    const struct option *options;
    size_t option_count;
    bool takes_reports; /* a --FORMAT PATH for every report format, after its own options */
    bool is_hidden;     /* for the program itself: not in help, never suggested */
    size_t least_words, most_words;
    int (*run)(const struct arguments *arguments);
};

/* All options of a command in the order of --help: its own, the reports', help. NULL past the end.
 */
const struct option *options_at(const struct command *command, size_t number);
/* Every command takes --help beside its own table. False: the problem was printed; status 2. */
bool options_parse(const struct command *command, int argc, char **argv,
                   struct arguments *arguments);
void arguments_free(struct arguments *arguments);
/* Reads the text of an option that wants a duration, such as `example`; NULL: 0. False: it is none,
 * or 0, which was printed. */
bool options_take_age(const char *command, const char *text, const char *name, const char *example,
                      uint64_t *ms);
/* A command's own table, as two of its members. */
#define COMMAND_OPTIONS(rows) .options = (rows), .option_count = sizeof(rows) / sizeof((rows)[0])
/* The row of a report: PTL_FORMAT_* less that, and what its help says. */
#define OPTION_ROW_REPORT(word, key, what)                                                         \
    OPTION_REPORT, key, "PATH", .help = (what), .format = PTL_FORMAT_##word
/* The rows --set, --hosts and --ports, of commands that take a PROFILE, and do without one beside
 * the last two. */
#define OPTION_ROWS_PROFILE                                                                        \
    {OPTION_SET, "set", "KEY=VALUE", .help = "override a key of the profile (repeatable)"},        \
        OPTION_ROWS_TARGETS
#define OPTION_ROWS_TARGETS                                                                        \
    {OPTION_HOSTS, "hosts", "HOSTS",                                                               \
     .help = "what to scan, as \"web.lan,10.0.0.0/24\"; with --ports no PROFILE is needed"},       \
    {                                                                                              \
        OPTION_PORTS, "ports", "PORTS", .help = "which ports, as \"22,80,8000-8100\""              \
    }
/* The row --shard, of commands that scan, or plan to. */
#define OPTION_ROW_SHARD                                                                           \
    OPTION_SHARD, "shard", "K/N|auto/N",                                                           \
        .help = "only slice K, from 1, of N of the plan; auto: K is the array's or the job's"
/* The row --progress, of commands that show how far they are. */
#define OPTION_ROW_PROGRESS                                                                        \
    OPTION_PROGRESS, "progress", "auto|always|never",                                              \
        .help = "the progress line; auto: on a terminal"
/* What a PROFILE is: shown by --help of every command that begins with one. */
extern const char options_about_profile[];
/* Prints usage, details and the table. */
void options_print_help(const struct command *command);

#endif
