#include "profile/extends.h"

#include "profile/document.h"
#include "profile/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct chain {
    struct ptl_tree *tree;
    struct ptl_problems *problems;
    struct ptl_file_id seen[PTL_EXTENDS_MAX + 1];
    size_t seen_count;
};

const struct ptl_source *ptl_source_new(struct ptl_tree *tree, const char *file,
                                        const char *base_dir, bool is_setting)
{
    struct ptl_source *source = ptl_tree_alloc(tree, sizeof(*source));
    char *file_copy = ptl_tree_copy(tree, file, strlen(file));
    char *base_copy = ptl_tree_copy(tree, base_dir, strlen(base_dir));
    if (!source || !file_copy || !base_copy)
        return NULL;
    *source = (struct ptl_source){file_copy, base_copy, is_setting};
    return source;
}

/* A cycle is told by the file itself, not by its name: links and ".." give one file many. */
static bool is_seen(const struct chain *chain, const struct ptl_file_id *id)
{
    for (size_t i = 0; i < chain->seen_count; i++)
        if (chain->seen[i].device == id->device && chain->seen[i].inode == id->inode)
            return true;
    return false;
}

static struct ptl_node *parse_parent(struct chain *chain, const char *path, const char *text,
                                     size_t length)
{
    struct ptl_problems *problems = chain->problems;
    char *directory = ptl_file_directory(path);
    const struct ptl_source *source =
        directory ? ptl_source_new(chain->tree, path, directory, false) : NULL;
    free(directory);
    if (!source) {
        chain->tree->failed = true;
        return NULL;
    }
    size_t before = problems->count + problems->dropped;
    struct ptl_node *parent = ptl_document_parse(chain->tree, source, text, length, problems);
    bool is_told = problems->count + problems->dropped > before || chain->tree->failed;
    if (parent && parent->kind == PTL_NODE_MAPPING)
        return parent;
    struct ptl_origin origin = {.file = source->file, .line = 1, .column = 1};
    if (!is_told)
        ptl_problems_at(problems, &origin, "a profile is a mapping of keys");
    return NULL;
}

/* The profile that `extends` names; NULL after a problem, or without memory. */
static struct ptl_node *load_parent(struct chain *chain, const struct ptl_node *extends)
{
    struct ptl_origin origin = ptl_node_origin(extends);
    char shown[PTL_SHOWN_SIZE];
    if (extends->kind == PTL_NODE_BROKEN)
        return NULL;
    if (extends->kind != PTL_NODE_SCALAR || ptl_node_is_other_than_string(extends) ||
        !*extends->text) {
        ptl_problems_at(chain->problems, &origin, "extends must be the path of a profile");
        return NULL;
    }
    char *path = ptl_file_join(extends->source->base_dir, extends->text);
    char *text = NULL;
    size_t length = 0;
    struct ptl_file_id id;
    struct ptl_error error = {0};
    struct ptl_node *parent = NULL;
    if (!path) {
        chain->tree->failed = true;
    } else if (ptl_file_read(path, false, &text, &length, &id, &error) != PTL_OK) {
        if (error.code == PTL_E_NO_MEMORY)
            chain->tree->failed = true;
        else
            ptl_problems_at(chain->problems, &origin, "extends: %s %s%s%s", ptl_shown(path, shown),
                            error.message, error.sys_errno ? ": " : "",
                            error.sys_errno ? strerror(error.sys_errno) : "");
    } else if (is_seen(chain, &id)) {
        ptl_problems_at(chain->problems, &origin, "extends goes round in a circle: %s",
                        ptl_shown(path, shown));
    } else if (chain->seen_count > PTL_EXTENDS_MAX) {
        ptl_problems_at(chain->problems, &origin, "extends goes more than %d profiles deep",
                        PTL_EXTENDS_MAX);
    } else {
        chain->seen[chain->seen_count++] = id;
        parent = parse_parent(chain, path, text, length);
    }
    free(text);
    free(path);
    return parent;
}

/* What a parent says of itself alone, its name for one, is not its children's. */
static struct ptl_node *without_own(struct ptl_tree *tree, const struct ptl_node *parent)
{
    struct ptl_node *copy = ptl_node_new(tree, PTL_NODE_MAPPING, parent);
    struct ptl_pair *pairs = ptl_tree_alloc(tree, (parent->count + 1) * sizeof(*pairs));
    if (!copy || !pairs)
        return NULL;
    copy->pairs = pairs;
    for (size_t i = 0; i < parent->count; i++) {
        bool is_own = false;
        for (size_t k = 0; k < ptl_field_count; k++)
            if (ptl_fields[k].is_own && strcmp(ptl_fields[k].name, parent->pairs[i].key->text) == 0)
                is_own = true;
        if (!is_own)
            pairs[copy->count++] = parent->pairs[i];
    }
    return copy;
}

struct ptl_node *ptl_extends_flatten(struct ptl_tree *tree, struct ptl_node *root,
                                     const struct ptl_node *instead, const struct ptl_file_id *id,
                                     bool *complete, struct ptl_problems *problems)
{
    struct chain chain = {.tree = tree, .problems = problems};
    struct ptl_node *profiles[PTL_EXTENDS_MAX + 1] = {root};
    size_t count = 1;
    chain.seen_count = 1; /* without a file the zeroed identity matches nothing */
    if (id)
        chain.seen[0] = *id;
    const struct ptl_pair *pair = ptl_node_find(root, "extends");
    const struct ptl_node *extends = instead ? instead : pair ? pair->value : NULL;
    while (extends) {
        struct ptl_node *parent = load_parent(&chain, extends);
        if (!parent) {
            *complete = false;
            break;
        }
        profiles[count++] = parent;
        pair = ptl_node_find(parent, "extends");
        extends = pair ? pair->value : NULL;
    }
    for (size_t i = 1; i < count; i++)
        if (!(profiles[i] = without_own(tree, profiles[i])))
            return NULL;
    struct ptl_node *merged = profiles[--count];
    while (merged && count > 0)
        merged = ptl_node_merge(tree, merged, profiles[--count]);
    return tree->failed ? NULL : merged;
}
