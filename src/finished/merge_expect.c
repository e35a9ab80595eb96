/* What the merged runs expected. */
#include "finished/merging.h"
#include "results/stored.h"

#include <stdlib.h>
#include <string.h>

static int compare_expectations(const void *a, const void *b)
{
    const struct ptl_expectation *x = a, *y = b;
    if (x->is_unresolved != y->is_unresolved)
        return x->is_unresolved ? 1 : -1;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->port != y->port) /* 0, all others of a host together, comes last */
        return (uint16_t)(x->port - 1) < (uint16_t)(y->port - 1) ? -1 : 1;
    if (x->expected != y->expected)
        return x->expected < y->expected ? -1 : 1;
    if (x->state != y->state)
        return x->state < y->state ? -1 : 1;
    return x->verdict < y->verdict ? -1 : x->verdict > y->verdict;
}

/* Nothing is open but what the list names, says a part of a host; another has something open. */
static bool is_refuted(const struct ptl_expectation *all, size_t kept,
                       const struct ptl_expectation *one)
{
    bool is_pass = one->port == 0 && one->verdict == PTL_PASS && !one->is_unresolved;
    while (is_pass && kept-- > 0 && all[kept].target == one->target)
        if (all[kept].expected == PTL_EXPECT_NOT_OPEN && all[kept].verdict != PTL_PASS)
            return true;
    return false;
}

void ptl_merge_settle_expectations(struct ptl_results *results, size_t count)
{
    struct ptl_expectation *all = results->expectations;
    size_t kept = 0;
    if (count > 0)
        qsort(all, count, sizeof(*all), compare_expectations);
    for (size_t i = 0; i < count; i++) {
        const struct ptl_expectation one = all[i];
        /* What two runs said alike is said once. */
        if ((kept > 0 && compare_expectations(&all[kept - 1], &one) == 0) ||
            is_refuted(all, kept, &one))
            results->verdicts[one.verdict]--;
        else
            all[kept++] = one;
    }
    results->expectation_count = kept;
}

/* The number of the unresolved host of that name; those of one host mostly stand together. */
static uint32_t find_unresolved(const struct ptl_results *results, const char *input, uint32_t last)
{
    if (strcmp(results->unresolved[last].input, input) == 0)
        return last;
    uint32_t at = 0;
    while (strcmp(results->unresolved[at].input, input) != 0)
        at++;
    return at;
}

bool ptl_merge_expectations(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    size_t all = 0;
    for (size_t i = 0; i < merging->count; i++)
        all += merging->views[i].results->expectation_count;
    results->expectations = calloc(all + 1, sizeof(*results->expectations));
    if (results->expectations == NULL)
        return false;
    size_t count = 0;
    uint32_t last = 0;
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_results *from = merging->views[i].results;
        for (size_t k = 0; k < from->expectation_count; k++) {
            struct ptl_expectation *one = &results->expectations[count++];
            *one = from->expectations[k];
            if (one->is_unresolved)
                one->target = last =
                    find_unresolved(results, from->unresolved[one->target].input, last);
            else
                one->target =
                    ptl_stored_find(results->stored, &merging->views[i].hosts[one->target].address);
        }
        for (int v = 0; v < PTL_VERDICT_COUNT; v++)
            results->verdicts[v] += from->verdicts[v];
    }
    ptl_merge_settle_expectations(results, count);
    return true;
}
