/* comparison.json: what it tells of a variant and its runs, a row a key. */
#include "compare/compare.h"
#include "results/objects.h"

#include <math.h>

/* ---- times ---- */

#define AT(member) PTL_AT(struct ptl_spread, member), .is_nullable = true, .steps = 1e4
static const struct ptl_key interval_keys[] = {
    {"median", &ptl_key_decimal, AT(median), .about = "half are no longer"},
    {"low", &ptl_key_decimal, AT(low), .about = "where the interval of the median begins"},
    {"high", &ptl_key_decimal, AT(high), .about = "where it ends"},
    {"min", &ptl_key_decimal, AT(min), .about = "the least"},
    {"max", &ptl_key_decimal, AT(max), .about = "the most"},
    {"coverage", &ptl_key_decimal, PTL_AT(struct ptl_spread, coverage), .steps = 1e4,
     .about = "how often such an interval holds the true median; 0: of a single run"},
};
#undef AT
static const struct ptl_object interval =
    PTL_OBJECT(struct ptl_spread, interval_keys, "an interval");

struct bin {
    double from, to;
    uint64_t count;
};
static const struct ptl_key bin_keys[] = {
    {"from", &ptl_key_decimal, PTL_AT(struct bin, from), .steps = 100,
     .about = "microseconds where it begins"},
    {"to", &ptl_key_decimal, PTL_AT(struct bin, to), .is_nullable = true, .steps = 100,
     .about = "where it ends; null: nowhere"},
    {"count", &ptl_key_number, PTL_AT(struct bin, count), .about = "open ports in it"},
};
static const struct ptl_object bin = PTL_OBJECT(struct bin, bin_keys, "a bin");

/* From the first to the last bin that holds any. */
static void print_histogram(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const uint64_t *bins = ((const struct ptl_connect_times *)object)->bins;
    unsigned first = 0, end = PTL_CONNECT_BINS;
    while (first < PTL_CONNECT_BINS && bins[first] == 0)
        first++;
    while (end > first && bins[end - 1] == 0)
        end--;
    ptl_buf_add_char(buf, '[');
    for (unsigned i = first; i < end; i++) {
        struct bin one = {.from = ptl_connect_bin_from(i), .to = NAN, .count = bins[i]};
        if (i + 1 < PTL_CONNECT_BINS)
            one.to = ptl_connect_bin_from(i + 1);
        ptl_buf_add(buf, i > first ? "," : "");
        ptl_object_print(key->object, &one, buf);
    }
    ptl_buf_add_char(buf, ']');
}

static const struct ptl_key_type histogram = {"list of objects", print_histogram,
                                              .describe = ptl_key_describe_list};

#define AT(member) PTL_AT(struct ptl_connect_times, member)
#define WHERE_COUNTED PTL_COUNT_AT(struct ptl_connect_times, count), .is_nullable = true
static const struct ptl_key connect_keys[] = {
    {"count", &ptl_key_number, AT(count), .about = "open ports whose time is known"},
    {"min", &ptl_key_number, AT(min), WHERE_COUNTED, .about = "the least"},
    {"p50", &ptl_key_number, AT(p50), WHERE_COUNTED, .about = "half are no longer"},
    {"p90", &ptl_key_number, AT(p90), WHERE_COUNTED, .about = "nine of ten are no longer"},
    {"p99", &ptl_key_number, AT(p99), WHERE_COUNTED, .about = "99 of 100 are no longer"},
    {"max", &ptl_key_number, AT(max), WHERE_COUNTED, .about = "the most"},
    {"histogram", &histogram, .object = &bin, .about = "five bins a decade, those that hold any"},
};
#undef AT
#undef WHERE_COUNTED
static const struct ptl_object connect_times =
    PTL_OBJECT(struct ptl_connect_times, connect_keys, "connect times");

/* ---- a run ---- */

/* A decimal that a run which failed has not. */
static void print_measured(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    if (((const struct ptl_compared_run *)object)->failure != NULL)
        ptl_buf_add(buf, "null");
    else
        ptl_key_decimal.print(key, object, buf);
}

