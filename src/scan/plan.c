#include "scan/plan_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_NS 20000000U
#define WINDOW_PORTS (1U << 24) /* ports in the window: 2 bytes for each */

static bool has_all(const struct ptl_plan *plan)
{
    return plan->schedule.active == 0 && plan->next_target == plan->targets;
}

static bool is_finished(struct ptl_plan *plan)
{
    return atomic_load(&plan->stop) != PTL_STOP_NONE ||
           (has_all(plan) && !ptl_course_lingers(plan));
}

static bool has_something(const struct ptl_plan *plan)
{
    return ptl_pull_has_first(plan) || plan->schedule.sizes[PTL_PLACE_LAST] > 0;
}

static void settle_all(struct ptl_plan *plan, const struct ptl_outcome *outcomes, size_t count)
{
    uint64_t failed_ns = plan->shortage.failed_ns;
    for (size_t i = 0; i < count; i++)
        ptl_plan_settle(plan, &outcomes[i]);
    uint32_t id;
    while (plan->doubts.count > 0 && (id = ptl_silence_review(plan)) != PTL_LANE_NONE)
        ptl_plan_settle_lane(plan, id);
    if (count > 0 && plan->shortage.failed_ns == failed_ns && plan->shortage.halved_ns != 0)
        ptl_shortage_well(&plan->shortage, plan->now_ns);
    if (plan->out_of_memory)
        ptl_plan_stop(plan, PTL_STOP_MEMORY);
    if (plan->path.lost_in_row > 0 && ptl_path_falls_silent(&plan->path, plan->now_ns))
        ptl_path_pause(&plan->path, plan->now_ns);
    if (plan->path.paused &&
        plan->now_ns - plan->path.heard_ns >= plan->profile->outage_ms * PTL_NS_PER_MS)
        ptl_plan_stop(plan, PTL_STOP_OUTAGE);
}

