/* The JSON Schema of a diff. */
#include "portolan/json.h"
#include "study/diff.h"

#include <string.h>

/* A member: s string, i whole number from 0 on, b boolean, d whole number of either sign; "?":
 * or null. */
struct row {
    const char *key, *type;
};
#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static void add_type(struct ptl_json *schema, const char *type)
{
    static const char *const letters = "sibd";
    static const char *const names[] = {"string", "integer", "boolean", "integer"};
    const char *name = names[strchr(letters, type[0]) - letters];
    if (type[1] == '?') {
        struct ptl_json *either = ptl_json_add_array(schema, "type");
        ptl_json_add_string(either, NULL, name);
        ptl_json_add_string(either, NULL, "null");
    } else {
        ptl_json_add_string(schema, "type", name);
    }
    if (type[0] == 'i')
        ptl_json_add_number(schema, "minimum", 0);
}

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

static void add_words(struct ptl_json *schema, const char *const *words, size_t count)
{
    struct ptl_json *list = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < count; i++)
        ptl_json_add_string(list, NULL, words[i]);
}

static void add_port(struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "integer");
    ptl_json_add_number(schema, "minimum", 1);
    ptl_json_add_number(schema, "maximum", 65535);
}

/* The states that a port can have been in. */
static void add_states(struct ptl_json *schema, bool or_null)
{
    struct ptl_json *types = ptl_json_add_array(schema, "type");
    ptl_json_add_string(types, NULL, "array");
    if (or_null)
        ptl_json_add_string(types, NULL, "null");
    ptl_json_add_number(schema, "minItems", 1);
    add_words(ptl_json_add_object(schema, "items"), ptl_state_names, PTL_ERROR);
}

static void add_hosts(struct object root, const char *key, bool unknown)
{
    static const struct row rows[] = {{"input", "s"}, {"host", "s"}, {"ip", "s"}};
    static const char *const sides[] = {"old", "new"}, *const whys[] = {"unresolved", "not-listed"};
    struct object host = begin(add_items(add(root, key)), ROWS(rows));
    if (unknown) {
        add_words(add(host, "in"), sides, 2);
        add_words(add(host, "why"), whys, 2);
    }
    add_port(add_items(add(host, "open_ports")));
}

static void add_ports(struct object root, const char *key, bool unknown)
{
    static const struct row rows[] = {
        {"host", "s"}, {"ip", "s"}, {"protocol", "s"}, {"service", "s?"}};
    static const char *const whys[] = {"not-probed", "unprobed", "error", "not-listed"};
    struct object port = begin(add_items(add(root, key)), ROWS(rows));
    add_port(add(port, "port"));
    if (unknown)
        add_words(add(port, "why"), whys, 4);
    else
        add_words(add(port, "change"), ptl_change_names, PTL_CHANGE_UNKNOWN);
    add_states(add(port, "old"), unknown);
    add_states(add(port, "new"), unknown);
}

void ptl_diff_schema(struct ptl_buf *buf)
{
    static const struct row tool[] = {{"name", "s"}, {"version", "s"}};
    static const struct row run[] = {{"file", "s"},    {"profile", "s"},  {"profile_sha256", "s"},
                                     {"started", "s"}, {"finished", "s"}, {"complete", "b"},
                                     {"ports", "s"},   {"targets", "i"},  {"probes", "i"},
                                     {"open", "i"},    {"closed", "i"},   {"filtered", "i"},
                                     {"error", "i"},   {"unprobed", "i"}, {"unresolved", "i"}};
    static const struct row summary[] = {
        {"hosts_compared", "i"}, {"hosts_changed", "i"}, {"hosts_appeared", "i"},
        {"hosts_vanished", "i"}, {"hosts_unknown", "i"}, {"opened", "i"},
        {"closed", "i"},         {"changed", "i"},       {"unknown", "i"}};
    static const struct row shift[] = {
        {"host", "s"}, {"ip", "s"}, {"open", "d"}, {"closed", "d"}, {"filtered", "d"}};
    static const struct row different[] = {{"different", "b"}};
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan-diff/1");
    struct object root = begin(schema, ROWS(different));
    ptl_json_add_string(add(root, "schema"), "const", "portolan-diff/1");
    begin(add(root, "tool"), ROWS(tool));
    begin(add(root, "old"), ROWS(run));
    begin(add(root, "new"), ROWS(run));
    begin(add(root, "summary"), ROWS(summary));
    ptl_json_add_string(add_items(add(root, "warnings")), "type", "string");
    add_hosts(root, "appeared", false);
    add_hosts(root, "vanished", false);
    add_hosts(root, "unknown_hosts", true);
    begin(add_items(add(root, "unlisted")), ROWS(shift));
    add_ports(root, "changes", false);
    add_ports(root, "unknown", true);
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
