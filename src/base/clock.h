/* Time: the monotonic clock for measuring, the wall clock for naming, durations as people write
 * them. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/error.h"

#include <stdint.h>

#define PTL_NS_PER_US 1000ULL
#define PTL_NS_PER_MS 1000000ULL
#define PTL_NS_PER_S 1000000000ULL

/* CLOCK_MONOTONIC in nanoseconds. Any thread. */
uint64_t ptl_clock_now_ns(void);
/* The CPU time of this thread, nanoseconds. */
uint64_t ptl_clock_thread_ns(void);
/* Milliseconds since the Unix epoch, UTC. Any thread. */
int64_t ptl_clock_wall_ms(void);

#define PTL_RFC3339_SIZE 32
/* "2026-01-31T12:00:00.000Z" (RFC 3339, UTC, milliseconds). Returns text. */
const char *ptl_clock_rfc3339(int64_t wall_ms, char text[PTL_RFC3339_SIZE]);
/* The other way; only what ptl_clock_rfc3339 writes. False: it is no such time. */
bool ptl_clock_parse_rfc3339(const char *text, int64_t *wall_ms);
#define PTL_DURATION_SIZE 32
/*
 * A decimal number and a unit, ms, s, m, h or d, without a space: "500ms", "1.5s". Whole
 * milliseconds only ("0.5ms" is refused). Errors: PTL_E_INVALID.
 */
enum ptl_status ptl_duration_parse(const char *text, uint64_t *ms, struct ptl_error *error);
/* The shortest form that parses back to the same: "900ms", "1.5s", "2m". Returns text. */
const char *ptl_duration_format(uint64_t ms, char text[PTL_DURATION_SIZE]);
/* For people: from a minute on in whole seconds, as 15m25s. Returns text. */
const char *ptl_duration_tell(uint64_t ms, char text[PTL_DURATION_SIZE]);

#endif
