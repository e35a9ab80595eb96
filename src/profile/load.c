/* A profile from its YAML: parse, merge the parents, apply the settings, read the values, check. */
#include "profile/document.h"
#include "profile/extends.h"
#include "profile/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request { /* what to load */
    const char *file;
    const char *base_dir;
    const char *text;
    size_t length;
    const struct ptl_file_id *id; /* NULL: not from a file */
    const struct ptl_setting *settings;
    size_t count;
};

/* Did memory run out, as a problem says, or as one that found no room for itself shows? */
static bool is_out_of_memory(const struct ptl_problems *problems, size_t first, size_t dropped)
{
    for (size_t i = first; i < problems->count; i++)
        if (problems->items[i].code == PTL_E_NO_MEMORY)
            return true;
    return problems->dropped > dropped && problems->count < PTL_PROBLEMS_MAX;
}

static size_t total(const struct ptl_problems *problems)
{
    return problems->count + problems->dropped;
}

static struct ptl_node *parse_root(struct ptl_tree *tree, const struct request *request,
                                   struct ptl_problems *problems)
{
    const struct ptl_source *source = ptl_source_new(tree, request->file, request->base_dir, false);
    size_t before = total(problems);
    struct ptl_node *root = NULL;
    if (source != NULL)
        root = ptl_document_parse(tree, source, request->text, request->length, problems);
    if (tree->failed)
        return NULL;
    if (root != NULL && root->kind == PTL_NODE_MAPPING)
        return root;
    if (total(problems) == before) {
        struct ptl_node start = {.line = 1, .column = 1, .source = source};
        struct ptl_origin origin = ptl_node_origin(root != NULL ? root : &start);
        ptl_problems_at(problems, &origin,
                        root != NULL ? "a profile is a mapping of keys" : "the profile is empty");
    }
    return NULL;
}

/* The last --set extends: it decides where the parents come from, so it is needed first. */
static struct ptl_node *extends_setting(struct ptl_tree *tree, const struct request *request,
                                        struct ptl_problems *problems)
{
    struct ptl_node *node = NULL;
    for (size_t i = 0; i < request->count; i++)
        if (strcmp(request->settings[i].key, "extends") == 0)
            node = ptl_setting_value(tree, &request->settings[i], problems);
    return node;
}

/* The effective tree; NULL after a problem, or without memory. */
static struct ptl_node *build_tree(struct ptl_tree *tree, const struct request *request,
                                   bool *complete, struct ptl_problems *problems)
{
    struct ptl_node *root = parse_root(tree, request, problems);
    if (root == NULL)
        return NULL;
    struct ptl_node *extends = extends_setting(tree, request, problems);
    root = ptl_extends_flatten(tree, root, extends, request->id, complete, problems);
    for (size_t i = 0; root != NULL && i < request->count; i++)
        if (strcmp(request->settings[i].key, "extends") != 0)
            root = ptl_setting_apply(tree, root, &request->settings[i], problems);
    return root;
}

/* What another process needs to load the same profile. */
static bool keep_options(struct ptl_profile *profile, const struct request *request)
{
    struct ptl_buf words;
    bool is_plain = true;
    ptl_buf_init(&words, PTL_OPTIONS_MAX);
    for (size_t i = 0; i < request->count; i++) {
        const struct ptl_setting *one = &request->settings[i];
        if (strcmp(one->key, "shard") == 0)
            continue;
        is_plain = is_plain && strpbrk(one->key, "\n") == NULL && strchr(one->value, '\n') == NULL;
        if (one->option != NULL)
            ptl_buf_printf(&words, "%s\n%s\n", one->option, one->value);
        else
            ptl_buf_printf(&words, "--set\n%s=%s\n", one->key, one->value);
    }
    bool is_out = words.no_memory;
    if (is_plain && !words.failed)
        is_out = (profile->options = ptl_buf_steal(&words)) == NULL;
    ptl_buf_free(&words);
    return !is_out;
}

