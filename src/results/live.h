/*
 * Results in the order of their verdicts, for a report that is written while the run lasts.
 *
 * The watermark of results (milliseconds from the run's start) parts what has been told from what
 * is to come: every result below it was taken and may be written; one that is added later, however
 * early its answer came, gets an offset_ms that is not below it. So the lines that were written
 * while the run lasted are the same, in the same order, as those of the sealed results.
 */
#ifndef RESULTS_LIVE_H
#define RESULTS_LIVE_H

#include "results/results.h"

/* What was taken and not written yet. Zero-initialise. */
struct ptl_live {
    struct ptl_result *items;
    size_t count, capacity;
    size_t seen; /* of the results' items */
};

/*
 * Takes the results that came since the last time and raises the watermark to now_ms. Call it under
 * the lock that guards `results`. False: no memory, and nothing has changed.
 */
bool ptl_live_take(struct ptl_live *live, struct ptl_results *results, uint32_t now_ms);
/* Sorts what was taken by (offset_ms, target, port), and returns how many of live->items, from the
 * first, lie below the watermark. */
size_t ptl_live_ready(struct ptl_live *live, uint32_t watermark_ms);
/* The first `count` are written. */
void ptl_live_drop(struct ptl_live *live, size_t count);
void ptl_live_free(struct ptl_live *live);

/* Indexes of the items of sealed results by (offset_ms, target, port); the caller's. NULL: no
 * memory, or there are none. */
uint32_t *ptl_results_by_time(const struct ptl_results *results);

#endif
