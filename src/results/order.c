#include "results/seal.h"

#include <stdlib.h>

static int compare_results(const void *a, const void *b)
{
    const struct ptl_result *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->port < y->port ? -1 : x->port > y->port;
}

static int compare_counts(const void *a, const void *b)
{
    const struct ptl_target_counts *x = a, *y = b;
    return x->target < y->target ? -1 : x->target > y->target;
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
         compare_counts);
}
