/*
 * Sentinels, counted by the tenth of a second in which they were sent: how many were lost, and
 * whether losses come together, as in a burst, or one by one; and by how much was sent just before
 * them, since what is lost grows with that. A slice counts once it is old enough for its last
 * sentinel to have ended; what turns out to lie in a time whose silence counts for nothing does not
 * count. Not thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_TALLY_H
#define SCAN_TALLY_H

#include "base/evidence.h"
#include "scan/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTL_TALLY_SLICES 32
#define PTL_TALLY_SPEEDS 20 /* 1, 2 or 3, 4 to 7... attempts in the last 5 to 10 ms */

struct ptl_tally {
    struct {
        uint16_t asked, lost;
    } slices[PTL_TALLY_SLICES];
    uint64_t first; /* number of the oldest that is open; 0: nothing was noted yet */
    struct {
        uint32_t sent, asked, lost;
    } speeds[PTL_TALLY_SPEEDS];
    uint64_t moment; /* 5 ms each; in this one and the one before so many were sent */
    uint32_t sent, sent_before;
    uint64_t asked, lost;
    uint32_t count;                              /* slices in which one was asked */
    uint64_t asked_asked, asked_lost, lost_lost; /* sums of products over the slices */
};

/* How fast it goes just now: what a sentinel that is sent has to remember. */
uint8_t ptl_tally_speed(struct ptl_tally *tally, uint64_t now_ns);
/* So many attempts are sent. */
void ptl_tally_sent(struct ptl_tally *tally, size_t count, uint64_t now_ns);
/* A sentinel has ended that was sent at `sent_ns`, at that speed. `path` knows the times that do
 * not count. */
void ptl_tally_ended(struct ptl_tally *tally, const struct ptl_path *path, uint64_t sent_ns,
                     uint8_t speed, bool lost);
/* All in all; closes what is open. May be called again. */
struct ptl_sentinels ptl_tally_end(struct ptl_tally *tally, const struct ptl_path *path);

#endif
