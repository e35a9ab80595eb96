/* The latency summary of sealed results. */
#ifndef RESULTS_LATENCY_H
#define RESULTS_LATENCY_H

#include "portolan/results.h"

/* Nearest-rank percentiles over the open results whose rtt is known. False: no memory. */
bool ptl_latency_summarise(const struct ptl_result *items, size_t count,
                           struct ptl_latency *latency);

#endif