static void pass_time(struct ptl_plan *plan)
{
    plan->now_ns = ptl_clock_now_ns();
    uint32_t now_ms = ptl_plan_ms(plan, plan->now_ns);
    uint32_t overdue = ptl_pipe_advance(&plan->pipe, now_ms);
    plan->debt += overdue;
    ptl_path_overdue(&plan->path, overdue, plan->shortage.permits->most);
    if (now_ms >= plan->point_ms)
        ptl_course_note(plan, now_ms);
    if (ptl_resets_is_due(&plan->resets, plan->now_ns))
        ptl_course_watch(plan);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*
 * When a worker that pulled nothing asks again by itself. One of them is enough, which will ring
 * for the others if there is more than it can take.
 */
static uint64_t next_due_ns(struct ptl_plan *plan, uint32_t worker, uint64_t due_ns)
{
    if (!plan->path.paused) /* nobody is woken then */
        due_ns = earlier(due_ns, ptl_wheel_next_ns(&plan->schedule.sleepers));
    uint32_t next_ms = ptl_pipe_next_ms(&plan->pipe);
    if (next_ms != UINT32_MAX)
        due_ns = earlier(due_ns, plan->start_ns + (next_ms + 1) * PTL_NS_PER_MS);
    if (worker != plan->alarm_worker && plan->alarm_ns > plan->now_ns && plan->alarm_ns <= due_ns)
        return UINT64_MAX;
    plan->alarm_worker = worker;
    plan->alarm_ns = due_ns;
    return due_ns;
}

static void finish(struct ptl_plan *plan, struct ptl_pull *pulled)
{
    pulled->finished = true;
    /* Everyone, once: a worker without a permit sleeps without being hungry. */
    if (!plan->told_finished)
        ptl_bells_ring_all(&plan->bells);
    plan->told_finished = true;
}

struct ptl_pull ptl_plan_exchange(struct ptl_plan *plan, uint32_t worker,
                                  const struct ptl_outcome *outcomes, size_t settled,
                                  struct ptl_probe *probes, size_t want)
{
    struct ptl_pull pulled = {.due_ns = UINT64_MAX};
    pthread_mutex_lock(&plan->lock);
    pass_time(plan);
    settle_all(plan, outcomes, settled);
    if (plan->nobody > 0)
        ptl_lookup_conclude(plan);
    if (want > PTL_PLAN_BLOCK)
        want = PTL_PLAN_BLOCK;
    if (is_finished(plan)) {
        finish(plan, &pulled);
    } else if (has_all(plan)) {
        pulled.due_ns = earlier(plan->lingers_ns, plan->now_ns + LOOK_NS);
    } else if (want > 0 && plan->pause_until_ns > plan->now_ns) {
        pulled.due_ns = plan->pause_until_ns; /* and not before, whatever is due */
    } else if (want > 0) {
        pulled.count = ptl_pull(plan, probes, want, &pulled.due_ns);
        if (pulled.count == 0 && plan->nobody > 0) /* they may be all that is left */
            pulled.due_ns = earlier(pulled.due_ns, plan->now_ns + LOOK_NS);
        if (pulled.count == 0)
            pulled.due_ns = next_due_ns(plan, worker, pulled.due_ns);
        if (pulled.count == 0 && is_finished(plan))
            finish(plan, &pulled); /* all that was left had been settled before it was resumed */
    }
    /* A worker that asked for nothing has its permits in flight: its own answers will wake it. */
    bool hungry = want > 0 && pulled.count == 0 && !pulled.finished;
    bool leaves_alarm = !hungry && worker == plan->alarm_worker && plan->alarm_ns != 0;
    if (leaves_alarm)
        plan->alarm_ns = 0;
    ptl_bells_set_hungry(&plan->bells, worker, hungry);
    if (!hungry && !pulled.finished && (has_something(plan) || leaves_alarm))
        ptl_bells_ring_hungry(&plan->bells);
    pthread_mutex_unlock(&plan->lock);
    return pulled;
}

/* ---- the rest ---- */

int ptl_plan_wake_fd(const struct ptl_plan *plan, uint32_t worker)
{
    return plan->bells.items[worker].fd;
}

void ptl_plan_woken(struct ptl_plan *plan, uint32_t worker)
{
    ptl_bells_clear(&plan->bells, worker);
}

const struct ptl_address *ptl_plan_address(const struct ptl_plan *plan, uint32_t lane)
{
    return &plan->schedule.lanes[lane].address;
}

void ptl_plan_stop(struct ptl_plan *plan, enum ptl_stop cause)
{
    int none = PTL_STOP_NONE;
    atomic_compare_exchange_strong(&plan->stop, &none, (int)cause);
    ptl_bells_ring_all(&plan->bells);
}

bool ptl_plan_stopped(const struct ptl_plan *plan)
{
    return atomic_load_explicit(&plan->stop, memory_order_relaxed) != PTL_STOP_NONE;
}

void ptl_plan_progress(struct ptl_plan *plan, struct ptl_progress *progress)
{
    memset(progress, 0, sizeof(*progress));
    pthread_mutex_lock(&plan->lock);
    progress->probes = plan->sum.probes;
    memcpy(progress->states, plan->sum.states, sizeof(progress->states));
    progress->done = ptl_plan_known(plan);
    /* Silent ports that only another pass could tell more about, and held ICMP errors, are as good
     * as done. */
    progress->states[PTL_FILTERED] += plan->silent + plan->held;
    progress->done += plan->silent + plan->held;
    progress->paused = plan->path.paused;
    progress->attempts = plan->sum.attempts;
    pthread_mutex_unlock(&plan->lock);
    progress->states[PTL_UNPROBED] = progress->probes - progress->done;
    progress->elapsed_ms = (ptl_clock_now_ns() - plan->start_ns) / PTL_NS_PER_MS;
}

bool ptl_plan_take_found(struct ptl_plan *plan, struct ptl_live *live, uint32_t *watermark_ms)
{
    pthread_mutex_lock(&plan->lock);
    bool good = ptl_live_take(live, plan->results, ptl_plan_offset_ms(plan, ptl_clock_now_ns()));
    *watermark_ms = plan->results->watermark_ms;
    pthread_mutex_unlock(&plan->lock);
    return good;
}

enum ptl_status ptl_plan_finish(struct ptl_plan *plan, struct ptl_error *error)
{
    plan->now_ns = ptl_clock_now_ns();
    for (uint32_t i = 0; i < plan->schedule.window; i++)
        if (plan->schedule.lanes[i].active)
            ptl_plan_settle_rest(plan, i);
    ptl_restore_rest(plan);
    ptl_verdict_confirmations(plan);
    plan->sum.states[PTL_UNPROBED] = plan->sum.probes - ptl_plan_known(plan);
    plan->results->summary = plan->sum;
    plan->results->started = plan->next_target;
    plan->results->run.stopped_by = (enum ptl_stop)atomic_load(&plan->stop);
    plan->results->lost_targets = plan->gone;
    if (plan->results->run.stopped_by == PTL_STOP_OUTAGE)
        ptl_settle_note_outage(plan, NULL,
                               (uint32_t)((plan->now_ns - plan->path.heard_ns) / PTL_NS_PER_MS));
    ptl_course_describe(plan);
    if (plan->out_of_memory)
        ptl_results_warn(plan->results, "memory ran out: the run was stopped, results are missing");
    if (ptl_course_warn(plan) != PTL_OK ||
        ptl_shortage_report(&plan->shortage, plan->results) != PTL_OK)
        return ptl_error_no_memory(error);
    if (plan->sum.states[PTL_UNPROBED] > 0 && plan->gave_up == 0 && plan->gone == 0 &&
        plan->results->run.stopped_by == PTL_STOP_NONE)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "%llu probes were lost",
                             (unsigned long long)plan->sum.states[PTL_UNPROBED]);
    return PTL_OK;
}

