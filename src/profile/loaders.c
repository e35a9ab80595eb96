/* Which loader a row has, and the types that hold rows of their own. */
#include "profile/values.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static void load_mapping(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                         const struct ptl_node *node)
{
    if (node->kind != PTL_NODE_MAPPING) {
        ptl_value_problem(loading, field, node, "must be a mapping: %s", field->type_text);
        return;
    }
    const char *around = loading->within;
    loading->within = field->name;
    ptl_values_load(loading, field->children, field->child_count, base, node);
    loading->within = around;
}

/* A port that must be open and closed at once: no scan could ever satisfy it. */
static void check_contradiction(struct ptl_loading *loading, const struct ptl_field *field,
                                const struct ptl_expect *rule, const struct ptl_node *node)
{
    if (rule->closed == NULL || (rule->open == NULL && rule->only == NULL))
        return;
    for (unsigned port = 1; port <= 65535; port++) {
        if (ptl_expect_has_open(rule, (uint16_t)port) &&
            ptl_portset_contains(rule->closed, (uint16_t)port)) {
            ptl_value_problem(loading, field, node, "says that port %u is open and closed", port);
            return;
        }
    }
}

static void load_rule(struct ptl_loading *loading, const struct ptl_field *field,
                      struct ptl_expect *rule, const struct ptl_node *node)
{
    if (node->kind == PTL_NODE_BROKEN)
        return;
    if (node->kind != PTL_NODE_MAPPING) {
        ptl_value_problem(loading, field, node,
                          "entries are mappings of hosts, open, closed, only");
        return;
    }
    rule->line = node->line;
    rule->column = node->column;
    loading->within = field->name;
    ptl_values_load(loading, field->children, field->child_count, rule, node);
    loading->within = NULL;
    if (ptl_node_find(node, "hosts") == NULL)
        ptl_value_problem(loading, field, node, "entry has no hosts");
    if (ptl_node_find(node, "open") == NULL && ptl_node_find(node, "closed") == NULL &&
        ptl_node_find(node, "only") == NULL)
        ptl_value_problem(loading, field, node, "entry has none of open, closed, only");
    check_contradiction(loading, field, rule, node);
}

static void load_expect(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                        const struct ptl_node *node)
{
    struct ptl_profile *profile = base;
    if (node->kind != PTL_NODE_SEQUENCE) {
        ptl_value_problem(loading, field, node, "must be a list of {hosts, open, closed, only}");
        return;
    }
    if (node->count > field->max) {
        ptl_value_problem(loading, field, node, "holds more than %u rules", PTL_EXPECT_MAX);
        return;
    }
    profile->expects = calloc(node->count + 1, sizeof(*profile->expects));
    if (profile->expects == NULL) {
        loading->no_memory = true;
        return;
    }
    profile->expect_count = node->count;
    for (size_t i = 0; i < node->count; i++)
        load_rule(loading, field, &profile->expects[i], node->items[i]);
}

static void load_extends(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                         const struct ptl_node *node)
{
    (void)loading, (void)field, (void)base, (void)node; /* extends.c has followed it */
}

void ptl_value_load(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    static ptl_value_loader *const loaders[] = {
        [PTL_FIELD_NAME] = ptl_load_string,     [PTL_FIELD_STRING] = ptl_load_string,
        [PTL_FIELD_PATH] = ptl_load_string,     [PTL_FIELD_FOLDER] = ptl_load_string,
        [PTL_FIELD_EXTENDS] = load_extends,     [PTL_FIELD_DURATION] = ptl_load_duration,
        [PTL_FIELD_BOOL] = ptl_load_bool,       [PTL_FIELD_INT] = ptl_load_int,
        [PTL_FIELD_ENUM] = ptl_load_enum,       [PTL_FIELD_SHARE] = ptl_load_share,
        [PTL_FIELD_ADDRESS] = ptl_load_address, [PTL_FIELD_HOSTS] = ptl_load_hosts,
        [PTL_FIELD_PORTS] = ptl_load_ports,     [PTL_FIELD_SCOPE] = ptl_load_scope,
        [PTL_FIELD_STATES] = ptl_load_states,   [PTL_FIELD_MAPPING] = load_mapping,
        [PTL_FIELD_EXPECT] = load_expect,       [PTL_FIELD_SHARD] = ptl_load_shard,
    };
    if (node->kind != PTL_NODE_BROKEN)
        loaders[field->type](loading, field, base, node);
}

static void unknown_key(struct ptl_loading *loading, const struct ptl_field *fields, size_t count,
                        const struct ptl_node *key)
{
    const char *names[64];
    for (size_t i = 0; i < count && i < sizeof(names) / sizeof(*names); i++)
        names[i] = fields[i].name;
    const char *near = NULL;
    if (loading->problems->count < PTL_PROBLEMS_MAX && strlen(key->text) <= PTL_NAME_MAX)
        near = ptl_text_nearest(key->text, names, count); /* costs too much to throw away */
    char shown[PTL_SHOWN_SIZE];
    struct ptl_origin origin = ptl_node_origin(key);
    ptl_problems_at(loading->problems, &origin, "unknown key \"%s\"%s%s%s",
                    ptl_shown(key->text, shown), near != NULL ? "; did you mean \"" : "",
                    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

void ptl_values_load(struct ptl_loading *loading, const struct ptl_field *fields, size_t count,
                     void *base, const struct ptl_node *mapping)
{
    for (size_t k = 0; k < mapping->count; k++) {
        const struct ptl_pair *pair = &mapping->pairs[k];
        size_t i = 0;
        while (i < count && strcmp(fields[i].name, pair->key->text) != 0)
            i++;
        if (i < count)
            ptl_value_load(loading, &fields[i], base, pair->value);
        else
            unknown_key(loading, fields, count, pair->key);
    }
}
