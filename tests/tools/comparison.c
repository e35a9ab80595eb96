/*
 * comparison KIND FILE: pages of comparisons that no study on this machine gives, for the browser
 * tests and for looking at by hand.
 *   limits      6 variants of 5 runs: recall falls as the limit rises
 *   strange     names, messages and a reason that try to be markup; a run that failed
 *   nothing     no open port, no recommendation, stopped early
 */
#include "compare/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 5
#define HOSTILE_1 "</script><script>window.hacked=1</script>"
#define HOSTILE_2 "<img src=x onerror=\"window.hacked=1\">"
#define HOSTILE_3 "\xe2\x80\xaegro.elpmaxe\xe2\x80\xac\xe2\x80\xa8'\"&amp;<!--"

static void *some(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL)
        exit(1);
    return memory;
}

static char *copy(const char *text)
{
    char *new = strdup(text);
    if (new == NULL)
        exit(1);
    return new;
}

#define VARIANTS_MAX 6

static struct ptl_spread around(double median, double by)
{
    return (struct ptl_spread){.median = median,
                               .low = median - by,
                               .high = median + by,
                               .min = median - by,
                               .max = median + by,
                               .coverage = 0.9375};
}

static struct ptl_comparison *start(size_t variants)
{
    struct ptl_comparison *comparison = some(1, sizeof(*comparison));
    snprintf(comparison->tool_version, sizeof(comparison->tool_version), "0.0.0-test");
    comparison->cpus = 2;
    comparison->kernel = copy("Linux 6.1.0");
    comparison->memory_kb = 8388608;
    comparison->started_ms = 1767225600000;
    comparison->finished_ms = 1767225660000;
    comparison->complete = true;
    comparison->repeat = RUNS;
    comparison->warmup = 1;
    comparison->variants = some(variants, sizeof(*comparison->variants));
    comparison->variant_count = variants;
    return comparison;
}

static void fill_run(const struct ptl_compared_variant *variant, struct ptl_compared_run *run,
                     double share)
{
    run->complete = true;
    run->started_ms = 1767225600000 + run->order * 1000;
    run->elapsed_ms = variant->elapsed_ms.median * (1 + 0.01 * ((double)run->round - 3));
    run->probes = 10000;
    run->probes_per_second = 1e7 / run->elapsed_ms;
    run->found = (uint64_t)(100 * share) - (share < 1 ? run->round : 0);
    run->missed = 100 - run->found;
    run->states[PTL_OPEN] = run->found;
    run->states[PTL_FILTERED] = run->missed * 10;
    run->states[PTL_CLOSED] = run->probes - run->found - run->missed * 10;
    run->attempts = run->probes;
    run->recall = (double)run->found / 100;
    run->precision = 1;
    run->estimate = (struct ptl_estimate){.basis = PTL_BASIS_BOTH,
                                          .known = true,
                                          .missed = (double)run->missed,
                                          .missed_at_most = run->missed + 1,
                                          .recall_at_least =
                                              (double)run->found / (101.0 + (double)run->missed)};
    run->rtt = (struct ptl_latency){
        .count = 100, .min = 900, .p50 = 1000, .p90 = 1200, .p99 = 1900, .max = 2000};
    run->peak_in_flight = run->effective_concurrency = variant->effective_concurrency;
    run->workers = 2;
    run->user_ms = 12.5;
    run->system_ms = 80.25;
    run->peak_rss_kb = 2800;
}

static void fill_connect(struct ptl_connect_times *connect, unsigned shift)
{
    connect->count = 100 * RUNS;
    connect->min = 950;
    connect->p50 = 1100;
    connect->p90 = 2000;
    connect->p99 = 5000;
    connect->max = 9000;
    connect->bins[14 + shift] = 60 * RUNS;
    connect->bins[15 + shift] = 30 * RUNS;
    connect->bins[18 + shift] = 10 * RUNS;
}