static const struct ptl_key_type measured = {"decimal", print_measured, .json = "number",
                                             .limits = PTL_KEY_FROM_0};

#define AT(member) PTL_AT(struct ptl_compared_run, member)
static const struct ptl_key run_keys[] = {
    {"order", &ptl_key_number, AT(order), .about = "which run of the comparison, from 1"},
    {"round", &ptl_key_number, AT(round), .about = "of which round, from 1"},
    {"started", &ptl_key_time, AT(started_ms), .about = "when it began"},
    {"failure", &ptl_key_text, AT(failure), .is_nullable = true,
     .about = "why there are no numbers; null: there are"},
    {"complete", &ptl_key_bool, AT(complete), .about = "every probe was asked"},
    {"elapsed_ms", &measured, AT(elapsed_ms), .is_nullable = true, .steps = 1000,
     .about = "how long it took; null: it failed"},
    {"probes_per_second", &measured, AT(probes_per_second), .is_nullable = true, .steps = 10,
     .about = "null: it failed"},
    {"probes", &ptl_key_number, AT(probes), .about = "the five states add up to it"},
    PTL_STATE_KEYS(struct ptl_compared_run, states, "probes"),
    {"retried", &ptl_key_number, AT(retried), .about = "probes that took more than one attempt"},
    {"attempts", &ptl_key_number, AT(attempts), .about = "connects of all probes"},
    {"found", &ptl_key_number, AT(found), .about = "ports of the reference that it found open"},
    {"missed", &ptl_key_number, AT(missed), .about = "those that it did not, and asks for"},
    {"extra", &ptl_key_number, AT(extra), .about = "open ports that the reference rules out"},
    {"recall", &ptl_key_decimal, AT(recall), .is_nullable = true, .steps = 1e4,
     .about = "found of found and missed; null: nothing to measure by"},
    {"precision", &ptl_key_decimal, AT(precision), .is_nullable = true, .steps = 1e4,
     .about = "found of found and extra; null: nothing to measure by"},
    {"estimate", &ptl_key_estimate, AT(estimate), .is_later = true, .is_promised = true,
     .about = "what the run itself says that it may have missed"},
    {"rtt_us", &ptl_key_object, AT(rtt), .object = &ptl_object_latency,
     .about = "round trips of the open ports"},
    {"peak_in_flight", &ptl_key_number, AT(peak_in_flight), .about = "most probes at a time"},
    {"effective_concurrency", &ptl_key_number, AT(effective_concurrency),
     .about = "the lowest limit in force"},
    {"workers", &ptl_key_number, AT(workers), .about = "threads that probed"},
    {"user_ms", &ptl_key_decimal, AT(user_ms), .steps = 1000, .about = "CPU time of the program"},
    {"system_ms", &ptl_key_decimal, AT(system_ms), .steps = 1000,
     .about = "CPU time of the kernel for it"},
    {"peak_rss_kb", &ptl_key_number, AT(peak_rss_kb), .about = "most memory"},
};
#undef AT
static const struct ptl_object run = PTL_OBJECT(struct ptl_compared_run, run_keys, "a run");

/* ---- a variant ---- */

static void print_settings(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)key;
    const struct ptl_compared_variant *variant = object;
    ptl_buf_add_char(buf, '{');
    for (size_t i = 0; i < variant->setting_count; i++) {
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_json_print_string(variant->settings[i].key, buf);
        ptl_buf_add_char(buf, ':');
        ptl_json_print_string(variant->settings[i].value, buf);
    }
    ptl_buf_add_char(buf, '}');
}

static void describe_settings(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    ptl_json_describe(schema, "{'type': 'object', 'additionalProperties': {'type': 'string'}}");
}

static const struct ptl_key_type settings = {"object of texts", print_settings,
                                             .describe = describe_settings};