static enum ptl_status load(const struct request *request, struct ptl_profile **out,
                            struct ptl_problems *problems)
{
    struct ptl_tree tree = {0};
    size_t first = problems->count, dropped = problems->dropped;
    bool complete = true;
    struct ptl_loading loading = {.tree = &tree, .problems = problems};
    *out = NULL;
    struct ptl_node *root = build_tree(&tree, request, &complete, problems);
    if (root != NULL) {
        struct ptl_profile *profile = loading.profile = calloc(1, sizeof(*profile));
        if (profile == NULL || (profile->file = strdup(request->file)) == NULL ||
            !keep_options(profile, request)) {
            loading.no_memory = true;
        } else {
            ptl_values_load(&loading, ptl_fields, ptl_field_count, profile, root);
            ptl_finish_defaults(&loading, root);
            if (!tree.failed && !loading.no_memory) /* else what is missing is not their fault */
                ptl_finish_check(&loading, root, complete);
        }
    }
    bool is_told = is_out_of_memory(problems, first, dropped);
    bool is_out = tree.failed || loading.no_memory || is_told;
    ptl_tree_free(&tree);
    if (is_out || total(problems) > first + dropped) {
        ptl_profile_free(loading.profile);
        if (is_out && !is_told)
            ptl_problems_no_memory(problems);
        return is_out ? PTL_E_NO_MEMORY : PTL_E_INVALID;
    }
    *out = loading.profile;
    return PTL_OK;
}

enum ptl_status ptl_profile_load_text(const char *text, size_t length, const char *file,
                                      const char *base_dir, const struct ptl_setting *settings,
                                      size_t count, struct ptl_profile **profile,
                                      struct ptl_problems *problems)
{
    struct request request = {.file = file,
                              .base_dir = base_dir != NULL ? base_dir : "",
                              .text = text,
                              .length = length,
                              .settings = settings,
                              .count = count};
    return load(&request, profile, problems);
}

enum ptl_status ptl_profile_load(const char *path, const struct ptl_setting *settings, size_t count,
                                 struct ptl_profile **profile, struct ptl_problems *problems)
{
    struct ptl_file_id id;
    struct ptl_error error = {0};
    char *text = NULL;
    size_t length = 0;
    *profile = NULL;
    enum ptl_status status = ptl_file_read(path, true, &text, &length, &id, &error);
    if (status != PTL_OK) {
        snprintf(error.file, sizeof(error.file), "%s", path);
        ptl_problems_add(problems, &error);
        return status;
    }
    char *directory = ptl_file_directory(path);
    if (directory == NULL) {
        free(text);
        return ptl_problems_no_memory(problems);
    }
    struct request request = {.file = path,
                              .base_dir = directory,
                              .text = text,
                              .length = length,
                              .id = &id,
                              .settings = settings,
                              .count = count};
    status = load(&request, profile, problems);
    free(directory);
    free(text);
    return status;
}

void ptl_profile_free(struct ptl_profile *profile)
{
    if (profile == NULL)
        return;
    free(profile->name);
    free(profile->description);
    free(profile->file);
    free(profile->options);
    free(profile->journal);
    free(profile->history_dir);
    ptl_hosts_free(&profile->hosts);
    ptl_texts_free(&profile->hosts_text);
    ptl_hosts_free(&profile->exclude_hosts);
    ptl_texts_free(&profile->exclude_hosts_text);
    ptl_portset_free(profile->ports);
    ptl_portset_free(profile->exclude_ports);
    ptl_portset_free(profile->all_ports);
    ptl_scope_free(&profile->scope);
    ptl_texts_free(&profile->scope_text);
    for (size_t i = 0; i < profile->expect_count; i++) {
        struct ptl_expect *expect = &profile->expects[i];
        ptl_hosts_free(&expect->hosts);
        ptl_texts_free(&expect->hosts_text);
        ptl_portset_free(expect->open);
        ptl_portset_free(expect->closed);
        ptl_portset_free(expect->only);
    }
    free(profile->expects);
    for (size_t i = 0; i < PTL_FORMAT_COUNT; i++)
        free(profile->report_paths[i]);
    free(profile);
}
