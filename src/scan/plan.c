#include "portolan/clock.h"
#include "scan/wait.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 4096      /* active targets, at most: the contract's bound */
#define LAGGING_SHARE 32 /* what lanes that lag may hold while others flow: one permit in 32 */
#define SKIPS 128        /* lanes that are passed over before a pull looks elsewhere */

/* ---- the window ---- */

static void activate(struct ptl_plan *plan)
{
    uint32_t id = ptl_schedule_open(&plan->schedule, plan->now_ns);
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    uint64_t index = plan->next_target++;
    if (plan->profile->order == PTL_ORDER_RANDOM) {
        index = ptl_permute_forward(&plan->target_order, index);
        ptl_permute_init(&lane->port_order, plan->port_count, plan->seed + 1 + index);
    }
    struct ptl_target target;
    ptl_targets_get(plan->results->live, index, &target);
    lane->target = (uint32_t)index;
    lane->address = target.address;
    ptl_schedule_place(&plan->schedule, id, ptl_plan_ms(plan, plan->now_ns));
}

static bool nothing_first(const struct ptl_plan *plan)
{
    return plan->schedule.sizes[PTL_PLACE_FLOWING] == 0 &&
           plan->schedule.sizes[PTL_PLACE_LAGGING] == 0;
}

static void fill_window(struct ptl_plan *plan)
{
    bool host_by_host = plan->profile->order == PTL_ORDER_SEQUENTIAL;
    while (plan->schedule.free_lane != PTL_LANE_NONE && plan->next_target < plan->targets &&
           !(host_by_host && !nothing_first(plan)))
        activate(plan);
}

/* ---- pulling ---- */

/* Of a lane with both: a due retry, or a first attempt? */
static bool retry_comes_first(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    if (plan->profile->adaptive && lane->answers == 0)
        return false; /* it is asked for every port before it is asked twice */
    /* Where loss is proven, how much of it shows in retries: the sooner the better. */
    return lane->retry_next || lane->congestion.lossy;
}

static struct ptl_probe take(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_schedule *schedule = &plan->schedule;
    struct ptl_lane *lane = &schedule->lanes[id];
    bool first = ptl_schedule_has_first(schedule, lane);
    bool due = lane->retries.count > 0 &&
               ptl_retries_first(&lane->retries)->due_ms <= ptl_plan_ms(plan, plan->now_ns);
    bool again = due && (!first || retry_comes_first(plan, lane));
    struct ptl_probe probe;
    if (again) {
        probe = ptl_schedule_pop_retry(schedule, id);
    } else {
        uint32_t index = lane->next_port++;
        bool scouts = ptl_wait_scouts(plan, index);
        if (plan->profile->order == PTL_ORDER_RANDOM)
            index = (uint32_t)ptl_permute_forward(&lane->port_order, index);
        probe = (struct ptl_probe){
            .lane = id, .port = plan->ports[index], .attempt = 1, .scouts = scouts};
    }
    lane->retry_next = !again;
    ptl_schedule_sent(schedule, &probe, plan->now_ns);
    ptl_schedule_place(schedule, id, ptl_plan_ms(plan, plan->now_ns));
    return probe;
}

/* Takes up to `want` from the lanes of a ring that have less than `most` in flight. */
static size_t serve(struct ptl_plan *plan, enum ptl_place place, uint32_t most,
                    struct ptl_probe *probes, size_t want)
{
    struct ptl_schedule *schedule = &plan->schedule;
    bool next_host_first = plan->profile->order != PTL_ORDER_SEQUENTIAL;
    uint32_t skips = schedule->sizes[place] < SKIPS ? schedule->sizes[place] : SKIPS;
    size_t count = 0;
    while (count < want && schedule->turns[place] != PTL_LANE_NONE) {
        uint32_t id = schedule->turns[place];
        if (schedule->lanes[id].in_flight >= most) {
            if (skips-- == 0)
                break;
            schedule->turns[place] = schedule->lanes[id].next;
            continue;
        }
        probes[count++] = take(plan, id);
        if (next_host_first && schedule->turns[place] == id)
            schedule->turns[place] = schedule->lanes[id].next;
    }
    return count;
}

/* An even share of the permits for each of `lanes`. */
static uint32_t share_of(const struct ptl_plan *plan, uint32_t permits, uint32_t lanes)
{
    if (!plan->profile->adaptive || plan->profile->order == PTL_ORDER_SEQUENTIAL || lanes < 2)
        return UINT32_MAX;
    return permits / lanes > 1 ? permits / lanes : 1;
}

