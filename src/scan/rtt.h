/*
 * How long to wait for an answer: the estimator of RFC 6298 (Jacobson's), in microseconds. One for
 * each target, one for all of them together, which serves a target until it has its own.
 */
#ifndef SCAN_RTT_H
#define SCAN_RTT_H

#include <stdint.h>

#define PTL_RTT_MARGIN_US                                                                          \
    100000U /* no wait is closer to the round trip: answers come late for once */
#define PTL_RTT_GRANULARITY_US 1000
#define PTL_RTT_DOUBLINGS 2 /* a wait is four times the first at most */

struct ptl_rtt {
    uint32_t srtt_us; /* 0: nothing was measured yet */
    uint32_t rttvar_us;
};

/* A round trip of an attempt that was answered. Of a retry, too: the answer is that attempt's own,
 * since each attempt has a source port of its own, so Karn's rule has nothing to forbid. */
static inline void ptl_rtt_sample(struct ptl_rtt *rtt, uint32_t us)
{
    if (us == 0)
        us = 1; /* 0 stands for "nothing measured" */
    if (rtt->srtt_us == 0) {
        rtt->srtt_us = us;
        rtt->rttvar_us = us / 2;
        return;
    }
    uint32_t apart = us > rtt->srtt_us ? us - rtt->srtt_us : rtt->srtt_us - us;
    rtt->rttvar_us = (uint32_t)((3ULL * rtt->rttvar_us + apart) / 4);
    rtt->srtt_us = (uint32_t)((7ULL * rtt->srtt_us + us) / 8);
    if (rtt->srtt_us == 0)
        rtt->srtt_us = 1;
}

/* srtt + max(G, 4 rttvar), where G, the clock's granularity, is the millisecond in which the
 * engines count; 0 when nothing was measured. */
static inline uint32_t ptl_rtt_timeout_us(const struct ptl_rtt *rtt)
{
    if (rtt->srtt_us == 0)
        return 0;
    uint64_t margin_us = 4ULL * rtt->rttvar_us;
    uint64_t us =
        rtt->srtt_us + (margin_us > PTL_RTT_GRANULARITY_US ? margin_us : PTL_RTT_GRANULARITY_US);
    return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

/* How long an answer is to be expected: a quarter longer than the smoothed round trip (RFC 8985's
 * reordering window) or the timeout above, whichever is less: nothing depends on it but a permit,
 * so that the first samples, of which nobody knows how they vary, need no margin. 0 when nothing
 * was measured. */
static inline uint32_t ptl_rtt_flight_us(const struct ptl_rtt *rtt)
{
    uint32_t timeout_us = ptl_rtt_timeout_us(rtt);
    uint64_t flight_us = rtt->srtt_us + (uint64_t)rtt->srtt_us / 4;
    return flight_us < timeout_us ? (uint32_t)flight_us : timeout_us;
}

/* The wait for an attempt (1 for the first): the timeout, at least the margin beyond the round
 * trip, doubled for the second and again for further ones; `ceiling_us` at most, and where nothing
 * was measured. */
static inline uint64_t ptl_rtt_wait_us(const struct ptl_rtt *rtt, uint8_t attempt,
                                       uint64_t ceiling_us)
{
    if (rtt->srtt_us == 0)
        return ceiling_us;
    unsigned doublings = attempt > 1 ? attempt - 1U : 0;
    uint64_t us = ptl_rtt_timeout_us(rtt);
    if (us < (uint64_t)rtt->srtt_us + PTL_RTT_MARGIN_US)
        us = (uint64_t)rtt->srtt_us + PTL_RTT_MARGIN_US;
    us <<= doublings < PTL_RTT_DOUBLINGS ? doublings : PTL_RTT_DOUBLINGS;
    return us < ceiling_us ? us : ceiling_us;
}

#endif
