/* What an outcome means: for its port, for its target, for all that is scanned. */
#include "scan/plan_calls.h"

#include <errno.h>

#define UNREACHABLE_TRIES 3 /* of a target that has no way to it, while others answer */
#define UNREACHABLE_DELAY_NS 250000000ULL
#define OPENS_NS 20000000U /* later than its round trip nothing more comes of an open port */
#define OUTAGE_TOLD_MS 1000U
#define LEAST_ANSWERS 4 /* the least of fewer round trips is no guide */

/* ---- what this machine failed to do ---- */

static bool is_shortage(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_ERROR && ptl_shortage_is(outcome->reason);
}

static bool is_unreachable(const struct ptl_outcome *outcome)
{
    if (outcome->state != PTL_ERROR || outcome->reason < PTL_REASON_ERRNO)
        return false;
    int error = outcome->reason - PTL_REASON_ERRNO;
    return error == ENETUNREACH || error == EHOSTUNREACH || error == ENETDOWN || error == EHOSTDOWN;
}

/* True: the probe goes back to the plan. */
static bool put_back(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_probe again = outcome->probe;
    if (is_unreachable(outcome)) {
        /* In the middle of a run a missing route is an outage, unless it is this target's alone. */
        if (plan->path.alive_ns == 0 ||
            (again.local_tries >= UNREACHABLE_TRIES && ptl_plan_lane(plan, &again)->answers == 0))
            return false;
        again.local_tries += again.local_tries < UNREACHABLE_TRIES;
        plan->debt += PTL_SENTINEL_EVERY_MOST; /* are others there? */
        ptl_plan_lane(plan, &again)->debt += PTL_SENTINEL_EVERY_MOST;
        ptl_verdict_later(plan, &again, UNREACHABLE_DELAY_NS);
        return true;
    }
    if (again.local_tries >= PTL_SHORTAGE_TRIES)
        return false;
    uint64_t pause_ns =
        ptl_shortage_failed(&plan->shortage, outcome->reason, again.local_tries, plan->now_ns);
    again.local_tries++;
    ptl_verdict_later(plan, &again, pause_ns);
    /* Others would fail as this one did, at once, and use their tries up: first something has to
     * come back, or time to pass. */
    plan->pause_until_ns = plan->now_ns + PTL_SHORTAGE_PAUSE_NS;
    return true;
}

/* ---- what an answer tells ---- */

/* An answer to a sentinel that was asked while all was silent may have taken longer than others are
 * waited for: so will theirs, and the estimate starts anew. */
static void learn_round_trip(struct ptl_plan *plan, struct ptl_lane *lane,
                             const struct ptl_outcome *outcome)
{
    /* What the program saw, not the kernel: it is the program that has to wait. */
    uint32_t us = outcome->connect_us;
    if (us == PTL_US_NONE || outcome->late)
        return;
    if (outcome->probe.lane >= plan->schedule.window) {
        if (plan->path.paused && !outcome->resent && us > ptl_path_sentinel_us(&plan->path))
            plan->path.rtt = (struct ptl_rtt){.srtt_us = us, .rttvar_us = us / 2};
        return;
    }
    if (lane->path.rtt.srtt_us == 0 || us < lane->path.least_us)
        lane->path.least_us = us > 0 ? us : 1;
    uint32_t least_us = lane->path.least_us;
    ptl_path_round_trip(&lane->path, us, least_us, false, 0, plan->now_ns);
    lane->path.least_us = least_us;
    bool tells = outcome->prompt && lane->answers >= LEAST_ANSWERS;
    ptl_path_round_trip(&plan->path, us, least_us, tells, plan->pipe.count, plan->now_ns);
}

void ptl_settle_note_outage(struct ptl_plan *plan, const struct ptl_lane *lane, uint32_t lasted_ms)
{
    uint32_t now_ms = ptl_plan_offset_ms(plan, plan->now_ns);
    if (lasted_ms < OUTAGE_TOLD_MS)
        return;
    struct ptl_outage outage = {.at_ms = now_ms > lasted_ms ? now_ms - lasted_ms : 0,
                                .lasted_ms = lasted_ms};
    if (lane != NULL)
        ptl_address_format(&lane->address, outage.ip);
    if (ptl_results_add_outage(plan->results, &outage) != PTL_OK)
        plan->out_of_memory = true;
}

