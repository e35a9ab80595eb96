/* Ports that do not answer: their retries, and how they wait, parked, till loss is proven or their
 * lane ends. */
#include "portolan/clock.h"
#include "scan/wait.h"

#include <stdlib.h>

/* A port that nothing ever answered for. */
static void count_silence(struct ptl_plan *plan, uint32_t lane, uint16_t port, uint8_t attempts)
{
    struct ptl_outcome outcome = {.probe = {.lane = lane, .port = port},
                                  .state = PTL_FILTERED,
                                  .reason = PTL_REASON_NO_RESPONSE,
                                  .rtt_us = PTL_US_NONE,
                                  .connect_us = PTL_US_NONE,
                                  .at_ns = plan->now_ns};
    ptl_plan_count(plan, &outcome, attempts);
}

static uint32_t index_of(const struct ptl_plan *plan, uint16_t port)
{
    uint32_t low = 0, high = plan->port_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (plan->ports[middle] < port)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void park(struct ptl_plan *plan, const struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    if (lane->parked == NULL)
        lane->parked = calloc(plan->port_count / 8U + 1, 1);
    if (lane->parked == NULL) {
        plan->out_of_memory = true;
        return;
    }
    uint32_t index = index_of(plan, probe->port);
    lane->parked[index / 8] |= (uint8_t)(1U << (index % 8));
    lane->parked_count++;
    plan->parked++;
}

/*
 * What was lost together must not be sent together again: a target that drops bursts would drop
 * this one, too. The attempts that follow a window in flight are spread over the time that they
 * take to time out.
 */
static void again_spread(struct ptl_plan *plan, const struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    const struct ptl_congestion *congestion = &lane->congestion;
    uint32_t peak =
        congestion->now.peak > congestion->last.peak ? congestion->now.peak : congestion->last.peak;
    if (probe->attempt > lane->highest)
        lane->highest = probe->attempt;
    uint64_t wait_ns = ptl_plan_wait_ns(plan, probe);
    uint64_t soonest_ns = plan->now_ns + PTL_RETRY_DELAY_MS * PTL_NS_PER_MS;
    uint64_t due_ns = lane->spread_ns + wait_ns / (peak > 0 ? peak : 1);
    if (due_ns < soonest_ns || !plan->profile->adaptive || lane->answers == 0)
        due_ns = soonest_ns;
    if (due_ns > soonest_ns + wait_ns)
        due_ns = soonest_ns + wait_ns;
    lane->spread_ns = due_ns;
    ptl_plan_later(plan, probe, (due_ns - plan->now_ns) / PTL_NS_PER_MS);
}

/* The parked ports of a lane get one attempt more each, or, where no loss was seen, a verdict. */
void ptl_plan_unpark(struct ptl_plan *plan, uint32_t id, bool again)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    uint8_t attempts = (uint8_t)(plan->profile->retries + 1);
    for (uint32_t i = 0; i < plan->port_count && lane->parked_count > 0; i++) {
        if ((lane->parked[i / 8] & (1U << (i % 8))) == 0)
            continue;
        lane->parked[i / 8] &= (uint8_t) ~(1U << (i % 8));
        lane->parked_count--;
        plan->parked--;
        struct ptl_probe probe = {.lane = id,
                                  .port = plan->ports[i],
                                  .attempt = (uint8_t)(attempts + 1),
                                  .waited_ms = (uint16_t)plan->profile->timeout_ms,
                                  .lost_round =
                                      (uint8_t)(lane->congestion.round - 2)}; /* long ago */
        if (again)
            again_spread(plan, &probe);
        else
            count_silence(plan, id, plan->ports[i], attempts);
    }
}

void ptl_plan_settle_silence(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    const struct ptl_lane *lane = &plan->schedule.lanes[outcome->probe.lane];
    bool more = ptl_wait_grants_more(plan);
    if (outcome->probe.attempt < ptl_wait_attempts_granted(plan, lane) && !lane->gave_up) {
        struct ptl_probe again = outcome->probe;
        again.attempt++;
        again.local_tries = 0;
        again.scouts = false;
        again.waited_ms =
            (uint16_t)(ptl_plan_wait_ns(plan, &outcome->probe) / PTL_NS_PER_MS); /* 60 s at most */
        again.lost_round = again.round;
        again_spread(plan, &again);
    } else if (more && !lane->congestion.lossy && !lane->gave_up) {
        park(plan, &outcome->probe);
    } else {
        ptl_plan_count(plan, outcome, outcome->probe.attempt);
    }
}

/* Nothing has answered for so long that the profile sets the target aside. */
void ptl_plan_give_up(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    lane->gave_up = true;
    plan->gave_up++;
    while (lane->retries.count > 0) {
        struct ptl_probe probe = ptl_schedule_pop_retry(&plan->schedule, id);
        if (probe.attempt > 1) /* else this machine could not ask: it stays unprobed */
            count_silence(plan, id, probe.port, (uint8_t)(probe.attempt - 1));
    }
}
