/* Verdicts: counted, noted by the judge, kept; open ports are confirmed first. */
#include "base/array.h"
#include "results/judge.h"
#include "scan/plan_calls.h"

#include <string.h>

#define CONFIRM_DELAY_NS 10000000U

static void keep(struct ptl_plan *plan, const struct ptl_result *result)
{
    if (ptl_results_add(plan->results, result) != PTL_OK)
        plan->out_of_memory = true;
}

void ptl_verdict_later(struct ptl_plan *plan, const struct ptl_probe *probe, uint64_t delay_ns)
{
    struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    if (!ptl_fifo_push(&lane->again, probe, plan->now_ns + delay_ns))
        plan->out_of_memory = true;
}

/* ---- confirmation ---- */

static uint32_t new_confirmation(struct ptl_plan *plan)
{
    uint32_t number = plan->free_confirmation;
    if (number != 0) {
        plan->free_confirmation = plan->confirmations[number - 1].next_free;
        return number;
    }
    if (!PTL_ROOM(plan->confirmations, plan->confirmation_capacity, plan->confirmation_count)) {
        plan->out_of_memory = true;
        return 0;
    }
    return (uint32_t)++plan->confirmation_count;
}

/* An open port is asked again `confirm` times before its result is kept. */
static void confirm(struct ptl_plan *plan, const struct ptl_probe *probe,
                    const struct ptl_result *result)
{
    uint32_t number = new_confirmation(plan);
    if (number == 0)
        return;
    plan->confirmations[number - 1] = (struct ptl_confirmation){.result = *result, .used = true};
    struct ptl_probe again = {
        .lane = probe->lane, .port = probe->port, .attempt = 1, .confirms = number};
    ptl_verdict_later(plan, &again, CONFIRM_DELAY_NS);
}

void ptl_verdict_confirm(struct ptl_plan *plan, const struct ptl_outcome *outcome, bool asked)
{
    struct ptl_confirmation *own = &plan->confirmations[outcome->probe.confirms - 1];
    if (asked) {
        own->result.confirm_done = (own->result.confirm_done + 1U) & 15U;
        own->result.confirm_yes =
            (own->result.confirm_yes + (outcome->state == PTL_OPEN ? 1U : 0U)) & 15U;
        if (own->result.confirm_done < plan->profile->confirm) {
            struct ptl_probe again = outcome->probe;
            again.local_tries = 0;
            ptl_verdict_later(plan, &again, CONFIRM_DELAY_NS);
            return;
        }
    }
    keep(plan, &own->result);
    own->used = false;
    own->next_free = plan->free_confirmation;
    plan->free_confirmation = outcome->probe.confirms;
}

void ptl_verdict_confirmations(struct ptl_plan *plan)
{
    for (size_t i = 0; i < plan->confirmation_count; i++)
        if (plan->confirmations[i].used)
            keep(plan, &plan->confirmations[i].result);
}

/* ---- verdicts ---- */

/* What an ICMP error or this machine says tells nothing of losses. */
static void note_evidence(struct ptl_lane *lane, const struct ptl_outcome *outcome)
{
    if (outcome->state == PTL_OPEN)
        ptl_evidence_note(lane->evidence.open, outcome->probe.attempt);
    else if (outcome->state == PTL_CLOSED)
        ptl_evidence_note(lane->evidence.closed, outcome->probe.attempt);
    else if (ptl_plan_is_silence(outcome))
        ptl_evidence_note(lane->evidence.silent, outcome->probe.attempt);
}

void ptl_verdict_count(struct ptl_plan *plan, const struct ptl_outcome *outcome, uint8_t attempts)
{
    const struct ptl_probe *probe = &outcome->probe;
    struct ptl_lane *lane = &plan->schedule.lanes[probe->lane];
    lane->states[outcome->state]++;
    note_evidence(lane, outcome);
    plan->sum.states[outcome->state]++;
    plan->sum.retried += attempts > 1;
    if (!ptl_judge_note(plan->results->judge, lane->target, probe->port, outcome->state))
        plan->out_of_memory = true;
    if (!plan->results->run.states[outcome->state]) {
        ptl_note(plan, lane, probe->port, outcome->state);
        return;
    }
    struct ptl_result result = {.target = lane->target,
                                .port = probe->port,
                                .state = outcome->state & 7U,
                                .attempts = (attempts < 31 ? attempts : 31) & 31U,
                                .reason = outcome->reason,
                                .rtt_us = outcome->rtt_us & PTL_US_NONE,
                                .connect_us = outcome->connect_us & PTL_US_NONE,
                                .offset_ms = ptl_plan_offset_ms(plan, outcome->at_ns)};
    if (outcome->state == PTL_OPEN && plan->profile->confirm > 0)
        confirm(plan, probe, &result);
    else
        keep(plan, &result);
}

