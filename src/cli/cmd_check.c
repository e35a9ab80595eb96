#include "cli/commands.h"

#include "base/text.h"
#include "profile/profile.h"

#include <stdio.h>

static void print_ok(const char *file)
{
    struct ptl_buf safe;
    ptl_buf_init(&safe, 1U << 16);
    ptl_text_add_printable(&safe, file);
    printf("%s: ok\n", ptl_buf_text(&safe));
    ptl_buf_free(&safe);
}

/* As a run warns of it, with the place. */
static void warn_of_host_bits(const struct ptl_hosts *hosts)
{
    char text[PTL_HOST_BITS_SIZE];
    struct ptl_host first;
    if (!ptl_hosts_with_bits(hosts, &first, text))
        return;
    struct ptl_problems warnings = {.items = NULL};
    struct ptl_origin origin = {.file = first.file, .line = first.line, .column = first.column};
    ptl_problems_at(&warnings, &origin, "warning: %s", text);
    print_problems(&warnings);
}

static int run(const struct arguments *arguments)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < arguments->word_count; i++) {
        struct ptl_profile *profile = load_ptl_profile(arguments->words[i], arguments);
        if (profile != NULL) {
            warn_of_host_bits(&profile->hosts);
            warn_of_host_bits(&profile->exclude_hosts);
            print_ok(profile->file);
        } else {
            status = EXIT_REJECTED;
        }
        ptl_profile_free(profile);
    }
    return end_output(status);
}

static const struct option options[] = {
    OPTION_ROWS_TARGETS,
};

const struct command command_check = {
    .name = "check",
    .synopsis = "PROFILE...",
    .summary = "Validate profiles; print every problem as FILE:LINE:COLUMN: message",
    .details = "Names are not looked up and nothing is sent. Problems go to standard error; the\n"
               "exit status is then 3. A warning leaves it 0.",
    COMMAND_OPTIONS(options),
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