static void fill_variant(struct ptl_comparison *comparison, size_t number, const char *profile,
                         const char *varied, uint32_t limit, double share)
{
    struct ptl_compared_variant *variant = &comparison->variants[number];
    static char names[VARIANTS_MAX][300], values[VARIANTS_MAX][12];
    static struct ptl_setting settings[VARIANTS_MAX];
    snprintf(names[number], sizeof(names[number]), "%s %s=%u", profile, varied, limit);
    snprintf(values[number], sizeof(values[number]), "%u", limit);
    settings[number] = (struct ptl_setting){.key = varied, .value = values[number]};
    variant->name = names[number];
    variant->profile = profile;
    variant->file = "./edge.yaml";
    variant->settings = &settings[number];
    variant->setting_count = 1;
    variant->is_baseline = number == 0;
    variant->engine = PTL_ENGINE_POOL;
    variant->concurrency = variant->effective_concurrency = limit;
    variant->workers = 2;
    variant->timeout_ms = 500;
    variant->ports = copy("1-10000");
    variant->elapsed_ms = around(80000.0 / limit + 100, 10);
    variant->speedup = around(number == 0 ? 1 : number * 2.0, number == 0 ? 0 : 0.125);
    variant->probes_per_second = 1e7 / variant->elapsed_ms.median;
    variant->verdict = number == 0 ? PTL_PACE_BASELINE : PTL_PACE_FASTER;
    variant->p_value = number == 0 ? NAN : 0.0079;
    variant->found = 100 * share - (share < 1 ? 3 : 0);
    variant->missed = 100 - variant->found;
    variant->recall = variant->found / 100;
    variant->precision = 1;
    variant->missed_open = variant->missed;
    variant->recall_at_least = variant->found / (101 + variant->missed);
    variant->agreement = share;
    variant->rtt = (struct ptl_latency){
        .count = 500, .min = 900, .p50 = 1000, .p90 = 1200, .p99 = 1900, .max = 2000};
    fill_connect(&variant->connect, (unsigned)number % 3);
    variant->peak_in_flight = limit;
    variant->user_ms = 12.5;
    variant->system_ms = 80.25;
    variant->peak_rss_kb = 2800;
    variant->runs = some(RUNS, sizeof(*variant->runs));
    variant->run_count = RUNS;
    for (unsigned round = 1; round <= RUNS; round++) {
        struct ptl_compared_run *run = &variant->runs[round - 1];
        size_t count = comparison->variant_count;
        run->round = round;
        run->order = (unsigned)((round - 1) * count + (number + count - round % count) % count + 1);
        fill_run(variant, run, share);
    }
}

static void set_ports(struct ptl_comparison *comparison, size_t open, size_t flips,
                      const char *host)
{
    struct ptl_address address;
    if (ptl_address_parse("198.18.0.1", &address, NULL) != PTL_OK)
        exit(1);
    comparison->open = some(open + 1, sizeof(*comparison->open));
    comparison->open_count = open;
    for (size_t i = 0; i < open; i++)
        comparison->open[i] =
            (struct ptl_compared_port){.address = address, .port = (uint16_t)(i * 90 + 22)};
    comparison->flips = some(flips + 1, sizeof(*comparison->flips));
    comparison->flip_count = flips;
    comparison->flips_total = flips == PTL_FLIPS_LISTED ? flips + 234 : flips;
    comparison->flips_of_open = flips < 90 ? flips : 90;
    for (size_t i = 0; i < flips; i++) {
        struct ptl_flip *flip = &comparison->flips[i];
        flip->at = (struct ptl_compared_port){.address = address, .port = (uint16_t)(i * 9 + 22)};
        flip->host = copy(host);
        flip->in_reference = i < 90;
        flip->seen[i < 90 ? PTL_OPEN : PTL_CLOSED] = 20 + (uint32_t)i % 7;
        flip->seen[PTL_FILTERED] = 10 - (uint32_t)i % 7;
        flip->variants = some(2, sizeof(*flip->variants));
        flip->variants[0] = comparison->variants[0].name;
        flip->variants[1] = comparison->variants[comparison->variant_count - 1].name;
        flip->variant_count = 2;
    }
}

