/*
 * A lane: one active target, from its first probe to its last verdict. Lanes live in the plan's
 * bounded window; everything here is under the plan's lock, but `address`, which does not change
 * while the lane has a probe out, and what is atomic, which engines read as they like.
 */
#ifndef SCAN_LANE_H
#define SCAN_LANE_H

#include "portolan/address.h"
#include "portolan/permute.h"
#include "portolan/results.h"
#include "scan/congestion.h"
#include "scan/rtt.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTL_LANE_NONE UINT32_MAX

/* One attempt to be made, as the engines carry it. */
struct ptl_probe {
    uint32_t lane;
    uint32_t confirms; /* the open port that it confirms, as a number of the plan's; 0: none */
    uint16_t port;
    uint8_t attempt;     /* 1 for the first */
    uint8_t local_tries; /* how often this machine failed to ask */
    uint8_t round;       /* of congestion control, in which it was sent */
    uint8_t lost_round;  /* that of the attempt before it */
    bool lingers;        /* an engine's mark: it holds no permit any more */
    bool scouts;         /* ends early, to learn from the next one whether it was lost */
    uint16_t waited_ms;  /* how long the attempt before it was waited for */
};

/* An attempt that waits for its time. */
struct ptl_retry {
    struct ptl_probe probe;
    uint32_t due_ms; /* since the run's start */
};

/* Attempts that wait, first in, first out. Grows; never beyond a target's ports. */
struct ptl_retries {
    struct ptl_retry *items;
    uint32_t head, count, capacity;
};

/* Where a lane stands. The first three are rings that are served in this order. */
enum ptl_place {
    PTL_PLACE_FLOWING, /* answers, or was not asked yet */
    PTL_PLACE_LAGGING, /* loses much, or has answered nothing: a small share while others wait */
    PTL_PLACE_LAST,    /* has answered nothing, and all its ports were tried once */
    PTL_PLACE_ASLEEP,  /* what it has to send is not due yet, or too much at once */
    PTL_PLACE_NOWHERE, /* nothing to send, or as much in flight as it may have */
};
#define PTL_RINGS 4 /* the sleepers are a ring, too */

struct ptl_lane {
    struct ptl_address address;
    uint32_t target;
    uint32_t next_port; /* how many ports had their first attempt handed out */
    uint32_t in_flight;
    uint32_t answers; /* attempts that anything answered */
    uint32_t silences;
    struct ptl_retries retries;
    uint8_t highest;    /* attempt that a port needed */
    uint64_t spread_ns; /* when the last of the spread retries is due */
    /* Ports that had all their attempts without an answer, a bit each by number in the port set:
     * they get more once loss is proven, else their verdict at the end. NULL: none yet. */
    uint8_t *parked;
    uint32_t parked_count;
    struct ptl_permute port_order; /* order random only */
    uint16_t states[PTL_STATE_COUNT];
    struct ptl_rtt rtt;
    _Atomic uint32_t rto_us;        /* RFC 6298's estimate of the longest wait; 0: not known */
    _Atomic uint8_t early_attempts; /* a port's attempts up to this one wait only so long */
    _Atomic uint32_t flight_us;     /* those that wait longer hold no permit; 0: they do */
    struct ptl_congestion congestion;
    uint32_t hold_us; /* how long an attempt holds its permit, smoothed; 0: not known */
    uint64_t send_ns; /* where the target has a limit: when it may be sent the next attempt */
    uint32_t previous, next; /* in its ring, or the free list */
    uint8_t place;           /* enum ptl_place */
    bool active;
    bool gave_up;
    bool lags;       /* counted as lagging */
    bool retry_next; /* due retries and first attempts take turns */
};

/* False: no memory. */
bool ptl_retries_push(struct ptl_retries *retries, const struct ptl_retry *retry);
/* The caller knows that there is one. */
const struct ptl_retry *ptl_retries_first(const struct ptl_retries *retries);
struct ptl_probe ptl_retries_pop(struct ptl_retries *retries);

/* A ring of lanes; *turn is the lane whose turn it is, PTL_LANE_NONE when the ring is empty. */
void ptl_ring_insert(struct ptl_lane *lanes, uint32_t *turn, uint32_t id);
/* The next lane has the turn if this one had it; PTL_LANE_NONE when it was the last. */
void ptl_ring_remove(struct ptl_lane *lanes, uint32_t *turn, uint32_t id);

#endif
