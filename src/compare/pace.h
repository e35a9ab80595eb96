/* What the times of a study mean: verdicts and the recommendation. */
#ifndef COMPARE_PACE_H
#define COMPARE_PACE_H

#include "compare/compare.h"

/* The elapsed times of one variant's whole runs. */
struct ptl_sample {
    double *values;
    size_t count;
};

/*
 * Each sample against samples[against]: slower or faster where Mann-Whitney's test, corrected by
 * Holm over all of them, is at most PTL_PACE_LEVEL and the medians differ by PTL_SAME_SPEED or
 * more; undecided where so few runs could not have reached the level; else a tie.
 * verdicts[against] is PTL_PACE_BASELINE. `p_values` as corrected. Sorts the samples. False: no
 * memory.
 */
bool ptl_pace_judge(struct ptl_sample *samples, size_t count, size_t against,
                    enum ptl_pace *verdicts, double *p_values);

/*
 * Fills recommended, why and ties from the rest of the comparison, whose verdicts and counts are
 * in. PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_recommend(struct ptl_comparison *comparison, struct ptl_error *error);

/* The elapsed times of the runs that did not fail. False: no memory. */
bool ptl_pace_sample(const struct ptl_compared_variant *variant, struct ptl_sample *sample);
/* Frees an array of them, which may be NULL. */
void ptl_pace_drop(struct ptl_sample *samples, size_t count);

#endif
