#include "cli/commands.h"

#include "journal/journal.h"

static int tell_journal(const char *path)
{
    struct ptl_past_request request = {.salvage = true};
    struct ptl_past *past = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_journal_read(path, &request, &past, &error);
    if (status != PTL_OK)
        return print_failure(&error);
    struct ptl_buf text;
    ptl_buf_init(&text, 65536);
    ptl_past_tell(past, &text);
    ptl_past_free(past);
    return print_document(&text);
}

static int run(const struct arguments *arguments)
{
    if (arguments->words[0] != NULL && ptl_journal_is(arguments->words[0]))
        return tell_journal(arguments->words[0]);
    struct ptl_profile *profile = load_ptl_profile(arguments->words[0], arguments);
    if (profile == NULL)
        return EXIT_REJECTED;
    struct ptl_buf yaml;
    ptl_buf_init(&yaml, 256U << 20);
    ptl_profile_show(profile, &yaml);
    ptl_profile_free(profile);
    return print_document(&yaml);
}

static const struct option options[] = {
    OPTION_ROWS_PROFILE,
};

const struct command command_show = {
    .name = "show",
    .synopsis = "PROFILE|JOURNAL [--set KEY=VALUE]...",
    .summary = "Print the effective profile, as YAML that loads again to the same profile",
    .details = "Nothing is left to `extends`, --set or a default. The SHA-256 of what is\n"
               "printed is profile_sha256 in results.json. Of a journal it tells what it holds,\n"
               "and what --resume would still ask.",
    COMMAND_OPTIONS(options),
    .least_words = 1,
    .most_words = 1,
    .run = run,
};
