/*
 * Silence: what it means when nothing answers. An attempt's silence counts only once something that
 * was sent later has been answered (RFC 8985 infers losses so); what was sent while all was silent,
 * or while too much was lost, is asked again as if it had not been. Ports that stay silent get
 * another pass, till they had as many attempts as the profile grants, or the losses that were seen
 * make necessary. An ICMP error is no answer of the port either, where it may come from what stands
 * in for silence (refusal.c).
 */
#include "scan/plan_calls.h"

#include <stdlib.h>

#define OWN_EVIDENCE 64 /* of a target that was asked less the last attempts alone are in doubt */

/* ---- the marks of ports ---- */

struct ptl_mark *ptl_silence_marks(struct ptl_plan *plan, struct ptl_lane *lane)
{
    if (lane->marks == NULL)
        lane->marks = calloc(plan->port_count, sizeof(*lane->marks));
    if (lane->marks == NULL)
        plan->out_of_memory = true;
    return lane->marks;
}

static void set_waits(struct ptl_lane *lane, struct ptl_mark *mark)
{
    mark->waits = true;
    lane->waiting++;
}

bool ptl_silence_clear(struct ptl_plan *plan, struct ptl_lane *lane, struct ptl_mark *mark)
{
    bool was = mark->waits || mark->silent;
    lane->waiting -= mark->waits;
    lane->silent -= mark->silent;
    plan->silent -= mark->silent;
    mark->waits = mark->silent = false;
    return was;
}

struct ptl_probe ptl_silence_take(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    for (;; lane->cursor++) {
        uint32_t index = ptl_plan_at(plan, &lane->port_order, lane->cursor % plan->port_count);
        struct ptl_mark *mark = &lane->marks[index];
        if (!mark->waits)
            continue;
        mark->waits = false;
        lane->waiting--;
        lane->cursor++;
        uint16_t port = plan->ports[index];
        uint16_t listens =
            mark->listens ? ptl_listening_again(&plan->listening, lane->target, port) : 0;
        return (struct ptl_probe){
            .lane = id, .port = port, .attempt = (uint8_t)(mark->counted + 1), .listens = listens};
    }
}

/* ---- what a silence means ---- */

static void count_silent(struct ptl_plan *plan, uint32_t id, uint32_t index)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    const struct ptl_mark *mark = &lane->marks[index];
    uint8_t reason = ptl_refusal_reason(lane, index);
    if (mark->listens)
        ptl_listening_verdict(&plan->listening, lane->target, plan->ports[index]);
    if (reason != 0) /* it may have been missed all the same */
        ptl_evidence_note(lane->evidence.silent, mark->counted);
    ptl_verdict_filtered(plan, id, plan->ports[index],
                         reason != 0 ? reason : PTL_REASON_NO_RESPONSE, *mark);
}

static void decide(struct ptl_plan *plan, const struct ptl_timed *silence, bool counts)
{
    const struct ptl_probe *probe = &silence->probe;
    struct ptl_lane *lane = ptl_plan_lane(plan, probe);
    if (ptl_silence_marks(plan, lane) == NULL)
        return;
    if (probe->refused != 0)
        ptl_refusal_note(plan, lane, probe);
    struct ptl_mark *mark = &lane->marks[ptl_plan_index(plan, probe)];
    mark->listens = mark->listens || probe->listens != 0;
    if (mark->listens && probe->refused == 0)
        ptl_listening_waited(&plan->listening, lane->target, probe->port, probe->wait_us);
    mark->asked++;
    if (counts || mark->asked >= PTL_ASKED_MOST)
        mark->counted = probe->attempt & 31U;
    if (lane->gone)
        return; /* it stays unprobed */
    if (lane->gave_up && counts) {
        count_silent(plan, probe->lane, ptl_plan_index(plan, probe));
        return;
    }
    ptl_note_parked(plan, lane, probe->port, mark);
    if (counts)
        ptl_vouch_add(plan, lane, silence);
    if (mark->asked < PTL_ASKED_MOST && mark->counted < lane->pass) {
        set_waits(lane, mark);
    } else {
        mark->silent = true;
        lane->silent++;
        plan->silent++;
    }
}

/* As an ICMP error of which nothing tells that it is not true, if it is one. */
static void decide_any(struct ptl_plan *plan, const struct ptl_timed *doubt)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &doubt->probe);
    bool is_silence =
        doubt->probe.refused == 0 || ptl_refusal_is_disproved(plan, lane, doubt->probe.refused);
    if (is_silence)
        decide(plan, doubt, true);
    else if (lane->answers == 0 || !ptl_refusal_hold(plan, lane, doubt))
        ptl_refusal_believe(plan, doubt);
}

/* Is it for the target itself to confirm that it is there? The attempts that may be a port's last
 * are not judged without, however few ports there are. */
