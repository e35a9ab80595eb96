#include "scan/wait.h"

#include "portolan/clock.h"

#define ATTEMPTS_MOST 31U /* as many as a result can tell */
#define SCOUT_EVERY 16    /* first attempts: few, as each may cost an attempt more */

static bool gets_retries(const struct ptl_plan *plan)
{
    return plan->profile->adaptive && plan->profile->retries > 0;
}

bool ptl_wait_grants_more(const struct ptl_plan *plan)
{
    return gets_retries(plan) && plan->profile->loss_retries > 0;
}

uint32_t ptl_wait_attempts_granted(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    uint32_t most = plan->profile->retries + 1;
    if (!ptl_wait_grants_more(plan) || !lane->congestion.lossy)
        return most;
    /* Two rounds pass until the limit is lowered: what was sent in them was sent in vain. */
    most += plan->profile->loss_retries + 2U * lane->congestion.lowered;
    return most < ATTEMPTS_MOST ? most : ATTEMPTS_MOST;
}

bool ptl_wait_scouts(const struct ptl_plan *plan, uint32_t index)
{
    return gets_retries(plan) && index % SCOUT_EVERY == 0;
}

bool ptl_plan_wait_shrinks(const struct ptl_plan *plan)
{
    return plan->profile->adaptive_timeout || gets_retries(plan);
}

uint64_t ptl_plan_wait_ns(const struct ptl_plan *plan, const struct ptl_probe *probe)
{
    const struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    uint64_t ceiling_us = plan->profile->timeout_ms * 1000;
    uint32_t rto_us = atomic_load_explicit(&lane->rto_us, memory_order_relaxed);
    if (plan->profile->adaptive_timeout) {
        if (rto_us == 0)
            rto_us = atomic_load_explicit(&plan->group_rto_us, memory_order_relaxed);
    } else if (probe->confirms != 0 ||
               (!probe->scouts && probe->attempt > atomic_load_explicit(&lane->early_attempts,
                                                                        memory_order_relaxed))) {
        rto_us = 0;
    }
    return ptl_rtt_wait_us(rto_us, probe->attempt, ceiling_us) * PTL_NS_PER_US;
}

uint64_t ptl_plan_flight_ns(const struct ptl_plan *plan, const struct ptl_probe *probe)
{
    const struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    uint32_t us = atomic_load_explicit(&lane->flight_us, memory_order_relaxed);
    return us > 0 ? us * PTL_NS_PER_US : UINT64_MAX;
}

static void learn_round_trip(struct ptl_plan *plan, struct ptl_lane *lane,
                             const struct ptl_outcome *outcome)
{
    /* What the program saw, not the kernel: it is the program that has to wait. */
    uint32_t us = outcome->connect_us;
    if (us == PTL_US_NONE || (outcome->state != PTL_OPEN && outcome->state != PTL_CLOSED))
        return;
    ptl_rtt_sample(&lane->rtt, us);
    atomic_store_explicit(&lane->rto_us, ptl_rtt_timeout_us(&lane->rtt), memory_order_relaxed);
    if (!plan->profile->adaptive_timeout)
        return; /* nothing else waits by what other targets tell */
    ptl_rtt_sample(&plan->group_rtt, us);
    atomic_store_explicit(&plan->group_rto_us, ptl_rtt_timeout_us(&plan->group_rtt),
                          memory_order_relaxed);
}

static void learn_hold(const struct ptl_plan *plan, struct ptl_lane *lane,
                       const struct ptl_outcome *outcome)
{
    uint64_t us = outcome->connect_us;
    if (ptl_plan_is_silence(outcome))
        us = ptl_plan_wait_ns(plan, &outcome->probe) / PTL_NS_PER_US;
    else if (us == PTL_US_NONE)
        return;
    lane->hold_us =
        lane->hold_us == 0 ? (uint32_t)us : (uint32_t)((63ULL * lane->hold_us + us) / 64);
}

void ptl_wait_learn(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = &plan->schedule.lanes[outcome->probe.lane];
    learn_hold(plan, lane, outcome);
    if (ptl_plan_wait_shrinks(plan))
        learn_round_trip(plan, lane, outcome);
}

void ptl_wait_update(struct ptl_plan *plan, struct ptl_lane *lane)
{
    uint32_t early = 0;
    if (gets_retries(plan) && lane->congestion.lossy)
        early = ptl_wait_attempts_granted(plan, lane) - 1;
    atomic_store_explicit(&lane->early_attempts, (uint8_t)early, memory_order_relaxed);
    /* Where there is a limit it counts what is waited for. */
    bool lets_linger = plan->profile->adaptive_timeout && !lane->congestion.struggles &&
                       lane->congestion.limit == PTL_CONGESTION_NO_LIMIT;
    atomic_store_explicit(&lane->flight_us, lets_linger ? ptl_rtt_flight_us(&lane->rtt) : 0,
                          memory_order_relaxed);
}

bool ptl_wait_proves_loss(const struct ptl_outcome *outcome)
{
    return outcome->probe.attempt > 1 && (outcome->connect_us == PTL_US_NONE ||
                                          outcome->connect_us < outcome->probe.waited_ms * 1000U);
}

uint64_t ptl_wait_feedback_ns(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    bool early = plan->profile->adaptive_timeout || lane->early_attempts > 0;
    uint8_t attempt = lane->highest > 2 ? lane->highest : 2;
    uint64_t wait_us =
        ptl_rtt_wait_us(early ? lane->rto_us : 0, attempt, plan->profile->timeout_ms * 1000);
    return wait_us * PTL_NS_PER_US + 2 * PTL_RETRY_DELAY_MS * PTL_NS_PER_MS;
}
