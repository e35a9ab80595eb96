/* The pacer: a token bucket that holds attempts to a rate. Not thread-safe: the plan's lock guards
 * it. */
#ifndef SCAN_PACER_H
#define SCAN_PACER_H

#include "base/clock.h"

struct ptl_pacer {
    uint64_t rate; /* attempts a second; 0: no limit */
    double tokens;
    uint64_t at_ns;
};

static inline void ptl_pacer_init(struct ptl_pacer *pacer, uint64_t rate, uint64_t now_ns)
{
    *pacer = (struct ptl_pacer){.rate = rate, .at_ns = now_ns};
}

/* How many of `want` attempts may be made now; when none, *due_ns says when one may. */
static inline size_t ptl_pacer_allow(struct ptl_pacer *pacer, size_t want, uint64_t now_ns,
                                     uint64_t *due_ns)
{
    if (pacer->rate == 0)
        return want;
    double rate = (double)pacer->rate;
    /* 10 ms of sends at most: smooth, and no burst after a pause. */
    double most = rate / 100 < 1 ? 1 : rate / 100;
    pacer->tokens += (double)(now_ns - pacer->at_ns) * rate / (double)PTL_NS_PER_S;
    pacer->at_ns = now_ns;
    if (pacer->tokens > most)
        pacer->tokens = most;
    if (pacer->tokens >= 1)
        return pacer->tokens < (double)want ? (size_t)pacer->tokens : want;
    *due_ns = now_ns + (uint64_t)((1 - pacer->tokens) * (double)PTL_NS_PER_S / rate) + 1;
    return 0;
}

/* So many were made. */
static inline void ptl_pacer_spend(struct ptl_pacer *pacer, size_t count)
{
    if (pacer->rate > 0)
        pacer->tokens -= (double)count;
}

#endif
