/* What the end of a run takes, and the reading back of one: order and latency. */
#ifndef RESULTS_SEAL_H
#define RESULTS_SEAL_H

#include "results/results.h"

/* seal.c: kept verdicts by target and port, counts by target. In place where they came in order;
 * else qsort, which takes memory for a copy. */
void ptl_results_sort(struct ptl_results *results);
/* latency.c: nearest-rank percentiles over the open results whose rtt is known, in half a MiB of
 * memory, however many there are. False: no memory. */
bool ptl_latency_summarise(const struct ptl_results *results, struct ptl_latency *latency);

#endif
