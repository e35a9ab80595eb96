#include "compare/pace.h"

#include "compare/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool ptl_pace_sample(const struct ptl_compared_variant *variant, double **values, size_t *count)
{
    *count = 0;
    *values = calloc(variant->run_count + 1, sizeof(**values));
    if (*values == NULL)
        return false;
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].failure == NULL)
            (*values)[(*count)++] = variant->runs[i].elapsed_ms;
    return true;
}

static double median(const struct ptl_sample *sample)
{
    double *copy = calloc(sample->count + 1, sizeof(*copy));
    if (copy == NULL)
        return NAN;
    memcpy(copy, sample->values, sample->count * sizeof(*copy));
    double middle = ptl_stats_median(copy, sample->count);
    free(copy);
    return middle;
}

/* `p` is corrected; `tests` is how many there are: the least p must survive the correction too.
 * False: no memory. */
static bool decide(const struct ptl_sample *one, const struct ptl_sample *other, double p,
                   size_t tests, enum ptl_pace *verdict)
{
    double mine = median(one), theirs = median(other);
    if (isnan(mine) || isnan(theirs))
        return false;
    *verdict = PTL_PACE_TIE;
    if (ptl_stats_least_p(one->count, other->count) * (double)tests > PTL_PACE_LEVEL)
        *verdict = PTL_PACE_UNDECIDED;
    else if (p <= PTL_PACE_LEVEL && mine >= theirs * (1 + PTL_SAME_SPEED))
        *verdict = PTL_PACE_SLOWER;
    else if (p <= PTL_PACE_LEVEL && mine * (1 + PTL_SAME_SPEED) <= theirs)
        *verdict = PTL_PACE_FASTER;
    return true;
}

bool ptl_pace_judge(const struct ptl_sample *samples, size_t count, size_t against,
                    enum ptl_pace *verdicts, double *p_values)
{
    size_t tests = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_tested = i != against && samples[i].count > 0 && samples[against].count > 0;
        p_values[i] = is_tested
                          ? ptl_stats_mann_whitney(samples[i].values, samples[i].count,
                                                   samples[against].values, samples[against].count)
                          : NAN;
        if (is_tested && isnan(p_values[i]))
            return false;
        tests += is_tested;
    }
    if (!ptl_stats_holm(p_values, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i == against)
            verdicts[i] = PTL_PACE_BASELINE;
        else if (isnan(p_values[i]))
            verdicts[i] = PTL_PACE_UNDECIDED;
        else if (!decide(&samples[i], &samples[against], p_values[i], tests, &verdicts[i]))
            return false;
    }
    return true;
}
