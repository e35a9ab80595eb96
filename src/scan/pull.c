/* Which probes are next: the window of active targets, whose turn it is, what the controller lets
 * through, and how long each attempt waits. */
#include "scan/plan_calls.h"

#define LAGGING_SHARE 32        /* what lanes that lag may hold while others flow: one in 32 */
#define SKIPS 128               /* lanes that are passed over before a pull looks elsewhere */
#define CATCH_UP_NS 2000000U    /* a lane that was woken late may send so much at once */
#define NOTHING_NS 20000000U    /* what has nothing to ask after all is not looked at before */
#define FIRST_FLIGHT_US 250000U /* an answer is overdue then, till a round trip is known */
#define FAR_WAITS 2             /* an attempt waits so many of the run's round trips at least... */
#define LAST_WAITS 4            /* ...and a port's last one */
#define FEW_WAIT 64             /* ports of a target: more of them are mostly silent */
#define SCOUT_EVERY 64          /* last attempts to a target: one of them waits the whole timeout */

/* ---- the window ---- */

static void activate(struct ptl_plan *plan)
{
    if (ptl_restore_whole(plan, plan->next_target)) {
        plan->next_target++;
        return;
    }
    uint32_t id = ptl_schedule_open(&plan->schedule, plan->now_ns);
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    lane->position = (uint32_t)plan->next_target++;
    lane->target = ptl_plan_at(plan, &plan->target_order, lane->position);
    if (plan->profile->order == PTL_ORDER_RANDOM)
        ptl_permute_init(&lane->port_order, plan->port_count, plan->seed + 1 + lane->target);
    struct ptl_target target;
    ptl_targets_get(plan->results->live, lane->target, &target);
    lane->address = target.address;
    ptl_lookup_begin(plan, id);
    if (ptl_restore_lane(plan, id))
        ptl_plan_settle_lane(plan, id); /* nothing more may be left to ask of it */
    else
        ptl_schedule_place(&plan->schedule, id, plan->now_ns);
}

static void fill_window(struct ptl_plan *plan)
{
    bool host_by_host = plan->profile->order == PTL_ORDER_SEQUENTIAL;
    while (plan->schedule.free_lane != PTL_LANE_NONE && plan->next_target < plan->targets &&
           !(host_by_host && ptl_pull_has_first(plan)))
        activate(plan);
}

/* ---- pulling ---- */

/* Where the pace has a limit, silence is mostly loss. */
static bool loses(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return plan->path.limit != 0 || lane->path.limit != 0;
}

/*
 * Does an attempt wait the whole timeout? A port's last one does: it costs no more than a socket,
 * as long as there are enough. Else a few do of each target that has not answered, which may be far
 * away: where attempts are lost, of those beyond the last, for others were lost like the first.
 */
static bool waits_long(const struct ptl_plan *plan, struct ptl_lane *lane, uint8_t attempt)
{
    const struct ptl_permits *permits = plan->shortage.permits;
    uint32_t used = atomic_load_explicit(&permits->in_use, memory_order_relaxed);
    uint32_t last = plan->profile->retries + 1;
    if (attempt == last && used < permits->most / 2 && !loses(plan, lane))
        return true;
    return attempt == last + loses(plan, lane) && lane->answers == 0 &&
           lane->scouts++ % SCOUT_EVERY == 0;
}

/* How long to wait for the answer: decided here, once, and handed out with the probe. */
static uint32_t wait_us(const struct ptl_plan *plan, struct ptl_lane *lane, uint8_t attempt)
{
    uint64_t ceiling_us = plan->profile->timeout_ms * 1000;
    bool known = lane->path.rtt.srtt_us > 0;
    bool last = attempt > plan->profile->retries;
    if (!plan->profile->adaptive_timeout || waits_long(plan, lane, attempt))
        return (uint32_t)ceiling_us;
    uint64_t us = ptl_rtt_wait_us(known ? &lane->path.rtt : &plan->path.rtt,
                                  known && !loses(plan, lane) ? attempt : 1, ceiling_us);
    uint64_t least_us = (uint64_t)plan->path.rtt.srtt_us * (last ? LAST_WAITS : FAR_WAITS);
    if (us < least_us)
        us = least_us;
    return (uint32_t)(us < ceiling_us ? us : ceiling_us);
}

static uint32_t flight_us(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    uint32_t us = ptl_rtt_flight_us(&lane->path.rtt);
    if (us == 0)
        us = ptl_rtt_flight_us(&plan->path.rtt);
    if (us == 0)
        us = FIRST_FLIGHT_US;
    uint64_t ceiling_us = plan->profile->timeout_ms * 1000;
    return us < ceiling_us ? us : (uint32_t)ceiling_us;
}

static bool is_due_again(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return lane->again.count > 0 && ptl_fifo_first(&lane->again)->at_ns <= plan->now_ns;
}

static struct ptl_probe take_port(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (is_due_again(plan, lane))
        return ptl_fifo_pop(&lane->again);
    if (!ptl_schedule_has_first(&plan->schedule, lane))
        return ptl_silence_take(plan, id);
    uint32_t index = ptl_restore_take_first(plan, lane);
    uint16_t port = plan->ports[index];
    uint16_t listens = ptl_listening_choose(&plan->listening, lane->target, port);
    lane->listens = lane->listens || listens != 0;
    return (struct ptl_probe){.lane = id, .port = port, .attempt = 1, .listens = listens};
}

static bool has_port(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return !lane->path.paused && (ptl_schedule_has_first(&plan->schedule, lane) ||
                                  lane->waiting > 0 || is_due_again(plan, lane));
}

