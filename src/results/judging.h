/* What a judge is made of: shared by its files, judge.c, judge_build.c,
 * judge_spans.c and verdicts.c, and read by compare/expect.c. */
#ifndef RESULTS_JUDGING_H
#define RESULTS_JUDGING_H

#include "results/judge.h"

/* Hosts of which the same is expected: those under the same rules. */
struct ptl_judge_group {
    uint8_t open[PTL_PORT_BYTES];    /* must be open: `open` and `only` of all its rules */
    uint8_t closed[PTL_PORT_BYTES];  /* must be closed */
    uint8_t allowed[PTL_PORT_BYTES]; /* may be open: on every `only` of its rules */
    bool only;                       /* one of its rules has `only` */
    uint16_t *ports;                 /* ascending: those of open and closed */
    uint32_t port_count;
};

/* Consecutive targets of one group. */
struct ptl_judge_span {
    uint32_t first, last; /* targets */
    uint32_t group;
    uint32_t base; /* where the states of its ports begin, target by target */
};

/* A port that nobody said may be open, and that is open or in error. */
struct ptl_judge_extra {
    uint32_t target;
    uint16_t port;
    uint8_t state;
};

/* A host that did not resolve. */
struct ptl_judge_lost {
    const char *name; /* borrowed from the profile */
    uint32_t group;
    bool is_new; /* not known from the hosts of the run */
    char message[128];
};

struct ptl_judge {
    struct ptl_judge_group *groups;
    size_t group_count, group_capacity;
    struct ptl_judge_span *spans; /* ascending, disjoint */
    size_t span_count, span_capacity;
    struct ptl_judge_lost *lost;
    size_t lost_count, lost_capacity;
    uint8_t *states; /* half a byte a port: 0 unprobed, else state + 1 */
    uint32_t state_count;
    struct ptl_judge_extra *extras;
    size_t extra_count, extra_capacity;
};

/* The state of the port number `rank` of a target. */
static inline enum ptl_state ptl_judge_state(const struct ptl_judge *judge,
                                             const struct ptl_judge_span *span, uint32_t target,
                                             uint32_t rank)
{
    uint32_t at =
        span->base + (target - span->first) * judge->groups[span->group].port_count + rank;
    unsigned known = judge->states[at / 2] >> (at % 2 * 4) & 15U;
    return known == 0 ? PTL_UNPROBED : (enum ptl_state)(known - 1);
}

/* Lists the ports of open and closed. False: no memory. */
bool ptl_judge_group_list(struct ptl_judge_group *group);

#endif
