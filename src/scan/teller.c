#include "scan/teller.h"

#include "base/clock.h"
#include "base/thread.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

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
    uint64_t until_ns = ptl_clock_now_ns() + teller->hooks->tick_ms * PTL_NS_PER_MS;
    struct timespec until = {.tv_sec = (time_t)(until_ns / PTL_NS_PER_S),
                             .tv_nsec = (long)(until_ns % PTL_NS_PER_S)};
    int failure = 0;
    pthread_mutex_lock(&teller->lock);
    while (!teller->over && failure != ETIMEDOUT)
        if (teller->hooks->tick_ms > 0)
            failure = pthread_cond_timedwait(&teller->wake, &teller->lock, &until);
        else
            pthread_cond_wait(&teller->wake, &teller->lock);
    bool goes_on = !teller->over;
    pthread_mutex_unlock(&teller->lock);
    return goes_on;
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
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&teller->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&teller->lock, NULL);
    int failure = ptl_thread_start(&teller->id, NULL, tell, teller);
    teller->started = failure == 0;
    if (!teller->started) {
        pthread_mutex_destroy(&teller->lock);
        pthread_cond_destroy(&teller->wake);
        return ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a thread");
    }
    return PTL_OK;
}

void ptl_teller_end(struct ptl_teller *teller)
{
    if (!teller->started)
        return;
    pthread_mutex_lock(&teller->lock);
    teller->over = true;
    pthread_cond_signal(&teller->wake);
    pthread_mutex_unlock(&teller->lock);
    pthread_join(teller->id, NULL);
    pthread_mutex_destroy(&teller->lock);
    pthread_cond_destroy(&teller->wake);
    ptl_live_free(&teller->live);
    teller->started = false;
}
