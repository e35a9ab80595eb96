#include "portolan/clock.h"
#include "portolan/judge.h"
#include "scan/wait.h"

#include <stdlib.h>
#include <string.h>

#define CONFIRM_DELAY_MS 10U
#define ALL_OPEN_PROBES 64 /* so many, and 19 of 20 open: no host is like that */

uint32_t ptl_plan_ms(const struct ptl_plan *plan, uint64_t at_ns)
{
    uint64_t ms = at_ns > plan->start_ns ? (at_ns - plan->start_ns) / PTL_NS_PER_MS : 0;
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

static struct ptl_lane *lane_of(struct ptl_plan *plan, const struct ptl_probe *probe)
{
    return &plan->schedule.lanes[probe->lane];
}

static void keep(struct ptl_plan *plan, const struct ptl_result *result)
{
    if (ptl_results_add(plan->results, result) != PTL_OK)
        plan->out_of_memory = true;
}

void ptl_plan_later(struct ptl_plan *plan, const struct ptl_probe *probe, uint64_t delay_ms)
{
    uint32_t due_ms = ptl_plan_ms(plan, plan->now_ns + delay_ms * PTL_NS_PER_MS);
    if (!ptl_schedule_retry(&plan->schedule, probe, due_ms))
        plan->out_of_memory = true;
}

static bool is_shortage(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_ERROR && ptl_shortage_is(outcome->reason);
}

/* ---- confirmation ---- */

static uint32_t new_confirmation(struct ptl_plan *plan)
{
    if (plan->free_confirmation == 0) {
        uint32_t capacity = plan->confirmation_capacity == 0 ? 16 : plan->confirmation_capacity * 2;
        struct ptl_confirmation *grown =
            reallocarray(plan->confirmations, capacity, sizeof(*grown));
        if (grown == NULL) {
            plan->out_of_memory = true;
            return 0;
        }
        plan->confirmations = grown;
        plan->confirmation_capacity = capacity;
        while (plan->confirmation_count < capacity) {
            grown[plan->confirmation_count] =
                (struct ptl_confirmation){.next_free = plan->free_confirmation};
            plan->free_confirmation = ++plan->confirmation_count;
        }
    }
    uint32_t number = plan->free_confirmation;
    plan->free_confirmation = plan->confirmations[number - 1].next_free;
    plan->confirmations[number - 1].used = true;
    return number;
}

/* An open port is asked again `confirm` times before its result is kept. */
static void confirm(struct ptl_plan *plan, const struct ptl_probe *probe,
                    const struct ptl_result *result)
{
    uint32_t number = new_confirmation(plan);
    if (number == 0)
        return;
    plan->confirmations[number - 1].result = *result;
    struct ptl_probe again = {
        .lane = probe->lane, .port = probe->port, .attempt = 1, .confirms = number};
    ptl_plan_later(plan, &again, CONFIRM_DELAY_MS);
}

static void settle_confirmation(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_confirmation *own = &plan->confirmations[outcome->probe.confirms - 1];
    /* A failure of this machine is no answer, and not counted as one. */
    if (!is_shortage(outcome)) {
        own->result.confirm_done = (own->result.confirm_done + 1U) & 15U;
        own->result.confirm_yes =
            (own->result.confirm_yes + (outcome->state == PTL_OPEN ? 1U : 0U)) & 15U;
        if (own->result.confirm_done < plan->profile->confirm) {
            struct ptl_probe again = outcome->probe;
            again.local_tries = 0;
            ptl_plan_later(plan, &again, CONFIRM_DELAY_MS);
            return;
        }
    }
    keep(plan, &own->result);
    own->used = false;
    own->next_free = plan->free_confirmation;
    plan->free_confirmation = outcome->probe.confirms;
}

void ptl_plan_settle_confirmations(struct ptl_plan *plan)
{
    for (uint32_t i = 0; i < plan->confirmation_count; i++)
        if (plan->confirmations[i].used)
            keep(plan, &plan->confirmations[i].result);
}

/* ---- verdicts ---- */

void ptl_plan_count(struct ptl_plan *plan, const struct ptl_outcome *outcome, uint8_t attempts)
{
    const struct ptl_probe *probe = &outcome->probe;
    struct ptl_lane *lane = lane_of(plan, probe);
    lane->states[outcome->state]++;
    plan->sum.states[outcome->state]++;
    plan->sum.retried += attempts > 1;
    if (!ptl_judge_note(plan->results->judge, lane->target, probe->port, outcome->state))
        plan->out_of_memory = true;
    if (!plan->results->run.states[outcome->state])
        return;
    struct ptl_result result = {.target = lane->target,
                                .port = probe->port,
                                .state = outcome->state & 7U,
                                .attempts = attempts & 31U,
                                .reason = outcome->reason,
                                .rtt_us = outcome->rtt_us & PTL_US_NONE,
                                .connect_us = outcome->connect_us & PTL_US_NONE,
                                .offset_ms = ptl_plan_ms(plan, outcome->at_ns)};
    if (outcome->state == PTL_OPEN && plan->profile->confirm > 0)
        confirm(plan, probe, &result);
    else
        keep(plan, &result);
}

/* ---- what an outcome tells about its target ---- */

static void learn(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = lane_of(plan, &outcome->probe);
    ptl_wait_learn(plan, outcome);
    if (ptl_plan_is_silence(outcome)) {
        lane->silences += outcome->probe.attempt == 1;
        if (plan->profile->give_up_after > 0 && lane->answers == 0 && !lane->gave_up &&
            lane->silences >= plan->profile->give_up_after)
            ptl_plan_give_up(plan, outcome->probe.lane);
        return;
    }
    if (outcome->state == PTL_ERROR)
        return;
    lane->answers++;
    if (lane->gave_up) { /* it lives after all: one of those still in flight was answered */
        lane->gave_up = false;
        plan->gave_up--;
    }
    if (!plan->profile->adaptive || outcome->probe.confirms != 0)
        return;
    if (ptl_wait_proves_loss(outcome))
        ptl_congestion_loss(&lane->congestion, outcome->probe.lost_round);
    if (outcome->resent) /* a SYN that the kernel had to send again was lost as well */
        ptl_congestion_loss(&lane->congestion, outcome->probe.round);
    ptl_congestion_answer(&lane->congestion, outcome->probe.round, plan->now_ns,
                          ptl_wait_feedback_ns(plan, lane));
    ptl_wait_update(plan, lane);
}

/* This machine failed to ask. True: the probe goes back to the plan. */
static bool put_back(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_probe again = outcome->probe;
    if (again.local_tries >= PTL_SHORTAGE_TRIES)
        return false;
    uint64_t pause_ns =
        ptl_shortage_failed(&plan->shortage, outcome->reason, again.local_tries, plan->now_ns);
    again.local_tries++;
    ptl_plan_later(plan, &again, pause_ns / PTL_NS_PER_MS);
    /* Others would fail as this one did, at once, and use their tries up: first something has to
     * come back, or time to pass. */
    plan->pause_until_ns = plan->now_ns + PTL_SHORTAGE_PAUSE_NS;
    return true;
}

/* ---- the end of a lane ---- */

static void keep_counts(struct ptl_plan *plan, const struct ptl_lane *lane)
{
    struct ptl_target_counts counts = {.target = lane->target};
    uint32_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++) {
        counts.states[s] = lane->states[s];
        known += lane->states[s];
    }
    counts.states[PTL_UNPROBED] = (uint16_t)(plan->port_count - known);
    if (known >= ALL_OPEN_PROBES && counts.states[PTL_OPEN] * 20U >= known * 19U)
        counts.flags |= PTL_TARGET_ALL_OPEN;
    if (lane->gave_up)
        counts.flags |= PTL_TARGET_GAVE_UP;
    if (plan->targets > PTL_TARGETS_LISTED && counts.states[PTL_OPEN] == 0 &&
        counts.states[PTL_ERROR] == 0 && counts.states[PTL_UNPROBED] == 0)
        return;
    if (ptl_results_add_target(plan->results, &counts) != PTL_OK)
        plan->out_of_memory = true;
}

