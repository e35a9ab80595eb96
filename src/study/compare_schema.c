/* The JSON Schema of comparison.json. */
#include "portolan/compare.h"
#include "portolan/json.h"

#include <string.h>

/*
 * A schema is written as rows: "type[?]", "?" for null allowed. Types: s string, i whole number,
 * n number, b boolean. No number here is negative.
 */
struct row {
    const char *key, *type;
};
#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static void add_type(struct ptl_json *schema, const char *type)
{
    static const char *const letters = "sinb";
    static const char *const names[] = {"string", "integer", "number", "boolean"};
    const char *name = names[strchr(letters, type[0]) - letters];
    if (type[1] == '?') {
        struct ptl_json *either = ptl_json_add_array(schema, "type");
        ptl_json_add_string(either, NULL, name);
        ptl_json_add_string(either, NULL, "null");
    } else {
        ptl_json_add_string(schema, "type", name);
    }
    if (type[0] == 'i' || type[0] == 'n')
        ptl_json_add_number(schema, "minimum", 0);
}

/* An object being described: all keys are required, and more may come in later versions. */
struct object {
    struct ptl_json *required, *properties;
};

static struct object begin(struct ptl_json *schema, const struct row *rows, size_t count)
{
    struct object object;
    ptl_json_add_string(schema, "type", "object");
    object.required = ptl_json_add_array(schema, "required");
    object.properties = ptl_json_add_object(schema, "properties");
    for (size_t i = 0; i < count; i++) {
        ptl_json_add_string(object.required, NULL, rows[i].key);
        add_type(ptl_json_add_object(object.properties, rows[i].key), rows[i].type);
    }
    return object;
}

static struct ptl_json *add(struct object object, const char *key)
{
    ptl_json_add_string(object.required, NULL, key);
    return ptl_json_add_object(object.properties, key);
}

static struct ptl_json *add_items(struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "array");
    return ptl_json_add_object(schema, "items");
}

static void add_names(struct ptl_json *schema)
{
    ptl_json_add_string(add_items(schema), "type", "string");
}

static void add_enum(struct ptl_json *schema, const char *const *names, size_t count)
{
    struct ptl_json *list = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < count; i++)
        ptl_json_add_string(list, NULL, names[i]);
}

static void add_port(struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "integer");
    ptl_json_add_number(schema, "minimum", 1);
    ptl_json_add_number(schema, "maximum", 65535);
}

static void add_interval(struct ptl_json *schema)
{
    static const struct row rows[] = {{"median", "n?"}, {"low", "n?"}, {"high", "n?"},
                                      {"min", "n?"},    {"max", "n?"}, {"coverage", "n"}};
    begin(schema, ROWS(rows));
}

static const struct row quantile_rows[] = {{"count", "i"}, {"min", "i?"}, {"p50", "i?"},
                                           {"p90", "i?"},  {"p99", "i?"}, {"max", "i?"}};

static void add_run(struct ptl_json *schema)
{
    static const struct row rows[] = {{"order", "i"},
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
    struct object object = begin(schema, ROWS(rows));
    begin(add(object, "rtt_us"), ROWS(quantile_rows));
}

static void add_connect(struct ptl_json *schema)
{
    static const struct row bin[] = {{"from", "n"}, {"to", "n?"}, {"count", "i"}};
    struct object object = begin(schema, ROWS(quantile_rows));
    begin(add_items(add(object, "histogram")), ROWS(bin));
}

static void add_variant(struct ptl_json *schema)
{
    static const struct row rows[] = {{"name", "s"},
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
    struct object object = begin(schema, ROWS(rows));
    struct ptl_json *settings = add(object, "settings");
    ptl_json_add_string(settings, "type", "object");
    ptl_json_add_string(ptl_json_add_object(settings, "additionalProperties"), "type", "string");
    add_enum(add(object, "engine"), ptl_engine_names, 4);
    struct ptl_json *either = ptl_json_add_array(add(object, "concurrency"), "anyOf");
    struct ptl_json *number = ptl_json_add_object(either, NULL);
    ptl_json_add_string(number, "type", "integer");
    ptl_json_add_number(number, "minimum", 1);
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "unlimited");
    add_interval(add(object, "elapsed_ms"));
    add_interval(add(object, "speedup"));
    add_enum(add(object, "verdict"), ptl_pace_names, 5);
    begin(add(object, "rtt_us"), ROWS(quantile_rows));
    add_connect(add(object, "connect_us"));
    add_run(add_items(add(object, "runs")));
}

static void add_reference(struct ptl_json *schema)
{
    static const char *const sources[] = {"expect", "union"};
    static const struct row rows[] = {{"ip", "s"}};
    struct object object = begin(schema, NULL, 0);
    add_enum(add(object, "source"), sources, 2);
    add_port(add(begin(add_items(add(object, "open")), ROWS(rows)), "port"));
}

static void add_flip(struct ptl_json *schema)
{
    static const struct row rows[] = {{"host", "s"}, {"ip", "s"}, {"in_reference", "b"}};
    struct object object = begin(schema, ROWS(rows));
    add_port(add(object, "port"));
    struct ptl_json *seen = add(object, "seen");
    ptl_json_add_string(seen, "type", "object");
    ptl_json_add_number(seen, "minProperties", 2);
    add_enum(ptl_json_add_object(seen, "propertyNames"), ptl_state_names, PTL_UNPROBED);
    struct ptl_json *times = ptl_json_add_object(seen, "additionalProperties");
    ptl_json_add_string(times, "type", "integer");
    ptl_json_add_number(times, "minimum", 1);
    add_names(add(object, "variants"));
}

void ptl_comparison_schema(struct ptl_buf *buf)
{
    static const struct row rows[] = {
        {"started", "s"}, {"finished", "s"}, {"complete", "b"},    {"repeat", "i"},
        {"warmup", "i"},  {"pause_ms", "i"}, {"flips_total", "i"}, {"flips_of_open", "i"}};
    static const struct row tool[] = {{"name", "s"}, {"version", "s"}};
    static const struct row machine[] = {{"cpus", "i"}, {"kernel", "s"}, {"memory_kb", "i"}};
    static const struct row test[] = {{"name", "s"}, {"level", "n"}, {"least_difference", "n"}};
    static const struct row recommendation[] = {{"variant", "s?"}, {"why", "s"}};
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-comparison/1");
    struct object object = begin(schema, ROWS(rows));
    ptl_json_add_string(add(object, "schema"), "const", "portolan-comparison/1");
    begin(add(object, "tool"), ROWS(tool));
    begin(add(object, "machine"), ROWS(machine));
    begin(add(object, "test"), ROWS(test));
    add_names(add(object, "warnings"));
    add_reference(add(object, "reference"));
    add_names(add(begin(add(object, "recommendation"), ROWS(recommendation)), "ties"));
    add_variant(add_items(add(object, "variants")));
    add_flip(add_items(add(object, "flips")));
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
