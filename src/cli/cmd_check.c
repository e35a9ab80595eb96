#include "cli/commands.h"

#include <stdint.h>
#include <stdio.h>

static int run(const struct arguments *arguments)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < arguments->word_count; i++) {
        struct ptl_profile *profile = load_profile(arguments->words[i], arguments);
        if (profile != NULL)
            printf("%s: ok\n", profile->file);
        else
            status = EXIT_REJECTED;
        ptl_profile_free(profile);
    }
    return end_output(status);
}

const struct command command_check = {
    .name = "check",
    .synopsis = "PROFILE...",
    .summary = "Validate profiles; print every problem as FILE:LINE:COLUMN: message",
    .details =
        "Names are not resolved and nothing is sent. Problems go to standard error; the exit\n"
        "status is then 3.",
    .least_words = 1,
    .most_words = SIZE_MAX,
    .run = run,
};
