#include "portolan/clock.h"
#include "portolan/compare.h"
#include "portolan/json.h"

#include <math.h>

static void add_rounded(struct ptl_json *json, const char *key, double value, double steps)
{
    ptl_json_add_double(json, key, round(value * steps) / steps);
}

static void add_ms(struct ptl_json *json, const char *key, double value)
{
    add_rounded(json, key, value, 1000);
}

static void add_share(struct ptl_json *json, const char *key, double value)
{
    add_rounded(json, key, value, 10000);
}

static void add_concurrency(struct ptl_json *json, const char *key, uint32_t concurrency)
{
    const char *word = ptl_concurrency_word(concurrency);
    if (word != NULL)
        ptl_json_add_string(json, key, word);
    else
        ptl_json_add_number(json, key, concurrency);
}

static void add_interval(struct ptl_json *parent, const char *key,
                         const struct ptl_interval *interval)
{
    struct ptl_json *json = ptl_json_add_object(parent, key);
    add_rounded(json, "median", interval->median, 1e4);
    add_rounded(json, "low", interval->low, 1e4);
    add_rounded(json, "high", interval->high, 1e4);
    add_rounded(json, "min", interval->min, 1e4);
    add_rounded(json, "max", interval->max, 1e4);
    add_share(json, "coverage", interval->coverage);
}

static void add_quantiles(struct ptl_json *json, uint64_t count, const uint32_t values[5])
{
    static const char *const keys[] = {"min", "p50", "p90", "p99", "max"};
    ptl_json_add_number(json, "count", count);
    for (int i = 0; i < 5; i++) {
        if (count > 0)
            ptl_json_add_number(json, keys[i], values[i]);
        else
            ptl_json_add_null(json, keys[i]);
    }
}

static void add_latency(struct ptl_json *parent, const char *key, const struct ptl_latency *latency)
{
    const uint32_t values[] = {latency->min, latency->p50, latency->p90, latency->p99,
                               latency->max};
    add_quantiles(ptl_json_add_object(parent, key), latency->count, values);
}

/* From the first to the last bin that holds any. */
static void add_connect(struct ptl_json *parent, const struct ptl_connect_times *connect)
{
    const uint32_t values[] = {connect->min, connect->p50, connect->p90, connect->p99,
                               connect->max};
    struct ptl_json *json = ptl_json_add_object(parent, "connect_us");
    add_quantiles(json, connect->count, values);
    struct ptl_json *bins = ptl_json_add_array(json, "histogram");
    unsigned first = 0, end = PTL_CONNECT_BINS;
    while (first < PTL_CONNECT_BINS && connect->bins[first] == 0)
        first++;
    while (end > first && connect->bins[end - 1] == 0)
        end--;
    for (unsigned bin = first; bin < end; bin++) {
        struct ptl_json *one = ptl_json_add_object(bins, NULL);
        add_rounded(one, "from", ptl_connect_bin_from(bin), 100);
        if (bin + 1 < PTL_CONNECT_BINS)
            add_rounded(one, "to", ptl_connect_bin_from(bin + 1), 100);
        else
            ptl_json_add_null(one, "to");
        ptl_json_add_number(one, "count", connect->bins[bin]);
    }
}

/* ---- pieces, each printed on a line of its own ---- */

static void print(struct ptl_json *json, struct ptl_buf *buf)
{
    ptl_json_print(json, buf, false);
    ptl_json_free(json);
}