void ptl_plan_stood_still(struct ptl_plan *plan, uint64_t from_ns, uint64_t to_ns)
{
    pthread_mutex_lock(&plan->lock);
    uint64_t margin_ns = (uint64_t)ptl_rtt_timeout_us(&plan->path.rtt) * PTL_NS_PER_US;
    from_ns = from_ns > margin_ns ? from_ns - margin_ns : 0;
    ptl_path_stand_still(&plan->path, from_ns, to_ns);
    for (uint32_t i = 0; i < plan->schedule.window; i++) /* their own sentinels as well */
        if (plan->schedule.lanes[i].active)
            ptl_path_stand_still(&plan->schedule.lanes[i].path, from_ns, to_ns);
    pthread_mutex_unlock(&plan->lock);
}

enum ptl_status ptl_plan_new(const struct ptl_plan_parts *parts, struct ptl_plan **plan,
                             struct ptl_error *error)
{
    const struct ptl_profile *profile = parts->profile;
    struct ptl_results *results = parts->results;
    uint64_t start_ns = parts->start_ns;
    struct ptl_plan *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    pthread_mutex_init(&new->lock, NULL);
    new->profile = profile;
    new->results = results;
    new->ports = ptl_portset_seal(parts->ports);
    new->port_count = ptl_portset_count(parts->ports);
    new->targets = ptl_targets_count(results->live);
    new->seed = parts->seed;
    new->sentinel_draw = parts->seed;
    new->start_ns = start_ns;
    new->now_ns = start_ns;
    ptl_neighbours_init(&new->neighbours);
    new->point_ms = new->point_every_ms = PTL_COURSE_EVERY_MS;
    ptl_pacer_init(&new->pacer, parts->rate, start_ns);
    ptl_shortage_init(&new->shortage, parts->permits);
    new->sum.targets = results->summary.targets = new->targets;
    new->sum.probes = new->targets *new->port_count;
    new->sources = parts->sources;
    if (parts->sources != NULL)
        ptl_resets_begin(&new->resets);
    ptl_listening_init(&new->listening, new->sum.probes, parts->seed);
    if (new->targets > 0)
        ptl_permute_init(&new->target_order, new->targets, parts->seed);
    bool finds = profile->concurrency == PTL_CONCURRENCY_AUTO && profile->adaptive;
    ptl_path_init(&new->path, finds ? PTL_PATH_START : 0, start_ns);
    uint32_t most = new->port_count > WINDOW_PORTS / PTL_PLAN_WINDOW
                        ? WINDOW_PORTS / new->port_count
                        : PTL_PLAN_WINDOW;
    uint32_t window = new->targets < most ? (uint32_t) new->targets : most;
    if (new->ports == NULL ||
        !ptl_schedule_init(&new->schedule, window, PTL_SENTINEL_TARGETS, new->port_count,
                           profile->per_target, profile->adaptive, start_ns) ||
        !ptl_bells_init(&new->bells, parts->workers)) {
        enum ptl_status status = ptl_error_errno(
            error, PTL_E_SYSTEM, errno, "cannot set the plan up for %u workers", parts->workers);
        ptl_plan_free(new);
        return status;
    }
    *plan = new;
    return PTL_OK;
}

void ptl_plan_free(struct ptl_plan *plan)
{
    if (plan == NULL)
        return;
    ptl_bells_free(&plan->bells);
    ptl_neighbours_free(&plan->neighbours);
    ptl_schedule_free(&plan->schedule);
    ptl_fifo_free(&plan->doubts);
    free(plan->notes.notes);
    free(plan->confirmations);
    pthread_mutex_destroy(&plan->lock);
    free(plan);
}
