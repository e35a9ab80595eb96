#include "scan/run.h"

#include "base/clock.h"
#include "base/thread.h"
#include "scan/engine.h"
#include "scan/teller.h"

#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STACK_BYTES (128UL * 1024) /* a worker needs little, and there may be thousands */

struct thread {
    struct ptl_worker worker;
    struct run *run;
    pthread_t id;
};

struct run {
    const struct ptl_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_journal *journal; /* NULL: none */
    const struct ptl_past *past; /* NULL: the run is a new one */
    struct ptl_results *results;
    struct ptl_plan *plan;
    struct ptl_permits permits;
    struct ptl_sources sources;
    struct thread *threads;
    uint32_t started;
    atomic_uint alive;
    struct ptl_cancel done; /* once the last worker is gone */
    uint64_t start_ns;
    int64_t began_ms; /* the same on the wall clock; a resumed run was started before */
};

static void *work(void *argument)
{
    struct thread *thread = argument;
    struct run *run = thread->run;
    enum ptl_engine engine = run->profile->engine;
    if (engine == PTL_ENGINE_SEQUENTIAL || engine == PTL_ENGINE_THREADS)
        ptl_engine_blocking(&thread->worker);
    else
        ptl_engine_evented(&thread->worker);
    if (atomic_fetch_sub(&run->alive, 1) == 1)
        ptl_cancel_trigger(&run->done, 1);
    return NULL;
}

static enum ptl_status describe(struct run *run, struct ptl_error *error)
{
    const struct ptl_profile *profile = run->profile;
    struct ptl_run_info *info = &run->results->run;
    snprintf(info->tool_version, sizeof(info->tool_version), "%s", PTL_VERSION);
    struct ptl_buf ports;
    ptl_buf_init(&ports, 1U << 20);
    ptl_portset_format(run->prepared->ports, &ports);
    info->ports = ptl_buf_steal(&ports);
    info->profile = strdup(profile->name);
    info->description = strdup(profile->description);
    info->file = strdup(profile->file);
    if (info->ports == NULL || info->profile == NULL || info->description == NULL ||
        info->file == NULL)
        return ptl_error_no_memory(error);
    memcpy(info->states, profile->report_states, sizeof(info->states));
    info->states[PTL_ERROR] = true;
    info->settings = profile->settings;
    info->seed = run->prepared->seed;
    info->effective_concurrency = run->prepared->effective_concurrency;
    if (profile->has_source_address)
        ptl_address_format(&profile->source_address, info->source_address);
    info->shard = run->prepared->shard;
    run->prepared->shard.names = NULL;
    run->prepared->shard.options = NULL;
    enum ptl_status status = ptl_profile_plan_sha256(profile, info->plan_sha256, error);
    return status == PTL_OK ? ptl_profile_sha256(profile, info->profile_sha256, error) : status;
}

static enum ptl_status take_over(struct run *run, struct ptl_error *error)
{
    struct ptl_prepared *prepared = run->prepared;
    run->results->live = prepared->targets;
    prepared->targets = NULL;
    run->results->judge = prepared->judge;
    prepared->judge = NULL;
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < prepared->unresolved_count && status == PTL_OK; i++)
        status = ptl_results_add_unresolved(run->results, prepared->unresolved[i].input,
                                            prepared->unresolved[i].message);
    for (size_t i = 0; i < prepared->warning_count && status == PTL_OK; i++)
        status = ptl_results_warn(run->results, "%s", prepared->warnings[i]);
    return status == PTL_OK ? PTL_OK : ptl_error_no_memory(error);
}

/* Starts as many workers as the system gives; none at all is an error. */
static enum ptl_status start_workers(struct run *run, const struct ptl_cancel *cancel,
                                     struct ptl_error *error)
{
    uint32_t asked = run->prepared->workers;
    uint32_t concurrency = run->prepared->effective_concurrency;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    size_t stack =
        STACK_BYTES > (size_t)PTHREAD_STACK_MIN ? STACK_BYTES : (size_t)PTHREAD_STACK_MIN;
    pthread_attr_setstacksize(&attributes, stack);
    int failure = 0;
    atomic_store(&run->alive, asked);
    for (run->started = 0; run->started < asked; run->started++) {
        struct thread *thread = &run->threads[run->started];
        thread->run = run;
        thread->worker = (struct ptl_worker){.number = run->started,
                                             .share = (concurrency + asked - 1) / asked,
                                             .profile = run->profile,
                                             .plan = run->plan,
                                             .permits = &run->permits,
                                             .sources = &run->sources};
        /* Thousands take their time, and work already. */
        if (ptl_cancel_cause(cancel) != 0 && !ptl_plan_stopped(run->plan))
            ptl_plan_stop(run->plan, PTL_STOP_SIGNAL);
        failure = ptl_thread_start(&thread->id, &attributes, work, thread);
        if (failure != 0)
            break;
    }
    pthread_attr_destroy(&attributes);
    if (run->started == 0)
        return ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a thread");
    run->results->run.workers = run->started;
    uint32_t missing = asked - run->started;
    if (missing == 0)
        return PTL_OK;
    if (run->profile->engine == PTL_ENGINE_THREADS)
        run->results->run.effective_concurrency = run->started;
    if (atomic_fetch_sub(&run->alive, missing) == missing)
        ptl_cancel_trigger(&run->done, 1);
    enum ptl_status status =
        ptl_results_warn(run->results, "only %u of %u threads could be started: %s", run->started,
                         asked, strerror(failure));
    return status == PTL_OK ? PTL_OK : ptl_error_no_memory(error);
}

