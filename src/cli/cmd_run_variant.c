#include "cli/commands.h"

#include "cli/signals.h"
#include "portolan/compare.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/*
 * One run of a study, in the process that `compare` starts for it. It goes when that one goes:
 * a scan that nobody waits for any more would only disturb.
 */
static int run(const struct arguments *arguments)
{
    (void)arguments;
    static struct ptl_cancel cancel; /* outlives the handler's last use */
    struct ptl_error error;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() == 1)
        return EXIT_INCOMPLETE;
    if (ptl_cancel_init(&cancel, &error) != PTL_OK) {
        print_error(&error);
        return EXIT_INCOMPLETE;
    }
    signals_watch(&cancel);
    if (ptl_study_serve(&cancel))
        return EXIT_DONE;
    print_line("portolan run-variant: compare starts this for each run; it is of no use by hand");
    return EXIT_USAGE;
}

const struct command command_run_variant = {
    .name = "run-variant",
    .synopsis = "",
    .summary = "One run of a study, for compare",
    .details = "",
    .is_hidden = true,
    .run = run,
};
