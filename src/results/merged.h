/* What only results that were merged of several runs have. */
#ifndef RESULTS_MERGED_H
#define RESULTS_MERGED_H

#include "portolan/results.h"

void ptl_results_free_merged(struct ptl_results *results);

#endif
