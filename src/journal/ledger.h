/*
 * What is known of each probe of a run, by its position: the place of its target in the run's
 * order, times the ports of a target, plus the place of its port. Two bits a probe, in pages, and
 * two bytes for each of the probes of a page of which some wait for another attempt. Since probes
 * are asked about in the order of their positions, what was never reached costs nothing. One
 * thread while it is filled, any afterwards.
 */
#ifndef JOURNAL_LEDGER_H
#define JOURNAL_LEDGER_H

#include "profile/profile.h"

struct ptl_ledger;

/* Attempts of a port that waits for its verdict. */
struct ptl_parked {
    uint8_t asked;   /* made; 0: it does not wait */
    uint8_t counted; /* those whose silence counts */
};

/* NULL: no memory. */
struct ptl_ledger *ptl_ledger_new(uint64_t probes);
void ptl_ledger_free(struct ptl_ledger *ledger);
uint64_t ptl_ledger_probes(const struct ptl_ledger *ledger);
/* Settles `count` probes from `position` on, which lie within the run; a later word goes over an
 * earlier one. False: no memory. */
bool ptl_ledger_settle(struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                       enum ptl_state state);
bool ptl_ledger_park(struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                     struct ptl_parked parked);
/* PTL_UNPROBED: nothing is settled. */
enum ptl_state ptl_ledger_state(const struct ptl_ledger *ledger, uint64_t position);
struct ptl_parked ptl_ledger_parked(const struct ptl_ledger *ledger, uint64_t position);
/* How many probes of `count` from `position` on are in each state. */
void ptl_ledger_count(const struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                      uint64_t states[PTL_STATE_COUNT]);
/* Does one of `count` probes from `position` on wait for another attempt? */
bool ptl_ledger_any_parked(const struct ptl_ledger *ledger, uint64_t position, uint64_t count);
/* The position behind the last one that anything is known of. */
uint64_t ptl_ledger_end(const struct ptl_ledger *ledger);

#endif
