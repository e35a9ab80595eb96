/* Where a run goes on: what a journal knows of its probes, taken over target by target as they
 * come into the window, and the limits that were found, at half. */
#include "journal/ledger.h"
#include "results/judge.h"
#include "scan/plan_calls.h"

/* Is anything known of the target in that place? */
static bool is_known(const struct ptl_plan *plan, uint64_t place)
{
    return plan->past != NULL && place < plan->restored;
}

static uint64_t first_of(const struct ptl_plan *plan, uint64_t place)
{
    return place * plan->port_count;
}

/* All that is settled of a target, into what is judged. */
static void judge_target(struct ptl_plan *plan, uint64_t place, uint32_t target)
{
    struct ptl_permute order;
    const struct ptl_ledger *ledger = ptl_past_ledger(plan->past);
    if (plan->results->judge == NULL)
        return;
    ptl_permute_init(&order, plan->port_count, plan->seed + 1 + target);
    for (uint32_t at = 0; at < plan->port_count; at++) {
        enum ptl_state state = ptl_ledger_state(ledger, first_of(plan, place) + at);
        uint16_t port = plan->ports[ptl_plan_at(plan, &order, at)];
        if (state != PTL_UNPROBED && !ptl_judge_note(plan->results->judge, target, port, state))
            plan->out_of_memory = true;
    }
}

static const struct ptl_journal_limit *limit_of(const struct ptl_plan *plan, uint64_t place)
{
    size_t count;
    const struct ptl_journal_limit *limits = ptl_past_limits(plan->past, &count);
    for (size_t i = 0; i < count; i++)
        if (limits[i].place == place)
            return &limits[i];
    return NULL;
}

/* ---- the run ---- */

static void take_sums(struct ptl_plan *plan)
{
    const struct ptl_past *past = plan->past;
    const struct ptl_ledger *ledger = ptl_past_ledger(past);
    const struct ptl_journal_counters *counters = ptl_past_counters(past);
    uint64_t states[PTL_STATE_COUNT];
    plan->restored = (ptl_ledger_end(ledger) + plan->port_count - 1) / plan->port_count;
    for (uint64_t place = 0; place < plan->restored; place++) {
        ptl_ledger_count(ledger, first_of(plan, place), plan->port_count, states);
        for (int s = 0; s < PTL_UNPROBED; s++)
            plan->sum.states[s] += states[s];
        plan->answered += states[PTL_OPEN] + states[PTL_CLOSED];
        plan->answering += states[PTL_OPEN] + states[PTL_CLOSED] > 0;
    }
    plan->sum.sums = counters->sums;
    plan->lost = counters->lost;
    plan->sentinels_asked = counters->sentinels_asked;
    plan->sentinels_lost = counters->sentinels_lost;
}

/* Of all ports that are settled, or of none: a port that was settled and not noted any more is
 * asked again, and told twice. */
static void take_evidence(struct ptl_plan *plan)
{
    const struct ptl_journal_counters *counters = ptl_past_counters(plan->past);
    plan->has_evidence =
        counters->has_evidence &&
        ptl_evidence_fits(&counters->evidence, plan->sum.states[PTL_OPEN],
                          plan->sum.states[PTL_CLOSED], plan->sum.states[PTL_FILTERED]);
    if (!plan->has_evidence)
        return;
    plan->results->evidence = counters->evidence;
    plan->past_sentinels = counters->evidence.sentinels;
    plan->past_late = counters->evidence.late;
}

enum ptl_status ptl_plan_restore(struct ptl_plan *plan, const struct ptl_past *past,
                                 uint32_t base_ms, struct ptl_error *error)
{
    size_t count;
    const struct ptl_result *items = ptl_past_items(past, &count);
    plan->past = past;
    plan->base_ms = base_ms;
    for (size_t i = 0; i < count; i++)
        if (ptl_results_add(plan->results, &items[i]) != PTL_OK)
            return ptl_error_no_memory(error);
    plan->noted_results = plan->results->count;
    take_sums(plan);
    take_evidence(plan);
    const struct ptl_journal_limit *limit = limit_of(plan, PTL_JOURNAL_RUN);
    if (limit != NULL)
        ptl_path_resume(&plan->path, limit->rate, plan->now_ns);
    if (plan->answered > 0)
        ptl_path_was_there(&plan->path, plan->now_ns);
    return PTL_OK;
}

/* ---- a target ---- */

static void count_target(struct ptl_plan *plan, uint64_t place)
{
    uint64_t states[PTL_STATE_COUNT];
    struct ptl_target_counts counts = {.target = ptl_plan_at(plan, &plan->target_order, place)};
    ptl_ledger_count(ptl_past_ledger(plan->past), first_of(plan, place), plan->port_count, states);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        counts.states[s] = (uint16_t)states[s];
    judge_target(plan, place, counts.target);
    ptl_verdict_add_target(plan, &counts, ptl_past_gave_up(plan->past, place));
}

bool ptl_restore_whole(struct ptl_plan *plan, uint64_t place)
{
    uint64_t states[PTL_STATE_COUNT];
    if (!is_known(plan, place))
        return false;
    ptl_ledger_count(ptl_past_ledger(plan->past), first_of(plan, place), plan->port_count, states);
    if (states[PTL_UNPROBED] > 0)
        return false;
    count_target(plan, place);
    return true;
}

