/*
 * What the run does when this machine fails to ask: no descriptor, no memory, no source port. A
 * shortage is no verdict about a port; it says that too much is in flight. The permits are halved,
 * then grow by small steps while all goes well. The plan's lock guards it.
 */
#ifndef SCAN_SHORTAGE_H
#define SCAN_SHORTAGE_H

#include "base/error.h"
#include "results/results.h"
#include "scan/permits.h"

#define PTL_SHORTAGE_TRIES 20          /* how often a probe may fail so before it is an error */
#define PTL_SHORTAGE_PAUSE_NS 2000000U /* for all, after one failed */
#define PTL_SHORTAGE_CAUSES 7

struct ptl_shortage {
    struct ptl_permits *permits;
    uint64_t halved_ns; /* when the permits were halved last; 0: never */
    uint64_t grown_ns;
    uint64_t failed_ns; /* when a probe failed last */
    uint64_t failures[PTL_SHORTAGE_CAUSES];
};

void ptl_shortage_init(struct ptl_shortage *shortage, struct ptl_permits *permits);
/* True for an errno (as a reason) that is about this machine's resources: ask again later. */
bool ptl_shortage_is(uint8_t reason);
/* A probe failed for the `tries`th time (from 0). Returns how long it waits, in ns. */
uint64_t ptl_shortage_failed(struct ptl_shortage *shortage, uint8_t reason, uint8_t tries,
                             uint64_t now_ns);
/* Probes were settled and none failed so. */
void ptl_shortage_well(struct ptl_shortage *shortage, uint64_t now_ns);
/* Writes lowest limit and causes to the results. PTL_E_NO_MEMORY. */
enum ptl_status ptl_shortage_report(const struct ptl_shortage *shortage,
                                    struct ptl_results *results);

#endif
