/*
 * Congestion control of one target. An answer to a retry proves that the attempt before it was
 * lost; silence proves nothing, since a firewall is silent without being congested.
 * docs/accuracy.md explains the algorithm and where its constants come from. Not thread-safe: the
 * plan's lock guards it.
 */
#ifndef SCAN_CONGESTION_H
#define SCAN_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

#define PTL_CONGESTION_NO_LIMIT UINT32_MAX

struct ptl_congestion {
    uint32_t limit;          /* permits that the target may use; PTL_CONGESTION_NO_LIMIT: all */
    bool lossy;              /* loss is proven */
    bool struggles;          /* it loses much: others come first. For good */
    uint8_t holds;           /* windows for which the limit is not raised: it brought nothing */
    uint32_t first, retried; /* answers in this window: to first attempts, to later ones */
    uint32_t peak;           /* most in flight in this window */
    uint32_t last_limit;     /* before it was raised; 0: it was not */
    double last_rate;        /* answers a second then */
    uint64_t window_ns;      /* when this window began */
};

void ptl_congestion_init(struct ptl_congestion *congestion, uint64_t now_ns);
/* So many are in flight now. */
void ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight);
/*
 * An answer came, to attempt number `attempt`. A window is judged after `feedback_ns`: how long it
 * takes until the loss of a packet can show itself, a timeout and a retry. True: the limit changed.
 */
bool ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t attempt, uint64_t now_ns,
                           uint64_t feedback_ns);

#endif
