#include "scan/plan.h"

#include "portolan/clock.h"
#include "scan/bells.h"
#include "scan/pacer.h"
#include "scan/probe.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 4096             /* active targets, at most: the contract's bound */
#define TARGETS_LISTED 65536    /* beyond so many, only the interesting ones are kept */
#define RETRIES_WAITING 4096    /* ports that wait for a retry before first attempts pause */
#define LOCAL_TRIES 20          /* how often this machine may fail to ask before it is an error */
#define LOCAL_PAUSE_NS 2000000U /* before the first of them; doubled six times at most */

struct ptl_plan {
    pthread_mutex_t lock;
    atomic_int stop; /* enum ptl_stop */
    const struct ptl_profile *profile;
    struct ptl_results *results;
    const uint16_t *ports;
    uint32_t port_count;
    uint64_t targets;
    struct ptl_permute target_order;
    uint64_t seed;
    uint64_t start_ns;

    struct ptl_lane *lanes;
    uint32_t window;
    uint32_t free_lane; /* first of the free list */
    uint32_t active;
    uint32_t ring; /* the lane whose turn it is; PTL_LANE_NONE: no lane has anything to send */
    uint64_t next_target;

    uint64_t pause_until_ns; /* this machine failed to ask: give it time */
    struct ptl_pacer pacer;

    struct ptl_summary sum;
    bool out_of_memory;
    struct ptl_bells bells;
    bool told_finished;
};

/* ---- lanes and their ring ---- */

static bool has_work(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return lane->next_port < plan->port_count || lane->retries.count > 0;
}

static void activate(struct ptl_plan *plan)
{
    uint32_t id = plan->free_lane;
    struct ptl_lane *lane = &plan->lanes[id];
    plan->free_lane = lane->next;
    struct ptl_retries kept = lane->retries; /* its memory serves the next target too */
    memset(lane, 0, sizeof(*lane));
    kept.head = kept.count = 0;
    lane->retries = kept;

    uint64_t index = plan->next_target++;
    if (plan->profile->order == PTL_ORDER_RANDOM) {
        index = ptl_permute_forward(&plan->target_order, index);
        ptl_permute_init(&lane->port_order, plan->port_count, plan->seed + 1 + index);
    }
    struct ptl_target target;
    ptl_targets_get(plan->results->live, index, &target);
    lane->target = (uint32_t)index;
    lane->address = target.address;
    lane->active = true;
    plan->active++;
    ptl_ring_insert(plan->lanes, &plan->ring, id);
}

static void fill_window(struct ptl_plan *plan)
{
    bool host_by_host = plan->profile->order == PTL_ORDER_SEQUENTIAL;
    while (plan->free_lane != PTL_LANE_NONE && plan->next_target < plan->targets &&
           !(host_by_host && plan->ring != PTL_LANE_NONE))
        activate(plan);
}

static void keep_counts(struct ptl_plan *plan, const struct ptl_lane *lane)
{
    struct ptl_target_counts counts = {.target = lane->target};
    uint32_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++) {
        counts.states[s] = lane->states[s];
        known += lane->states[s];
    }
    counts.states[PTL_UNPROBED] = (uint16_t)(plan->port_count - known);
    if (plan->targets > TARGETS_LISTED && counts.states[PTL_OPEN] == 0 &&
        counts.states[PTL_ERROR] == 0 && counts.states[PTL_UNPROBED] == 0)
        return;
    if (ptl_results_add_target(plan->results, &counts) != PTL_OK)
        plan->out_of_memory = true;
}

static void retire(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->lanes[id];
    keep_counts(plan, lane);
    lane->active = false;
    lane->next = plan->free_lane;
    plan->free_lane = id;
    plan->active--;
}

/* ---- settling ---- */

static void wait_for_retry(struct ptl_plan *plan, const struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->lanes[probe->lane];
    if (!ptl_retries_push(&lane->retries, probe)) {
        plan->out_of_memory = true;
        return;
    }
    if (!lane->ready)
        ptl_ring_insert(plan->lanes, &plan->ring, probe->lane);
}

