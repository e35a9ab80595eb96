/* The pacer: a token bucket that holds attempts to a rate. Not thread-safe: the plan's lock guards
 * it. */
#ifndef SCAN_PACER_H
#define SCAN_PACER_H

#include <stddef.h>
#include <stdint.h>

struct ptl_pacer {
    uint64_t rate; /* attempts a second; 0: no limit */
    double tokens;
    uint64_t at_ns;
};

void ptl_pacer_init(struct ptl_pacer *pacer, uint64_t rate, uint64_t now_ns);
/* How many of `want` attempts may be made now; when none, *due_ns says when one may. */
size_t ptl_pacer_allow(struct ptl_pacer *pacer, size_t want, uint64_t now_ns, uint64_t *due_ns);
/* So many were made. */
void ptl_pacer_spend(struct ptl_pacer *pacer, size_t count);

#endif