static size_t pull(struct ptl_plan *plan, struct ptl_probe *probes, size_t want)
{
    struct ptl_schedule *schedule = &plan->schedule;
    ptl_schedule_wake(schedule, ptl_plan_ms(plan, plan->now_ns));
    if (nothing_first(plan) || schedule->free_lane != PTL_LANE_NONE)
        fill_window(plan);
    uint32_t permits = atomic_load_explicit(&plan->shortage.permits->limit, memory_order_relaxed);
    uint32_t lagging = schedule->sizes[PTL_PLACE_LAGGING];
    uint32_t share = share_of(plan, permits, schedule->sizes[PTL_PLACE_FLOWING]);
    size_t count = 0;
    if (schedule->sizes[PTL_PLACE_FLOWING] > 0 && lagging > 0) {
        uint32_t most = permits / LAGGING_SHARE > 1 ? permits / LAGGING_SHARE : 1;
        uint32_t room = most > schedule->lagging_in_flight ? most - schedule->lagging_in_flight : 0;
        count = serve(plan, PTL_PLACE_LAGGING, share_of(plan, most, lagging), probes,
                      room < want ? room : want);
    }
    count += serve(plan, PTL_PLACE_FLOWING, share, probes + count, want - count);
    /* Permits that nobody has a better right to. */
    count += serve(plan, PTL_PLACE_FLOWING, UINT32_MAX, probes + count, want - count);
    if (schedule->sizes[PTL_PLACE_FLOWING] == 0) {
        share = share_of(plan, permits, lagging);
        count += serve(plan, PTL_PLACE_LAGGING, share, probes + count, want - count);
        count += serve(plan, PTL_PLACE_LAGGING, UINT32_MAX, probes + count, want - count);
    }
    if (count < want && nothing_first(plan)) {
        fill_window(plan);
        if (nothing_first(plan))
            count += serve(plan, PTL_PLACE_LAST, UINT32_MAX, probes + count, want - count);
    }
    ptl_pacer_spend(&plan->pacer, count);
    return count;
}

static bool is_finished(const struct ptl_plan *plan)
{
    return atomic_load(&plan->stop) != PTL_STOP_NONE ||
           (plan->schedule.active == 0 && plan->next_target == plan->targets);
}

static bool has_something(const struct ptl_plan *plan)
{
    return !nothing_first(plan) || plan->schedule.sizes[PTL_PLACE_LAST] > 0;
}

static void settle_all(struct ptl_plan *plan, const struct ptl_outcome *outcomes, size_t count)
{
    uint64_t failed_ns = plan->shortage.failed_ns;
    for (size_t i = 0; i < count; i++)
        ptl_plan_settle(plan, &outcomes[i]);
    if (count > 0 && plan->shortage.failed_ns == failed_ns)
        ptl_shortage_well(&plan->shortage, plan->now_ns);
    if (plan->out_of_memory)
        ptl_plan_stop(plan, PTL_STOP_MEMORY);
}

/* When to ask again after a pull that found nothing. */
static uint64_t next_due_ns(const struct ptl_plan *plan, uint64_t otherwise)
{
    uint32_t wake_ms = plan->schedule.wake_ms;
    if (wake_ms == UINT32_MAX)
        return otherwise;
    uint64_t due_ns = plan->start_ns + wake_ms * PTL_NS_PER_MS;
    return due_ns < otherwise ? due_ns : otherwise;
}

struct ptl_pull ptl_plan_exchange(struct ptl_plan *plan, uint32_t worker,
                                  const struct ptl_outcome *outcomes, size_t settled,
                                  struct ptl_probe *probes, size_t want)
{
    struct ptl_pull pulled = {.due_ns = UINT64_MAX};
    pthread_mutex_lock(&plan->lock);
    plan->now_ns = ptl_clock_now_ns();
    settle_all(plan, outcomes, settled);
    if (want > PTL_PLAN_BLOCK)
        want = PTL_PLAN_BLOCK;
    if (is_finished(plan)) {
        pulled.finished = true;
        /* Everyone, once: a worker without a permit sleeps without being hungry. */
        if (!plan->told_finished)
            ptl_bells_ring_all(&plan->bells);
        plan->told_finished = true;
    } else if (want > 0 && plan->pause_until_ns > plan->now_ns) {
        pulled.due_ns = plan->pause_until_ns; /* and not before, whatever is due */
    } else if (want > 0) {
        pulled.count =
            pull(plan, probes, ptl_pacer_allow(&plan->pacer, want, plan->now_ns, &pulled.due_ns));
        if (pulled.count == 0)
            pulled.due_ns = next_due_ns(plan, pulled.due_ns);
    }
    /* One that asked for nothing has its permits in flight: its own answers will wake it. */
    bool hungry = want > 0 && pulled.count == 0 && !pulled.finished;
    ptl_bells_set_hungry(&plan->bells, worker, hungry);
    if (!hungry && !pulled.finished && has_something(plan))
        ptl_bells_ring_hungry(&plan->bells);
    pthread_mutex_unlock(&plan->lock);
    return pulled;
}

