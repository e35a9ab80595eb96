/* Addresses on a link that nobody has: one fact, not one for each port. */
#include "scan/plan_state.h"

#define LOOKUPS_MOST                                                                               \
    384U                  /* at a time: the kernel's table of neighbours holds 1,024 (gc_thresh3)  \
                           */
#define LOOK_NS 20000000U /* how often the table is read meanwhile */
#define LONGEST_NS 5000000000ULL /* three requests a second apart, and some */
#define AGAIN_NS 2000000000ULL   /* after so long an address that nobody had is looked up again */

void ptl_lookup_begin(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (ptl_neighbours_on_link(&plan->neighbours, &lane->address) &&
        ptl_neighbours_state(&plan->neighbours, &lane->address) != PTL_NEIGHBOUR_THERE)
        lane->lookup = PTL_LOOKUP_ASKS;
}

void ptl_lookup_sent(struct ptl_plan *plan, struct ptl_lane *lane)
{
    if (lane->lookup != PTL_LOOKUP_ASKS)
        return;
    lane->lookup = PTL_LOOKUP_WAITS;
    lane->looked_ns = plan->now_ns;
    lane->rest_ns = plan->now_ns + LOOK_NS;
    plan->lookups++;
}

void ptl_lookup_heard(struct ptl_plan *plan, struct ptl_lane *lane)
{
    plan->lookups -= lane->lookup == PTL_LOOKUP_WAITS;
    plan->nobody -= lane->nobody;
    lane->nobody = false;
    lane->lookup = PTL_LOOKUP_NONE;
}

bool ptl_lookup_lets(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (lane->lookup == PTL_LOOKUP_NOBODY)
        lane->lookup = PTL_LOOKUP_ASKS;
    if (lane->lookup == PTL_LOOKUP_ASKS) {
        if (plan->lookups < LOOKUPS_MOST)
            return true;
        lane->rest_ns = plan->now_ns + LOOK_NS;
        return false;
    }
    lane->rest_ns = plan->now_ns + LOOK_NS;
    switch (ptl_neighbours_state(&plan->neighbours, &lane->address)) {
    case PTL_NEIGHBOUR_THERE:
        ptl_lookup_heard(plan, lane);
        return true;
    case PTL_NEIGHBOUR_NOBODY:
        plan->lookups--;
        plan->nobody += !lane->nobody;
        lane->nobody = true;
        lane->lookup = PTL_LOOKUP_NOBODY;
        lane->rest_ns = plan->now_ns + AGAIN_NS;
        break;
    case PTL_NEIGHBOUR_UNKNOWN: /* some have no entry: a broadcast address, a full table */
        if (plan->now_ns - lane->looked_ns < LONGEST_NS)
            break;
        ptl_lookup_heard(plan, lane);
        return true;
    }
    return false;
}

static void conclude(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    for (uint32_t i = 0; lane->marks != NULL && i < plan->port_count; i++)
        if (ptl_silence_clear(plan, lane, &lane->marks[i]))
            ptl_verdict_filtered(plan, id, plan->ports[i], PTL_REASON_HOST_UNREACH, lane->marks[i]);
    while (lane->next_port < plan->port_count)
        ptl_verdict_filtered(plan, id, plan->ports[ptl_restore_take_first(plan, lane)],
                             PTL_REASON_HOST_UNREACH, (struct ptl_mark){.asked = 0});
    ptl_lookup_heard(plan, lane);
    ptl_verdict_target(plan, lane);
    ptl_schedule_close(&plan->schedule, id);
}

void ptl_lookup_conclude(struct ptl_plan *plan)
{
    bool rest = plan->next_target == plan->targets && plan->nobody == plan->schedule.active;
    bool room = plan->next_target < plan->targets && plan->schedule.free_lane == PTL_LANE_NONE;
    if (!rest && !room)
        return;
    for (uint32_t id = 0; id < plan->schedule.window; id++) {
        const struct ptl_lane *lane = &plan->schedule.lanes[id];
        if (lane->active && lane->nobody && lane->in_flight == 0 && lane->plan_doubts == 0 &&
            lane->doubts.count == 0 && lane->again.count == 0)
            conclude(plan, id);
    }
}
