#include "compare/pace.h"

#include "compare/stats.h"

#include <math.h>
#include <stdlib.h>

bool ptl_pace_sample(const struct ptl_compared_variant *variant, struct ptl_sample *sample)
{
    sample->values = calloc(variant->run_count + 1, sizeof(*sample->values));
    if (sample->values == NULL)
        return false;
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].failure == NULL)
            sample->values[sample->count++] = variant->runs[i].elapsed_ms;
    return true;
}

void ptl_pace_drop(struct ptl_sample *samples, size_t count)
{
    for (size_t i = 0; samples != NULL && i < count; i++)
        free(samples[i].values);
    free(samples);
}

/* `p` is corrected; `tests` is how many there are: the least p must survive the correction too. */
static enum ptl_pace decide(const struct ptl_sample *one, const struct ptl_sample *other, double p,
                            size_t tests)
{
    double mine = ptl_stats_median(one->values, one->count);
    double theirs = ptl_stats_median(other->values, other->count);
    if (ptl_stats_least_p(one->count, other->count) * (double)tests > PTL_PACE_LEVEL)
        return PTL_PACE_UNDECIDED;
    if (p <= PTL_PACE_LEVEL && mine >= theirs * (1 + PTL_SAME_SPEED))
        return PTL_PACE_SLOWER;
    if (p <= PTL_PACE_LEVEL && mine * (1 + PTL_SAME_SPEED) <= theirs)
        return PTL_PACE_FASTER;
    return PTL_PACE_TIE;
}

bool ptl_pace_judge(struct ptl_sample *samples, size_t count, size_t against,
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
        else
            verdicts[i] = decide(&samples[i], &samples[against], p_values[i], tests);
    }
    return true;
}
