#include "cli/notes.h"

#include "cli/exit.h"
#include "cli/print.h"
#include "report/report.h"
#include "report/writer.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNMET_SHOWN 10

/* The first that have this verdict; returns how many may still be shown. */
static int print_unmet(const struct ptl_results *results, enum ptl_verdict verdict, int left)
{
    for (size_t i = 0; i < results->expectation_count && left > 0; i++) {
        const struct ptl_expectation *one = &results->expectations[i];
        struct ptl_target_names names;
        struct ptl_buf line;
        if (one->verdict != verdict)
            continue;
        ptl_results_expectation_names(results, one, &names);
        ptl_buf_init(&line, 4096);
        ptl_expectation_tell(results, one, &line);
        print_line("%s: %s %s", verdict == PTL_FAIL ? "FAILED" : "INCONCLUSIVE", names.host,
                   ptl_buf_text(&line));
        ptl_buf_free(&line);
        left--;
    }
    return left;
}

/* Does the text go to where standard error goes, one terminal or one log? It says all of this, too.
 */
static bool is_beside(const char *text)
{
    struct stat out, err;
    return text != NULL && ptl_report_is_stdout(text) && fstat(STDOUT_FILENO, &out) == 0 &&
           fstat(STDERR_FILENO, &err) == 0 && out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

static void print_expectations(const struct ptl_results *results, const char *text)
{
    uint64_t unmet = results->verdicts[PTL_FAIL] + results->verdicts[PTL_INCONCLUSIVE];
    if (unmet == 0)
        return;
    print_line("expectations of %s: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64
               " inconclusive",
               results->run.profile, results->verdicts[PTL_PASS], results->verdicts[PTL_FAIL],
               results->verdicts[PTL_INCONCLUSIVE]);
    if (text != NULL)
        return;
    int left = print_unmet(results, PTL_FAIL, UNMET_SHOWN);
    print_unmet(results, PTL_INCONCLUSIVE, left);
    if (unmet > UNMET_SHOWN)
        print_line("... and %" PRIu64 " more", unmet - UNMET_SHOWN);
}

/* What whoever started it cannot know from the profile. NULL: nothing of the kind. */
static const char *cause_of_stop(enum ptl_stop stop)
{
    if (stop == PTL_STOP_OUTPUT)
        return "stopped: nothing that was asked for can be written any more";
    return stop == PTL_STOP_SIGNAL ? "stopped by a signal" : NULL;
}

void notes_print(const struct ptl_results *results, const char *text)
{
    bool is_told = is_beside(text);
    for (size_t i = 0; !is_told && i < results->unresolved_count; i++)
        print_line("unresolved: %s: %s", results->unresolved[i].input,
                   results->unresolved[i].message);
    for (size_t i = 0; !is_told && i < results->warning_count; i++)
        print_line("warning: %s", results->warnings[i]);
    if (!is_told)
        print_expectations(results, text);
    const char *cause = cause_of_stop(results->run.stopped_by);
    if (cause != NULL)
        print_line("portolan: %s: %s; %" PRIu64 " of %" PRIu64 " probes have no verdict",
                   results->run.profile, cause, results->summary.states[PTL_UNPROBED],
                   results->summary.probes);
}

int notes_status(const struct ptl_results *results, const struct arguments *arguments)
{
    bool whole = results->run.complete && results->summary.states[PTL_ERROR] == 0 &&
                 results->unresolved_count == 0 && results->estimate.below == 0;
    if (!whole)
        return EXIT_INCOMPLETE;
    if (results->run.shard.count > 0)
        return EXIT_DONE; /* what a slice sees is a part: whoever has all of them judges */
    bool unmet = results->verdicts[PTL_FAIL] > 0 || (results->verdicts[PTL_INCONCLUSIVE] > 0 &&
                                                     !arguments->given[OPTION_ALLOW_INCONCLUSIVE]);
    bool changed = arguments->given[OPTION_FAIL_ON_CHANGE] && results->changes != NULL &&
                   ptl_changes_count(results->changes) > 0;
    return unmet || changed ? EXIT_DIFFERENT : EXIT_DONE;
}
