/* The end of a run: what can only be told when all is in. */
#include "results/seal.h"
#include "base/number.h"
#include "results/judge.h"
#include "results/untouched.h"

#include <math.h>
#include <stdlib.h>

static int compare_results(const void *a, const void *b)
{
    const struct ptl_result *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->port < y->port ? -1 : x->port > y->port;
}

static void sort(const struct ptl_results *results, void *items, size_t count, size_t size,
                 int (*compare)(const void *, const void *))
{
    const char *bytes = items;
    for (size_t i = 1; i < count; i++) {
        ptl_results_rest(results, i);
        if (compare(bytes + (i - 1) * size, bytes + i * size) > 0) {
            qsort(items, count, size, compare);
            return;
        }
    }
}

void ptl_results_sort(struct ptl_results *results)
{
    sort(results, results->items, results->count, sizeof(*results->items), compare_results);
    sort(results, results->targets, results->target_count, sizeof(*results->targets),
         ptl_number_order);
}

enum ptl_status ptl_results_seal(struct ptl_results *results, struct ptl_error *error)
{
    ptl_results_sort(results);
    struct ptl_summary *summary = &results->summary;
    if (!ptl_latency_summarise(results, &summary->rtt))
        return ptl_error_no_memory(error);
    uint64_t done = summary->probes - summary->states[PTL_UNPROBED];
    double seconds = results->run.elapsed_ms / 1000.0;
    summary->probes_per_second = seconds > 0 ? round((double)done / seconds * 10) / 10 : 0;
    results->estimate = ptl_estimate_run(results);
    if (results->estimate.below > 0 &&
        ptl_results_warn(results,
                         "of %llu target%s more open ports may have been missed than min_recall "
                         "allows, however often they were asked",
                         (unsigned long long)results->estimate.below,
                         results->estimate.below == 1 ? "" : "s") != PTL_OK)
        return ptl_error_no_memory(error);
    if (!ptl_untouched_find(results))
        return ptl_error_no_memory(error);
    return results->judge != NULL ? ptl_judge_conclude(results->judge, results, error) : PTL_OK;
}
