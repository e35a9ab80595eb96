#include "results/seal.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t rank(const uint32_t *sorted, size_t count, unsigned percent)
{
    size_t nth = (count * percent + 99) / 100;
    return sorted[nth > 0 ? nth - 1 : 0];
}

bool ptl_latency_summarise(const struct ptl_result *items, size_t count,
                           struct ptl_latency *latency)
{
    *latency = (struct ptl_latency){.count = 0};
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        known += items[i].state == PTL_OPEN && items[i].rtt_us != PTL_US_NONE;
    if (known == 0)
        return true;
    uint32_t *times = calloc(known, sizeof(*times));
    if (times == NULL)
        return false;
    for (size_t i = 0, to = 0; i < count; i++)
        if (items[i].state == PTL_OPEN && items[i].rtt_us != PTL_US_NONE)
            times[to++] = items[i].rtt_us;
    qsort(times, known, sizeof(*times), compare);
    *latency = (struct ptl_latency){.count = known,
                                    .min = times[0],
                                    .p50 = rank(times, known, 50),
                                    .p90 = rank(times, known, 90),
                                    .p99 = rank(times, known, 99),
                                    .max = times[known - 1]};
    free(times);
    return true;
}
