/* What each run found of the reference, and the times that it measured. */
#include "compare/world.h"

#include "base/number.h"
#include "compare/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the run found of the reference, so far as its variant asks for it. */
static void measure(const struct ptl_world *world, const struct ptl_world_sight *sight,
                    struct ptl_compared_run *run)
{
    const struct ptl_record *record = sight->seen->record;
    for (size_t i = 0; i < world->reference_count; i++) {
        const struct ptl_world_port *port = &world->reference[i];
        const struct ptl_record_span *span = ptl_world_span(sight, port->target, port->port);
        if (span != NULL && span->state == PTL_OPEN)
            run->found++;
        else if (ptl_world_asks(world, sight->seen->variant, port->target, port->port))
            run->missed++;
    }
    for (uint64_t i = 0; i < record->span_count; i++) {
        const struct ptl_record_span *span = &record->spans[i];
        for (unsigned port = span->first; span->state == PTL_OPEN && port <= span->last; port++)
            run->extra += !ptl_world_in_reference(world, span->target, (uint16_t)port) &&
                          ptl_expected_rules_out(world, span->target, (uint16_t)port);
    }
    if (run->found + run->missed > 0)
        run->recall = (double)run->found / (double)(run->found + run->missed);
    if (run->found + run->extra > 0)
        run->precision = (double)run->found / (double)(run->found + run->extra);
}

double ptl_connect_bin_from(unsigned bin)
{
    return pow(10, bin / 5.0);
}

static unsigned bin_of(uint32_t us)
{
    unsigned bin = 0;
    while (bin + 1 < PTL_CONNECT_BINS && ptl_connect_bin_from(bin + 1) <= us)
        bin++;
    return bin;
}

/* Sorts the times that are known to the front and returns how many they are. */
static size_t sort_times(uint32_t *times, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (times[i] != PTL_US_NONE)
            times[known++] = times[i];
    qsort(times, known, sizeof(*times), ptl_number_order);
    return known;
}

static struct ptl_latency summarise(const uint32_t *sorted, size_t count)
{
    if (count == 0)
        return (struct ptl_latency){.count = 0};
    return (struct ptl_latency){.count = count,
                                .min = sorted[0],
                                .p50 = ptl_stats_rank(sorted, count, 50),
                                .p90 = ptl_stats_rank(sorted, count, 90),
                                .p99 = ptl_stats_rank(sorted, count, 99),
                                .max = sorted[count - 1]};
}

/* The times of all the variant's runs together. */
static bool time_variant(const struct ptl_gathered *gathered, size_t number,
                         struct ptl_compared_variant *variant)
{
    uint64_t total = 0;
    for (size_t i = 0; i < gathered->seen_count; i++)
        if (gathered->seen[i].variant == number)
            total += gathered->seen[i].record->time_count;
    uint32_t *rtt = calloc(total + 1, sizeof(*rtt)), *connect = calloc(total + 1, sizeof(*connect));
    size_t at = 0;
    if (rtt == NULL || connect == NULL) {
        free(rtt);
        free(connect);
        return false;
    }
    for (size_t i = 0; i < gathered->seen_count; i++) {
        const struct ptl_record *record = gathered->seen[i].record;
        for (uint64_t t = 0; gathered->seen[i].variant == number && t < record->time_count;
             t++, at++) {
            rtt[at] = record->times[t].rtt_us;
            connect[at] = record->times[t].connect_us;
        }
    }
    variant->rtt = summarise(rtt, sort_times(rtt, at));
    size_t known = sort_times(connect, at);
    struct ptl_latency all = summarise(connect, known);
    variant->connect =
        (struct ptl_connect_times){all.count, all.min, all.p50, all.p90, all.p99, all.max, {0}};
    for (size_t i = 0; i < known; i++)
        variant->connect.bins[bin_of(connect[i])]++;
    free(rtt);
    free(connect);
    return true;
}

bool ptl_measure_runs(const struct ptl_world *world, size_t number,
                      struct ptl_compared_variant *variant)
{
    const struct ptl_gathered *gathered = world->gathered;
    variant->runs = calloc(gathered->options->repeat, sizeof(*variant->runs));
    if (variant->runs == NULL)
        return false;
    for (size_t i = 0; i < gathered->seen_count; i++) {
        const struct ptl_seen *seen = &gathered->seen[i];
        if (seen->variant != number)
            continue;
        struct ptl_compared_run *run = &variant->runs[variant->run_count++];
        *run = seen->record->run;
        if (run->failure != NULL) {
            run->failure = strdup(run->failure);
            if (run->failure == NULL)
                return false;
            continue;
        }
        measure(world, &world->sights[i], run);
        variant->effective_concurrency = run->effective_concurrency;
        variant->workers = run->workers;
    }
    return time_variant(gathered, number, variant);
}
