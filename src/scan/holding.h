/* What one event loop holds of the semaphore: permits in use, and a few in reserve. One thread. */
#ifndef SCAN_HOLDING_H
#define SCAN_HOLDING_H

#include "scan/permits.h"

#include <stdbool.h>
#include <stdint.h>

struct ptl_holding {
    struct ptl_permits *permits;
    uint32_t share;     /* permits that it may hold, so that no loop starves another */
    uint32_t held;      /* permits, those in use included */
    uint32_t in_flight; /* attempts, each with a permit and a socket */
};

void ptl_holding_init(struct ptl_holding *holding, struct ptl_permits *permits, uint32_t share);
/* Tries for permits until a block is in reserve, and tells how many are. */
uint32_t ptl_holding_reserve(struct ptl_holding *holding, uint32_t block);
/* Gives the reserve back, for other loops. */
void ptl_holding_release(struct ptl_holding *holding);
/* Attempts begin, at most as many as are in reserve. */
void ptl_holding_begun(struct ptl_holding *holding, uint32_t count);
/* An attempt ended. */
void ptl_holding_ended(struct ptl_holding *holding);
/* May so many sockets be kept for later beside those in use? */
bool ptl_holding_has_room(const struct ptl_holding *holding, uint32_t idle);

#endif