/* True when the probe goes back to the plan instead of having a verdict. */
static bool try_again(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_probe again = outcome->probe;
    if (outcome->reason == PTL_REASON_NO_RESPONSE && outcome->state == PTL_FILTERED) {
        if (again.attempt > plan->profile->retries)
            return false;
        again.attempt++;
    } else if (outcome->state == PTL_ERROR && ptl_probe_is_local(outcome->reason)) {
        if (again.local_tries >= LOCAL_TRIES)
            return false;
        uint64_t pause = (uint64_t)LOCAL_PAUSE_NS
                         << (again.local_tries < 6 ? again.local_tries : 6);
        if (plan->pause_until_ns < outcome->at_ns + pause)
            plan->pause_until_ns = outcome->at_ns + pause;
        again.local_tries++;
    } else {
        return false;
    }
    wait_for_retry(plan, &again);
    return true;
}

static void count_verdict(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    const struct ptl_probe *probe = &outcome->probe;
    struct ptl_lane *lane = &plan->lanes[probe->lane];
    /* A port that this machine could not even ask has no attempt behind it. */
    bool asked = !(outcome->state == PTL_ERROR && ptl_probe_is_local(outcome->reason));
    uint8_t attempts = asked ? probe->attempt : (uint8_t)(probe->attempt - 1);
    lane->states[outcome->state]++;
    plan->sum.states[outcome->state]++;
    plan->sum.retried += attempts > 1;
    if (!plan->results->run.states[outcome->state])
        return;
    struct ptl_result result = {.target = lane->target,
                                .port = probe->port,
                                .state = outcome->state & 7U,
                                .attempts = attempts & 31U,
                                .reason = outcome->reason,
                                .rtt_us = outcome->rtt_us & PTL_US_NONE,
                                .connect_us = outcome->connect_us & PTL_US_NONE};
    uint64_t offset = (outcome->at_ns - plan->start_ns) / PTL_NS_PER_MS;
    result.offset_ms = offset > UINT32_MAX ? UINT32_MAX : (uint32_t)offset;
    if (ptl_results_add(plan->results, &result) != PTL_OK)
        plan->out_of_memory = true;
}

static void settle(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = &plan->lanes[outcome->probe.lane];
    lane->in_flight--;
    bool local = outcome->state == PTL_ERROR && ptl_probe_is_local(outcome->reason);
    plan->sum.attempts += outcome->state != PTL_UNPROBED && !local;
    if (outcome->state == PTL_UNPROBED)
        return; /* abandoned: the plan was stopped, and finish() counts it */
    if (!try_again(plan, outcome))
        count_verdict(plan, outcome);
    if (lane->in_flight == 0 && !has_work(plan, lane)) {
        if (lane->ready)
            ptl_ring_remove(plan->lanes, &plan->ring, outcome->probe.lane);
        retire(plan, outcome->probe.lane);
    }
}

/* ---- pulling ---- */

static struct ptl_probe take(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->lanes[id];
    struct ptl_probe probe;
    /* Retries come later, not at once: what ate the first attempt may still be there. */
    if (lane->next_port < plan->port_count && lane->retries.count < RETRIES_WAITING) {
        uint32_t index = lane->next_port++;
        if (plan->profile->order == PTL_ORDER_RANDOM)
            index = (uint32_t)ptl_permute_forward(&lane->port_order, index);
        probe = (struct ptl_probe){.lane = id, .port = plan->ports[index], .attempt = 1};
    } else {
        probe = ptl_retries_pop(&lane->retries);
    }
    lane->in_flight++;
    return probe;
}

static size_t pull(struct ptl_plan *plan, struct ptl_probe *probes, size_t want)
{
    size_t count = 0;
    bool next_host_first = plan->profile->order != PTL_ORDER_SEQUENTIAL;
    while (count < want) {
        if (plan->ring == PTL_LANE_NONE || (count == 0 && plan->free_lane != PTL_LANE_NONE))
            fill_window(plan);
        uint32_t id = plan->ring;
        if (id == PTL_LANE_NONE)
            break;
        probes[count++] = take(plan, id);
        if (!has_work(plan, &plan->lanes[id]))
            ptl_ring_remove(plan->lanes, &plan->ring, id);
        else if (next_host_first)
            plan->ring = plan->lanes[id].next;
    }
    ptl_pacer_spend(&plan->pacer, count);
    return count;
}

static bool is_finished(const struct ptl_plan *plan)
{
    return atomic_load(&plan->stop) != PTL_STOP_NONE ||
           (plan->active == 0 && plan->next_target == plan->targets);
}

