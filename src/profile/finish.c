/* What no single value tells: defaults, what is missing, what contradicts. */
#include "profile/values.h"

#include "profile/document.h"

#include <stdlib.h>
#include <string.h>

#define CONCURRENCY_OF_THREADS 512

static const struct ptl_source default_source = {"default", "", false};

/* Defaults go through the door that values come in by, so that both mean the same. */
static void load_defaults(struct ptl_loading *loading, const struct ptl_field *fields, size_t count,
                          void *base, const struct ptl_node *mapping)
{
    for (size_t i = 0; i < count; i++) {
        const struct ptl_field *field = &fields[i];
        const struct ptl_pair *pair = ptl_node_find(mapping, field->name);
        if (field->type == PTL_FIELD_MAPPING)
            load_defaults(loading, field->children, field->child_count, base,
                          pair != NULL ? pair->value : NULL);
        if (pair != NULL || field->fallback == NULL)
            continue;
        struct ptl_node *node = ptl_document_parse(loading->tree, &default_source, field->fallback,
                                                   strlen(field->fallback), loading->problems);
        if (node != NULL)
            ptl_value_load(loading, field, base, node);
    }
}

char *ptl_profile_stem(const char *file)
{
    if (strcmp(file, "-") == 0)
        return strdup("stdin");
    const char *slash = strrchr(file, '/');
    char *name = strndup(slash != NULL ? slash + 1 : file, 255);
    if (name == NULL)
        return NULL;
    char *dot = strrchr(name, '.');
    if (dot != NULL && dot != name && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0))
        *dot = '\0';
    for (char *c = name; *c; c++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-", *c) == NULL)
            *c = '-';
    if (strlen(name) > PTL_NAME_MAX)
        name[PTL_NAME_MAX] = '\0';
    if (*name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        return name;
    free(name);
    return strdup("profile");
}

void ptl_finish_defaults(struct ptl_loading *loading, const struct ptl_node *root)
{
    struct ptl_profile *profile = loading->profile;
    loading->tree->weight = loading->tree->bytes = 0; /* the bounds are for what users write */
    load_defaults(loading, ptl_fields, ptl_field_count, profile, root);
    if (profile->name == NULL && (profile->name = ptl_profile_stem(profile->file)) == NULL)
        loading->no_memory = true;
    if (ptl_node_find(root, "concurrency") == NULL)
        profile->concurrency = profile->engine == PTL_ENGINE_EVENTS    ? PTL_CONCURRENCY_UNLIMITED
                               : profile->engine == PTL_ENGINE_THREADS ? CONCURRENCY_OF_THREADS
                                                                       : PTL_CONCURRENCY_AUTO;
    for (size_t i = 0; i < PTL_FORMAT_COUNT; i++)
        profile->report_given = profile->report_given || profile->report_paths[i] != NULL;
    if (!profile->report_given && (profile->report_paths[PTL_FORMAT_TEXT] = strdup("-")) == NULL)
        loading->no_memory = true;
    profile->report_states[PTL_ERROR] = true; /* a failure of ours is never left out */
}

static void take_ports_out(struct ptl_loading *loading, const struct ptl_node *root)
{
    struct ptl_profile *profile = loading->profile;
    if (profile->all_ports == NULL || ptl_portset_count(profile->all_ports) == 0)
        return;
    profile->ports = ptl_portset_new();
    if (profile->ports == NULL) {
        loading->no_memory = true;
        return;
    }
    for (unsigned port = 1; port <= 65535; port++)
        if (ptl_portset_contains(profile->all_ports, (uint16_t)port))
            ptl_portset_add_port(profile->ports, (uint16_t)port);
    if (profile->exclude_ports != NULL)
        ptl_portset_remove_set(profile->ports, profile->exclude_ports);
    const struct ptl_pair *pair = ptl_node_find(root, "exclude_ports");
    if (ptl_portset_count(profile->ports) == 0) {
        struct ptl_origin origin = ptl_node_origin(pair != NULL ? pair->value : root);
        ptl_problems_at(loading->problems, &origin, "exclude_ports leaves no port to scan");
    } else if (ptl_portset_seal(profile->ports) == NULL) {
        loading->no_memory = true;
    }
}

static bool check_expected(struct ptl_loading *loading, const struct ptl_portset *set,
                           const struct ptl_origin *origin)
{
    for (unsigned port = 1; set != NULL && port <= 65535; port++) {
        if (ptl_portset_contains(set, (uint16_t)port) &&
            !ptl_portset_contains(loading->profile->ports, (uint16_t)port)) {
            ptl_problems_at(loading->problems, origin,
                            "expect names port %u, which is not among the ports to scan", port);
            return false;
        }
    }
    return true;
}

/* What is expected of a port that is not scanned could never be judged. */
static void check_expectations(struct ptl_loading *loading, const struct ptl_node *root)
{
    const struct ptl_profile *profile = loading->profile;
    const struct ptl_pair *pair = ptl_node_find(root, "expect");
    if (pair == NULL || profile->ports == NULL || pair->value->kind != PTL_NODE_SEQUENCE)
        return;
    for (size_t i = 0; i < profile->expect_count; i++) {
        struct ptl_origin origin = ptl_node_origin(pair->value->items[i]);
        const struct ptl_expect *rule = &profile->expects[i];
        if (check_expected(loading, rule->open, &origin) &&
            check_expected(loading, rule->closed, &origin))
            check_expected(loading, rule->only, &origin);
    }
}

void ptl_finish_check(struct ptl_loading *loading, const struct ptl_node *root, bool complete)
{
    for (size_t i = 0; complete && i < ptl_field_count; i++) {
        const struct ptl_field *field = &ptl_fields[i];
        if (field->required && ptl_node_find(root, field->name) == NULL) {
            struct ptl_origin origin = ptl_node_origin(root);
            ptl_problems_at(loading->problems, &origin, "%s is missing: %s", field->name,
                            field->summary);
        }
    }
    take_ports_out(loading, root);
    check_expectations(loading, root);
    ptl_scope_check(loading, root);
}
