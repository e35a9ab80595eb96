/* The loaders of the types that take lists. */
#include "profile/values.h"

#include "base/array.h"
#include "base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ptl_texts_add(struct ptl_texts *texts, const char *text)
{
    if (!PTL_ROOM_FOR_FEW(texts->items, texts->count))
        return false;
    texts->items[texts->count] = strdup(text);
    return texts->items[texts->count] != NULL && ++texts->count;
}

void ptl_texts_free(struct ptl_texts *texts)
{
    ptl_text_list_free(texts->items, texts->count);
    *texts = (struct ptl_texts){0};
}

/* A lone value is a list of one: sets *items to what to walk. */
static size_t as_list(const struct ptl_node *const *node, const struct ptl_node *const **items)
{
    const struct ptl_node *list = *node;
    if (list->kind != PTL_NODE_SEQUENCE) {
        *items = node;
        return 1;
    }
    *items = (const struct ptl_node *const *)list->items;
    return list->count;
}

/* An entry `file: PATH`, written as a string or as a mapping of one key; NULL: no such thing. */
static const char *file_of(const struct ptl_node *node)
{
    if (node->kind == PTL_NODE_MAPPING && node->count == 1 &&
        strcmp(node->pairs[0].key->text, "file") == 0 &&
        node->pairs[0].value->kind == PTL_NODE_SCALAR) {
        const struct ptl_node *path = node->pairs[0].value;
        if (ptl_node_is_null(path))
            return "";
        return ptl_node_is_other_than_string(path) ? NULL : path->text;
    }
    if (node->kind == PTL_NODE_SCALAR && strncmp(node->text, "file:", 5) == 0)
        return node->text + 5 + strspn(node->text + 5, " \t");
    return NULL;
}

/* "file: /absolute/path": what `show` prints must load from any directory. */
static char *absolute_entry(const char *base_dir, const char *path)
{
    char directory[PATH_MAX] = "";
    if (*path != '/' && *base_dir != '/' && getcwd(directory, sizeof(directory)) == NULL)
        directory[0] = '\0';
    char *entry = NULL;
    bool has_base = *path != '/' && *base_dir;
    if (asprintf(&entry, "file: %s%s%s%s%s", directory, *directory ? "/" : "",
                 has_base ? base_dir : "", has_base ? "/" : "", path) < 0)
        return NULL;
    return entry;
}

static void load_host(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                      const struct ptl_node *node);

/* "a, b", as `ports` takes it: each piece is an entry of its own. */
static void load_pieces(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                        const struct ptl_node *node)
{
    const char *at = node->text;
    for (;;) {
        at += strspn(at, " \t");
        size_t whole = strcspn(at, ","), length = whole;
        while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
            length--;
        struct ptl_node piece = *node;
        piece.plain = false; /* a part of a string is a string */
        piece.text = ptl_tree_copy(loading->tree, at, length);
        piece.count = length;
        if (piece.text == NULL)
            return;
        if (length == 0)
            ptl_value_problem(loading, field, node, "has an empty piece between its commas");
        else
            load_host(loading, field, base, &piece);
        if (at[whole] == '\0')
            return;
        at += whole + 1;
    }
}

static void load_host(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                      const struct ptl_node *node)
{
    struct ptl_hosts *hosts = (void *)((char *)base + field->offset);
    struct ptl_texts *texts = (void *)((char *)base + field->text_offset);
    struct ptl_origin origin = ptl_node_origin(node);
    const char *file = file_of(node);
    if (node->kind == PTL_NODE_BROKEN)
        return;
    if (file == NULL && node->kind != PTL_NODE_SCALAR) {
        ptl_value_problem(loading, field, node, "entries are strings, or file: PATH");
        return;
    }
    if (file == NULL && ptl_node_is_other_than_string(node)) {
        ptl_value_problem(loading, field, node,
                          ptl_node_is_null(node) ? "has an entry without a value"
                                                 : "entries are strings, or file: PATH");
        return;
    }
    if (file != NULL && !*file) {
        ptl_value_problem(loading, field, node, "names a file without a path");
        return;
    }
    if (file == NULL && strchr(node->text, ',') != NULL) {
        load_pieces(loading, field, base, node);
        return;
    }
    char *entry = file != NULL ? absolute_entry(node->source->base_dir, file) : strdup(node->text);
    if (entry == NULL || !ptl_texts_add(texts, entry)) {
        loading->no_memory = true;
        free(entry);
        return;
    }
    free(entry);
    char *relative = NULL;
    if (file != NULL && asprintf(&relative, "file: %s", file) < 0) {
        loading->no_memory = true;
        return;
    }
    hosts->file_bytes = loading->hosts_bytes;
    hosts->is_exclude = field->is_exclude;
    ptl_hosts_add(hosts, file != NULL ? relative : node->text, &origin, node->source->base_dir,
                  loading->problems);
    loading->hosts_bytes = hosts->file_bytes;
    free(relative);
}

