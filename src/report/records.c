#include "report/records.h"

#include "portolan/clock.h"

#include <math.h>
#include <stdio.h>

static const char *const stop_names[] = {[PTL_STOP_SIGNAL] = "signal",
                                         [PTL_STOP_DEADLINE] = "deadline",
                                         [PTL_STOP_MEMORY] = NULL,
                                         [PTL_STOP_OUTAGE] = NULL};

struct ptl_json *ptl_record_tool(const struct ptl_run_info *run)
{
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "name", "portolan");
    ptl_json_add_string(json, "version", run->tool_version);
    return json;
}

static void add_concurrency(struct ptl_json *json, const char *key, uint32_t concurrency)
{
    const char *word = ptl_concurrency_word(concurrency);
    if (word != NULL)
        ptl_json_add_string(json, key, word);
    else
        ptl_json_add_number(json, key, concurrency);
}

static void add_question(struct ptl_json *json, const struct ptl_run_info *run)
{
    char time[PTL_RFC3339_SIZE];
    ptl_json_add_string(json, "profile", run->profile);
    ptl_json_add_string(json, "description", run->description != NULL ? run->description : "");
    ptl_json_add_string(json, "file", run->file);
    ptl_json_add_string(json, "profile_sha256", run->profile_sha256);
    ptl_json_add_string(json, "started", ptl_clock_rfc3339(run->started_ms, time));
}

static void add_extent(struct ptl_json *json, const struct ptl_run_info *run)
{
    ptl_json_add_string(json, "ports", run->ports);
    struct ptl_json *states = ptl_json_add_array(json, "states");
    for (int s = 0; s < PTL_UNPROBED; s++)
        if (run->states[s])
            ptl_json_add_string(states, NULL, ptl_state_names[s]);
    ptl_json_add_string(json, "engine", ptl_engine_names[run->engine]);
    add_concurrency(json, "concurrency", run->concurrency);
}

static void add_settings(struct ptl_json *json, const struct ptl_run_info *run)
{
    ptl_json_add_number(json, "timeout_ms", run->timeout_ms);
    ptl_json_add_bool(json, "adaptive_timeout", run->adaptive_timeout);
    ptl_json_add_bool(json, "adaptive", run->adaptive);
    ptl_json_add_number(json, "retries", run->retries);
    ptl_json_add_number(json, "loss_retries", run->loss_retries);
    ptl_json_add_number(json, "confirm", run->confirm);
    ptl_json_add_number(json, "rate", run->rate);
    ptl_json_add_string(json, "order", ptl_order_names[run->order]);
    ptl_json_add_number(json, "seed", run->seed);
}

static void add_paths(struct ptl_json *json, const struct ptl_path_info *path)
{
    struct ptl_json *one = ptl_json_add_object(ptl_json_add_array(json, "paths"), NULL);
    ptl_json_add_string(one, "via", "all");
    ptl_json_add_number(one, "targets", path->targets);
    if (path->limit > 0)
        ptl_json_add_number(one, "limit", path->limit);
    else
        ptl_json_add_null(one, "limit");
    ptl_json_add_string(one, "limited_by", ptl_limited_by_names[path->limited_by]);
    ptl_json_add_number(one, "answers_per_second", path->answers_per_second);
    if (path->round_trip_us > 0)
        ptl_json_add_number(one, "round_trip_us", path->round_trip_us);
    else
        ptl_json_add_null(one, "round_trip_us");
    struct ptl_json *sentinels = ptl_json_add_object(one, "sentinels");
    ptl_json_add_number(sentinels, "asked", path->sentinels_asked);
    ptl_json_add_number(sentinels, "lost", path->sentinels_lost);
    ptl_json_add_number(one, "unanswered_peak", path->unanswered_peak);
    struct ptl_json *outages = ptl_json_add_array(one, "outages");
    for (size_t i = 0; i < path->outage_count; i++) {
        struct ptl_json *outage = ptl_json_add_object(outages, NULL);
        ptl_json_add_number(outage, "at_ms", path->outages[i].at_ms);
        ptl_json_add_number(outage, "lasted_ms", path->outages[i].lasted_ms);
        ptl_json_add_string(outage, "target", path->outages[i].ip[0] ? path->outages[i].ip : NULL);
    }
    struct ptl_json *course = ptl_json_add_array(one, "course");
    for (uint32_t i = 0; i < path->point_count; i++) {
        struct ptl_json *point = ptl_json_add_object(course, NULL);
        ptl_json_add_number(point, "at_ms", path->points[i].at_ms);
        ptl_json_add_number(point, "limit", path->points[i].limit);
        ptl_json_add_number(point, "answers_per_second", path->points[i].answers_per_second);
    }
}

