/*
 * The counting semaphore of a run: `limit` permits, each the right to have one probe in flight.
 * Tried, never waited for: an event loop that waited inside it would stall its timeouts.
 */
#ifndef SCAN_PERMITS_H
#define SCAN_PERMITS_H

#include <stdatomic.h>
#include <stdint.h>

struct ptl_permits {
    atomic_uint in_use;
    atomic_uint peak;
    uint32_t limit;
};

void ptl_permits_init(struct ptl_permits *permits, uint32_t limit);
/* Takes up to `want` permits and returns how many. Any thread. */
uint32_t ptl_permits_try(struct ptl_permits *permits, uint32_t want);
/* Gives `count` of them back. Any thread. */
void ptl_permits_release(struct ptl_permits *permits, uint32_t count);
/* The most that were ever in use together. */
uint32_t ptl_permits_peak(const struct ptl_permits *permits);

#endif
