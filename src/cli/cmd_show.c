#include "cli/commands.h"

#include <stdio.h>

static int run(const struct arguments *arguments)
{
    struct ptl_profile *profile = load_profile(arguments->words[0], arguments);
    if (profile == NULL)
        return EXIT_REJECTED;
    struct ptl_buf yaml;
    ptl_buf_init(&yaml, 256U << 20);
    ptl_profile_show(profile, &yaml);
    int status = EXIT_DONE;
    if (yaml.failed) {
        fputs("portolan: out of memory\n", stderr);
        status = EXIT_INCOMPLETE;
    }
    fputs(ptl_buf_text(&yaml), stdout);
    ptl_buf_free(&yaml);
    ptl_profile_free(profile);
    return end_output(status);
}

static const struct option options[] = {
    {.id = OPTION_SET,
     .name = "set",
     .argument = "KEY=VALUE",
     .help = "override a key of the profile (repeatable)"},
};

const struct command command_show = {
    .name = "show",
    .synopsis = "PROFILE [--set KEY=VALUE]...",
    .summary = "Print the effective profile, as YAML that loads again to the same profile",
    .details = "",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
