/* From records to a comparison. */
#include "compare/pace.h"
#include "compare/stats.h"
#include "compare/world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a variant as the sum of its runs ---- */

/* A number of each run that did not fail; how many there are. */
static size_t gather(const struct ptl_compared_variant *variant, size_t offset, double *numbers)
{
    size_t count = 0;
    for (size_t i = 0; i < variant->run_count; i++)
        if (variant->runs[i].failure == NULL)
            memcpy(&numbers[count++], (const char *)&variant->runs[i] + offset, sizeof(double));
    return count;
}

static void add_means(const struct ptl_world *world, size_t number,
                      struct ptl_compared_variant *variant)
{
    double *const sums[] = {&variant->found,       &variant->missed,   &variant->extra,
                            &variant->missed_open, &variant->filtered, &variant->error,
                            &variant->retried};
    double runs = 0, least = 1;
    for (size_t i = 0; i < variant->run_count; i++) {
        const struct ptl_compared_run *run = &variant->runs[i];
        if (run->failure != NULL)
            continue;
        runs++;
        variant->found += (double)run->found;
        variant->missed += (double)run->missed;
        variant->extra += (double)run->extra;
        variant->missed_open += run->estimate.known ? run->estimate.missed : NAN;
        if (run->estimate.recall_at_least < least)
            least = run->estimate.recall_at_least;
        variant->filtered += (double)run->states[PTL_FILTERED];
        variant->error += (double)run->states[PTL_ERROR];
        variant->retried += (double)run->retried;
        if (run->peak_in_flight > variant->peak_in_flight)
            variant->peak_in_flight = run->peak_in_flight;
        if (run->peak_rss_kb > variant->peak_rss_kb)
            variant->peak_rss_kb = run->peak_rss_kb;
    }
    double asked = variant->found + variant->missed, seen = variant->found + variant->extra;
    variant->recall = asked > 0 ? variant->found / asked : NAN;
    variant->precision = seen > 0 ? variant->found / seen : NAN;
    variant->agreement = runs > 1 && world->any_open[number] > 0
                             ? (double)world->all_open[number] / (double)world->any_open[number]
                             : NAN;
    for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
        *sums[i] = runs > 0 ? *sums[i] / runs : NAN; /* now means */
    variant->recall_at_least = isnan(variant->missed_open) ? NAN : least;
}

/* Round by round, so that drift over the study falls out. */
static void add_speedup(const struct ptl_compared_variant *baseline,
                        struct ptl_compared_variant *variant, double *scratch)
{
    size_t count = 0;
    for (size_t i = 0, b = 0; i < variant->run_count; i++) {
        const struct ptl_compared_run *run = &variant->runs[i];
        while (b < baseline->run_count && baseline->runs[b].round < run->round)
            b++;
        if (b == baseline->run_count || baseline->runs[b].round != run->round)
            continue;
        if (run->failure == NULL && baseline->runs[b].failure == NULL && run->elapsed_ms > 0)
            scratch[count++] = baseline->runs[b].elapsed_ms / run->elapsed_ms;
    }
    variant->speedup = ptl_stats_interval(scratch, count);
}

static bool summarise_variants(const struct ptl_world *world, struct ptl_comparison *comparison)
{
    const struct ptl_gathered *gathered = world->gathered;
    double *scratch = calloc(gathered->options->repeat + 1U, sizeof(*scratch));
    bool good = scratch != NULL;
    for (size_t v = 0; good && v < comparison->variant_count; v++)
        good = ptl_measure_runs(world, v, &comparison->variants[v]);
    for (size_t v = 0; good && v < comparison->variant_count; v++) {
        struct ptl_compared_variant *variant = &comparison->variants[v];
        size_t count;
        add_means(world, v, variant);
        add_speedup(&comparison->variants[gathered->options->baseline], variant, scratch);
        count = gather(variant, offsetof(struct ptl_compared_run, elapsed_ms), scratch);
        variant->elapsed_ms = ptl_stats_interval(scratch, count);
        count = gather(variant, offsetof(struct ptl_compared_run, probes_per_second), scratch);
        variant->probes_per_second = ptl_stats_median(scratch, count);
        count = gather(variant, offsetof(struct ptl_compared_run, user_ms), scratch);
        variant->user_ms = ptl_stats_median(scratch, count);
        count = gather(variant, offsetof(struct ptl_compared_run, system_ms), scratch);
        variant->system_ms = ptl_stats_median(scratch, count);
    }
    free(scratch);
    return good;
}

