/*
 * The counting semaphore of a run: `limit` permits, each the right to have one probe in flight.
 * Tried, never waited for: an event loop that waited inside it would stall its timeouts. The limit
 * shrinks when this machine fails to ask, and grows again.
 */
#ifndef SCAN_PERMITS_H
#define SCAN_PERMITS_H

#include <stdatomic.h>
#include <stdint.h>

struct ptl_permits {
    atomic_uint in_use;
    atomic_uint peak;  /* the most that were ever in use together */
    atomic_uint limit; /* in force */
    uint32_t most;     /* the limit may grow back to it */
    uint32_t lowest;   /* that was ever in force; written by whoever calls halve and grow */
};

void ptl_permits_init(struct ptl_permits *permits, uint32_t limit);
/* Takes up to `want` permits and returns how many. Any thread. */
uint32_t ptl_permits_try(struct ptl_permits *permits, uint32_t want);
/* Gives `count` of them back. Any thread. */
void ptl_permits_release(struct ptl_permits *permits, uint32_t count);
/* Half of what is in use, or of the limit, whichever is less; 1 at least. Callers take turns. */
void ptl_permits_halve(struct ptl_permits *permits);
/* A sixteenth more, at least one. Callers take turns. */
void ptl_permits_grow(struct ptl_permits *permits);

/* What one event loop holds of them: permits in use, and a few in reserve. One thread. */
struct ptl_holding {
    struct ptl_permits *permits;
    uint32_t share;     /* permits that it may hold, so that no loop starves another */
    uint32_t held;      /* permits, those in use included */
    uint32_t in_flight; /* attempts, each with a permit and a socket: at most as many as are held */
};

/* Tries for permits until a block is in reserve, and tells how many are. */
uint32_t ptl_holding_reserve(struct ptl_holding *holding, uint32_t block);
/* Gives the reserve back, for other loops. */
void ptl_holding_release(struct ptl_holding *holding);

#endif
