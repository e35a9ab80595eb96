#include "cli/job_history.h"

#include "base/clock.h"
#include "cli/exit.h"
#include "cli/print.h"
#include "history/history.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool job_histories_are_asked_well(const struct arguments *arguments, struct job *jobs, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct ptl_profile *profile = jobs[i].profile;
        if (profile->history_dir == NULL)
            continue;
        any = true;
        if (asprintf(&jobs[i].history, "%s/%s", profile->history_dir, profile->name) < 0) {
            jobs[i].history = NULL;
            print_no_memory();
            return false;
        }
        for (size_t other = 0; other < i; other++)
            if (jobs[other].history != NULL && strcmp(jobs[other].history, jobs[i].history) == 0) {
                print_line("portolan run: two profiles are called %s, and would share the history "
                           "%s",
                           profile->name, jobs[i].history);
                return false;
            }
    }
    if (arguments->given[OPTION_FAIL_ON_CHANGE] && !any)
        print_line("portolan run: --fail-on-change wants a history: --history DIR, or the "
                   "profile's key history");
    return any || !arguments->given[OPTION_FAIL_ON_CHANGE];
}

int job_check_history(const struct job *job)
{
    struct ptl_error error;
    if (job->history == NULL)
        return EXIT_DONE;
    enum ptl_status status = ptl_history_check(job->history, &error);
    if (status == PTL_OK)
        return EXIT_DONE;
    int result = print_failure(&error);
    if (status == PTL_E_INVALID)
        print_line(
            "where it is damaged, move %s/index.jsonl away: the next run makes one of the results "
            "files that are kept there",
            job->history);
    return result;
}

bool job_compare_history(const struct job *job, const struct arguments *arguments,
                         struct ptl_results *results)
{
    struct ptl_history *history = NULL;
    struct ptl_error error;
    if (job->history == NULL)
        return true;
    enum ptl_status status = ptl_history_mend(job->history, &error);
    if (status == PTL_OK)
        status = ptl_history_read(job->history, &history, &error);
    if (status == PTL_OK)
        status = ptl_history_compare(history, results, job->profile->changes_after,
                                     &results->changes, &error);
    ptl_history_free(history);
    if (status != PTL_OK)
        print_error(&error);
    else
        results->changes->fails = arguments->given[OPTION_FAIL_ON_CHANGE];
    return status == PTL_OK;
}

bool job_keep_history(const struct job *job, const struct ptl_results *results)
{
    struct ptl_history_keep keep = {.all_ms = job->profile->history_all_ms,
                                    .daily_ms = job->profile->history_daily_ms};
    struct ptl_error error;
    if (job->history == NULL)
        return true;
    bool kept = ptl_history_keep(job->history, results, &error) == PTL_OK;
    if (!kept)
        print_error(&error);
    if (!kept && error.sys_errno != ENOSPC && error.sys_errno != EDQUOT)
        return false;
    /* On a full disk, too: what goes makes room for the next run. It has no later line to wait for.
     */
    keep.is_of_run_before = kept;
    bool pruned = ptl_history_prune(job->history, &keep, ptl_clock_wall_ms(), false, NULL, NULL,
                                    &error) == PTL_OK;
    if (kept && !pruned)
        print_error(&error);
    return kept && pruned;
}
