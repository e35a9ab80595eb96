/*
 * Refusals: what an ICMP error says of a port. It may come from what stands in for silence, a limit
 * that refuses what exceeds it, a router that has no way just now: then it is as true of ports that
 * answer. So it is believed only once the lane has nothing else to do, and neither a sentinel was
 * refused for the same reason nor a port has answered that had been; some of the ports are asked
 * again for that. What is disproved is silence.
 */
#include "scan/plan_calls.h"

#include <stdlib.h>

#define MANY 32                /* sentinels: if none of these was refused, none is... */
#define MOMENT_NS 100000000ULL /* ...and a limit lets all pass for so long */
#define HELD_MOST 65536        /* of all lanes: 2 MiB */
#define TRIED_LEAST 64         /* of so many ports of a target, and more, ... */
#define TRIED 16               /* ...one in so many is asked again... */
#define TRIED_MOST 16          /* ...and no more */

void ptl_refusal_disprove(uint32_t *reasons, uint8_t reason)
{
    *reasons |= UINT32_C(1) << reason;
}

bool ptl_refusal_is_disproved(const struct ptl_plan *plan, const struct ptl_lane *lane,
                              uint8_t reason)
{
    return ((plan->disproved | lane->disproved) >> reason & 1) != 0;
}

/* ---- when it is known what it means ---- */

bool ptl_refusal_is_early(const struct ptl_plan *plan, const struct ptl_lane *lane,
                          const struct ptl_timed *refusal)
{
    return lane->answers == 0 && lane->in_flight > 0 && plan->now_ns - refusal->at_ns < PTL_FAR_NS;
}

/* An ICMP error may be all that is ever heard of a target that has not answered. */
uint32_t ptl_refusal_told_by(const struct ptl_plan *plan, const struct ptl_timed *doubt,
                             uint64_t *from_ns)
{
    *from_ns = doubt->at_ns;
    if (doubt->probe.refused == 0 || plan->schedule.lanes[doubt->probe.lane].answers > 0)
        return 1;
    if (plan->sentinels_asked < MANY)
        *from_ns += MOMENT_NS;
    return PTL_TOLD;
}

/* ---- those that are held ---- */

bool ptl_refusal_hold(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_timed *refusal)
{
    if (plan->held >= HELD_MOST)
        return false;
    if (!ptl_fifo_push(&lane->refusals, &refusal->probe, refusal->at_ns)) {
        plan->out_of_memory = true;
        return false;
    }
    plan->held++;
    /* A run that goes on where this one ends asks it again. */
    struct ptl_mark mark = {.asked = (ptl_plan_asked(plan, &refusal->probe) + 1U) & 63U};
    ptl_note_parked(plan, lane, refusal->probe.port, &mark);
    return true;
}

struct ptl_timed ptl_refusal_take(struct ptl_plan *plan, struct ptl_lane *lane)
{
    struct ptl_timed refusal = *ptl_fifo_first(&lane->refusals);
    ptl_fifo_pop(&lane->refusals);
    plan->held--;
    return refusal;
}

uint32_t ptl_refusal_ask_again(struct ptl_lane *lane)
{
    uint32_t tried = lane->refusals.count / TRIED;
    if (lane->refusals_tried || lane->refusals.count < TRIED_LEAST)
        return 0;
    lane->refusals_tried = true;
    return tried < TRIED_MOST ? tried : TRIED_MOST;
}

/* ---- what becomes of them ---- */

void ptl_refusal_believe(struct ptl_plan *plan, const struct ptl_timed *refusal)
{
    const struct ptl_probe *probe = &refusal->probe;
    struct ptl_outcome outcome = {.probe = *probe,
                                  .state = PTL_FILTERED,
                                  .reason = probe->refused,
                                  .rtt_us = PTL_US_NONE,
                                  .connect_us = probe->took_us,
                                  .at_ns = plan->now_ns};
    ptl_verdict_count(plan, &outcome, (uint8_t)(ptl_plan_asked(plan, probe) + 1));
}

void ptl_refusal_note(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_probe *probe)
{
    if (lane->reasons == NULL)
        lane->reasons = calloc(plan->port_count, sizeof(*lane->reasons));
    if (lane->reasons == NULL)
        plan->out_of_memory = true;
    else
        lane->reasons[ptl_plan_index(plan, probe)] = probe->refused;
}

uint8_t ptl_refusal_reason(const struct ptl_lane *lane, uint32_t index)
{
    return lane->reasons != NULL ? lane->reasons[index] : 0;
}
