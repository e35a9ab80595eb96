/*
 * The queue before a bottleneck, as round trips tell of it: what all answers of a round took beyond
 * the least round trip (HyStart++, RFC 9406, 4.2), in one round after the other since the pace was
 * changed, and whether it grows or drains. Not thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_QUEUE_H
#define SCAN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#define PTL_QUEUE_FLOOR_US 8000U /* less is noise of the two machines */

struct ptl_queue {
    uint32_t us, before_us, first_us; /* in the last round, the one before it, the first */
    uint64_t ended_ns, first_ns;      /* when the last and the first ended */
    uint32_t rounds;
    uint32_t round_us, samples; /* of the round that lasts... */
    uint64_t round_ns;          /* ...since then */
};

/* The pace was changed: what was seen tells of the one before. */
void ptl_queue_forget(struct ptl_queue *queue);
/* An answer took `us` microseconds; `least_us`: the least of its target, `round_us`: a round lasts
 * so long at least. */
void ptl_queue_learn(struct ptl_queue *queue, uint32_t us, uint32_t least_us, uint32_t round_us,
                     uint64_t now_ns);
/* Two rounds in a row were half as long again as the least round trip. */
bool ptl_queue_stands(const struct ptl_queue *queue, uint32_t least_us);
/* By how many seconds a second it grew (below 0: drained) from the first round to the last. False:
 * they are closer together than `least_ns`. */
bool ptl_queue_trend(const struct ptl_queue *queue, uint64_t least_ns, double *grows);
/*
 * What gets through: of `rate` attempts a second a share is lost, and by what the others exceed it
 * the queue grows, or drains. The trend g is over the time of answers, which come by g slower than
 * what they answer was sent: r (1 - g).
 */
double ptl_queue_through(double rate, double grows, double lost);
/* The share of that which lets it drain within a quarter of a second; half of it at least. */
double ptl_queue_drain_share(const struct ptl_queue *queue);

#endif