/* What targets lost meanwhile is not theirs, however late it is told. */
static void end_outage(struct ptl_plan *plan, uint32_t lasted_ms)
{
    ptl_settle_note_outage(plan, NULL, lasted_ms);
    ptl_path_spread(&plan->path, plan->sum.probes - ptl_plan_known(plan), lasted_ms, plan->now_ns);
    for (uint32_t i = 0; i < plan->schedule.window; i++)
        if (plan->schedule.lanes[i].active)
            ptl_path_forget(&plan->schedule.lanes[i].path, plan->now_ns);
}

static void hear(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    bool is_lane = outcome->probe.lane < plan->schedule.window;
    uint32_t most = plan->shortage.permits->most, lasted_ms;
    plan->heard++;
    learn_round_trip(plan, lane, outcome);
    /* An answer to a SYN that the kernel sent again does not tell when that was (Karn). */
    bool tells = !outcome->resent;
    if (tells && ptl_path_heard(&plan->path, outcome->started_ns, plan->now_ns, most, &lasted_ms))
        end_outage(plan, lasted_ms);
    if (!is_lane)
        return;
    if (tells && ptl_path_heard(&lane->path, outcome->started_ns, plan->now_ns, most, &lasted_ms)) {
        plan->quiet -= !lane->gone;
        ptl_settle_note_outage(plan, lane, lasted_ms);
        ptl_path_spread(&lane->path, plan->port_count - ptl_lane_known(lane), lasted_ms,
                        plan->now_ns);
    }
    if (outcome->probe.sentinel)
        return;
    plan->answering += lane->answers == 0;
    lane->answers++;
    if (lane->lookup != PTL_LOOKUP_NONE)
        ptl_lookup_heard(plan, lane);
    if (outcome->probe.confirms != 0)
        return;
    bool refuses = outcome->state == PTL_CLOSED;
    struct ptl_known *room = ptl_lane_room(lane, refuses);
    if (room != NULL)
        ptl_sentinel_learn(plan, lane, room, outcome->probe.port, refuses);
    plan->answered++;
    lane->passed++;
    uint8_t refused = 0;
    if (lane->reasons != NULL)
        refused = ptl_refusal_reason(lane, ptl_plan_index(plan, &outcome->probe));
    if (refused != 0)
        ptl_refusal_disprove(&plan->disproved, refused);
    /* An answer that took as long as the attempts before were waited for proves nothing. */
    if (outcome->probe.attempt > 1 && (refused != 0 || outcome->connect_us < lane->least_wait_us)) {
        plan->lost += outcome->probe.attempt - 1U;
        lane->lost += outcome->probe.attempt - 1U;
        ptl_pass_found(plan, lane);
        ptl_uneven_lost(plan, lane, outcome->probe.attempt - 1U);
        ptl_vouch_found(lane, &lane->marks[ptl_plan_index(plan, &outcome->probe)]);
    }
}

/* ---- the outcome ---- */

static void settle_port(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    bool failed = is_shortage(outcome) || is_unreachable(outcome);
    if (failed && put_back(plan, outcome))
        return;
    if (outcome->state == PTL_ERROR)
        ptl_lookup_heard(plan, lane); /* it is not the look-up that it fails by */
    if (outcome->probe.confirms != 0) {
        ptl_verdict_confirm(plan, outcome, !is_shortage(outcome));
    } else if (ptl_plan_is_silence(outcome)) {
        ptl_silence_add(plan, outcome);
    } else if (ptl_plan_is_refusal(outcome)) {
        ptl_silence_add_refusal(plan, outcome);
    } else {
        uint32_t asked = lane->marks == NULL ? 0 : ptl_plan_asked(plan, &outcome->probe);
        /* A port that this machine could not even ask has no attempt behind it. */
        ptl_verdict_count(plan, outcome, (uint8_t)(asked + (is_shortage(outcome) ? 0 : 1)));
    }
    if (!ptl_plan_is_silence(outcome) && outcome->state != PTL_ERROR) {
        lane->heard++;
        if (lane->gave_up) { /* it lives after all: one of those still in flight was answered */
            lane->gave_up = false;
            plan->gave_up--;
            ptl_note_gave_up(plan, lane);
        }
    }
}