static void sent(struct ptl_plan *plan, struct ptl_probe *probe)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, probe);
    ptl_schedule_sent(&plan->schedule, probe->lane);
    ptl_path_sent(&lane->path, 1, plan->now_ns);
    if (plan->targets > 1 && !probe->sentinel)
        ptl_tally_sent(&lane->tally, 1);
    /* Where the pace has a limit, attempts that losses made necessary go at a half of it, a third
     * and so on: few are left by then, and a port that loses all of them is called filtered. */
    uint32_t last = plan->profile->retries + 1;
    if (!probe->sentinel && probe->attempt > last && lane->waiting < FEW_WAIT) {
        ptl_pacer_spend(&lane->path.pace, probe->attempt - last);
        ptl_pacer_spend(&plan->path.pace, probe->attempt - last);
    }
    probe->leaves_ms =
        ptl_pipe_enter(&plan->pipe, ptl_plan_ms(plan, plan->now_ns), flight_us(plan, lane));
}

/* The next probe of a lane. False: it had none after all. */
static bool take(struct ptl_plan *plan, uint32_t id, struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    bool taken = true;
    if (lane->lookup != PTL_LOOKUP_NONE && !ptl_lookup_lets(plan, id)) {
        taken = false;
    } else if (((ptl_sentinel_may_be_due(&lane->path, lane->debt) &&
                 ptl_sentinel_is_due_of(plan, lane)) ||
                !has_port(plan, lane)) &&
               ptl_sentinel_take_of(plan, id, probe)) {
        /* a port of its own, once more */
    } else if (has_port(plan, lane)) {
        *probe = take_port(plan, id);
        probe->wait_us = wait_us(plan, lane, probe->attempt);
        lane->asked_ns = plan->now_ns;
        if (lane->lookup != PTL_LOOKUP_NONE)
            ptl_lookup_sent(plan, lane);
        if (lane->served.fastest_ns > 0 && probe->attempt > 1)
            lane->rest_ns =
                (lane->rest_ns > plan->now_ns - CATCH_UP_NS ? lane->rest_ns
                                                            : plan->now_ns - CATCH_UP_NS) +
                ptl_served_rest_ns(&lane->served, 2ULL * lane->path.rtt.srtt_us * PTL_NS_PER_US,
                                   plan->now_ns);
    } else {
        taken = false;
        lane->rest_ns = lane->path.ask_ns = plan->now_ns + NOTHING_NS;
    }
    if (taken)
        sent(plan, probe);
    ptl_schedule_place(&plan->schedule, id, plan->now_ns);
    return taken;
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
        count += take(plan, id, &probes[count]);
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

static size_t pull_ports(struct ptl_plan *plan, struct ptl_probe *probes, size_t want)
{
    struct ptl_schedule *schedule = &plan->schedule;
    if (!ptl_pull_has_first(plan) || schedule->free_lane != PTL_LANE_NONE)
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
    if (count < want && !ptl_pull_has_first(plan)) {
        fill_window(plan);
        if (!ptl_pull_has_first(plan))
            count += serve(plan, PTL_PLACE_LAST, UINT32_MAX, probes + count, want - count);
    }
    return count;
}

static size_t pull_sentinel(struct ptl_plan *plan, struct ptl_probe *probe, bool idle)
{
    bool wanted = idle && plan->doubts.count > 0 && ptl_silence_asks_ns(plan) <= plan->now_ns;
    if ((!idle && !ptl_sentinel_may_be_due(&plan->path, plan->debt)) ||
        !ptl_sentinel_is_due(plan, wanted) || !ptl_sentinel_take(plan, probe))
        return 0;
    sent(plan, probe);
    return 1;
}

/* Nor before `least_ns`. */
static uint64_t sooner(uint64_t due_ns, uint64_t asks_ns, uint64_t least_ns)
{
    if (asks_ns < least_ns)
        asks_ns = least_ns;
    return asks_ns < due_ns ? asks_ns : due_ns;
}

size_t ptl_pull(struct ptl_plan *plan, struct ptl_probe *probes, size_t want, uint64_t *due_ns)
{
    size_t count = 0;
    size_t may = ptl_pacer_allow(&plan->pacer, want, plan->now_ns, due_ns);
    if (plan->path.paused) {
        if (may > 0) {
            count = pull_sentinel(plan, probes, false);
            bool later = plan->path.ask_ns > plan->now_ns;
            *due_ns = later ? plan->path.ask_ns : plan->now_ns + NOTHING_NS;
        }
    } else {
        if (ptl_wheel_lags(&plan->schedule.sleepers, plan->now_ns))
            ptl_schedule_wake(&plan->schedule, plan->now_ns);
        may = ptl_path_allow(&plan->path, may, plan->pipe.count, plan->now_ns, due_ns);
        if (may > 0)
            count = pull_sentinel(plan, probes, false);
        if (may > count)
            count += pull_ports(plan, probes + count, may - count);
        if (may > 0 && count == 0)
            count = pull_sentinel(plan, probes, true);
        if (may > 0 && count == 0 && plan->doubts.count > 0)
            *due_ns = sooner(*due_ns, ptl_silence_asks_ns(plan), plan->now_ns + NOTHING_NS);
    }
    ptl_path_sent(&plan->path, count, plan->now_ns);
    size_t sentinels = 0;
    for (size_t i = 0; i < count; i++)
        sentinels += probes[i].sentinel;
    ptl_tally_sent(&plan->tally, count - sentinels);
    ptl_pacer_spend(&plan->pacer, count);
    if (count > 1 && probes[0].sentinel) {
        /* What goes first of a burst gets through where the others do not: anywhere in it. */
        struct ptl_probe sentinel = probes[0];
        size_t place = (size_t)(plan->sentinels_asked * 7919U + plan->sum.attempts) % count;
        probes[0] = probes[place];
        probes[place] = sentinel;
    }
    return count;
}
