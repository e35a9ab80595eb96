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
#define PTL_CONGESTION_LOWERED_MOST 8 /* from 512 down to 2 */

/* A loss shows itself only when a later attempt is answered; until then its round waits. */
struct ptl_round {
    uint32_t answered; /* attempts sent in this round that were answered */
    uint32_t lost;     /* those that were not, where a later one was */
    uint32_t peak;     /* most in flight */
    uint64_t start_ns;
};

struct ptl_congestion {
    uint32_t limit;  /* permits that the target may use; PTL_CONGESTION_NO_LIMIT: all */
    bool lossy;      /* loss is proven */
    bool struggles;  /* it loses much: others come first. For good */
    bool settling;   /* the limit was lowered in the last round: what was sent before is no guide */
    uint8_t lowered; /* how often the limit was, PTL_CONGESTION_LOWERED_MOST at most */
    uint8_t holds;   /* rounds for which the limit is not raised: it brought nothing */
    uint8_t round;   /* number of the current one */
    struct ptl_round now, last;
    uint32_t last_limit; /* before it was raised; 0: it was not */
    double last_rate;    /* answers a second then */
};

void ptl_congestion_init(struct ptl_congestion *congestion, uint64_t now_ns);
/* An attempt goes out, with so many in flight. Returns the round that it belongs to. */
uint8_t ptl_congestion_sent(struct ptl_congestion *congestion, uint32_t in_flight);
/*
 * An attempt sent in `round` was answered. A round lasts at least `feedback_ns`: what it takes
 * until the loss of a packet can show itself, a timeout and a retry. True: the limit changed.
 */
bool ptl_congestion_answer(struct ptl_congestion *congestion, uint8_t round, uint64_t now_ns,
                           uint64_t feedback_ns);
/* That answer proves that an attempt sent in `round` was lost. */
void ptl_congestion_loss(struct ptl_congestion *congestion, uint8_t round);

#endif
