#include "portolan/json.h"
#include "portolan/report.h"

#include <string.h>

/*
 * A schema is written as rows: "key:type[?]" in a string, "?" for null allowed. Types: s string,
 * i whole number, n number, b boolean, p port.
 */
static void add_type(struct ptl_json *schema, const char *type)
{
    static const char *const letters = "sinbp";
    static const char *const names[] = {"string", "integer", "number", "boolean", "integer"};
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
    if (type[0] == 'p') {
        ptl_json_add_number(schema, "minimum", 1);
        ptl_json_add_number(schema, "maximum", 65535);
    }
}

struct row {
    const char *key, *type;
};

/* An object that has to have every row. Keys may be added in later versions: none are forbidden. */
static struct ptl_json *add_object(struct ptl_json *schema, const struct row *rows, size_t count,
                                   struct ptl_json **required_out)
{
    ptl_json_add_string(schema, "type", "object");
    struct ptl_json *required = ptl_json_add_array(schema, "required");
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (size_t i = 0; i < count; i++) {
        ptl_json_add_string(required, NULL, rows[i].key);
        add_type(ptl_json_add_object(properties, rows[i].key), rows[i].type);
    }
    if (required_out != NULL)
        *required_out = required;
    return properties;
}

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static struct ptl_json *add_required(struct ptl_json *properties, struct ptl_json *required,
                                     const char *key)
{
    ptl_json_add_string(required, NULL, key);
    return ptl_json_add_object(properties, key);
}

/* Returns the list, borrowed, for null to be added. */
static struct ptl_json *add_enum(struct ptl_json *schema, const char *const *names, size_t count)
{
    struct ptl_json *list = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < count; i++)
        ptl_json_add_string(list, NULL, names[i]);
    return list;
}

static struct ptl_json *add_items(struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "array");
    return ptl_json_add_object(schema, "items");
}

static void add_ports(struct ptl_json *schema)
{
    add_type(add_items(schema), "p");
    ptl_json_add_bool(schema, "uniqueItems", true);
}

static void add_tool(struct ptl_json *schema)
{
    static const struct row rows[] = {{"name", "s"}, {"version", "s"}};
    add_object(schema, ROWS(rows), NULL);
}

