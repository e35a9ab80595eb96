#include "cli/commands.h"

#include "profile/profile.h"
#include "results/keys.h"

#include <stdio.h>
#include <string.h>

static int print_overview(const struct command *const *commands)
{
    printf("usage: portolan COMMAND [OPTIONS] [ARGUMENTS]\n\n"
           "Runs saved scan profiles: TCP connect scans whose answer can be trusted at any speed.\n"
           "Scan only hosts that you are responsible for.\n\ncommands:\n");
    for (size_t i = 0; commands[i] != NULL; i++)
        if (!commands[i]->is_hidden)
            printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\nportolan COMMAND --help tells more; portolan help profile lists every key of a "
           "profile;\nportolan --version tells the version.\n");
    return end_output(EXIT_DONE);
}

static void add_keys(struct ptl_buf *reference)
{
    ptl_buf_add(
        reference,
        "# Keys of the JSON files\n\n"
        "<!-- Written from the tables of keys in src/; `./dev reference` writes it anew. -->\n\n"
        "What each key means; [outputs.md](outputs.md) tells the rest. A key is there *always*; "
        "or it came *later*, so that files of an older portolan lack it; or it is there "
        "*sometimes*, as its line says.\n");
    for (size_t i = 0; i < JSON_FILES; i++)
        ptl_object_reference(json_files[i].object, json_files[i].title, reference);
}

static int print_topic(void (*topic)(const struct command *const *),
                       const struct command *const *commands)
{
    topic(commands);
    return end_output(EXIT_DONE);
}

static int run(const struct arguments *arguments)
{
    if (arguments->word_count == 0)
        return print_overview(arguments->commands);
    const char *name = arguments->words[0];
    const struct command *command = command_find(arguments->commands, name);
    if (command != NULL) {
        options_print_help(command);
        return end_output(EXIT_DONE);
    }
    if (strcmp(name, "man") == 0)
        return print_topic(topic_man, arguments->commands);
    if (strcmp(name, "completion") == 0)
        return print_topic(topic_completion, arguments->commands);
    struct ptl_buf reference;
    ptl_buf_init(&reference, 1U << 20);
    if (strcmp(name, "profile") == 0)
        ptl_profile_reference(&reference);
    else if (strcmp(name, "keys") == 0)
        add_keys(&reference);
    else
        return command_unknown(arguments->commands, name);
    return print_document(&reference);
}

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND | profile | keys | man | completion]",
    .summary = "Show help, of a command or of the keys of a profile",
    .details = "`profile` lists every key of a profile, `keys` every key of the JSON files. `man` "
               "prints the manual page as troff, "
               "`completion` a completion for bash, to be sourced.",
    .most_words = 1,
    .run = run,
};
