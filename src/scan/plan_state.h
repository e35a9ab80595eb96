/* The inside of the plan, for the three files that it is made of: plan.c hands probes out, settle.c
 * takes outcomes in, silence.c sees to those that nothing answered. */
#ifndef SCAN_PLAN_STATE_H
#define SCAN_PLAN_STATE_H

#include "scan/bells.h"
#include "scan/pacer.h"
#include "scan/plan.h"
#include "scan/schedule.h"
#include "scan/shortage.h"

#include <pthread.h>
#include <stdatomic.h>

/* An open port whose confirmation is under way. */
struct ptl_confirmation {
    struct ptl_result result; /* kept once it is complete, or at the end */
    bool used;
    uint32_t next_free; /* index + 1; 0: none */
};

struct ptl_plan {
    pthread_mutex_t lock;
    atomic_int stop; /* enum ptl_stop */
    const struct ptl_profile *profile;
    struct ptl_results *results;
    const uint16_t *ports;
    uint32_t port_count;
    uint64_t targets;
    struct ptl_permute target_order;
    uint64_t seed;
    uint64_t start_ns;
    uint64_t now_ns; /* when this exchange began */

    struct ptl_schedule schedule;
    uint64_t next_target;
    struct ptl_rtt group_rtt;
    _Atomic uint32_t group_rto_us;

    struct ptl_confirmation *confirmations;
    uint32_t confirmation_count, confirmation_capacity;
    uint32_t free_confirmation; /* index + 1; 0: none */

    struct ptl_shortage shortage;
    uint64_t pause_until_ns; /* nothing could be asked at all: give this machine time */
    struct ptl_pacer pacer;

    struct ptl_summary sum;
    uint64_t parked; /* ports in all lanes that wait for their verdict till the end */
    uint64_t gave_up;
    bool out_of_memory;
    struct ptl_bells bells;
    bool told_finished;
};

/* Milliseconds from the run's start. */
uint32_t ptl_plan_ms(const struct ptl_plan *plan, uint64_t at_ns);
/* What became of a probe. */
void ptl_plan_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* The run is over: verdicts and counts of a lane that did not come to its end. */
void ptl_plan_settle_rest(struct ptl_plan *plan, uint32_t lane);
/* Keeps the open ports whose confirmation did not come to its end. */
void ptl_plan_settle_confirmations(struct ptl_plan *plan);

/* ---- between settle.c, silence.c and wait.c ---- */

static inline bool ptl_plan_is_silence(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_FILTERED && outcome->reason == PTL_REASON_NO_RESPONSE;
}

/* The probe goes back to its lane, for so long at least. */
void ptl_plan_later(struct ptl_plan *plan, const struct ptl_probe *probe, uint64_t delay_ms);
/* A verdict, after so many attempts. */
void ptl_plan_count(struct ptl_plan *plan, const struct ptl_outcome *outcome, uint8_t attempts);
/* An attempt that nothing answered: another one, a place among the parked, or a verdict. */
void ptl_plan_settle_silence(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* The parked ports of a lane get one attempt more each, or, where no loss was seen, a verdict. */
void ptl_plan_unpark(struct ptl_plan *plan, uint32_t lane, bool again);
/* Nothing has answered for so long that the profile sets the target aside. */
void ptl_plan_give_up(struct ptl_plan *plan, uint32_t lane);

#endif
