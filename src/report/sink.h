/* Writing to what may keep its writer waiting: a pipe, a terminal, a socket. */
#ifndef REPORT_SINK_H
#define REPORT_SINK_H

#include "base/cancel.h"

#include <stdint.h>

/* When to wait no longer: once it is cancelled or past the deadline, and nothing was taken for
 * PTL_SINK_PATIENCE_MS. */
struct ptl_sink_limit {
    const struct ptl_cancel *cancel; /* NULL: never */
    uint64_t deadline_ns;            /* by ptl_clock_now_ns; UINT64_MAX: never */
};
#define PTL_SINK_PATIENCE_MS 1000

/*
 * Writes all of it, waiting for whoever reads: for ever where `limit` is NULL. A reader that is
 * merely slow is waited for: one that takes a page (4 KiB) in PTL_SINK_PATIENCE_MS. Returns 0 or
 * an errno; ECANCELED: waited no longer.
 */
int ptl_sink_write(int fd, const char *bytes, size_t count, const struct ptl_sink_limit *limit);
/*
 * A terminal, opened once more so that no write to it waits: poll() does not tell how much it takes
 * without waiting, and what says that writes shall not wait is shared with all who have it open.
 * -1: it is no terminal, or cannot be opened.
 */
int ptl_sink_open_own(int fd);
/* Nobody can read what is written there any more. Never waits. */
bool ptl_sink_is_gone(int fd);

#endif