void ptl_restore_rest(struct ptl_plan *plan)
{
    for (; is_known(plan, plan->next_target); plan->next_target++)
        count_target(plan, plan->next_target);
}

/* The first port of the lane from `at` on, in the run's order, of which nothing is known. */
static uint32_t next_first(const struct ptl_plan *plan, const struct ptl_lane *lane, uint32_t at)
{
    if (!is_known(plan, lane->position))
        return at;
    const struct ptl_ledger *ledger = ptl_past_ledger(plan->past);
    uint64_t first = first_of(plan, lane->position);
    while (at < plan->port_count && (ptl_ledger_state(ledger, first + at) != PTL_UNPROBED ||
                                     ptl_ledger_parked(ledger, first + at).asked > 0))
        at++;
    return at;
}

uint32_t ptl_restore_take_first(const struct ptl_plan *plan, struct ptl_lane *lane)
{
    uint32_t at = lane->next_port++;
    if (plan->past != NULL)
        lane->next_port = next_first(plan, lane, lane->next_port);
    return ptl_plan_at(plan, &lane->port_order, at);
}

/*
 * A target that answers may have lost what it was asked before anyone could know: of such a one
 * each silent port has an attempt that counts in this segment, too, whose losses will be seen. One
 * that never answered is not asked again.
 */
static uint8_t counted_of(const struct ptl_plan *plan, const struct ptl_lane *lane,
                          struct ptl_parked parked)
{
    if (lane->answers == 0 || parked.counted <= plan->profile->retries)
        return parked.counted;
    return (uint8_t)plan->profile->retries;
}

/* The attempts of ports that were silent. Those with as many as the pass under way grants wait for
 * the next, the others for their turn in it. */
static void take_parked(struct ptl_plan *plan, struct ptl_lane *lane)
{
    const struct ptl_ledger *ledger = ptl_past_ledger(plan->past);
    uint64_t first = first_of(plan, lane->position);
    if (!ptl_ledger_any_parked(ledger, first, plan->port_count))
        return;
    if (ptl_silence_marks(plan, lane) == NULL)
        return;
    for (uint32_t at = 0; at < plan->port_count; at++) {
        struct ptl_parked parked = ptl_ledger_parked(ledger, first + at);
        if (parked.asked == 0 || ptl_ledger_state(ledger, first + at) != PTL_UNPROBED)
            continue;
        struct ptl_mark *mark = &lane->marks[ptl_plan_at(plan, &lane->port_order, at)];
        mark->asked = parked.asked;
        mark->counted = counted_of(plan, lane, parked) & 31U;
        lane->silences++;
        if (lane->pass < mark->counted)
            lane->pass = mark->counted;
    }
    for (uint32_t i = 0; i < plan->port_count; i++) {
        struct ptl_mark *mark = &lane->marks[i];
        if (mark->asked == 0)
            continue;
        mark->silent = mark->counted >= lane->pass;
        mark->waits = !mark->silent;
        lane->silent += mark->silent;
        lane->waiting += mark->waits;
        plan->silent += mark->silent;
    }
}

/* What it was found to bear, and what it lost: how often its silent ports are asked follows from
 * it.
 */
static void take_losses(struct ptl_plan *plan, struct ptl_lane *lane)
{
    const struct ptl_journal_limit *limit = limit_of(plan, lane->position);
    if (limit == NULL)
        return;
    ptl_path_resume(&lane->path, limit->rate, plan->now_ns);
    plan->limited_targets += lane->path.limit != 0;
    lane->lost = limit->lost;
    lane->found = limit->found;
    lane->found_before = limit->found_before;
}

/* Ports that have answered, so that there is something to tell loss from silence by: without it,
 * what is lost right after each resumption would count. */
static void take_known(struct ptl_plan *plan, struct ptl_lane *lane)
{
    const struct ptl_ledger *ledger = ptl_past_ledger(plan->past);
    uint32_t known = 0;
    for (uint32_t at = 0; at < plan->port_count && known < PTL_LANE_KNOWN; at++) {
        enum ptl_state state = ptl_ledger_state(ledger, first_of(plan, lane->position) + at);
        if (state != PTL_OPEN && state != PTL_CLOSED)
            continue;
        uint16_t port = plan->ports[ptl_plan_at(plan, &lane->port_order, at)];
        ptl_sentinel_learn(plan, lane, &lane->known[known++], port, state == PTL_CLOSED);
    }
}

bool ptl_restore_lane(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    uint64_t states[PTL_STATE_COUNT];
    if (!is_known(plan, lane->position))
        return false;
    ptl_ledger_count(ptl_past_ledger(plan->past), first_of(plan, lane->position), plan->port_count,
                     states);
    for (int s = 0; s < PTL_UNPROBED; s++)
        lane->states[s] = (uint16_t)states[s];
    lane->answers = lane->heard = (uint32_t)(states[PTL_OPEN] + states[PTL_CLOSED]);
    lane->silences = (uint32_t)states[PTL_FILTERED];
    lane->gave_up = ptl_past_gave_up(plan->past, lane->position);
    plan->gave_up += lane->gave_up;
    take_parked(plan, lane);
    lane->next_port = next_first(plan, lane, 0);
    take_losses(plan, lane);
    take_known(plan, lane);
    judge_target(plan, lane->position, lane->target);
    return true;
}
