#include "results/untouched.h"

#include "base/array.h"
#include "base/permute.h"

#include <stdlib.h>

static bool touch(const struct ptl_block *range, const struct ptl_block *next)
{
    struct ptl_address after = ptl_address_add(&range->last, 1);
    return range->last.family == next->first.family &&
           ptl_address_compare(&after, &next->first) >= 0;
}

static void extend(struct ptl_block *range, const struct ptl_address *last)
{
    if (ptl_address_compare(&range->last, last) < 0)
        range->last = *last;
}

/* Joins each range with the next, so that half as many are left; what lies between them is then
 * called untouched as well, which is the safe error: of it nothing is claimed. */
static void join_pairs(struct ptl_untouched *untouched)
{
    size_t kept = 0;
    for (size_t i = 0; i < untouched->range_count; i++) {
        struct ptl_block *range = &untouched->ranges[kept++];
        *range = untouched->ranges[i];
        if (i + 1 < untouched->range_count &&
            range->first.family == untouched->ranges[i + 1].first.family)
            extend(range, &untouched->ranges[++i].last);
    }
    untouched->range_count = kept;
}

void ptl_untouched_join(struct ptl_untouched *untouched)
{
    struct ptl_block *ranges = untouched->ranges;
    size_t kept = 0;
    if (untouched->range_count > 1)
        qsort(ranges, untouched->range_count, sizeof(*ranges), ptl_address_order);
    for (size_t i = 0; i < untouched->range_count; i++) {
        if (kept > 0 && touch(&ranges[kept - 1], &ranges[i]))
            extend(&ranges[kept - 1], &ranges[i].last);
        else
            ranges[kept++] = ranges[i];
    }
    untouched->range_count = kept;
    while (untouched->range_count > PTL_UNTOUCHED_LISTED)
        join_pairs(untouched);
}

/* Twice as many as are listed fit, before the ranges are joined. */
bool ptl_untouched_add(struct ptl_untouched *untouched, const struct ptl_block *range)
{
    if (untouched->ranges == NULL)
        untouched->ranges = calloc(2UL * PTL_UNTOUCHED_LISTED, sizeof(*untouched->ranges));
    if (untouched->ranges == NULL)
        return false;
    if (untouched->range_count == 2UL * PTL_UNTOUCHED_LISTED)
        ptl_untouched_join(untouched);
    untouched->ranges[untouched->range_count++] = *range;
    return true;
}

/* In order of the targets, those from `started` on: a range for each segment. */
static bool find_rest(struct ptl_results *results)
{
    struct ptl_block block;
    const char *input;
    uint64_t start = 0;
    for (size_t i = 0; ptl_targets_segment(results->live, i, &block, &input); i++) {
        uint64_t count = ptl_block_count(&block);
        if (start + count > results->started) {
            if (start < results->started)
                block.first = ptl_address_add(&block.first, results->started - start);
            if (!ptl_untouched_add(&results->untouched, &block))
                return false;
        }
        start += count;
    }
    return true;
}

/* With a random order they lie anywhere: a range for each run of them within a segment. */
static bool find_scattered(struct ptl_results *results)
{
    struct ptl_permute order;
    struct ptl_block block, range;
    const char *input;
    uint64_t target = 0;
    ptl_permute_init(&order, results->summary.targets, results->run.seed);
    for (size_t i = 0; ptl_targets_segment(results->live, i, &block, &input); i++) {
        uint64_t count = ptl_block_count(&block);
        bool open = false;
        for (uint64_t at = 0; at < count; at++, target++) {
            if (ptl_permute_inverse(&order, target) >= results->started) {
                range.last = ptl_address_add(&block.first, at);
                if (!open)
                    range.first = range.last;
                open = true;
            } else if (open) {
                if (!ptl_untouched_add(&results->untouched, &range))
                    return false;
                open = false;
            }
        }
        if (open && !ptl_untouched_add(&results->untouched, &range))
            return false;
    }
    return true;
}

bool ptl_untouched_find(struct ptl_results *results)
{
    uint64_t targets = results->summary.targets;
    if (targets <= PTL_TARGETS_LISTED || results->started >= targets || results->live == NULL)
        return true;
    results->untouched.count = targets - results->started;
    results->untouched.range_count = 0;
    bool good =
        results->run.order == PTL_ORDER_RANDOM ? find_scattered(results) : find_rest(results);
    if (good)
        ptl_untouched_join(&results->untouched);
    return good;
}

bool ptl_results_is_untouched(const struct ptl_results *results, const struct ptl_address *address)
{
    const struct ptl_untouched *untouched = &results->untouched;
    const struct ptl_block *ranges = untouched->ranges;
    size_t at;
    PTL_SEARCH(at, untouched->range_count, ptl_address_compare(&ranges[at].last, address) < 0);
    return at < untouched->range_count && ptl_address_compare(&ranges[at].first, address) <= 0;
}
