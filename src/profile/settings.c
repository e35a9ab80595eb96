#include "profile/document.h"
#include "profile/extends.h"
#include "profile/fields.h"

#include <string.h>

static const struct ptl_source setting_source = {"--set", "", true};
static const struct ptl_node setting_place = {.source = &setting_source};

static const struct ptl_field *find(const struct ptl_field *fields, size_t count, const char *name,
                                    size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(fields[i].name) == length && memcmp(fields[i].name, name, length) == 0)
            return &fields[i];
    return NULL;
}

#define DEPTH 3 /* of keys within keys: history.keep.all */

/* The field of a key whose value is text; NULL: it is none. */
static const struct ptl_field *text_field(const char *key)
{
    const struct ptl_field *fields = ptl_fields, *field = NULL;
    size_t count = ptl_field_count;
    for (int depth = 0; depth < DEPTH; depth++) {
        size_t length = strcspn(key, ".");
        field = find(fields, count, key, length);
        if (field == NULL || key[length] == '\0')
            break;
        fields = field->children;
        count = field->child_count;
        key += length + 1;
    }
    bool is_text =
        field != NULL && (field->type == PTL_FIELD_NAME || field->type == PTL_FIELD_STRING ||
                          field->type == PTL_FIELD_PATH || field->type == PTL_FIELD_FOLDER ||
                          field->type == PTL_FIELD_EXTENDS);
    return is_text ? field : NULL;
}

static struct ptl_node *scalar_at(struct ptl_tree *tree, const struct ptl_node *place,
                                  const char *text, size_t length)
{
    struct ptl_node *node = ptl_node_new(tree, PTL_NODE_SCALAR, place);
    if (node == NULL)
        return NULL;
    node->text = ptl_tree_copy(tree, text, length);
    node->count = length;
    return node->text != NULL ? node : NULL;
}

static struct ptl_node *scalar(struct ptl_tree *tree, const char *text, size_t length)
{
    return scalar_at(tree, &setting_place, text, length);
}

struct ptl_node *ptl_setting_value(struct ptl_tree *tree, const struct ptl_setting *setting,
                                   struct ptl_problems *problems)
{
    const char *value = setting->value;
    struct ptl_problems found = {0};
    const struct ptl_source *source =
        setting->option != NULL ? ptl_source_new(tree, setting->option, "", true) : &setting_source;
    if (source == NULL)
        return NULL;
    struct ptl_node place = {.source = source};
    bool is_list = *value == '[' && strcmp(setting->key, "extends") == 0;
    const struct ptl_field *field = setting->option == NULL ? text_field(setting->key) : NULL;
    bool is_text =
        setting->option != NULL || (field != NULL && !is_list && *value != '"' && *value != '\'');
    struct ptl_node *node =
        is_text ? NULL : ptl_document_parse(tree, &setting_source, value, strlen(value), &found);
    /* The bytes of a text are held to the same rules as a file's. */
    if (is_text && ptl_document_check(source, value, strlen(value), &found))
        node = scalar_at(tree, &place, value, strlen(value));
    /* The field's word for nothing is that, as without quotes in a file. */
    if (is_text && node != NULL && field != NULL && field->special != NULL)
        node->plain = strcmp(value, field->special) == 0;
    for (size_t i = 0; i < found.count; i++) {
        char shown[PTL_SHOWN_SIZE];
        ptl_error_wrap(&found.items[i], "%s", ptl_shown(setting->key, shown));
        ptl_problems_add(problems, &found.items[i]);
    }
    problems->dropped += found.dropped;
    bool is_empty = node == NULL && found.count + found.dropped == 0 && !tree->failed;
    ptl_problems_free(&found);
    if (is_empty) { /* nothing, or a comment only */
        node = scalar(tree, "", 0);
        if (node != NULL)
            node->plain = true;
    }
    return node;
}

/* A copy of the mapping with the key, which may lie deeper, set. NULL: no memory. */
static struct ptl_node *with(struct ptl_tree *tree, const struct ptl_node *mapping,
                             const char *path, struct ptl_node *value, int depth)
{
    const char *dot = depth < DEPTH ? strchr(path, '.') : NULL;
    struct ptl_node *key = scalar(tree, path, dot != NULL ? (size_t)(dot - path) : strlen(path));
    if (key == NULL)
        return NULL;
    if (dot != NULL) {
        const struct ptl_pair *old = ptl_node_find(mapping, key->text);
        const struct ptl_node *inner = old != NULL && old->value->kind == PTL_NODE_MAPPING
                                           ? old->value
                                           : ptl_node_new(tree, PTL_NODE_MAPPING, &setting_place);
        value = inner != NULL ? with(tree, inner, dot + 1, value, depth + 1) : NULL;
    }
    return value != NULL ? ptl_node_with(tree, mapping, key, value) : NULL;
}

struct ptl_node *ptl_setting_apply(struct ptl_tree *tree, struct ptl_node *root,
                                   const struct ptl_setting *setting, struct ptl_problems *problems)
{
    struct ptl_node *value = ptl_setting_value(tree, setting, problems);
    if (value == NULL)
        return tree->failed ? NULL : root;
    return with(tree, root, setting->key, value, 1);
}
