#include "embed/embed.h"

#include "base/clock.h"
#include "history/history.h"

#include <errno.h>
#include <stdlib.h>

enum portolan_status portolan_history_check(const char *folder, struct portolan_problems *problems)
{
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = ptl_history_check(folder, &error);
    ptl_embed_leave(&before);
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}

/* What a history is told of is what the profile says of it. */
static enum ptl_status check_run(const struct portolan_results *results, struct ptl_error *error)
{
    return results->profile != NULL
               ? PTL_OK
               : ptl_error_set(error, PTL_E_INVALID, "a history is of runs, not of what was read");
}

static enum ptl_status compare(const struct portolan_results *results, const char *folder,
                               struct ptl_changes **changes, struct ptl_error *error)
{
    struct ptl_history *history = NULL;
    enum ptl_status status = check_run(results, error);
    if (status == PTL_OK)
        status = ptl_history_mend(folder, error);
    if (status == PTL_OK)
        status = ptl_history_read(folder, &history, error);
    if (status == PTL_OK)
        status = ptl_history_compare(history, results->results,
                                     results->profile->profile->changes_after, changes, error);
    ptl_history_free(history);
    return status;
}

enum portolan_status portolan_results_compare(struct portolan_results *results, const char *folder,
                                              bool fails, struct portolan_problems *problems)
{
    struct ptl_changes *changes = NULL;
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = compare(results, folder, &changes, &error);
    ptl_embed_leave(&before);
    if (status != PTL_OK)
        return ptl_embed_fail(problems, &error);
    changes->fails = fails;
    struct ptl_results *inner = results->results;
    if (inner->changes != NULL)
        ptl_changes_clear(inner->changes);
    free(inner->changes);
    inner->changes = changes;
    return PORTOLAN_OK;
}

static enum ptl_status keep(const struct portolan_results *results, const char *folder,
                            struct ptl_error *error)
{
    struct ptl_error unpruned;
    enum ptl_status status = check_run(results, error);
    if (status != PTL_OK)
        return status;
    const struct ptl_profile *profile = results->profile->profile;
    struct ptl_history_keep how = {.all_ms = profile->history_all_ms,
                                   .daily_ms = profile->history_daily_ms};
    status = ptl_history_keep(folder, results->results, error);
    if (status != PTL_OK && error->sys_errno != ENOSPC && error->sys_errno != EDQUOT)
        return status;
    /* On a full disk, too: what goes makes room for the next run. It has no later line to wait for.
     */
    how.is_of_run_before = status == PTL_OK;
    enum ptl_status pruned =
        ptl_history_prune(folder, &how, ptl_clock_wall_ms(), false, NULL, NULL, &unpruned);
    if (status == PTL_OK && pruned != PTL_OK)
        *error = unpruned;
    return status == PTL_OK ? pruned : status;
}

enum portolan_status portolan_results_keep(const struct portolan_results *results,
                                           const char *folder, struct portolan_problems *problems)
{
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = keep(results, folder, &error);
    ptl_embed_leave(&before);
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}
