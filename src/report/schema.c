#include "portolan/json.h"
#include "portolan/report.h"
#include "report/schema_rows.h"

static void add_ports(struct ptl_json *schema)
{
    ptl_schema_type(ptl_schema_items(schema), "p");
    ptl_json_add_bool(schema, "uniqueItems", true);
}

static void add_tool(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {{"name", "s"}, {"version", "s"}};
    ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
}

static void add_paths(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {
        {"via", "s"},
        {"targets", "i"},
        {"limit", "i?"},
        {"answers_per_second", "i"},
        {"round_trip_us", "i?"},
        {"unanswered_peak", "i"},
    };
    static const struct ptl_schema_row sentinels[] = {{"asked", "i"}, {"lost", "i"}};
    static const struct ptl_schema_row outage[] = {
        {"at_ms", "i"}, {"lasted_ms", "i"}, {"target", "s?"}};
    static const struct ptl_schema_row point[] = {
        {"at_ms", "i"}, {"limit", "i"}, {"answers_per_second", "i"}};
    struct ptl_schema_object path =
        ptl_schema_object(ptl_schema_items(schema), PTL_SCHEMA_ROWS(rows));
    ptl_schema_words(ptl_schema_member(path, "limited_by"), ptl_limited_by_names,
                     PTL_LIMITED_BY_COUNT);
    ptl_schema_object(ptl_schema_member(path, "sentinels"), PTL_SCHEMA_ROWS(sentinels));
    ptl_schema_object(ptl_schema_items(ptl_schema_member(path, "outages")),
                      PTL_SCHEMA_ROWS(outage));
    ptl_schema_object(ptl_schema_items(ptl_schema_member(path, "course")), PTL_SCHEMA_ROWS(point));
}

static void add_run(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {
        {"profile", "s"},
        {"file", "s"},
        {"profile_sha256", "s"},
        {"started", "s"},
        {"finished", "s"},
        {"elapsed_ms", "n"},
        {"complete", "b"},
        {"ports", "s"},
        {"workers", "i"},
        {"timeout_ms", "i"},
        {"effective_concurrency", "i"},
        {"adaptive_timeout", "b"},
        {"adaptive", "b"},
        {"retries", "i"},
        {"loss_retries", "i"},
        {"rate", "i"},
        {"seed", "i"},
    };
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    /* Added after version 1 was out: not required, so that older files stay valid. */
    ptl_schema_type(ptl_json_add_object(object.properties, "description"), "s");
    ptl_schema_type(ptl_json_add_object(object.properties, "out_of_memory"), "b");
    ptl_schema_type(ptl_json_add_object(object.properties, "confirm"), "i");
    ptl_schema_type(ptl_json_add_object(object.properties, "cut"), "b");
    struct ptl_json *stopped = ptl_json_add_array(ptl_schema_member(object, "stopped_by"), "enum");
    ptl_json_add_null(stopped, NULL);
    ptl_json_add_string(stopped, NULL, "signal");
    ptl_json_add_string(stopped, NULL, "deadline");
    ptl_schema_words(ptl_schema_items(ptl_schema_member(object, "states")), ptl_state_names,
                     PTL_UNPROBED);
    ptl_schema_words(ptl_schema_member(object, "engine"), ptl_engine_names, 4);
    ptl_schema_words(ptl_schema_member(object, "order"), ptl_order_names, 3);
    struct ptl_json *either = ptl_json_add_array(ptl_schema_member(object, "concurrency"), "anyOf");
    struct ptl_json *number = ptl_json_add_object(either, NULL);
    ptl_json_add_string(number, "type", "integer");
    ptl_json_add_number(number, "minimum", 1);
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "unlimited");
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "auto");
    add_paths(ptl_json_add_object(object.properties, "paths"));
}

static void add_summary(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {
        {"targets", "i"},
        {"probes", "i"},
        {"open", "i"},
        {"closed", "i"},
        {"filtered", "i"},
        {"error", "i"},
        {"unprobed", "i"},
        {"retried", "i"},
        {"attempts", "i"},
        {"syn_resent", "i"},
        {"probes_per_second", "n"},
        {"peak_in_flight", "i"},
    };
    static const struct ptl_schema_row rtt[] = {{"count", "i"}, {"min", "i?"}, {"p50", "i?"},
                                                {"p90", "i?"},  {"p99", "i?"}, {"max", "i?"}};
    static const struct ptl_schema_row judged[] = {
        {"pass", "i"}, {"fail", "i"}, {"inconclusive", "i"}};
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    ptl_schema_object(ptl_schema_member(object, "rtt_us"), PTL_SCHEMA_ROWS(rtt));
    ptl_schema_object(ptl_schema_member(object, "expectations"), PTL_SCHEMA_ROWS(judged));
}

