/*
 * How long to wait for an answer: the estimator of RFC 6298 (Jacobson's), in microseconds. One for
 * each target, one for all of them together, which serves a target until it has its own.
 */
#ifndef SCAN_RTT_H
#define SCAN_RTT_H

#include <stdint.h>

#define PTL_RTT_MARGIN_US                                                                          \
    100000U /* no wait is closer to the round trip: answers come late for once */

struct ptl_rtt {
    uint32_t srtt_us; /* 0: nothing was measured yet */
    uint32_t rttvar_us;
};

/* A round trip of an attempt that was answered. Of a retry, too: the answer is that attempt's own,
 * since each attempt has a source port of its own, so Karn's rule has nothing to forbid. */
void ptl_rtt_sample(struct ptl_rtt *rtt, uint32_t us);
/* srtt + max(G, 4 rttvar), where G, the clock's granularity, is the millisecond in which the
 * engines count; 0 when nothing was measured. */
uint32_t ptl_rtt_timeout_us(const struct ptl_rtt *rtt);
/* How long an answer is to be expected: a quarter longer than the smoothed round trip (RFC 8985's
 * reordering window) or the timeout above, whichever is less: nothing depends on it but a permit,
 * so that the first samples, of which nobody knows how they vary, need no margin. 0 when nothing
 * was measured. */
uint32_t ptl_rtt_flight_us(const struct ptl_rtt *rtt);
/* The wait for an attempt (1 for the first): the timeout, at least the margin beyond the round
 * trip, doubled for the second and again for further ones; `ceiling_us` at most, and where nothing
 * was measured. */
uint64_t ptl_rtt_wait_us(const struct ptl_rtt *rtt, uint8_t attempt, uint64_t ceiling_us);

#endif
