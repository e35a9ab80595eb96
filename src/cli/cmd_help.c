#include "cli/commands.h"

#include "cli/topics.h"

#include <stdio.h>
#include <string.h>

static int print_overview(void)
{
    printf("usage: portolan COMMAND [OPTIONS] [ARGUMENTS]\n\n"
           "Runs saved scan profiles: TCP connect scans whose answer can be trusted at any speed.\n"
           "Scan only hosts that you are responsible for.\n\ncommands:\n");
    for (size_t i = 0; i < command_count; i++)
        if (!commands[i]->is_hidden)
            printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    printf("\nportolan COMMAND --help tells more; portolan help profile lists every key of a "
           "profile;\nportolan --version tells the version.\n");
    return end_output(EXIT_DONE);
}

static int run(const struct arguments *arguments)
{
    if (arguments->word_count == 0)
        return print_overview();
    const char *name = arguments->words[0];
    const struct command *command = command_find(name);
    if (command != NULL) {
        options_print_help(command);
        return end_output(EXIT_DONE);
    }
    void (*topic)(void) = NULL;
    if (strcmp(name, "man") == 0)
        topic = topic_man;
    else if (strcmp(name, "completion") == 0)
        topic = topic_completion;
    if (topic != NULL) {
        topic();
        return end_output(EXIT_DONE);
    }
    if (strcmp(name, "profile") != 0)
        return command_unknown(name);
    struct ptl_buf reference;
    ptl_buf_init(&reference, 1U << 20);
    ptl_profile_reference(&reference);
    return print_document(&reference);
}

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND | profile | man | completion]",
    .summary = "Show help, of a command or of the keys of a profile",
    .details = "`profile` lists every key of a profile. `man` prints the manual page as troff, "
               "`completion` a completion for bash, to be sourced.",
    .most_words = 1,
    .run = run,
};
