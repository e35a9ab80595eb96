/*
 * Sentinels, counted by the tenth of a second in which they were sent: how many were lost, and
 * whether losses come together, as in a burst, or one by one. Each stands for the attempts that
 * were sent since the one before: what is lost differs from one moment to the next, and a sentinel
 * that goes out when all is over tells little of what was sent at once. A slice counts once it is
 * old enough for its last sentinel to have ended; what turns out to lie in a time whose silence
 * counts for nothing does not count. Not thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_TALLY_H
#define SCAN_TALLY_H

#include "base/evidence.h"
#include "scan/path.h"

#define PTL_TALLY_SLICES 32
#define PTL_TALLY_ABOUT_NS                                                                         \
    800000000ULL /* sentinels sent so much sooner or later tell of a time                          \
                  */

struct ptl_tally {
    struct {
        uint16_t asked, lost;
        float stood, squares, stood_lost; /* what they stand for, its squares; of those lost */
    } slices[PTL_TALLY_SLICES];
    uint64_t first; /* number of the oldest that is open; 0: nothing was noted yet */
    uint64_t sent;  /* attempts, sentinels apart */
    uint64_t since; /* of these, after the last sentinel */
    uint64_t ended; /* of these, those for which a sentinel stands that has ended */
    double stood, squares, stood_lost;
    uint64_t asked, lost;
    uint32_t count;                              /* slices in which one was asked */
    uint64_t asked_asked, asked_lost, lost_lost; /* sums of products over the slices */
};

/* A sentinel is sent. Returns how many attempts it stands for, which it has to remember: a
 * logarithm, as there is a byte for it. */
uint8_t ptl_tally_asked(struct ptl_tally *tally);
/* So many attempts are sent, sentinels not among them. */
static inline void ptl_tally_sent(struct ptl_tally *tally, size_t count)
{
    tally->sent += count;
    tally->since += count;
}
/* A sentinel has ended that was sent at `sent_ns` and stands for so many. `path` knows the times
 * that do not count; while it is paused, one that is lost says nothing. */
void ptl_tally_ended(struct ptl_tally *tally, const struct ptl_path *path, uint64_t sent_ns,
                     uint8_t stands_for, bool lost);
/* Adds those that were sent about that time and have ended. False: it is too long ago to tell. */
bool ptl_tally_about(const struct ptl_tally *tally, uint64_t at_ns, uint32_t *asked,
                     uint32_t *lost);
/* All in all; closes what is open. May be called again. */
struct ptl_sentinels ptl_tally_end(struct ptl_tally *tally, const struct ptl_path *path);

#endif
