#include "delays.h"

#include <inttypes.h>

/* Up to 2 * DELAYS_STEPS every number has its bucket; from there on so many share each power of
 * two. */
static unsigned bucket_of(uint64_t us)
{
    unsigned shift = 0;
    while (us >> shift >= 2 * DELAYS_STEPS)
        shift++;
    unsigned bucket = shift * DELAYS_STEPS + (unsigned)(us >> shift);
    return bucket < DELAYS_BUCKETS ? bucket : DELAYS_BUCKETS - 1;
}

/* The middle of a bucket. */
static uint64_t value_of(unsigned bucket)
{
    if (bucket < 2 * DELAYS_STEPS)
        return bucket;
    unsigned shift = bucket / DELAYS_STEPS - 1;
    uint64_t low = (uint64_t)(bucket % DELAYS_STEPS + DELAYS_STEPS) << shift;
    return low + (UINT64_C(1) << shift) / 2;
}

void delays_add(struct delays *delays, int64_t delay_ns)
{
    uint64_t us = delay_ns > 0 ? (uint64_t)(delay_ns + 500) / 1000 : 0;
    delays->buckets[bucket_of(us)]++;
    delays->syn_acks++;
    if (us > delays->max_us)
        delays->max_us = us;
}

static uint64_t quantile(const struct delays *delays, unsigned percent)
{
    uint64_t rank = (delays->syn_acks * percent + 99) / 100, seen = 0;
    for (unsigned i = 0; i < DELAYS_BUCKETS; i++) {
        seen += delays->buckets[i];
        if (seen >= rank && seen > 0)
            return value_of(i) < delays->max_us ? value_of(i) : delays->max_us;
    }
    return 0;
}

bool delays_print(const struct delays *delays, FILE *file)
{
    const struct {
        const char *name;
        uint64_t value;
    } counts[] = {
        {"count", delays->syn_acks},
        {"p50", quantile(delays, 50)},
        {"p90", quantile(delays, 90)},
        {"p99", quantile(delays, 99)},
        {"max", delays->max_us},
        {"syns", delays->syns},
        {"syn_acks", delays->syn_acks},
        {"rsts", delays->rsts},
        {"icmp", delays->icmp},
        {"silent", delays->silent},
        {"dead", delays->dead},
        {"dropped_by_rate", delays->dropped_by_rate},
        {"dropped_by_loss", delays->dropped_by_loss},
        {"dropped_by_outage", delays->dropped_by_outage},
        {"dropped_by_gate", delays->dropped_by_gate},
        {"dropped_by_link", delays->dropped_by_link},
        {"dropped_by_table", delays->dropped_by_table},
        {"dropped_by_ban", delays->dropped_by_ban},
        {"icmp_withheld", delays->icmp_withheld},
        {"dropped_by_queue", delays->dropped_by_queue},
        {"write_errors", delays->write_errors},
    };
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        fprintf(file, "%s\"%s\": %" PRIu64, i == 0 ? "{" : ", ", counts[i].name, counts[i].value);
    fputs("}\n", file);
    return fflush(file) == 0 && !ferror(file);
}