/* A journal that was made, and never written on, is of a run that begins now. */
static bool is_resumed(const struct run *run)
{
    size_t count = 0;
    return run->past != NULL && ptl_past_segments(run->past, &count) != NULL && count > 0;
}

/* Waits for the workers; stops them on a signal or at the deadline. It calls nothing that waits. */
static void supervise(struct run *run, const struct ptl_cancel *cancel)
{
    uint64_t deadline_ms = run->profile->deadline_ms;
    uint64_t deadline = deadline_ms > 0 ? run->start_ns + deadline_ms * PTL_NS_PER_MS : UINT64_MAX;
    struct pollfd fds[2] = {{.fd = run->done.fd, .events = POLLIN},
                            {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN}};
    while ((fds[0].revents & POLLIN) == 0) {
        poll(fds, 2, ptl_engine_wait_ms(deadline));
        if (fds[1].fd >= 0 && fds[1].revents != 0) {
            ptl_plan_stop(run->plan, PTL_STOP_SIGNAL);
            fds[1].fd = -1;
        }
        if (ptl_clock_now_ns() >= deadline) {
            ptl_plan_stop(run->plan, PTL_STOP_DEADLINE);
            deadline = UINT64_MAX;
        }
    }
    for (uint32_t i = 0; i < run->started; i++)
        pthread_join(run->threads[i].id, NULL);
    struct ptl_run_info *info = &run->results->run;
    info->elapsed_ms = (double)((ptl_clock_now_ns() - run->start_ns) / PTL_NS_PER_US) / 1000.0;
    info->finished_ms = ptl_clock_wall_ms();
}

/* The stretches of work of a run that was resumed, with the one that just ended. */
static enum ptl_status add_segment(struct run *run, struct ptl_error *error)
{
    struct ptl_run_info *info = &run->results->run;
    const struct ptl_summary *summary = &run->results->summary;
    size_t count;
    const struct ptl_segment *segments = ptl_past_segments(run->past, &count);
    info->segments = calloc(count + 1, sizeof(*info->segments));
    if (info->segments == NULL)
        return ptl_error_no_memory(error);
    memcpy(info->segments, segments, count * sizeof(*segments));
    info->segments[count] = (struct ptl_segment){
        .started_ms = run->began_ms,
        .finished_ms = info->finished_ms,
        .probes = summary->probes - summary->states[PTL_UNPROBED] - info->resumed.taken_over,
        .reason = info->stopped_by};
    info->segment_count = count + 1;
    return PTL_OK;
}

static enum ptl_status conclude(struct run *run, struct ptl_error *error)
{
    struct ptl_results *results = run->results;
    struct ptl_run_info *info = &results->run;
    if (run->past != NULL)
        info->elapsed_ms += (double)ptl_past_worked_ms(run->past);
    uint32_t failed = 0;
    int failure = 0;
    for (uint32_t i = 0; i < run->started; i++) {
        if (run->threads[i].worker.failure == 0)
            continue;
        failed++;
        failure = run->threads[i].worker.failure;
        ptl_results_warn(results, "worker %u could not work: %s", i, strerror(failure));
    }
    if (failed == run->started)
        return ptl_error_errno(error, PTL_E_SYSTEM, failure, "no worker could start its work");
    enum ptl_status status = ptl_plan_finish(run->plan, error);
    const struct ptl_summary *summary = &results->summary;
    bool has_all = summary->probes > 0 && summary->states[PTL_UNPROBED] == 0;
    if (has_all && info->stopped_by != PTL_STOP_MEMORY)
        info->stopped_by = PTL_STOP_NONE; /* the order to stop came after the last verdict */
    if (results->summary.peak_in_flight < atomic_load(&run->permits.peak))
        results->summary.peak_in_flight = atomic_load(&run->permits.peak);
    /* What `give_up_after` set aside stays unprobed as the profile wishes. */
    info->complete = info->stopped_by == PTL_STOP_NONE && results->lost_targets == 0;
    if (is_resumed(run) && status == PTL_OK)
        status = add_segment(run, error);
    if (status == PTL_OK)
        status = ptl_results_seal(results, error);
    return status;
}

/* From the start of the run that this one goes on with. A clock that was set back meanwhile does
 * not make verdicts older than those before. */
