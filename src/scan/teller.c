#include "scan/teller.h"

#include "base/thread.h"

#include <poll.h>
#include <stdatomic.h>

/* Hands over what was found since the last time. Without memory for it, it waits. */
static void tell_found(struct ptl_teller *teller)
{
    const struct ptl_run_hooks *hooks = teller->hooks;
    uint32_t watermark_ms;
    if (hooks->found == NULL || !ptl_plan_take_found(teller->plan, &teller->live, &watermark_ms))
        return;
    size_t ready = ptl_live_ready(&teller->live, watermark_ms);
    hooks->found(hooks->context, teller->results, teller->live.items, ready);
    ptl_live_drop(&teller->live, ready);
}

static void tell_progress(struct ptl_teller *teller)
{
    const struct ptl_run_hooks *hooks = teller->hooks;
    struct ptl_progress progress;
    if (hooks->tick == NULL)
        return;
    ptl_plan_progress(teller->plan, &progress);
    progress.in_flight = atomic_load(&teller->permits->in_use);
    hooks->tick(hooks->context, &progress);
}

static void ask_whether_wanted(struct ptl_teller *teller)
{
    const struct ptl_run_hooks *hooks = teller->hooks;
    if (hooks->wanted != NULL && !hooks->wanted(hooks->context))
        ptl_plan_stop(teller->plan, PTL_STOP_OUTPUT);
}

static void tell_trouble(struct ptl_teller *teller)
{
    const struct ptl_run_hooks *hooks = teller->hooks;
    struct ptl_error error;
    if (teller->journal == NULL || teller->told_trouble || hooks->journal_failed == NULL ||
        ptl_journal_failure(teller->journal, &error) == PTL_OK)
        return;
    teller->told_trouble = true;
    hooks->journal_failed(hooks->context, &error);
}

/* Waits for the next tick. False: the run is over. */
static bool rest(struct ptl_teller *teller)
{
    struct pollfd over = {.fd = teller->over.fd, .events = POLLIN};
    poll(&over, 1, teller->hooks->tick_ms > 0 ? (int)teller->hooks->tick_ms : -1);
    return ptl_cancel_cause(&teller->over) == 0;
}

static void *tell(void *argument)
{
    struct ptl_teller *teller = argument;
    if (teller->hooks->found != NULL)
        teller->hooks->found(teller->hooks->context, teller->results, NULL, 0);
    ask_whether_wanted(teller);
    while (rest(teller)) {
        tell_found(teller);
        ask_whether_wanted(teller);
        tell_trouble(teller);
        tell_progress(teller); /* last: what is told of findings may have erased it */
    }
    tell_trouble(teller);
    return NULL;
}

enum ptl_status ptl_teller_start(struct ptl_teller *teller, struct ptl_error *error)
{
    if (teller->hooks == NULL)
        return PTL_OK;
    enum ptl_status status = ptl_cancel_init(&teller->over, error);
    if (status != PTL_OK)
        return status;
    int failure = ptl_thread_start(&teller->id, NULL, tell, teller);
    teller->started = failure == 0;
    if (teller->started)
        return PTL_OK;
    ptl_cancel_free(&teller->over);
    return ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a thread");
}

void ptl_teller_end(struct ptl_teller *teller)
{
    if (!teller->started)
        return;
    ptl_cancel_trigger(&teller->over, 1);
    pthread_join(teller->id, NULL);
    ptl_cancel_free(&teller->over);
    ptl_live_free(&teller->live);
    teller->started = false;
}