struct ptl_json *ptl_record_run(const struct ptl_run_info *run)
{
    struct ptl_json *json = ptl_json_object();
    char time[PTL_RFC3339_SIZE];
    add_question(json, run);
    ptl_json_add_string(json, "finished", ptl_clock_rfc3339(run->finished_ms, time));
    ptl_json_add_double(json, "elapsed_ms", round(run->elapsed_ms * 1000) / 1000);
    ptl_json_add_bool(json, "complete", run->complete);
    ptl_json_add_string(json, "stopped_by", stop_names[run->stopped_by]);
    ptl_json_add_bool(json, "out_of_memory", run->stopped_by == PTL_STOP_MEMORY);
    if (run->cut)
        ptl_json_add_bool(json, "cut", true);
    add_extent(json, run);
    ptl_json_add_number(json, "effective_concurrency", run->effective_concurrency);
    ptl_json_add_number(json, "workers", run->workers);
    add_settings(json, run);
    if (run->has_path)
        add_paths(json, &run->path);
    return json;
}

struct ptl_json *ptl_record_run_begun(const struct ptl_run_info *run)
{
    struct ptl_json *json = ptl_json_object();
    add_question(json, run);
    add_extent(json, run);
    add_settings(json, run);
    return json;
}

void ptl_record_open_ports(const struct ptl_results *results, struct ptl_buf *buf)
{
    uint8_t bits[8192];
    ptl_results_open_ports(results, bits);
    const char *comma = "";
    ptl_buf_add_char(buf, '[');
    for (unsigned port = 1; port <= 65535; port++) {
        if ((bits[port / 8] >> (port % 8) & 1) == 0)
            continue;
        ptl_buf_printf(buf, "%s%u", comma, port);
        comma = ",";
    }
    ptl_buf_add_char(buf, ']');
}

struct ptl_json *ptl_record_summary(const struct ptl_results *results)
{
    const struct ptl_summary *summary = &results->summary;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_number(json, "targets", summary->targets);
    ptl_json_add_number(json, "probes", summary->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_json_add_number(json, ptl_state_names[s], summary->states[s]);
    ptl_json_add_number(json, "retried", summary->retried);
    ptl_json_add_number(json, "attempts", summary->attempts);
    ptl_json_add_number(json, "syn_resent", summary->syn_resent);
    ptl_json_add_double(json, "probes_per_second", summary->probes_per_second);
    ptl_json_add_number(json, "peak_in_flight", summary->peak_in_flight);
    struct ptl_json *judged = ptl_json_add_object(json, "expectations");
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        ptl_json_add_number(judged, ptl_verdict_names[v], results->verdicts[v]);
    struct ptl_json *rtt = ptl_json_add_object(json, "rtt_us");
    const uint32_t values[] = {summary->rtt.min, summary->rtt.p50, summary->rtt.p90,
                               summary->rtt.p99, summary->rtt.max};
    static const char *const keys[] = {"min", "p50", "p90", "p99", "max"};
    ptl_json_add_number(rtt, "count", summary->rtt.count);
    for (int i = 0; i < 5; i++) {
        if (summary->rtt.count > 0)
            ptl_json_add_number(rtt, keys[i], values[i]);
        else
            ptl_json_add_null(rtt, keys[i]);
    }
    return json;
}

struct ptl_json *ptl_record_unresolved(const struct ptl_results *results, size_t number)
{
    const struct ptl_unresolved *unresolved = &results->unresolved[number];
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "input", unresolved->input);
    ptl_json_add_string(json, "message", unresolved->message);
    return json;
}

struct ptl_json *ptl_record_warning_text(const struct ptl_results *results, size_t number)
{
    return ptl_json_string(results->warnings[number]);
}