static bool has_more(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return lane->retries.count > 0 || (lane->next_port < plan->port_count && !lane->gave_up);
}

static void settle_lane(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (lane->parked_count > 0 && !has_more(plan, lane) &&
        (lane->congestion.lossy || lane->in_flight == 0))
        ptl_plan_unpark(plan, id, lane->congestion.lossy);
    if (lane->in_flight > 0 || has_more(plan, lane)) {
        ptl_schedule_place(&plan->schedule, id, ptl_plan_ms(plan, plan->now_ns));
        return;
    }
    keep_counts(plan, lane);
    ptl_schedule_close(&plan->schedule, id);
}

void ptl_plan_settle_rest(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    /* They had every attempt that the profile grants: silence is what was seen. */
    if (lane->parked_count > 0)
        ptl_plan_unpark(plan, id, false);
    keep_counts(plan, lane);
}

void ptl_plan_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    uint32_t id = outcome->probe.lane;
    ptl_schedule_returned(&plan->schedule, id);
    if (outcome->state == PTL_UNPROBED)
        return; /* abandoned: the plan was stopped, and finish() counts it */
    bool shortage = is_shortage(outcome);
    plan->sum.attempts += !shortage;
    plan->sum.syn_resent += outcome->resent;
    learn(plan, outcome);
    if (!(shortage && put_back(plan, outcome))) {
        if (outcome->probe.confirms != 0)
            settle_confirmation(plan, outcome);
        else if (ptl_plan_is_silence(outcome))
            ptl_plan_settle_silence(plan, outcome);
        else /* a port that this machine could not even ask has no attempt behind it */
            ptl_plan_count(plan, outcome, (uint8_t)(outcome->probe.attempt - (shortage ? 1U : 0U)));
    }
    settle_lane(plan, id);
}
