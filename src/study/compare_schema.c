/* The JSON Schema of comparison.json. */
#include "portolan/compare.h"
#include "report/schema_rows.h"

static void add_names(struct ptl_json *schema)
{
    ptl_json_add_string(ptl_schema_items(schema), "type", "string");
}

static void add_interval(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {{"median", "n?"}, {"low", "n?"},
                                                 {"high", "n?"},   {"min", "n?"},
                                                 {"max", "n?"},    {"coverage", "n"}};
    ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
}

static const struct ptl_schema_row quantile_rows[] = {{"count", "i"}, {"min", "i?"}, {"p50", "i?"},
                                                      {"p90", "i?"},  {"p99", "i?"}, {"max", "i?"}};

static void add_run(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {{"order", "i"},
                                                 {"round", "i"},
                                                 {"started", "s"},
                                                 {"failure", "s?"},
                                                 {"complete", "b"},
                                                 {"elapsed_ms", "n?"},
                                                 {"probes_per_second", "n?"},
                                                 {"probes", "i"},
                                                 {"open", "i"},
                                                 {"closed", "i"},
                                                 {"filtered", "i"},
                                                 {"error", "i"},
                                                 {"unprobed", "i"},
                                                 {"retried", "i"},
                                                 {"attempts", "i"},
                                                 {"found", "i"},
                                                 {"missed", "i"},
                                                 {"extra", "i"},
                                                 {"recall", "n?"},
                                                 {"precision", "n?"},
                                                 {"peak_in_flight", "i"},
                                                 {"effective_concurrency", "i"},
                                                 {"workers", "i"},
                                                 {"user_ms", "n"},
                                                 {"system_ms", "n"},
                                                 {"peak_rss_kb", "i"}};
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    ptl_schema_object(ptl_schema_member(object, "rtt_us"), PTL_SCHEMA_ROWS(quantile_rows));
}

static void add_connect(struct ptl_json *schema)
{
    static const struct ptl_schema_row bin[] = {{"from", "n"}, {"to", "n?"}, {"count", "i"}};
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(quantile_rows));
    ptl_schema_object(ptl_schema_items(ptl_schema_member(object, "histogram")),
                      PTL_SCHEMA_ROWS(bin));
}

static void add_variant(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {{"name", "s"},
                                                 {"profile", "s"},
                                                 {"file", "s"},
                                                 {"baseline", "b"},
                                                 {"effective_concurrency", "i"},
                                                 {"workers", "i"},
                                                 {"timeout_ms", "i"},
                                                 {"ports", "s"},
                                                 {"probes_per_second", "n?"},
                                                 {"p_value", "n?"},
                                                 {"found", "n?"},
                                                 {"missed", "n?"},
                                                 {"extra", "n?"},
                                                 {"recall", "n?"},
                                                 {"precision", "n?"},
                                                 {"agreement", "n?"},
                                                 {"filtered", "n?"},
                                                 {"error", "n?"},
                                                 {"retried", "n?"},
                                                 {"peak_in_flight", "i"},
                                                 {"user_ms", "n?"},
                                                 {"system_ms", "n?"},
                                                 {"peak_rss_kb", "i"}};
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    struct ptl_json *settings = ptl_schema_member(object, "settings");
    ptl_json_add_string(settings, "type", "object");
    ptl_json_add_string(ptl_json_add_object(settings, "additionalProperties"), "type", "string");
    ptl_schema_words(ptl_schema_member(object, "engine"), ptl_engine_names, 4);
    struct ptl_json *either = ptl_json_add_array(ptl_schema_member(object, "concurrency"), "anyOf");
    struct ptl_json *number = ptl_json_add_object(either, NULL);
    ptl_json_add_string(number, "type", "integer");
    ptl_json_add_number(number, "minimum", 1);
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "unlimited");
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "auto");
    add_interval(ptl_schema_member(object, "elapsed_ms"));
    add_interval(ptl_schema_member(object, "speedup"));
    ptl_schema_words(ptl_schema_member(object, "verdict"), ptl_pace_names, 5);
    ptl_schema_object(ptl_schema_member(object, "rtt_us"), PTL_SCHEMA_ROWS(quantile_rows));
    add_connect(ptl_schema_member(object, "connect_us"));
    add_run(ptl_schema_items(ptl_schema_member(object, "runs")));
}

static void add_reference(struct ptl_json *schema)
{
    static const char *const sources[] = {"expect", "union"};
    static const struct ptl_schema_row rows[] = {{"ip", "s"}};
    struct ptl_schema_object object = ptl_schema_object(schema, NULL, 0);
    ptl_schema_words(ptl_schema_member(object, "source"), sources, 2);
    ptl_schema_type(
        ptl_schema_member(ptl_schema_object(ptl_schema_items(ptl_schema_member(object, "open")),
                                            PTL_SCHEMA_ROWS(rows)),
                          "port"),
        "p");
}

static void add_flip(struct ptl_json *schema)
{
    static const struct ptl_schema_row rows[] = {{"host", "s"}, {"ip", "s"}, {"in_reference", "b"}};
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    ptl_schema_type(ptl_schema_member(object, "port"), "p");
    struct ptl_json *seen = ptl_schema_member(object, "seen");
    ptl_json_add_string(seen, "type", "object");
    ptl_json_add_number(seen, "minProperties", 2);
    ptl_schema_words(ptl_json_add_object(seen, "propertyNames"), ptl_state_names, PTL_UNPROBED);
    struct ptl_json *times = ptl_json_add_object(seen, "additionalProperties");
    ptl_json_add_string(times, "type", "integer");
    ptl_json_add_number(times, "minimum", 1);
    add_names(ptl_schema_member(object, "variants"));
}

void ptl_comparison_schema(struct ptl_buf *buf)
{
    static const struct ptl_schema_row rows[] = {
        {"started", "s"}, {"finished", "s"}, {"complete", "b"},    {"repeat", "i"},
        {"warmup", "i"},  {"pause_ms", "i"}, {"flips_total", "i"}, {"flips_of_open", "i"}};
    static const struct ptl_schema_row tool[] = {{"name", "s"}, {"version", "s"}};
    static const struct ptl_schema_row machine[] = {
        {"cpus", "i"}, {"kernel", "s"}, {"memory_kb", "i"}};
    static const struct ptl_schema_row test[] = {
        {"name", "s"}, {"level", "n"}, {"least_difference", "n"}};
    static const struct ptl_schema_row recommendation[] = {{"variant", "s?"}, {"why", "s"}};
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-comparison/1");
    struct ptl_schema_object object = ptl_schema_object(schema, PTL_SCHEMA_ROWS(rows));
    ptl_json_add_string(ptl_schema_member(object, "schema"), "const", "portolan-comparison/1");
    ptl_schema_object(ptl_schema_member(object, "tool"), PTL_SCHEMA_ROWS(tool));
    ptl_schema_object(ptl_schema_member(object, "machine"), PTL_SCHEMA_ROWS(machine));
    ptl_schema_object(ptl_schema_member(object, "test"), PTL_SCHEMA_ROWS(test));
    add_names(ptl_schema_member(object, "warnings"));
    add_reference(ptl_schema_member(object, "reference"));
    add_names(ptl_schema_member(ptl_schema_object(ptl_schema_member(object, "recommendation"),
                                                  PTL_SCHEMA_ROWS(recommendation)),
                                "ties"));
    add_variant(ptl_schema_items(ptl_schema_member(object, "variants")));
    add_flip(ptl_schema_items(ptl_schema_member(object, "flips")));
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