static bool add_verdicts(struct ptl_comparison *comparison, size_t baseline)
{
    size_t count = comparison->variant_count;
    struct ptl_sample *samples = calloc(count, sizeof(*samples));
    enum ptl_pace *verdicts = calloc(count, sizeof(*verdicts));
    double *p_values = calloc(count, sizeof(*p_values));
    bool good = samples != NULL && verdicts != NULL && p_values != NULL;
    for (size_t v = 0; good && v < count; v++)
        good = ptl_pace_sample(&comparison->variants[v], &samples[v]);
    good = good && ptl_pace_judge(samples, count, baseline, verdicts, p_values);
    for (size_t v = 0; good && v < count; v++) {
        comparison->variants[v].verdict = verdicts[v];
        comparison->variants[v].p_value = p_values[v];
    }
    ptl_pace_drop(samples, count);
    free(verdicts);
    free(p_values);
    return good;
}

/* ---- what the reader must know ---- */

static bool add_warnings(const struct ptl_gathered *gathered, struct ptl_comparison *comparison)
{
    char ***list = &comparison->warnings;
    size_t *count = &comparison->warning_count;
    bool good = true;
    for (size_t v = 1; v < comparison->variant_count; v++)
        if (gathered->planned[v].probes != gathered->planned[0].probes ||
            gathered->planned[v].targets_hash != gathered->planned[0].targets_hash)
            good &= ptl_compare_warn(list, count,
                                     "\"%s\" and \"%s\" do not ask the same: their times are of "
                                     "different work",
                                     comparison->variants[0].name, comparison->variants[v].name);
    for (size_t i = 0; i < gathered->seen_count; i++) {
        const struct ptl_seen *seen = &gathered->seen[i];
        const char *name = comparison->variants[seen->variant].name;
        const struct ptl_record *record = seen->record;
        if (record->run.failure != NULL)
            good &=
                ptl_compare_warn(list, count, "%s: a run failed: %s", name, record->run.failure);
        else if (record->targets_hash != gathered->planned[seen->variant].targets_hash)
            good &= ptl_compare_warn(list, count,
                                     "%s: names resolved to other addresses than before; give "
                                     "addresses, so that all runs ask the same hosts",
                                     name);
        for (size_t w = 0; w < record->warning_count; w++)
            good &= ptl_compare_warn(list, count, "%s: %s", name, record->warnings[w]);
    }
    return good;
}

static bool copy_reference(const struct ptl_world *world, struct ptl_comparison *comparison)
{
    comparison->reference = world->source;
    comparison->open = calloc(world->reference_count + 1, sizeof(*comparison->open));
    if (comparison->open == NULL)
        return false;
    for (size_t i = 0; i < world->reference_count; i++)
        comparison->open[comparison->open_count++] = (struct ptl_compared_port){
            world->targets[world->reference[i].target].address, world->reference[i].port};
    return true;
}

/* What all runs saw, and the reference where a profile expects something. */
static enum ptl_status make_world(struct ptl_gathered *gathered, struct ptl_world **world,
                                  struct ptl_error *error)
{
    enum ptl_status status = ptl_world_new(gathered, world, error);
    if (status == PTL_OK)
        status = ptl_expected_targets(*world, error);
    if (status == PTL_OK)
        status = ptl_world_number(*world, error);
    return status == PTL_OK ? ptl_expected_ports(*world, error) : status;
}

enum ptl_status ptl_analyse(struct ptl_gathered *gathered, struct ptl_comparison **out,
                            struct ptl_error *error)
{
    struct ptl_world *world = NULL;
    struct ptl_comparison *comparison = calloc(1, sizeof(*comparison));
    enum ptl_status status = comparison != NULL && ptl_describe(gathered, comparison)
                                 ? make_world(gathered, &world, error)
                                 : ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = ptl_world_tally(world, comparison, error);
    if (status == PTL_OK &&
        (!copy_reference(world, comparison) || !summarise_variants(world, comparison) ||
         !add_verdicts(comparison, gathered->options->baseline)))
        status = ptl_error_no_memory(error);
    if (status == PTL_OK) {
        comparison->complete =
            gathered->seen_count == gathered->variants->count * gathered->options->repeat;
        for (size_t i = 0; i < gathered->seen_count; i++)
            comparison->complete &= gathered->seen[i].record->run.failure == NULL;
        status = add_warnings(gathered, comparison) ? ptl_recommend(comparison, error)
                                                    : ptl_error_no_memory(error);
    }
    ptl_world_free(world);
    if (status != PTL_OK) {
        ptl_comparison_free(comparison);
        return status;
    }
    *out = comparison;
    return PTL_OK;
}