struct ptl_pull ptl_plan_exchange(struct ptl_plan *plan, uint32_t worker,
                                  const struct ptl_outcome *outcomes, size_t settled,
                                  struct ptl_probe *probes, size_t want)
{
    struct ptl_pull pulled = {.due_ns = UINT64_MAX};
    pthread_mutex_lock(&plan->lock);
    for (size_t i = 0; i < settled; i++)
        settle(plan, &outcomes[i]);
    if (plan->out_of_memory)
        ptl_plan_stop(plan, PTL_STOP_MEMORY);
    if (want > PTL_PLAN_BLOCK)
        want = PTL_PLAN_BLOCK;
    if (is_finished(plan)) {
        pulled.finished = true;
        /* Everyone, once: a worker without a permit sleeps without being hungry. */
        if (!plan->told_finished)
            ptl_bells_ring_all(&plan->bells);
        plan->told_finished = true;
    } else if (want > 0) {
        bool timed = plan->profile->rate > 0 || plan->pause_until_ns > 0;
        uint64_t now = timed ? ptl_clock_now_ns() : 0;
        if (plan->pause_until_ns > now)
            pulled.due_ns = plan->pause_until_ns;
        else
            pulled.count =
                pull(plan, probes, ptl_pacer_allow(&plan->pacer, want, now, &pulled.due_ns));
    }
    /* One that asked for nothing has its permits in flight: its own answers will wake it. */
    bool hungry = want > 0 && pulled.count == 0 && !pulled.finished;
    ptl_bells_set_hungry(&plan->bells, worker, hungry);
    if (!hungry && !pulled.finished && plan->ring != PTL_LANE_NONE)
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
    return &plan->lanes[lane].address;
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
    progress->attempts = plan->sum.attempts;
    pthread_mutex_unlock(&plan->lock);
    progress->states[PTL_UNPROBED] = progress->probes - progress->done;
    progress->elapsed_ms = (ptl_clock_now_ns() - plan->start_ns) / PTL_NS_PER_MS;
}

enum ptl_status ptl_plan_finish(struct ptl_plan *plan, struct ptl_error *error)
{
    for (uint32_t i = 0; i < plan->window; i++)
        if (plan->lanes[i].active)
            keep_counts(plan, &plan->lanes[i]);
    uint64_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += plan->sum.states[s];
    plan->sum.states[PTL_UNPROBED] = plan->sum.probes - known;
    plan->results->summary = plan->sum;
    plan->results->started = plan->next_target;
    plan->results->run.stopped_by = (enum ptl_stop)atomic_load(&plan->stop);
    if (plan->out_of_memory)
        ptl_results_warn(plan->results, "memory ran out: the run was stopped, results are missing");
    if (plan->sum.states[PTL_UNPROBED] > 0 && plan->results->run.stopped_by == PTL_STOP_NONE)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "%llu probes were lost",
                             (unsigned long long)plan->sum.states[PTL_UNPROBED]);
    return PTL_OK;
}

static bool make_lanes(struct ptl_plan *plan)
{
    plan->window = plan->targets < WINDOW ? (uint32_t)plan->targets : WINDOW;
    plan->lanes = calloc(plan->window, sizeof(*plan->lanes));
    if (plan->lanes == NULL)
        return false;
    for (uint32_t i = 0; i < plan->window; i++)
        plan->lanes[i].next = i + 1 < plan->window ? i + 1 : PTL_LANE_NONE;
    plan->free_lane = 0;
    plan->ring = PTL_LANE_NONE;
    return true;
}

enum ptl_status ptl_plan_new(const struct ptl_profile *profile, struct ptl_results *results,
                             uint64_t seed, uint32_t workers, uint64_t start_ns,
                             struct ptl_plan **plan, struct ptl_error *error)
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
    ptl_pacer_init(&new->pacer, profile->rate, start_ns);
    new->sum.targets = new->targets;
    new->sum.probes = new->targets *new->port_count;
    if (new->targets > 0)
        ptl_permute_init(&new->target_order, new->targets, seed);
    if (new->ports == NULL || !make_lanes(new) || !ptl_bells_init(&new->bells, workers)) {
        enum ptl_status status = ptl_error_errno(error, PTL_E_SYSTEM, errno,
                                                 "cannot set the plan up for %u workers", workers);
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
    for (uint32_t i = 0; plan->lanes != NULL && i < plan->window; i++)
        free(plan->lanes[i].retries.items);
    ptl_bells_free(&plan->bells);
    free(plan->lanes);
    pthread_mutex_destroy(&plan->lock);
    free(plan);
}