void ptl_load_hosts(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    const struct ptl_node *const *items;
    size_t count = as_list(&node, &items);
    const struct ptl_hosts *hosts = (const void *)((const char *)base + field->offset);
    const struct ptl_problems *problems = loading->problems;
    size_t before = problems->count + problems->dropped;
    if (count == 0 && field->required)
        ptl_value_problem(loading, field, node, "is empty");
    for (size_t i = 0; i < count; i++)
        load_host(loading, field, base, items[i]);
    /* A list that a script wrote, and left empty: neither a scan nor an expectation of nothing. */
    if (field->required && hosts->count == 0 && problems->count + problems->dropped == before &&
        !loading->no_memory && !loading->tree->failed)
        ptl_value_problem(loading, field, node, "names no host: the files that it names hold none");
}

void ptl_load_ports(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    const struct ptl_node *const *items;
    size_t count = as_list(&node, &items);
    struct ptl_portset **set = (void *)((char *)base + field->offset);
    if (count == 0 && field->required) {
        ptl_value_problem(loading, field, node, "is empty");
        return;
    }
    if (*set == NULL && (*set = ptl_portset_new()) == NULL) {
        loading->no_memory = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct ptl_error error = {0};
        if (items[i]->kind == PTL_NODE_BROKEN)
            continue;
        if (items[i]->kind != PTL_NODE_SCALAR)
            ptl_value_problem(loading, field, items[i], "entries are numbers or strings");
        else if (ptl_node_is_null(items[i]))
            ptl_value_problem(loading, field, items[i], "has no value");
        else if (ptl_portset_add(*set, items[i]->text, &error) != PTL_OK)
            ptl_value_error(loading, field, items[i], &error);
    }
}

void ptl_load_scope(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                    const struct ptl_node *node)
{
    struct ptl_profile *profile = base;
    size_t before = loading->problems->count + loading->problems->dropped;
    const struct ptl_node *const *items;
    size_t count = as_list(&node, &items);
    for (size_t i = 0; i < count; i++) {
        const struct ptl_node *item = items[i];
        struct ptl_error error = {0};
        if (item->kind == PTL_NODE_BROKEN)
            continue;
        if (item->kind != PTL_NODE_SCALAR || ptl_node_is_other_than_string(item))
            ptl_value_problem(loading, field, item, "entries are strings");
        else if (ptl_scope_add(&profile->scope, item->text, &error) != PTL_OK)
            ptl_value_error(loading, field, item, &error);
        else if (!ptl_texts_add(&profile->scope_text, item->text))
            loading->no_memory = true;
    }
    loading->scope_broken = loading->problems->count + loading->problems->dropped > before;
}

void ptl_load_states(struct ptl_loading *loading, const struct ptl_field *field, void *base,
                     const struct ptl_node *node)
{
    bool *states = (void *)((char *)base + field->offset);
    if (node->kind != PTL_NODE_SEQUENCE) {
        ptl_value_problem(loading, field, node, "must be a list, as [open, closed]");
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct ptl_node *item = node->items[i];
        size_t k = 0;
        while (item->kind == PTL_NODE_SCALAR && k < field->word_count &&
               strcmp(item->text, field->words[k]) != 0)
            k++;
        if (item->kind == PTL_NODE_SCALAR && k < field->word_count)
            states[k] = true;
        else if (item->kind != PTL_NODE_BROKEN)
            ptl_value_problem(loading, field, item, "entries are open, closed, filtered and error");
    }
}
