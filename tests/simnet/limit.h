/* How many SYNs a second a host answers: a token bucket each, kept as one time (the virtual
 * scheduling form of GCRA, ITU-T I.371). One thread. */
#ifndef SIMNET_LIMIT_H
#define SIMNET_LIMIT_H

#include "address.h"

struct limit;

/* rate: SYNs a second, from 1 up, and as many at once as come in burst_ns, one at least; hosts:
 * only so many of the first ones, 0: all. NULL: no memory. */
struct limit *limit_new(uint32_t rate, uint32_t hosts, int64_t burst_ns);
void limit_free(struct limit *limit);
/* Is there a token for it now? Takes it. */
bool limit_take(struct limit *limit, const struct address *address, int64_t now_ns);

#endif