static void print_run(const struct ptl_compared_run *run, struct ptl_buf *buf)
{
    struct ptl_json *json = ptl_json_object();
    char time[PTL_RFC3339_SIZE];
    ptl_json_add_number(json, "order", run->order);
    ptl_json_add_number(json, "round", run->round);
    ptl_json_add_string(json, "started", ptl_clock_rfc3339(run->started_ms, time));
    ptl_json_add_string(json, "failure", run->failure);
    ptl_json_add_bool(json, "complete", run->complete);
    add_ms(json, "elapsed_ms", run->failure == NULL ? run->elapsed_ms : NAN);
    add_rounded(json, "probes_per_second", run->failure == NULL ? run->probes_per_second : NAN, 10);
    ptl_json_add_number(json, "probes", run->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_json_add_number(json, ptl_state_names[s], run->states[s]);
    ptl_json_add_number(json, "retried", run->retried);
    ptl_json_add_number(json, "attempts", run->attempts);
    ptl_json_add_number(json, "found", run->found);
    ptl_json_add_number(json, "missed", run->missed);
    ptl_json_add_number(json, "extra", run->extra);
    add_share(json, "recall", run->recall);
    add_share(json, "precision", run->precision);
    add_latency(json, "rtt_us", &run->rtt);
    ptl_json_add_number(json, "peak_in_flight", run->peak_in_flight);
    ptl_json_add_number(json, "effective_concurrency", run->effective_concurrency);
    ptl_json_add_number(json, "workers", run->workers);
    add_ms(json, "user_ms", run->user_ms);
    add_ms(json, "system_ms", run->system_ms);
    ptl_json_add_number(json, "peak_rss_kb", run->peak_rss_kb);
    print(json, buf);
}

static struct ptl_json *variant_head(const struct ptl_compared_variant *variant)
{
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "name", variant->name);
    ptl_json_add_string(json, "profile", variant->profile);
    ptl_json_add_string(json, "file", variant->file);
    struct ptl_json *settings = ptl_json_add_object(json, "settings");
    for (size_t i = 0; i < variant->setting_count; i++)
        ptl_json_add_string(settings, variant->settings[i].key, variant->settings[i].value);
    ptl_json_add_bool(json, "baseline", variant->is_baseline);
    ptl_json_add_string(json, "engine", ptl_engine_names[variant->engine]);
    add_concurrency(json, "concurrency", variant->concurrency);
    ptl_json_add_number(json, "effective_concurrency", variant->effective_concurrency);
    ptl_json_add_number(json, "workers", variant->workers);
    ptl_json_add_number(json, "timeout_ms", variant->timeout_ms);
    ptl_json_add_string(json, "ports", variant->ports);
    return json;
}

static void add_numbers(struct ptl_json *json, const struct ptl_compared_variant *variant)
{
    add_interval(json, "elapsed_ms", &variant->elapsed_ms);
    add_rounded(json, "probes_per_second", variant->probes_per_second, 10);
    add_interval(json, "speedup", &variant->speedup);
    ptl_json_add_string(json, "verdict", ptl_pace_names[variant->verdict]);
    add_rounded(json, "p_value", variant->p_value, 1e6);
    add_rounded(json, "found", variant->found, 100);
    add_rounded(json, "missed", variant->missed, 100);
    add_rounded(json, "extra", variant->extra, 100);
    add_share(json, "recall", variant->recall);
    add_share(json, "precision", variant->precision);
    add_share(json, "agreement", variant->agreement);
    add_rounded(json, "filtered", variant->filtered, 100);
    add_rounded(json, "error", variant->error, 100);
    add_rounded(json, "retried", variant->retried, 100);
    add_latency(json, "rtt_us", &variant->rtt);
    add_connect(json, &variant->connect);
    ptl_json_add_number(json, "peak_in_flight", variant->peak_in_flight);
    add_ms(json, "user_ms", variant->user_ms);
    add_ms(json, "system_ms", variant->system_ms);
    ptl_json_add_number(json, "peak_rss_kb", variant->peak_rss_kb);
}

/* The object is printed without its last brace, and the runs are put there, one a line. */
static void print_variant(const struct ptl_compared_variant *variant, struct ptl_buf *buf)
{
    struct ptl_json *json = variant_head(variant);
    add_numbers(json, variant);
    print(json, buf);
    if (buf->failed)
        return;
    buf->data[--buf->length] = '\0';
    ptl_buf_add(buf, ",\"runs\":[");
    for (size_t i = 0; i < variant->run_count; i++) {
        ptl_buf_add(buf, i > 0 ? ",\n" : "\n");
        print_run(&variant->runs[i], buf);
    }
    ptl_buf_add(buf, "\n]}");
}

static void print_flip(const struct ptl_comparison *comparison, const struct ptl_flip *flip,
                       struct ptl_buf *buf)
{
    char text[PTL_ADDRESS_SIZE];
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "host", flip->host);
    ptl_json_add_string(json, "ip", ptl_address_format(&flip->at.address, text));
    ptl_json_add_number(json, "port", flip->at.port);
    struct ptl_json *seen = ptl_json_add_object(json, "seen");
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        if (flip->seen[s] > 0)
            ptl_json_add_number(seen, ptl_state_names[s], flip->seen[s]);
    ptl_json_add_bool(json, "in_reference", flip->in_reference);
    struct ptl_json *names = ptl_json_add_array(json, "variants");
    for (size_t i = 0; i < flip->variant_count; i++)
        ptl_json_add_string(names, NULL, comparison->variants[flip->variants[i]].name);
    print(json, buf);
}

