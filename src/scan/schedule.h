/*
 * Which lane is served next. Lanes that answer come first and share evenly what may be sent; those
 * that answer nothing get a small share meanwhile, and their further attempts come last. Without
 * adaptivity all are served alike. The plan's lock guards it.
 */
#ifndef SCAN_SCHEDULE_H
#define SCAN_SCHEDULE_H

#include "scan/lane.h"
#include "scan/wheel.h"

struct ptl_schedule {
    struct ptl_lane *lanes; /* the window, and behind it lanes that are none: for sentinels alone */
    uint32_t window;        /* how many there are */
    uint32_t free_lane;     /* first of the free list */
    uint32_t active;
    uint32_t port_count;
    uint32_t per_target; /* most attempts waiting on one target */
    bool adaptive;
    uint32_t turns[PTL_RINGS]; /* by enum ptl_place: the lane whose turn it is */
    uint32_t sizes[PTL_RINGS];
    uint32_t lagging_in_flight;
    struct ptl_wheel sleepers; /* until they may have something */
};

/* `window` lanes, and so many more that are none. `per_target` 0: no bound. False: no memory. */
bool ptl_schedule_init(struct ptl_schedule *schedule, uint32_t window, uint32_t more,
                       uint32_t port_count, uint32_t per_target, bool adaptive, uint64_t now_ns);
void ptl_schedule_free(struct ptl_schedule *schedule);

/* A lane from the free list, empty but for the memory it had; there has to be one. */
uint32_t ptl_schedule_open(struct ptl_schedule *schedule, uint64_t now_ns);
/* Nothing of it is in flight or waits. */
void ptl_schedule_close(struct ptl_schedule *schedule, uint32_t id);

/* Puts a lane where it belongs after anything about it changed. */
void ptl_schedule_place(struct ptl_schedule *schedule, uint32_t id, uint64_t now_ns);
/* Places the sleepers whose time has come. */
void ptl_schedule_wake(struct ptl_schedule *schedule, uint64_t now_ns);

/* Has the lane a port left that was never asked? */
static inline bool ptl_schedule_has_first(const struct ptl_schedule *schedule,
                                          const struct ptl_lane *lane)
{
    return lane->next_port < schedule->port_count && !lane->gave_up && !lane->gone;
}

/* Does it need to ask a port of its own again, to tell what silence means? */
static inline bool ptl_lane_owes_sentinel(const struct ptl_lane *lane)
{
    return lane->doubts.count > 0 && lane->sentinels_out == 0;
}

/* An attempt goes out of it... */
static inline void ptl_schedule_sent(struct ptl_schedule *schedule, uint32_t id)
{
    schedule->lanes[id].in_flight++;
    schedule->lagging_in_flight += schedule->lanes[id].lags;
}

/* ...and comes back. */
static inline void ptl_schedule_returned(struct ptl_schedule *schedule, uint32_t id)
{
    schedule->lanes[id].in_flight--;
    schedule->lagging_in_flight -= schedule->lanes[id].lags;
}

#endif