#define AT(member) PTL_AT(struct ptl_compared_variant, member)
#define MEAN(member) &ptl_key_decimal, AT(member), .is_nullable = true, .steps = 100
#define SHARE(member) &ptl_key_decimal, AT(member), .is_nullable = true, .steps = 1e4
#define MS(member) &ptl_key_decimal, AT(member), .is_nullable = true, .steps = 1000
static const struct ptl_key variant_keys[] = {
    {"name", &ptl_key_text, AT(name), .about = "the profile's, and what is varied"},
    {"profile", &ptl_key_text, AT(profile), .about = "name of the profile"},
    {"file", &ptl_key_text, AT(file), .about = "the profile's, as it was named"},
    {"settings", &settings, .about = "what is varied: keys of the profile and their values"},
    {"baseline", &ptl_key_bool, AT(is_baseline), .about = "what the others are compared with"},
    {"engine", &ptl_key_word, AT(engine), PTL_WORDS(ptl_engine_names), .about = "the profile's"},
    {"concurrency", &ptl_key_concurrency, AT(concurrency), .about = "as asked"},
    {"effective_concurrency", &ptl_key_number, AT(effective_concurrency),
     .about = "the lowest limit in force"},
    {"workers", &ptl_key_number, AT(workers), .about = "threads that probed"},
    {"timeout_ms", &ptl_key_number, AT(timeout_ms), .about = "of one attempt"},
    {"ports", &ptl_key_text, AT(ports), .about = "the ports asked, as 1-1024,8080"},
    {"elapsed_ms", &ptl_key_object, AT(elapsed_ms), .object = &interval,
     .about = "how long its runs took"},
    {"probes_per_second", &ptl_key_decimal, AT(probes_per_second), .is_nullable = true, .steps = 10,
     .about = "median"},
    {"speedup", &ptl_key_object, AT(speedup), .object = &interval,
     .about = "of the baseline's time by this one's, round by round"},
    {"verdict", &ptl_key_word, AT(verdict), PTL_WORDS(ptl_pace_names),
     .about = "its speed, against the baseline"},
    {"p_value", &ptl_key_decimal, AT(p_value), .is_nullable = true, .steps = 1e6,
     .about = "of the verdict; null: none"},
    {"found", MEAN(found), .about = "mean of its runs"},
    {"missed", MEAN(missed), .about = "mean of its runs"},
    {"extra", MEAN(extra), .about = "mean of its runs"},
    {"recall", SHARE(recall), .about = "over all its runs; null: nothing to measure by"},
    {"precision", SHARE(precision), .about = "over all its runs; null: nothing to measure by"},
    {"missed_open", MEAN(missed_open), .is_later = true, .is_promised = true,
     .about = "open ports that its runs say they missed, mean; null: one of them cannot tell"},
    {"recall_at_least", &ptl_key_decimal, AT(recall_at_least), .is_nullable = true, .steps = 1e4,
     .is_later = true, .is_promised = true,
     .about = "what its runs say that they found at least, the lowest; null: one of them cannot "
              "tell"},
    {"agreement", SHARE(agreement),
     .about = "of the ports that any of its runs saw open, the share that all saw open; null: "
              "fewer than two runs, or nothing open"},
    {"filtered", MEAN(filtered), .about = "mean of its runs"},
    {"error", MEAN(error), .about = "mean of its runs"},
    {"retried", MEAN(retried), .about = "mean of its runs"},
    {"rtt_us", &ptl_key_object, AT(rtt), .object = &ptl_object_latency,
     .about = "round trips of the open ports of all its runs"},
    {"connect_us", &ptl_key_object, AT(connect), .object = &connect_times,
     .about = "connect times of the open ports of all its runs, on the monotonic clock"},
    {"peak_in_flight", &ptl_key_number, AT(peak_in_flight), .about = "the most of any run"},
    {"user_ms", MS(user_ms), .about = "CPU time of the program, median"},
    {"system_ms", MS(system_ms), .about = "CPU time of the kernel for it, median"},
    {"peak_rss_kb", &ptl_key_number, AT(peak_rss_kb), .about = "most memory of any run"},
    {"runs", &ptl_key_list, AT(runs), PTL_COUNT_AT(struct ptl_compared_variant, run_count),
     .has_lines = true, .object = &run, .about = "its counted runs"},
};
#undef AT
#undef MEAN
#undef SHARE
#undef MS
const struct ptl_object ptl_object_variant =
    PTL_OBJECT(struct ptl_compared_variant, variant_keys, "a variant");