static struct ptl_json *head(const struct ptl_comparison *comparison)
{
    char time[PTL_RFC3339_SIZE];
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "schema", "portolan-comparison/1");
    struct ptl_json *tool = ptl_json_add_object(json, "tool");
    ptl_json_add_string(tool, "name", "portolan");
    ptl_json_add_string(tool, "version", comparison->tool_version);
    struct ptl_json *machine = ptl_json_add_object(json, "machine");
    ptl_json_add_number(machine, "cpus", comparison->cpus);
    ptl_json_add_string(machine, "kernel", comparison->kernel);
    ptl_json_add_number(machine, "memory_kb", comparison->memory_kb);
    ptl_json_add_string(json, "started", ptl_clock_rfc3339(comparison->started_ms, time));
    ptl_json_add_string(json, "finished", ptl_clock_rfc3339(comparison->finished_ms, time));
    ptl_json_add_bool(json, "complete", comparison->complete);
    ptl_json_add_number(json, "repeat", comparison->repeat);
    ptl_json_add_number(json, "warmup", comparison->warmup);
    ptl_json_add_number(json, "pause_ms", comparison->pause_ms);
    struct ptl_json *judged = ptl_json_add_object(json, "test");
    ptl_json_add_string(judged, "name", "Mann-Whitney, two-sided, corrected by Holm");
    ptl_json_add_double(judged, "level", PTL_PACE_LEVEL);
    ptl_json_add_double(judged, "least_difference", PTL_SAME_SPEED);
    struct ptl_json *warnings = ptl_json_add_array(json, "warnings");
    for (size_t i = 0; i < comparison->warning_count; i++)
        ptl_json_add_string(warnings, NULL, comparison->warnings[i]);
    return json;
}

static void print_reference(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    char text[PTL_ADDRESS_SIZE];
    ptl_buf_printf(buf, "\"reference\":{\"source\":\"%s\",\"open\":[",
                   comparison->reference == PTL_REFERENCE_EXPECT ? "expect" : "union");
    for (size_t i = 0; i < comparison->open_count; i++)
        ptl_buf_printf(buf, "%s{\"ip\":\"%s\",\"port\":%u}", i > 0 ? "," : "",
                       ptl_address_format(&comparison->open[i].address, text),
                       comparison->open[i].port);
    ptl_buf_add(buf, "]}");
}

static void print_recommendation(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "variant",
                        comparison->recommended < comparison->variant_count
                            ? comparison->variants[comparison->recommended].name
                            : NULL);
    ptl_json_add_string(json, "why", comparison->why);
    struct ptl_json *ties = ptl_json_add_array(json, "ties");
    for (size_t i = 0; i < comparison->tie_count; i++)
        ptl_json_add_string(ties, NULL, comparison->variants[comparison->ties[i]].name);
    print(json, buf);
}

void ptl_comparison_json(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    print(head(comparison), buf);
    if (buf->failed)
        return;
    buf->data[--buf->length] = '\0';
    ptl_buf_add(buf, ",\n");
    print_reference(comparison, buf);
    ptl_buf_add(buf, ",\n\"recommendation\":");
    print_recommendation(comparison, buf);
    ptl_buf_add(buf, ",\n\"variants\":[");
    for (size_t i = 0; i < comparison->variant_count; i++) {
        ptl_buf_add(buf, i > 0 ? ",\n" : "\n");
        print_variant(&comparison->variants[i], buf);
    }
    ptl_buf_printf(buf, "\n],\n\"flips_total\":%llu,\n\"flips_of_open\":%llu,\n\"flips\":[",
                   (unsigned long long)comparison->flips_total,
                   (unsigned long long)comparison->flips_of_open);
    for (size_t i = 0; i < comparison->flip_count; i++) {
        ptl_buf_add(buf, i > 0 ? ",\n" : "\n");
        print_flip(comparison, &comparison->flips[i], buf);
    }
    ptl_buf_add(buf, "\n]}\n");
}
