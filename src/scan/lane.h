/*
 * A lane: one active target, from its first probe to its last verdict. Lanes live in the plan's
 * bounded window; everything here is under the plan's lock, but `address`, which does not change
 * while the lane has a probe out.
 */
#ifndef SCAN_LANE_H
#define SCAN_LANE_H

#include "portolan/address.h"
#include "portolan/permute.h"
#include "portolan/results.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTL_LANE_NONE UINT32_MAX

/* One attempt to be made, as the engines carry it. */
struct ptl_probe {
    uint32_t lane;
    uint16_t port;
    uint8_t attempt;     /* 1 for the first */
    uint8_t local_tries; /* how often this machine failed to ask */
};

/* Ports waiting for another attempt, first in, first out. Grows; never beyond a target's ports. */
struct ptl_retries {
    struct ptl_probe *items;
    uint32_t head, count, capacity;
};

struct ptl_lane {
    struct ptl_address address;
    uint32_t target;
    uint32_t next_port; /* how many ports had their first attempt handed out */
    uint32_t in_flight;
    struct ptl_retries retries;
    struct ptl_permute port_order; /* order random only */
    uint16_t states[PTL_STATE_COUNT];
    uint32_t previous, next; /* the ring of lanes with something to send, or the free list */
    bool active;
    bool ready; /* in the ring */
};

/* False: no memory. */
bool ptl_retries_push(struct ptl_retries *retries, const struct ptl_probe *probe);
/* The caller knows that there is one. */
struct ptl_probe ptl_retries_pop(struct ptl_retries *retries);

/* The ring of lanes that have something to send; *turn is the lane whose turn it is. */
void ptl_ring_insert(struct ptl_lane *lanes, uint32_t *turn, uint32_t id);
/* The next lane has the turn if this one had it; PTL_LANE_NONE when it was the last. */
void ptl_ring_remove(struct ptl_lane *lanes, uint32_t *turn, uint32_t id);

#endif
