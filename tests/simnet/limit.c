#include "limit.h"

#include "random.h"

#include <stdlib.h>

#define BUCKETS (UINT32_C(1) << 17) /* for each family; hosts further up share them */

struct limit {
    int64_t interval_ns, burst_ns;
    uint32_t hosts;
    int64_t *free_at_ns; /* for each bucket: when it will be full again */
};

struct limit *limit_new(uint32_t rate, uint32_t hosts, int64_t burst_ns)
{
    struct limit *limit = calloc(1, sizeof(*limit));
    if (limit == NULL)
        return NULL;
    limit->interval_ns = 1000000000 / rate;
    limit->burst_ns = burst_ns > limit->interval_ns ? burst_ns - limit->interval_ns : 0;
    limit->hosts = hosts;
    limit->free_at_ns = calloc(2 * BUCKETS, sizeof(*limit->free_at_ns));
    if (limit->free_at_ns == NULL) {
        free(limit);
        return NULL;
    }
    return limit;
}

void limit_free(struct limit *limit)
{
    if (limit != NULL)
        free(limit->free_at_ns);
    free(limit);
}

bool limit_take(struct limit *limit, const struct address *address, int64_t now_ns)
{
    uint32_t host = address_host(address);
    if (limit->hosts != 0 && (host < 1 || host > limit->hosts))
        return true;
    uint64_t bucket = host < BUCKETS ? host : random_mix(address->high ^ random_mix(address->low));
    int64_t *at = &limit->free_at_ns[bucket % BUCKETS + (address->v6 ? BUCKETS : 0)];
    int64_t free_at = *at > now_ns ? *at : now_ns;
    if (free_at - now_ns > limit->burst_ns)
        return false;
    *at = free_at + limit->interval_ns;
    return true;
}
