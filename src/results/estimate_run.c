/* What a target, and a run, may have missed. */
#include "results/estimate.h"

#include "base/array.h"
#include "results/results.h"

#include <math.h>

struct ptl_estimate ptl_estimate_target(const struct ptl_results *results,
                                        const struct ptl_target_counts *counts)
{
    if (!counts->has_evidence)
        return (struct ptl_estimate){.basis = PTL_BASIS_NOT_RECORDED};
    struct ptl_evidence evidence = ptl_evidence_of(&counts->evidence);
    bool alone = results->summary.targets < 2 || !results->has_evidence;
    if (alone && results->has_evidence)
        evidence.resets = results->evidence.resets; /* the run's are this target's */
    return ptl_estimate_of(&evidence, alone ? NULL : &results->evidence);
}

struct ptl_estimate ptl_estimate_find(const struct ptl_results *results, uint32_t target)
{
    size_t at;
    PTL_SEARCH(at, results->target_count, results->targets[at].target < target);
    if (at < results->target_count && results->targets[at].target == target)
        return ptl_estimate_target(results, &results->targets[at]);
    return (struct ptl_estimate){.basis = PTL_BASIS_NOT_RECORDED};
}

bool ptl_estimate_is_poor_at(const struct ptl_results *results, uint32_t target)
{
    struct ptl_estimate estimate = ptl_estimate_find(results, target);
    bool tells = estimate.known || ptl_estimate_is_unknown(&estimate);
    return ptl_estimate_is_poor(tells ? &estimate : &results->estimate);
}

/* A target that answers and tells nothing by itself, as where a run was resumed, is judged as the
 * run is. */
static bool is_below(const struct ptl_target_counts *counts, const struct ptl_estimate *one,
                     const struct ptl_estimate *run, uint32_t min_recall_e4)
{
    if (min_recall_e4 == 0)
        return false;
    if (one->basis == PTL_BASIS_NOT_RECORDED) {
        if (counts->states[PTL_FILTERED] == 0 ||
            counts->states[PTL_OPEN] + counts->states[PTL_CLOSED] == 0)
            return false;
        one = run;
    }
    if (one->known)
        return one->recall_at_least < (double)min_recall_e4 / PTL_SHARE_ONE;
    return ptl_estimate_is_unknown(one) || one->basis == PTL_BASIS_NOT_RECORDED;
}

/*
 * All ports of the run as if they were one target's, which tells of targets that never answered,
 * too; and, since that is an average, what targets that lost more than it may have missed: what
 * bounds exceed the expected adds up by its squares (Zou and Donner, "Construction of confidence
 * limits about effect measures", Statistics in Medicine 27, 2008).
 */
struct ptl_estimate ptl_estimate_run(const struct ptl_results *results)
{
    struct ptl_estimate whole = {.basis = PTL_BASIS_NOT_RECORDED};
    double missed = 0, squares = 0, open = ptl_evidence_ports(results->evidence.open);
    if (results->has_evidence)
        whole = ptl_estimate_of(&results->evidence, NULL);
    if (results->summary.targets == 1 && results->target_count == 1 &&
        results->targets[0].has_evidence)
        whole = ptl_estimate_target(results, &results->targets[0]);
    struct ptl_estimate run = whole;
    for (size_t i = 0; i < results->target_count; i++) {
        ptl_results_rest(results, i);
        struct ptl_estimate one = ptl_estimate_target(results, &results->targets[i]);
        whole.poor += ptl_estimate_is_poor(&one);
        whole.below += is_below(&results->targets[i], &one, &run, results->run.min_recall_e4);
        double beyond = (double)one.missed_at_most - one.missed;
        missed += one.known && one.worse ? one.missed : 0;
        squares += one.known && one.worse ? beyond * beyond : 0;
    }
    if (!whole.known || missed + squares <= 0)
        return whole;
    double at_most = (double)whole.missed_at_most + floor(missed + sqrt(squares));
    at_most = fmin(at_most, ptl_evidence_ports(results->evidence.silent));
    whole.missed = fmin(whole.missed + missed, at_most);
    whole.missed_at_most = (uint64_t)at_most;
    whole.recall_at_least = open / (open + fmax(at_most, 1e-9));
    return whole;
}
