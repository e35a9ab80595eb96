#include "cli/commands.h"

static int run(const struct arguments *arguments)
{
    struct ptl_profile *profile = load_profile(arguments->words[0], arguments);
    if (profile == NULL)
        return EXIT_REJECTED;
    struct ptl_buf yaml;
    ptl_buf_init(&yaml, 256U << 20);
    ptl_profile_show(profile, &yaml);
    ptl_profile_free(profile);
    return print_document(&yaml);
}

static const struct option options[] = {
    {.id = OPTION_SET,
     .name = "set",
     .argument = "KEY=VALUE",
     .help = "override a key of the profile (repeatable)"},
    OPTION_ROW_HOSTS,
    OPTION_ROW_PORTS,
};

const struct command command_show = {
    .name = "show",
    .synopsis = "PROFILE [--set KEY=VALUE]...",
    .summary = "Print the effective profile, as YAML that loads again to the same profile",
    .details = "Nothing is left to `extends`, --set or a default. The SHA-256 of what is\n"
               "printed is profile_sha256 in results.json.",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
