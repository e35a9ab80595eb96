/* Statistics of small samples, with no opinion. Pure functions but for the memory they take. */
#ifndef COMPARE_STATS_H
#define COMPARE_STATS_H

#include "compare/compare.h"

/* Sorts `values` and returns the middle one, or the mean of the middle two; NAN of none. */
double ptl_stats_median(double *values, size_t count);

/*
 * Median, extremes and the interval of the median by order statistics: the narrowest symmetric
 * pair whose coverage, binomial with one half, is at least 95 %, else the extremes with what
 * coverage they have. Sorts `values`.
 */
struct ptl_spread ptl_stats_interval(double *values, size_t count);

/* Nearest rank of sorted values; 0 of none. */
uint32_t ptl_stats_rank(const uint32_t *sorted, size_t count, unsigned percent);

/*
 * Mann-Whitney's test, two-sided: how likely ranks at least so uneven would be, were both samples
 * of one kind. Exact (the distribution of the rank sum over all ways to draw, midranks for ties)
 * up to PTL_EXACT_MAX a side; beyond, the normal approximation with the correction for ties.
 * 1 for an empty sample; NAN: no memory.
 */
#define PTL_EXACT_MAX 30
double ptl_stats_mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count);
/* The least p that samples of these sizes can reach: all of one before all of the other. */
double ptl_stats_least_p(size_t a_count, size_t b_count);

/* Holm's step-down correction, in place; NAN stays NAN and is not counted. False: no memory. */
bool ptl_stats_holm(double *p_values, size_t count);

#endif