static bool has_own_evidence(const struct ptl_plan *plan, const struct ptl_lane *lane,
                             const struct ptl_timed *doubt)
{
    const struct ptl_probe *probe = &doubt->probe;
    bool as_silence = probe->refused == 0 || ptl_refusal_is_disproved(plan, lane, probe->refused);
    bool last = probe->attempt > plan->profile->retries && as_silence;
    return plan->targets > 1 && (lane->next_port >= OWN_EVIDENCE || last) &&
           ptl_sentinel_knows(lane->known);
}

/* Is it known what something sent later met? Of an ICMP error a sentinel has to tell. */
static bool is_told(const struct ptl_lane *lane, const struct ptl_timed *doubt)
{
    return lane->path.alive_ns >= doubt->at_ns &&
           (doubt->probe.refused == 0 || lane->told_ns >= doubt->at_ns);
}

static bool is_open_question(const struct ptl_plan *plan, const struct ptl_lane *lane,
                             const struct ptl_timed *doubt)
{
    if (doubt->probe.refused != 0 && ptl_refusal_is_early(plan, lane, doubt))
        return true;
    return !is_told(lane, doubt) && has_own_evidence(plan, lane, doubt);
}

static void decide_for_target(struct ptl_plan *plan, const struct ptl_timed *doubt)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &doubt->probe);
    if (ptl_path_is_bad(&lane->path, doubt->at_ns))
        decide(plan, doubt, false);
    else if (!is_open_question(plan, lane, doubt))
        decide_any(plan, doubt);
    else if (!ptl_fifo_push(&lane->doubts, &doubt->probe, doubt->at_ns))
        plan->out_of_memory = true;
}

static void give_up(struct ptl_plan *plan, uint32_t id)
{
    plan->schedule.lanes[id].gave_up = true;
    plan->gave_up++;
    ptl_note_gave_up(plan, &plan->schedule.lanes[id]);
    ptl_silence_verdicts(plan, id, 1);
}

/* A silent attempt may occupy an entry of a router's connection table for two minutes. */
static void note_unanswered(struct ptl_plan *plan)
{
    struct ptl_unanswered *own = &plan->unanswered;
    uint32_t now_s = ptl_plan_ms(plan, plan->now_ns) / 1000;
    for (uint32_t i = 0; i < PTL_UNANSWERED_S && own->now_s < now_s; i++) {
        uint32_t *oldest = &own->seconds[++own->now_s % PTL_UNANSWERED_S];
        own->count -= *oldest;
        *oldest = 0;
    }
    own->now_s = now_s;
    own->seconds[now_s % PTL_UNANSWERED_S]++;
    if (++own->count > own->peak)
        own->peak = own->count;
}

void ptl_silence_add(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    struct ptl_timed doubt = {.probe = outcome->probe, .at_ns = outcome->started_ns};
    uint32_t waited_us = (uint32_t)((outcome->at_ns - outcome->started_ns) / PTL_NS_PER_US);
    if (lane->least_wait_us == 0 || waited_us < lane->least_wait_us)
        lane->least_wait_us = waited_us;
    if (outcome->is_kept)
        ptl_listening_began(&plan->listening, outcome->probe.listens, outcome->started_ns);
    note_unanswered(plan);
    lane->debt++;
    lane->path.silent++;
    lane->silences += outcome->probe.attempt == 1;
    if (outcome->held_up && plan->path.alive_ns != 0) {
        decide(plan, &doubt, false); /* nor is known whether what has answered was sent later */
    } else if (plan->path.alive_ns == 0) {
        decide(plan, &doubt, true); /* nobody knows whether anything is there at all */
    } else if (ptl_fifo_push(&plan->doubts, &doubt.probe, doubt.at_ns)) {
        lane->plan_doubts++;
    } else {
        plan->out_of_memory = true;
    }
    if (plan->profile->give_up_after > 0 && lane->heard == 0 && !lane->gave_up &&
        lane->silences >= plan->profile->give_up_after)
        give_up(plan, outcome->probe.lane);
}

void ptl_silence_add_refusal(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    struct ptl_timed doubt = {.probe = outcome->probe, .at_ns = outcome->started_ns};
    doubt.probe.refused = outcome->reason;
    doubt.probe.took_us = outcome->connect_us;
    if (lane->lookup != PTL_LOOKUP_NONE) { /* this machine's own word, that nobody is there */
        ptl_refusal_believe(plan, &doubt);
        return;
    }
    lane->debt++;
    lane->path.silent++;
    if (ptl_fifo_push(&plan->doubts, &doubt.probe, doubt.at_ns))
        lane->plan_doubts++;
    else
        plan->out_of_memory = true;
}

uint64_t ptl_silence_asks_ns(const struct ptl_plan *plan)
{
    const struct ptl_timed *doubt = ptl_fifo_first(&plan->doubts);
    uint64_t from_ns;
    return plan->sentinels_out < ptl_refusal_told_by(plan, doubt, &from_ns) ? from_ns : UINT64_MAX;
}