static void add_targets(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {
        {"input", "s"},   {"host", "s"},       {"ip", "s"},    {"open", "i"},
        {"closed", "i"},  {"filtered", "i"},   {"error", "i"}, {"unprobed", "i"},
        {"gave_up", "b"}, {"suspicious", "s?"}};
    struct ptl_schema_object object =
        ptl_schema_object(ptl_schema_items(schema), PTL_SCHEMA_ROWS(rows));
    add_ports(ptl_schema_member(object, "open_ports"));
}

static void add_results(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {
        {"host", "s"},       {"ip", "s"},       {"port", "p"},        {"reason", "s"},
        {"service", "s?"},   {"rtt_us", "i?"},  {"connect_us", "i?"}, {"attempts", "i"},
        {"confirmed", "s?"}, {"offset_ms", "i"}};
    struct ptl_schema_object object =
        ptl_schema_object(ptl_schema_items(schema), PTL_SCHEMA_ROWS(rows));
    ptl_json_add_string(ptl_schema_member(object, "protocol"), "const", "tcp");
    ptl_schema_words(ptl_schema_member(object, "state"), ptl_state_names, PTL_UNPROBED);
}

static void add_lists(struct ptl_schema_object root)
{
    static const struct ptl_schema_row unresolved[] = {{"input", "s"}, {"message", "s"}};
    static const struct ptl_schema_row expectations[] = {
        {"host", "s"}, {"ip", "s?"}, {"port", "p?"}};
    ptl_schema_object(ptl_schema_items(ptl_schema_member(root, "unresolved")),
                      PTL_SCHEMA_ROWS(unresolved));
    ptl_json_add_string(ptl_schema_items(ptl_schema_member(root, "warnings")), "type", "string");
    struct ptl_schema_object expectation = ptl_schema_object(
        ptl_schema_items(ptl_schema_member(root, "expectations")), PTL_SCHEMA_ROWS(expectations));
    ptl_schema_words(ptl_schema_member(expectation, "expected"), ptl_expected_names, 3);
    ptl_json_add_null(
        ptl_schema_words(ptl_schema_member(expectation, "state"), ptl_state_names, PTL_STATE_COUNT),
        NULL);
    ptl_schema_words(ptl_schema_member(expectation, "verdict"), ptl_verdict_names,
                     PTL_VERDICT_COUNT);
}

/* Of merged results only, so never required. */
static void add_merged(struct ptl_json *properties)
{
    static const struct ptl_schema_row runs[] = {
        {"file", "s"},     {"profile", "s"},    {"profile_sha256", "s"}, {"started", "s"},
        {"finished", "s"}, {"elapsed_ms", "n"}, {"complete", "b"},       {"ports", "s"},
        {"targets", "i"},  {"probes", "i"}};
    static const struct ptl_schema_row ports[] = {{"host", "s"}, {"ip", "s"}, {"port", "p"}};
    static const struct ptl_schema_row seen[] = {{"run", "i"}, {"reason", "s?"}};
    ptl_schema_object(ptl_schema_items(ptl_json_add_object(properties, "merged")),
                      PTL_SCHEMA_ROWS(runs));
    struct ptl_schema_object port = ptl_schema_object(
        ptl_schema_items(ptl_json_add_object(properties, "disagreements")), PTL_SCHEMA_ROWS(ports));
    ptl_json_add_string(ptl_schema_member(port, "protocol"), "const", "tcp");
    struct ptl_schema_object one =
        ptl_schema_object(ptl_schema_items(ptl_schema_member(port, "seen")), PTL_SCHEMA_ROWS(seen));
    ptl_schema_words(ptl_schema_items(ptl_schema_member(one, "states")), ptl_state_names,
                     PTL_ERROR);
}

/* Of an interrupted run of many targets only. */
static void add_untouched(struct ptl_json *properties)
{
    static const struct ptl_schema_row rows[] = {{"count", "i"}};
    struct ptl_schema_object object =
        ptl_schema_object(ptl_json_add_object(properties, "untouched"), PTL_SCHEMA_ROWS(rows));
    ptl_json_add_string(ptl_schema_items(ptl_schema_member(object, "ranges")), "type", "string");
}

void ptl_report_results_schema(struct ptl_buf *buf)
{
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-results/1");
    struct ptl_schema_object root = ptl_schema_object(schema, NULL, 0);
    ptl_json_add_string(ptl_schema_member(root, "schema"), "const", "portolan-results/1");
    add_tool(ptl_schema_member(root, "tool"));
    add_run(ptl_schema_member(root, "run"));
    add_summary(ptl_schema_member(root, "summary"));
    add_ports(ptl_schema_member(root, "open_ports"));
    add_lists(root);
    add_merged(root.properties);
    add_untouched(root.properties);
    add_targets(ptl_schema_member(root, "targets"));
    add_results(ptl_schema_member(root, "results"));
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