/* What was heard of an attempt, or not, when its time was over. Its lane may be another's by now.
 */
static void overhear(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    enum ptl_heard heard = PTL_HEARD_NOTHING;
    if (outcome->late || ptl_path_is_bad(&plan->path, outcome->started_ns))
        heard = PTL_HEARD_UNTOLD; /* neither its time nor its silence tells of the network */
    else if (ptl_plan_is_answer(outcome))
        heard = outcome->state == PTL_OPEN ? PTL_HEARD_OPEN : PTL_HEARD_CLOSED;
    ptl_listening_ended(&plan->listening, outcome->probe.listens, heard,
                        (uint32_t)((outcome->at_ns - outcome->started_ns) / PTL_NS_PER_US));
}

void ptl_plan_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    uint32_t id = outcome->probe.lane;
    if (outcome->overheard) {
        overhear(plan, outcome);
        return;
    }
    ptl_schedule_returned(&plan->schedule, id);
    /* Whatever refuses may be near, and what answers is not: a refusal makes no room sooner. */
    if (!ptl_plan_is_refusal(outcome) || outcome->probe.sentinel || plan->path.alive_ns == 0)
        ptl_pipe_leave(&plan->pipe, outcome->probe.leaves_ms);
    if (outcome->state == PTL_UNPROBED) {
        plan->abandoned += !outcome->probe.sentinel;
        return; /* the plan was stopped, and finish() counts it */
    }
    plan->sum.syn_resent += outcome->resent;
    if (outcome->state == PTL_OPEN || (outcome->probe.sentinel && ptl_plan_is_silence(outcome)))
        ptl_resets_opens(&plan->resets,
                         plan->now_ns + OPENS_NS + outcome->at_ns - outcome->started_ns);
    if (ptl_plan_is_answer(outcome))
        hear(plan, outcome);
    if (outcome->probe.sentinel) {
        ptl_sentinel_settle(plan, outcome);
    } else {
        plan->sum.attempts += outcome->more + !is_shortage(outcome);
        settle_port(plan, outcome);
    }
    if (id < plan->schedule.window)
        ptl_plan_settle_lane(plan, id);
}

/* ---- the end of a lane ---- */

/* The target has been silent for longer than the profile waits. */
static void leave_for_good(struct ptl_plan *plan, struct ptl_lane *lane)
{
    lane->gone = true;
    plan->gone++;
    plan->quiet--;
    lane->again.count = 0;
    ptl_settle_note_outage(plan, lane,
                           (uint32_t)((plan->now_ns - lane->path.heard_ns) / PTL_NS_PER_MS));
}

void ptl_plan_settle_lane(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (lane->path.paused && !lane->gone &&
        plan->now_ns - lane->path.heard_ns >= plan->profile->outage_ms * PTL_NS_PER_MS)
        leave_for_good(plan, lane);
    if (lane->doubts.count > 0)
        ptl_silence_review_lane(plan, id);
    if (lane->silent_lately.count > 0)
        ptl_vouch_review(plan, lane, false);
    bool first = ptl_schedule_has_first(&plan->schedule, lane);
    bool idle = ptl_lane_is_idle(lane);
    if (lane->refusals.count > 0 && !first && idle && (lane->waiting == 0 || lane->gone))
        ptl_silence_review_held(plan, id, lane->gone);
    if (!first && !lane->gone && lane->waiting == 0 && lane->silent > 0)
        ptl_pass_next(plan, id);
    bool has_more =
        first || lane->again.count > 0 || (!lane->gone && lane->waiting + lane->silent > 0);
    if (!idle || lane->refusals.count > 0 || has_more) {
        ptl_schedule_place(&plan->schedule, id, plan->now_ns);
        return;
    }
    if (lane->gone)
        ptl_silence_verdicts(plan, id, plan->profile->retries + 1);
    else if (lane->path.paused)
        plan->quiet--;
    ptl_vouch_review(plan, lane, true);
    ptl_verdict_target(plan, lane);
    ptl_schedule_close(&plan->schedule, id);
}

void ptl_plan_settle_rest(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    ptl_silence_review_held(plan, id, true);
    /* Ports that had every attempt which the profile grants: silence is what was seen. */
    ptl_silence_verdicts(plan, id, plan->profile->retries + 1);
    ptl_verdict_target(plan, lane);
}