void ptl_verdict_filtered(struct ptl_plan *plan, uint32_t lane, uint16_t port,
                          enum ptl_reason reason, struct ptl_mark mark)
{
    struct ptl_outcome outcome = {.probe = {.lane = lane, .port = port, .attempt = mark.counted},
                                  .state = PTL_FILTERED,
                                  .reason = (uint8_t)reason,
                                  .rtt_us = PTL_US_NONE,
                                  .connect_us = PTL_US_NONE,
                                  .at_ns = plan->now_ns};
    ptl_verdict_count(plan, &outcome, mark.asked);
}

/* ---- targets ---- */

/* A single target's sentinels are those of the run. */
static void add_sentinels(struct ptl_plan *plan, struct ptl_lane *lane,
                          struct ptl_target_evidence *evidence)
{
    bool alone = plan->targets == 1;
    struct ptl_sentinels sentinels =
        ptl_tally_end(alone ? &plan->tally : &lane->tally, alone ? &plan->path : &lane->path);
    ptl_evidence_set_sentinels(evidence, &sentinels);
}

/* What a resumed run knows of a target's past are verdicts, not the attempts that they took. */
static struct ptl_target_evidence evidence_of(struct ptl_plan *plan, struct ptl_lane *lane)
{
    struct ptl_target_evidence evidence = lane->evidence;
    if (plan->past != NULL) {
        ptl_evidence_add(&plan->results->evidence, &evidence);
        return (struct ptl_target_evidence){.asked = 0};
    }
    add_sentinels(plan, lane, &evidence);
    if (lane->listens)
        evidence.late = ptl_listening_tell(&plan->listening, lane->target, plan->now_ns);
    ptl_evidence_add(&plan->results->evidence, &evidence);
    return evidence;
}

/* Of a run that was resumed, what this segment tells counts: its silent ports are asked in it. */
bool ptl_verdict_misses_too_many(struct ptl_plan *plan, struct ptl_lane *lane)
{
    uint32_t least_e4 = plan->profile->min_recall_e4;
    if (least_e4 == 0 || lane->gave_up)
        return false;
    struct ptl_target_evidence target = lane->evidence;
    add_sentinels(plan, lane, &target);
    target.silent[ptl_evidence_place(lane->pass)] += (uint16_t)lane->silent;
    struct ptl_evidence evidence = ptl_evidence_of(&target);
    struct ptl_estimate estimate = ptl_estimate_of(&evidence, NULL);
    return estimate.known ? estimate.recall_at_least * PTL_SHARE_ONE < least_e4
                          : estimate.basis == PTL_BASIS_NO_EVIDENCE;
}

void ptl_verdict_add_target(struct ptl_plan *plan, struct ptl_target_counts *counts, bool gave_up)
{
    counts->flags = ptl_results_target_flags(counts);
    if (gave_up)
        counts->flags |= PTL_TARGET_GAVE_UP;
    if (ptl_results_lists_target(plan->results, counts) &&
        ptl_results_add_target(plan->results, counts) != PTL_OK)
        plan->out_of_memory = true;
}

void ptl_verdict_target(struct ptl_plan *plan, struct ptl_lane *lane)
{
    struct ptl_target_counts counts = {.target = lane->target,
                                       .has_evidence = plan->past == NULL,
                                       .evidence = evidence_of(plan, lane)};
    memcpy(counts.states, lane->states, sizeof(counts.states));
    counts.states[PTL_UNPROBED] = (uint16_t)(plan->port_count - ptl_lane_known(lane));
    ptl_verdict_add_target(plan, &counts, lane->gave_up);
}