/* Has the run's oldest doubt to wait? */
static bool waits(const struct ptl_plan *plan, const struct ptl_timed *doubt)
{
    if (plan->path.alive_ns == 0) /* an ICMP error, then: silence is in doubt later only */
        return plan->pipe.count > 0 && plan->now_ns - doubt->at_ns < PTL_FAR_NS;
    uint64_t from_ns;
    uint32_t sentinels = ptl_refusal_told_by(plan, doubt, &from_ns);
    bool told = plan->path.alive_ns >= from_ns &&
                (doubt->probe.refused == 0 || plan->told_ns[sentinels - 1] >= from_ns);
    return !told && (plan->path.paused || ptl_sentinel_any(plan));
}

uint32_t ptl_silence_review(struct ptl_plan *plan)
{
    if (plan->doubts.count == 0)
        return PTL_LANE_NONE;
    struct ptl_timed doubt = *ptl_fifo_first(&plan->doubts);
    bool bad = ptl_path_is_bad(&plan->path, doubt.at_ns) ||
               (plan->profile->adaptive && doubt.at_ns > plan->path.since_ns &&
                ptl_path_loses_many(&plan->path));
    if (!bad && waits(plan, &doubt))
        return PTL_LANE_NONE;
    ptl_fifo_pop(&plan->doubts);
    ptl_plan_lane(plan, &doubt.probe)->plan_doubts--;
    if (bad)
        decide(plan, &doubt, false);
    else
        decide_for_target(plan, &doubt);
    return doubt.probe.lane;
}

void ptl_silence_review_lane(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    while (lane->doubts.count > 0) {
        struct ptl_timed doubt = *ptl_fifo_first(&lane->doubts);
        bool bad = ptl_path_is_bad(&lane->path, doubt.at_ns);
        bool refused = doubt.probe.refused != 0;
        if (!bad && !lane->gone &&
            ((refused && ptl_refusal_is_early(plan, lane, &doubt)) ||
             (!is_told(lane, &doubt) && (lane->path.paused || ptl_sentinel_knows(lane->known)))))
            break;
        ptl_fifo_pop(&lane->doubts);
        if (bad || lane->gone)
            decide(plan, &doubt, false);
        else
            decide_any(plan, &doubt);
    }
}

/* The port of an ICMP error stands for others, whatever `retries` grants. */
static void try_again(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_probe *probe)
{
    if (ptl_silence_marks(plan, lane) == NULL)
        return;
    struct ptl_mark *mark = &lane->marks[ptl_plan_index(plan, probe)];
    ptl_refusal_note(plan, lane, probe);
    mark->asked = mark->counted = 1;
    set_waits(lane, mark);
}

void ptl_silence_review_held(struct ptl_plan *plan, uint32_t id, bool ends)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    uint32_t held = lane->refusals.count;
    uint32_t again = ends ? 0 : ptl_refusal_ask_again(lane);
    for (uint32_t i = 0; i < held; i++) {
        struct ptl_timed refusal = ptl_refusal_take(plan, lane);
        bool tries = (uint64_t)i * again / held != (i + 1ULL) * again / held;
        if (ptl_refusal_is_disproved(plan, lane, refusal.probe.refused))
            decide(plan, &refusal, true);
        else if (tries && ptl_plan_asked(plan, &refusal.probe) == 0)
            try_again(plan, lane, &refusal.probe);
        else if (again == 0 || !ptl_refusal_hold(plan, lane, &refusal))
            ptl_refusal_believe(plan, &refusal);
    }
    if (lane->refusals.count > 0 && lane->waiting == 0) /* all that were to be had been before */
        ptl_silence_review_held(plan, id, true);
}

/* ---- the end of a pass ---- */

bool ptl_silence_ask_again(struct ptl_plan *plan, struct ptl_lane *lane, bool doubtful)
{
    uint32_t left = lane->silent;
    for (uint32_t i = 0; i < plan->port_count && left > 0; i++) {
        struct ptl_mark *mark = &lane->marks[i];
        left -= mark->silent;
        if (mark->silent && !(doubtful && mark->vouched) && ptl_silence_clear(plan, lane, mark))
            set_waits(lane, mark);
    }
    return lane->waiting > 0;
}

void ptl_silence_verdicts(struct ptl_plan *plan, uint32_t id, uint32_t attempts)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    for (uint32_t i = 0; i < plan->port_count && lane->silent + lane->waiting > 0; i++) {
        struct ptl_mark *mark = &lane->marks[i];
        bool counts = attempts == 0 ? mark->silent : mark->counted >= attempts;
        if (ptl_silence_clear(plan, lane, mark) && counts)
            count_silent(plan, id, i);
    }
}