static uint32_t base_ms(const struct run *run)
{
    int64_t since_ms = run->began_ms - ptl_past_started_ms(run->past);
    uint64_t least_ms = ptl_past_offset_ms(run->past);
    uint64_t ms = since_ms > 0 && (uint64_t)since_ms > least_ms ? (uint64_t)since_ms : least_ms;
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static enum ptl_status begin_journal(struct run *run, struct ptl_error *error)
{
    struct ptl_run_info *info = &run->results->run;
    enum ptl_status status = PTL_OK;
    uint32_t base = 0;
    if (is_resumed(run)) {
        base = base_ms(run);
        info->started_ms = ptl_past_started_ms(run->past);
        info->resumed = ptl_past_resumed(run->past);
        status = ptl_plan_restore(run->plan, run->past, base, error);
    }
    ptl_plan_note_all(run->plan, true);
    info->workers = run->prepared->workers;
    if (status == PTL_OK)
        status = ptl_journal_begin(run->journal, info, base, ptl_plan_take_notes, run->plan, error);
    return status;
}

static enum ptl_status set_up(struct run *run, struct ptl_error *error)
{
    enum ptl_status status = ptl_cancel_init(&run->done, error);
    if (status != PTL_OK)
        return status;
    run->results = ptl_results_new();
    run->threads = calloc(run->prepared->workers, sizeof(*run->threads));
    if (run->results == NULL || run->threads == NULL)
        return ptl_error_no_memory(error);
    status = describe(run, error);
    if (status == PTL_OK)
        status = take_over(run, error);
    if (status != PTL_OK)
        return status;
    ptl_permits_init(&run->permits, run->prepared->effective_concurrency);
    if (!ptl_sources_init(&run->sources, run->prepared->workers))
        return ptl_error_no_memory(error);
    run->results->run.started_ms = run->began_ms = ptl_clock_wall_ms();
    run->start_ns = ptl_clock_now_ns();
    struct ptl_plan_parts parts = {.profile = run->profile,
                                   .results = run->results,
                                   .ports = run->prepared->ports,
                                   .rate = run->prepared->rate,
                                   .permits = &run->permits,
                                   .sources = &run->sources,
                                   .seed = run->prepared->seed,
                                   .workers = run->prepared->workers,
                                   .start_ns = run->start_ns};
    status = ptl_plan_new(&parts, &run->plan, error);
    return status == PTL_OK && run->journal != NULL ? begin_journal(run, error) : status;
}

/* What is made of the rest once the workers are gone is for the results alone: a run that goes on
 * asks it again. */
static void end_notes(struct run *run)
{
    if (run->journal == NULL)
        return;
    ptl_journal_drain(run->journal);
    ptl_plan_note_all(run->plan, false);
}

/* From the first probe to the last, with what is told meanwhile. */
static enum ptl_status carry_out(struct run *run, const struct ptl_cancel *cancel,
                                 const struct ptl_run_hooks *hooks, struct ptl_error *error)
{
    struct ptl_teller teller = {.hooks = hooks,
                                .results = run->results,
                                .plan = run->plan,
                                .permits = &run->permits,
                                .journal = run->journal};
    if (ptl_cancel_cause(cancel) != 0)
        ptl_plan_stop(run->plan, PTL_STOP_SIGNAL);
    if (hooks != NULL && hooks->wanted != NULL && !hooks->wanted(hooks->context))
        ptl_plan_stop(run->plan, PTL_STOP_OUTPUT);
    enum ptl_status status = ptl_teller_start(&teller, error);
    if (status == PTL_OK)
        status = start_workers(run, cancel, error);
    if (run->started > 0)
        supervise(run, cancel);
    end_notes(run);
    ptl_teller_end(&teller);
    if (status == PTL_OK)
        status = conclude(run, error);
    if (status == PTL_OK && run->journal != NULL)
        ptl_journal_end(run->journal, run->results->run.stopped_by, run->results->run.complete);
    return status;
}

enum ptl_status ptl_run(const struct ptl_profile *profile, struct ptl_prepared *prepared,
                        const struct ptl_cancel *cancel, const struct ptl_run_hooks *hooks,
                        struct ptl_results **results, struct ptl_error *error)
{
    struct run run = {.profile = profile,
                      .prepared = prepared,
                      .journal = prepared->journal,
                      .past =
                          prepared->journal != NULL ? ptl_journal_past(prepared->journal) : NULL,
                      .done = {.fd = -1}};
    enum ptl_status status = set_up(&run, error);
    if (status == PTL_OK)
        status = carry_out(&run, cancel, hooks, error);
    ptl_plan_free(run.plan);
    ptl_sources_free(&run.sources);
    free(run.threads);
    ptl_cancel_free(&run.done);
    ptl_prepared_free(prepared);
    if (status != PTL_OK) {
        ptl_results_free(run.results);
        return status;
    }
    *results = run.results;
    return PTL_OK;
}
