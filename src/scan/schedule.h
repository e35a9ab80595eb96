/*
 * Which lane is served next. Lanes that answer come first and share the permits evenly; those that
 * lose much or answer nothing get a small share meanwhile; the further attempts of those that
 * answered nothing come last. Without adaptivity all are served alike. The plan's lock guards it.
 */
#ifndef SCAN_SCHEDULE_H
#define SCAN_SCHEDULE_H

#include "scan/lane.h"

#include <stdbool.h>
#include <stdint.h>

struct ptl_schedule {
    struct ptl_lane *lanes;
    uint32_t window;    /* how many there are */
    uint32_t free_lane; /* first of the free list */
    uint32_t active;
    uint32_t port_count;
    uint64_t start_ns; /* of the run: its milliseconds count from there */
    bool adaptive;
    uint32_t turns[PTL_RINGS]; /* by enum ptl_place: the lane whose turn it is */
    uint32_t sizes[PTL_RINGS];
    uint32_t lagging_in_flight;
    uint64_t waiting; /* retries in all lanes */
    uint32_t wake_ms; /* when the first sleeper may have something; UINT32_MAX: none sleeps */
};

/* False: no memory. */
bool ptl_schedule_init(struct ptl_schedule *schedule, uint32_t window, uint32_t port_count,
                       bool adaptive);
void ptl_schedule_free(struct ptl_schedule *schedule);

/* A lane from the free list, empty but for the memory it had; there has to be one. */
uint32_t ptl_schedule_open(struct ptl_schedule *schedule, uint64_t now_ns);
/* Nothing of it is in flight or waits. */
void ptl_schedule_close(struct ptl_schedule *schedule, uint32_t id);

/* Puts a lane where it belongs after anything about it changed. */
void ptl_schedule_place(struct ptl_schedule *schedule, uint32_t id, uint32_t now_ms);
/* Places the sleepers whose time has come. */
void ptl_schedule_wake(struct ptl_schedule *schedule, uint32_t now_ms);

/* May the lane send first attempts now? Too many retries in wait hold them back. */
bool ptl_schedule_has_first(const struct ptl_schedule *schedule, const struct ptl_lane *lane);
/* Attempts out of it and back. */
void ptl_schedule_sent(struct ptl_schedule *schedule, struct ptl_probe *probe, uint64_t at_ns);
void ptl_schedule_returned(struct ptl_schedule *schedule, uint32_t id);
/* An attempt to be made later. False: no memory. */
bool ptl_schedule_retry(struct ptl_schedule *schedule, const struct ptl_probe *probe,
                        uint32_t due_ms);
struct ptl_probe ptl_schedule_pop_retry(struct ptl_schedule *schedule, uint32_t id);

#endif
