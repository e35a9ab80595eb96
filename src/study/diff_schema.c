/* The JSON Schema of a diff. */
#include "report/schema_rows.h"
#include "study/diff.h"

/* The states that a port can have been in. */
static void add_states(struct ptl_json *schema, bool or_null)
{
    struct ptl_json *types = ptl_json_add_array(schema, "type");
    ptl_json_add_string(types, NULL, "array");
    if (or_null)
        ptl_json_add_string(types, NULL, "null");
    ptl_json_add_number(schema, "minItems", 1);
    ptl_schema_words(ptl_json_add_object(schema, "items"), ptl_state_names, PTL_ERROR);
}

static void add_hosts(struct ptl_schema_object root, const char *key, bool unknown)
{
    static const struct ptl_schema_row rows[] = {{"input", "s"}, {"host", "s"}, {"ip", "s"}};
    static const char *const sides[] = {"old", "new"}, *const whys[] = {"unresolved", "not-listed"};
    struct ptl_schema_object host =
        ptl_schema_object(ptl_schema_items(ptl_schema_member(root, key)), PTL_SCHEMA_ROWS(rows));
    if (unknown) {
        ptl_schema_words(ptl_schema_member(host, "in"), sides, 2);
        ptl_schema_words(ptl_schema_member(host, "why"), whys, 2);
    }
    ptl_schema_type(ptl_schema_items(ptl_schema_member(host, "open_ports")), "p");
}

static void add_ports(struct ptl_schema_object root, const char *key, bool unknown)
{
    static const struct ptl_schema_row rows[] = {
        {"host", "s"}, {"ip", "s"}, {"protocol", "s"}, {"service", "s?"}};
    static const char *const whys[] = {"not-probed", "unprobed", "error", "not-listed"};
    struct ptl_schema_object port =
        ptl_schema_object(ptl_schema_items(ptl_schema_member(root, key)), PTL_SCHEMA_ROWS(rows));
    ptl_schema_type(ptl_schema_member(port, "port"), "p");
    if (unknown)
        ptl_schema_words(ptl_schema_member(port, "why"), whys, 4);
    else
        ptl_schema_words(ptl_schema_member(port, "change"), ptl_change_names, PTL_CHANGE_UNKNOWN);
    add_states(ptl_schema_member(port, "old"), unknown);
    add_states(ptl_schema_member(port, "new"), unknown);
}

void ptl_diff_schema(struct ptl_buf *buf)
{
    static const struct ptl_schema_row tool[] = {{"name", "s"}, {"version", "s"}};
    static const struct ptl_schema_row run[] = {
        {"file", "s"},     {"profile", "s"},  {"profile_sha256", "s"}, {"started", "s"},
        {"finished", "s"}, {"complete", "b"}, {"ports", "s"},          {"targets", "i"},
        {"probes", "i"},   {"open", "i"},     {"closed", "i"},         {"filtered", "i"},
        {"error", "i"},    {"unprobed", "i"}, {"unresolved", "i"}};
    static const struct ptl_schema_row summary[] = {
        {"hosts_compared", "i"}, {"hosts_changed", "i"}, {"hosts_appeared", "i"},
        {"hosts_vanished", "i"}, {"hosts_unknown", "i"}, {"opened", "i"},
        {"closed", "i"},         {"changed", "i"},       {"unknown", "i"}};
    static const struct ptl_schema_row shift[] = {
        {"host", "s"}, {"ip", "s"}, {"open", "d"}, {"closed", "d"}, {"filtered", "d"}};
    static const struct ptl_schema_row different[] = {{"different", "b"}};
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-diff/1");
    struct ptl_schema_object root = ptl_schema_object(schema, PTL_SCHEMA_ROWS(different));
    ptl_json_add_string(ptl_schema_member(root, "schema"), "const", "portolan-diff/1");
    ptl_schema_object(ptl_schema_member(root, "tool"), PTL_SCHEMA_ROWS(tool));
    ptl_schema_object(ptl_schema_member(root, "old"), PTL_SCHEMA_ROWS(run));
    ptl_schema_object(ptl_schema_member(root, "new"), PTL_SCHEMA_ROWS(run));
    ptl_schema_object(ptl_schema_member(root, "summary"), PTL_SCHEMA_ROWS(summary));
    ptl_json_add_string(ptl_schema_items(ptl_schema_member(root, "warnings")), "type", "string");
    add_hosts(root, "appeared", false);
    add_hosts(root, "vanished", false);
    add_hosts(root, "unknown_hosts", true);
    ptl_schema_object(ptl_schema_items(ptl_schema_member(root, "unlisted")),
                      PTL_SCHEMA_ROWS(shift));
    add_ports(root, "changes", false);
    add_ports(root, "unknown", true);
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
