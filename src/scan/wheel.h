/*
 * Timeouts of one event loop: a hashed timing wheel (Varghese and Lauck, "Hashed and Hierarchical
 * Timing Wheels", SOSP 1987, scheme 6) of 4,096 buckets of a millisecond. Adding and removing cost
 * the same however many are pending. One thread.
 */
#ifndef SCAN_WHEEL_H
#define SCAN_WHEEL_H

#include "base/clock.h"

#define PTL_WHEEL_BUCKETS 4096
#define PTL_WHEEL_NONE UINT32_MAX

struct ptl_wheel_node {
    uint64_t tick; /* 0: not in the wheel */
    uint32_t previous, next;
};

struct ptl_wheel {
    uint64_t now_tick;
    uint32_t pending;
    uint32_t heads[PTL_WHEEL_BUCKETS];
    uint64_t occupied[PTL_WHEEL_BUCKETS / 64];
    struct ptl_wheel_node *nodes; /* by id; grown by ptl_wheel_reserve */
    uint32_t capacity;
};

void ptl_wheel_init(struct ptl_wheel *wheel, uint64_t now_ns);
/* Makes room for ids below `capacity`. False: no memory; the wheel is as it was. */
bool ptl_wheel_reserve(struct ptl_wheel *wheel, uint32_t capacity);
/* Adds an id that is not in the wheel; it expires never before deadline_ns. */
void ptl_wheel_add(struct ptl_wheel *wheel, uint32_t id, uint64_t deadline_ns);
/* Takes an id out; one that is not in is no matter. */
void ptl_wheel_remove(struct ptl_wheel *wheel, uint32_t id);
/* Has time passed since it was looked at? Else none expires. */
static inline bool ptl_wheel_lags(const struct ptl_wheel *wheel, uint64_t now_ns)
{
    return wheel->now_tick < now_ns / PTL_NS_PER_MS;
}
/* Takes out one id whose time has come, or returns PTL_WHEEL_NONE and advances to now. */
uint32_t ptl_wheel_expire(struct ptl_wheel *wheel, uint64_t now_ns);
/* When ptl_wheel_expire should next be asked; UINT64_MAX when nothing is pending. */
uint64_t ptl_wheel_next_ns(const struct ptl_wheel *wheel);
void ptl_wheel_free(struct ptl_wheel *wheel);

#endif
