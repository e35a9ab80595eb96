#include "results/seal.h"

#include <stdlib.h>

/* Exact, and in memory that does not grow with the results: counted by the upper half of their
 * bits, then, within the halves that hold the ranks asked for, by the lower. */
#define HALF_BITS 14
#define HALVES (1U << HALF_BITS)
_Static_assert(PTL_US_NONE < 1U << 2 * HALF_BITS, "two halves hold a round trip");

enum { P50, P90, P99, RANKS };
static const unsigned percents[RANKS] = {50, 90, 99};

struct counting {
    uint64_t upper[HALVES], lower[RANKS][HALVES];
    uint64_t rank[RANKS]; /* from 1; within the half, once that is known */
    uint32_t half[RANKS];
};

static bool is_counted(const struct ptl_result *item)
{
    return item->state == PTL_OPEN && item->rtt_us != PTL_US_NONE;
}

static void count_upper(const struct ptl_results *results, struct counting *counting,
                        struct ptl_latency *latency)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct ptl_result *item = &results->items[i];
        ptl_results_rest(results, i);
        if (!is_counted(item))
            continue;
        counting->upper[item->rtt_us >> HALF_BITS]++;
        if (latency->count == 0 || item->rtt_us < latency->min)
            latency->min = item->rtt_us;
        if (item->rtt_us > latency->max)
            latency->max = item->rtt_us;
        latency->count++;
    }
}

static void count_lower(const struct ptl_results *results, struct counting *counting)
{
    for (size_t i = 0; i < results->count; i++) {
        const struct ptl_result *item = &results->items[i];
        ptl_results_rest(results, i);
        for (int r = 0; r < RANKS && is_counted(item); r++)
            if (item->rtt_us >> HALF_BITS == counting->half[r])
                counting->lower[r][item->rtt_us & (HALVES - 1)]++;
    }
}

/* Which of the counted holds the rank, which becomes one within it. */
static uint32_t find(const uint64_t counts[HALVES], uint64_t *rank)
{
    uint32_t at = 0;
    while (counts[at] < *rank)
        *rank -= counts[at++];
    return at;
}

bool ptl_latency_summarise(const struct ptl_results *results, struct ptl_latency *latency)
{
    *latency = (struct ptl_latency){.count = 0};
    struct counting *counting = calloc(1, sizeof(*counting));
    if (counting == NULL)
        return false;
    count_upper(results, counting, latency);
    uint32_t *const found[RANKS] = {&latency->p50, &latency->p90, &latency->p99};
    for (int r = 0; r < RANKS && latency->count > 0; r++) {
        counting->rank[r] = (latency->count * percents[r] + 99) / 100;
        counting->half[r] = find(counting->upper, &counting->rank[r]);
    }
    if (latency->count > 0)
        count_lower(results, counting);
    for (int r = 0; r < RANKS && latency->count > 0; r++)
        *found[r] = counting->half[r] << HALF_BITS | find(counting->lower[r], &counting->rank[r]);
    free(counting);
    return true;
}