/* ---- the rest ---- */

int ptl_plan_wake_fd(const struct ptl_plan *plan, uint32_t worker)
{
    return ptl_bells_fd(&plan->bells, worker);
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
    for (int s = 0; s < PTL_UNPROBED; s++) {
        progress->states[s] = plan->sum.states[s];
        progress->done += plan->sum.states[s];
    }
    /* Ports that wait for their verdict only in case that loss shows itself are as good as done. */
    progress->states[PTL_FILTERED] += plan->parked;
    progress->done += plan->parked;
    progress->attempts = plan->sum.attempts;
    pthread_mutex_unlock(&plan->lock);
    progress->states[PTL_UNPROBED] = progress->probes - progress->done;
    progress->elapsed_ms = (ptl_clock_now_ns() - plan->start_ns) / PTL_NS_PER_MS;
}

bool ptl_plan_take_found(struct ptl_plan *plan, struct ptl_live *live, uint32_t *watermark_ms)
{
    pthread_mutex_lock(&plan->lock);
    bool good = ptl_live_take(live, plan->results, ptl_plan_ms(plan, ptl_clock_now_ns()));
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
    ptl_plan_settle_confirmations(plan);
    uint64_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += plan->sum.states[s];
    plan->sum.states[PTL_UNPROBED] = plan->sum.probes - known;
    plan->results->summary = plan->sum;
    plan->results->started = plan->next_target;
    plan->results->run.stopped_by = (enum ptl_stop)atomic_load(&plan->stop);
    if (plan->out_of_memory)
        ptl_results_warn(plan->results, "memory ran out: the run was stopped, results are missing");
    if (plan->gave_up > 0)
        ptl_results_warn(plan->results,
                         "%llu targets answered nothing to %u probes and were given up",
                         (unsigned long long)plan->gave_up, plan->profile->give_up_after);
    if (ptl_shortage_report(&plan->shortage, plan->results) != PTL_OK)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    if (plan->sum.states[PTL_UNPROBED] > 0 && plan->gave_up == 0 &&
        plan->results->run.stopped_by == PTL_STOP_NONE)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "%llu probes were lost",
                             (unsigned long long)plan->sum.states[PTL_UNPROBED]);
    return PTL_OK;
}

enum ptl_status ptl_plan_new(const struct ptl_profile *profile, struct ptl_results *results,
                             struct ptl_permits *permits, uint64_t seed, uint32_t workers,
                             uint64_t start_ns, struct ptl_plan **plan, struct ptl_error *error)
{
    struct ptl_plan *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    pthread_mutex_init(&new->lock, NULL);
    new->profile = profile;
    new->results = results;
    new->ports = ptl_portset_seal(profile->ports);
    new->port_count = ptl_portset_count(profile->ports);
    new->targets = ptl_targets_count(results->live);
    new->seed = seed;
    new->start_ns = start_ns;
    new->now_ns = start_ns;
    ptl_pacer_init(&new->pacer, profile->rate, start_ns);
    ptl_shortage_init(&new->shortage, permits);
    new->sum.targets = new->targets;
    new->sum.probes = new->targets *new->port_count;
    if (new->targets > 0)
        ptl_permute_init(&new->target_order, new->targets, seed);
    uint32_t window = new->targets < WINDOW ? (uint32_t) new->targets : WINDOW;
    if (new->ports == NULL ||
        !ptl_schedule_init(&new->schedule, window, new->port_count, profile->adaptive) ||
        !ptl_bells_init(&new->bells, workers)) {
        enum ptl_status status = ptl_error_errno(error, PTL_E_SYSTEM, errno,
                                                 "cannot set the plan up for %u workers", workers);
        ptl_plan_free(new);
        return status;
    }
    new->schedule.start_ns = start_ns;
    *plan = new;
    return PTL_OK;
}

void ptl_plan_free(struct ptl_plan *plan)
{
    if (plan == NULL)
        return;
    ptl_bells_free(&plan->bells);
    ptl_schedule_free(&plan->schedule);
    free(plan->confirmations);
    pthread_mutex_destroy(&plan->lock);
    free(plan);
}