bool ptl_record_write_list(struct ptl_writing *writing, size_t count, ptl_record_nth *nth,
                           bool (*flush)(struct ptl_writing *writing))
{
    ptl_buf_add_char(&writing->line, '[');
    for (size_t i = 0; i < count; i++) {
        struct ptl_json *json = nth(writing->results, i);
        ptl_buf_add(&writing->line, i > 0 ? "," : "");
        ptl_json_print(json, &writing->line, false);
        ptl_json_free(json);
        if (!flush(writing))
            return false;
    }
    ptl_buf_add_char(&writing->line, ']');
    return flush(writing);
}

struct ptl_json *ptl_record_untouched(const struct ptl_results *results)
{
    const struct ptl_untouched *untouched = &results->untouched;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_number(json, "count", untouched->count);
    struct ptl_json *ranges = ptl_json_add_array(json, "ranges");
    for (size_t i = 0; i < untouched->range_count; i++) {
        char text[PTL_BLOCK_SIZE];
        ptl_json_add_string(ranges, NULL, ptl_block_format(&untouched->ranges[i], text));
    }
    return json;
}

struct ptl_json *ptl_record_target(const struct ptl_results *results,
                                   const struct ptl_target_counts *counts,
                                   const struct ptl_result *items, size_t count)
{
    struct ptl_target_names names;
    ptl_results_names(results, counts->target, &names);
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "input", names.input);
    ptl_json_add_string(json, "host", names.host);
    ptl_json_add_string(json, "ip", names.ip);
    struct ptl_json *ports = ptl_json_add_array(json, "open_ports");
    for (size_t i = 0; i < count; i++)
        if (items[i].state == PTL_OPEN)
            ptl_json_add_number(ports, NULL, items[i].port);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_json_add_number(json, ptl_state_names[s], counts->states[s]);
    ptl_json_add_bool(json, "gave_up", (counts->flags & PTL_TARGET_GAVE_UP) != 0);
    ptl_json_add_string(json, "suspicious",
                        (counts->flags & PTL_TARGET_ALL_OPEN) != 0 ? "all-open" : NULL);
    return json;
}

struct ptl_json *ptl_record_expectation(const struct ptl_results *results,
                                        const struct ptl_expectation *expectation)
{
    struct ptl_target_names names;
    ptl_results_expectation_names(results, expectation, &names);
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "host", names.host);
    ptl_json_add_string(json, "ip", names.ip[0] != '\0' ? names.ip : NULL);
    if (expectation->port != 0)
        ptl_json_add_number(json, "port", expectation->port);
    else
        ptl_json_add_null(json, "port");
    ptl_json_add_string(json, "expected", ptl_expected_names[expectation->expected]);
    bool known = expectation->state < PTL_STATE_COUNT;
    ptl_json_add_string(json, "state", known ? ptl_state_names[expectation->state] : NULL);
    ptl_json_add_string(json, "verdict", ptl_verdict_names[expectation->verdict]);
    return json;
}

static void add_us(struct ptl_json *json, const char *key, uint32_t us)
{
    if (us == PTL_US_NONE)
        ptl_json_add_null(json, key);
    else
        ptl_json_add_number(json, key, us);
}

struct ptl_json *ptl_record_result(const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "host", row->names->host);
    ptl_json_add_string(json, "ip", row->names->ip);
    ptl_json_add_number(json, "port", r->port);
    ptl_json_add_string(json, "protocol", "tcp");
    ptl_json_add_string(json, "state", ptl_state_names[r->state]);
    ptl_json_add_string(json, "reason", row->reason);
    ptl_json_add_string(json, "service", row->service);
    add_us(json, "rtt_us", r->rtt_us);
    add_us(json, "connect_us", r->connect_us);
    ptl_json_add_number(json, "attempts", r->attempts);
    char confirmed[16];
    snprintf(confirmed, sizeof(confirmed), "%u/%u", r->confirm_yes, r->confirm_done);
    ptl_json_add_string(json, "confirmed", r->confirm_done > 0 ? confirmed : NULL);
    ptl_json_add_number(json, "offset_ms", r->offset_ms);
    return json;
}
