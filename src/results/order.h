/* Kept verdicts by target and port, counts by target. */
#ifndef RESULTS_ORDER_H
#define RESULTS_ORDER_H

#include "portolan/results.h"

/* In place where they came in order; else qsort, which takes memory for a copy. */
void ptl_results_sort(struct ptl_results *results);

#endif