static struct ptl_comparison *limits(void)
{
    static const struct {
        uint32_t limit;
        double share;
    } rows[] = {{8, 1}, {16, 1}, {32, 1}, {64, 0.98}, {256, 0.6}, {1024, 0.2}};
    struct ptl_comparison *comparison = start(6);
    for (size_t i = 0; i < 6; i++)
        fill_variant(comparison, i, "edge", "concurrency", rows[i].limit, rows[i].share);
    set_ports(comparison, 100, PTL_FLIPS_LISTED, "gateway.office.example");
    comparison->recommended = comparison->variants[2].name;
    comparison->why = copy("\"edge concurrency=32\" found every one of the 100 open ports.");
    comparison->ties = some(2, sizeof(*comparison->ties));
    comparison->ties[0] = comparison->variants[1].name;
    comparison->ties[1] = comparison->variants[2].name;
    comparison->tie_count = 2;
    return comparison;
}

static struct ptl_comparison *strange(void)
{
    struct ptl_comparison *comparison = start(3);
    fill_variant(comparison, 0, HOSTILE_1, "ports", 10, 1);
    fill_variant(comparison, 1, HOSTILE_2, HOSTILE_2, 10, 1);
    fill_variant(comparison, 2, HOSTILE_3, "ports", 20, 1);
    set_ports(comparison, 100, 3, HOSTILE_2);
    free(comparison->kernel);
    comparison->kernel = copy(HOSTILE_3);
    comparison->variants[0].runs[1].failure = copy(HOSTILE_1);
    comparison->complete = false;
    comparison->recommended = comparison->variants[1].name;
    comparison->why = copy(HOSTILE_1 HOSTILE_3);
    comparison->warnings = some(1, sizeof(*comparison->warnings));
    comparison->warnings[0] = copy(HOSTILE_2);
    comparison->warning_count = 1;
    comparison->ties = some(1, sizeof(*comparison->ties));
    comparison->ties[0] = comparison->variants[0].name;
    comparison->tie_count = 1;
    return comparison;
}

static struct ptl_comparison *nothing(void)
{
    struct ptl_comparison *comparison = start(2);
    fill_variant(comparison, 0, "office", "concurrency", 10, 1);
    fill_variant(comparison, 1, "office", "concurrency", 20, 1);
    set_ports(comparison, 0, 0, "");
    for (size_t i = 0; i < 2; i++) {
        struct ptl_compared_variant *variant = &comparison->variants[i];
        variant->recall = variant->precision = variant->agreement = NAN;
        variant->connect = (struct ptl_connect_times){.count = 0};
        variant->rtt = (struct ptl_latency){.count = 0};
        variant->found = variant->missed = 0;
        variant->run_count = i == 0 ? 1 : 0;
        variant->runs[0].recall = variant->runs[0].precision = NAN;
    }
    comparison->variants[1].elapsed_ms = around(NAN, NAN);
    comparison->variants[1].speedup = around(NAN, NAN);
    comparison->variants[1].probes_per_second = NAN;
    comparison->complete = false;
    comparison->why = copy("No variant can be recommended: the study was stopped too early.");
    return comparison;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct ptl_comparison *(*make)(void);
    } kinds[] = {{"limits", limits}, {"strange", strange}, {"nothing", nothing}};
    struct ptl_comparison *comparison = NULL;
    for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            comparison = kinds[i].make();
    if (comparison == NULL) {
        fputs("usage: comparison limits|strange|nothing FILE\n", stderr);
        return 2;
    }
    struct ptl_error error = {.code = PTL_OK};
    struct ptl_output *output;
    if (ptl_output_open(argv[2], NULL, &output, &error) != PTL_OK ||
        ptl_comparison_write(comparison, PTL_FORMAT_HTML, output, &error) != PTL_OK) {
        fprintf(stderr, "comparison: %s\n", error.message);
        return 1;
    }
    ptl_comparison_free(comparison);
    return 0;
}
