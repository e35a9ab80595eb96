#include "cli/commands.h"

#include "cli/signals.h"
#include "compare/compare.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * One run of a study, in the process that `compare` starts for it and tells its own id. It goes
 * when that one goes: a scan that nobody waits for any more would only disturb. Where that one is
 * gone already the parent is another, which need not be 1, as compare itself may be in a container.
 */
static int run(const struct arguments *arguments)
{
    char parent[24];
    snprintf(parent, sizeof(parent), "%ld", (long)getppid());
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || strcmp(arguments->words[0], parent) != 0) {
        print_line("portolan run-variant: compare starts this for each run; it is of no use by "
                   "hand");
        return EXIT_USAGE;
    }
    const struct ptl_cancel *cancel = signals_watch();
    if (cancel == NULL)
        return EXIT_INCOMPLETE;
    if (ptl_study_serve(cancel))
        return EXIT_DONE;
    print_line("portolan run-variant: there is nowhere to leave what the run found");
    return EXIT_USAGE;
}

const struct command command_run_variant = {
    .name = "run-variant",
    .synopsis = "",
    .summary = "One run of a study, for compare",
    .details = "",
    .least_words = 1,
    .most_words = 1,
    .is_hidden = true,
    .run = run,
};
