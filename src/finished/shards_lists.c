/* What shards list beside their targets: unresolved names, expectations, warnings and the like. */
#include "base/array.h"
#include "base/text.h"
#include "finished/merging.h"
#include "finished/sharding.h"
#include "results/untouched.h"

#include <stdlib.h>
#include <string.h>

/* Every shard resolves all names of the plan: mostly they all list the same. */
bool ptl_shards_add_unresolved(struct ptl_shards *shards, const struct ptl_results *from)
{
    struct ptl_results *whole = shards->results;
    for (size_t i = 0; i < from->unresolved_count; i++) {
        const char *input = from->unresolved[i].input;
        bool is_known =
            i < whole->unresolved_count && strcmp(whole->unresolved[i].input, input) == 0;
        is_known = is_known || (shards->unresolved != NULL &&
                                bsearch(&input, shards->unresolved, shards->unresolved_count,
                                        sizeof(*shards->unresolved), ptl_text_order) != NULL);
        if (!is_known &&
            ptl_results_add_unresolved(whole, input, from->unresolved[i].message) != PTL_OK)
            return false;
    }
    if (whole->unresolved_count == shards->unresolved_count)
        return true;
    free(shards->unresolved);
    shards->unresolved = calloc(whole->unresolved_count, sizeof(*shards->unresolved));
    if (shards->unresolved == NULL)
        return false;
    for (size_t i = 0; i < whole->unresolved_count; i++)
        shards->unresolved[i] = whole->unresolved[i].input;
    shards->unresolved_count = whole->unresolved_count;
    qsort(shards->unresolved, shards->unresolved_count, sizeof(*shards->unresolved),
          ptl_text_order);
    return true;
}

/* Of hosts without an address every shard says the same: `known` of them were there before. */
static bool add_lost(struct ptl_shards *shards, const struct ptl_results *from,
                     struct ptl_expectation one, uint32_t known)
{
    struct ptl_results *whole = shards->results;
    const char *input = from->unresolved[one.target].input;
    uint32_t at = one.target;
    if (at >= whole->unresolved_count || strcmp(whole->unresolved[at].input, input) != 0)
        for (at = 0; strcmp(whole->unresolved[at].input, input) != 0;)
            at++;
    if (at < known) {
        whole->verdicts[one.verdict]--;
        return true;
    }
    one.target = at;
    if (!PTL_ROOM(shards->lost, shards->lost_capacity, shards->lost_count))
        return false;
    shards->lost[shards->lost_count++] = one;
    return true;
}

bool ptl_shards_add_expectations(struct ptl_shards *shards, const struct ptl_results *from,
                                 uint32_t base, uint32_t known)
{
    struct ptl_results *whole = shards->results;
    uint64_t all = 0;
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        all += whole->verdicts[v] += from->verdicts[v];
    /* What is said twice goes later: there are no more such than shards. */
    bool is_full = all > PTL_EXPECTATIONS_LISTED + (uint64_t)PTL_SHARDS_MAX;
    for (size_t i = 0; i < from->expectation_count; i++) {
        struct ptl_expectation one = from->expectations[i];
        if (one.is_unresolved) {
            if (!add_lost(shards, from, one, known))
                return false;
            continue;
        }
        if (is_full && one.verdict == PTL_PASS)
            continue;
        one.target += base;
        if (!PTL_ROOM(whole->expectations, shards->expectation_capacity, whole->expectation_count))
            return false;
        whole->expectations[whole->expectation_count++] = one;
    }
    return true;
}

/* As the judge of one run: of many, those that pass are not listed. */
bool ptl_shards_settle_expectations(struct ptl_shards *shards)
{
    struct ptl_results *whole = shards->results;
    uint64_t all = 0;
    size_t kept = 0;
    ptl_merge_settle_expectations(whole, whole->expectation_count);
    for (size_t i = 0; i < shards->lost_count; i++) {
        if (!PTL_ROOM(whole->expectations, shards->expectation_capacity, whole->expectation_count))
            return false;
        whole->expectations[whole->expectation_count++] = shards->lost[i];
    }
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        all += whole->verdicts[v];
    for (size_t i = 0; i < whole->expectation_count; i++)
        if (all <= PTL_EXPECTATIONS_LISTED || whole->expectations[i].verdict != PTL_PASS)
            whole->expectations[kept++] = whole->expectations[i];
    whole->expectation_count = kept;
    return true;
}

bool ptl_shards_add_notes(struct ptl_shards *shards, const struct ptl_results *from)
{
    struct ptl_results *whole = shards->results;
    whole->untouched.count += from->untouched.count;
    for (size_t i = 0; i < from->untouched.range_count; i++)
        if (!ptl_untouched_add(&whole->untouched, &from->untouched.ranges[i]))
            return false;
    return ptl_merge_add_notes(whole, from);
}
