/* The targets that a run of many never came to: found at its end, and read back. */
#ifndef RESULTS_UNTOUCHED_H
#define RESULTS_UNTOUCHED_H

#include "results/results.h"

/* Fills results->untouched, if the run has more targets than are listed and stopped early. False:
 * no memory. */
bool ptl_untouched_find(struct ptl_results *results);
/* Did this target's first probe get its turn? */
bool ptl_results_has_started(const struct ptl_results *results, uint64_t target);
/* Adds a range, wherever it lies; ptl_untouched_join puts them into order. False: no memory. */
bool ptl_untouched_add(struct ptl_untouched *untouched, const struct ptl_block *range);
/* Sorts the ranges, joins those that touch, and of more than PTL_UNTOUCHED_LISTED neighbours. */
void ptl_untouched_join(struct ptl_untouched *untouched);

#endif