static void add_run(struct ptl_json *schema)
{
    static const struct row rows[] = {
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
    struct ptl_json *required;
    struct ptl_json *properties = add_object(schema, ROWS(rows), &required);
    /* Added after version 1 was out: not required, so that older files stay valid. */
    add_type(ptl_json_add_object(properties, "description"), "s");
    add_type(ptl_json_add_object(properties, "out_of_memory"), "b");
    add_type(ptl_json_add_object(properties, "confirm"), "i");
    struct ptl_json *stopped =
        ptl_json_add_array(add_required(properties, required, "stopped_by"), "enum");
    ptl_json_add_null(stopped, NULL);
    ptl_json_add_string(stopped, NULL, "signal");
    ptl_json_add_string(stopped, NULL, "deadline");
    add_enum(add_items(add_required(properties, required, "states")), ptl_state_names,
             PTL_UNPROBED);
    add_enum(add_required(properties, required, "engine"), ptl_engine_names, 4);
    add_enum(add_required(properties, required, "order"), ptl_order_names, 3);
    struct ptl_json *either =
        ptl_json_add_array(add_required(properties, required, "concurrency"), "anyOf");
    struct ptl_json *number = ptl_json_add_object(either, NULL);
    ptl_json_add_string(number, "type", "integer");
    ptl_json_add_number(number, "minimum", 1);
    ptl_json_add_string(ptl_json_add_object(either, NULL), "const", "unlimited");
}

static void add_summary(struct ptl_json *schema)
{
    static const struct row rows[] = {
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
    static const struct row rtt[] = {{"count", "i"}, {"min", "i?"}, {"p50", "i?"},
                                     {"p90", "i?"},  {"p99", "i?"}, {"max", "i?"}};
    static const struct row judged[] = {{"pass", "i"}, {"fail", "i"}, {"inconclusive", "i"}};
    struct ptl_json *required;
    struct ptl_json *properties = add_object(schema, ROWS(rows), &required);
    add_object(add_required(properties, required, "rtt_us"), ROWS(rtt), NULL);
    add_object(add_required(properties, required, "expectations"), ROWS(judged), NULL);
}

static void add_targets(struct ptl_json *schema)
{
    static const struct row rows[] = {{"input", "s"},      {"host", "s"},     {"ip", "s"},
                                      {"open", "i"},       {"closed", "i"},   {"filtered", "i"},
                                      {"error", "i"},      {"unprobed", "i"}, {"gave_up", "b"},
                                      {"suspicious", "s?"}};
    struct ptl_json *required;
    struct ptl_json *properties = add_object(add_items(schema), ROWS(rows), &required);
    add_ports(add_required(properties, required, "open_ports"));
}

static void add_results(struct ptl_json *schema)
{
    static const struct row rows[] = {{"host", "s"},        {"ip", "s"},       {"port", "p"},
                                      {"reason", "s"},      {"service", "s?"}, {"rtt_us", "i?"},
                                      {"connect_us", "i?"}, {"attempts", "i"}, {"confirmed", "s?"},
                                      {"offset_ms", "i"}};
    struct ptl_json *required;
    struct ptl_json *properties = add_object(add_items(schema), ROWS(rows), &required);
    ptl_json_add_string(add_required(properties, required, "protocol"), "const", "tcp");
    add_enum(add_required(properties, required, "state"), ptl_state_names, PTL_UNPROBED);
}

static void add_lists(struct ptl_json *properties, struct ptl_json *required)
{
    static const struct row unresolved[] = {{"input", "s"}, {"message", "s"}};
    static const struct row expectations[] = {{"host", "s"}, {"ip", "s?"}, {"port", "p?"}};
    add_object(add_items(add_required(properties, required, "unresolved")), ROWS(unresolved), NULL);
    ptl_json_add_string(add_items(add_required(properties, required, "warnings")), "type",
                        "string");
    struct ptl_json *needed;
    struct ptl_json *expectation = add_object(
        add_items(add_required(properties, required, "expectations")), ROWS(expectations), &needed);
    add_enum(add_required(expectation, needed, "expected"), ptl_expected_names, 3);
    ptl_json_add_null(
        add_enum(add_required(expectation, needed, "state"), ptl_state_names, PTL_STATE_COUNT),
        NULL);
    add_enum(add_required(expectation, needed, "verdict"), ptl_verdict_names, PTL_VERDICT_COUNT);
}

/* Of merged results only, so never required. */
static void add_merged(struct ptl_json *properties)
{
    static const struct row runs[] = {{"file", "s"},     {"profile", "s"},  {"profile_sha256", "s"},
                                      {"started", "s"},  {"finished", "s"}, {"elapsed_ms", "n"},
                                      {"complete", "b"}, {"ports", "s"},    {"targets", "i"},
                                      {"probes", "i"}};
    static const struct row ports[] = {{"host", "s"}, {"ip", "s"}, {"port", "p"}};
    static const struct row seen[] = {{"run", "i"}, {"reason", "s?"}};
    add_object(add_items(ptl_json_add_object(properties, "merged")), ROWS(runs), NULL);
    struct ptl_json *required;
    struct ptl_json *port = add_object(add_items(ptl_json_add_object(properties, "disagreements")),
                                       ROWS(ports), &required);
    ptl_json_add_string(add_required(port, required, "protocol"), "const", "tcp");
    struct ptl_json *one =
        add_object(add_items(add_required(port, required, "seen")), ROWS(seen), &required);
    add_enum(add_items(add_required(one, required, "states")), ptl_state_names, PTL_ERROR);
}

void ptl_report_results_schema(struct ptl_buf *buf)
{
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-results/1");
    ptl_json_add_string(schema, "type", "object");
    struct ptl_json *required = ptl_json_add_array(schema, "required");
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    ptl_json_add_string(add_required(properties, required, "schema"), "const",
                        "portolan-results/1");
    add_tool(add_required(properties, required, "tool"));
    add_run(add_required(properties, required, "run"));
    add_summary(add_required(properties, required, "summary"));
    add_ports(add_required(properties, required, "open_ports"));
    add_lists(properties, required);
    add_merged(properties);
    add_targets(add_required(properties, required, "targets"));
    add_results(add_required(properties, required, "results"));
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
