#include "profile/extends.h"

#include "profile/document.h"
#include "profile/fields.h"

#include <stdlib.h>
#include <string.h>

/* A profile that was read: what takes it in again by the same path, as in a diamond, shares it. */
struct parent {
    struct parent *next;
    const char *path;
    struct ptl_file_id id;
    struct ptl_node *root; /* less what it says of itself alone; NULL: it could not be had */
    const struct ptl_node *extends;
    bool is_incomplete; /* it, or what it extends, could not be had, and that was told */
};

/* The way through the tree of profiles, from the root down to where it stands. */
struct walk {
    struct ptl_tree *tree;
    struct ptl_problems *problems;
    struct ptl_file_id way[PTL_EXTENDS_MAX + 1];
    size_t depth;
    struct parent *parents;
    size_t followed; /* entries of `extends`: each diamond on top of another doubles them */
};

static struct ptl_node *flatten(struct walk *walk, struct ptl_node *profile,
                                const struct ptl_node *extends, bool *complete);

const struct ptl_source *ptl_source_new(struct ptl_tree *tree, const char *file,
                                        const char *base_dir, bool is_setting)
{
    struct ptl_source *source = ptl_tree_alloc(tree, sizeof(*source));
    char *file_copy = ptl_tree_copy(tree, file, strlen(file));
    char *base_copy = ptl_tree_copy(tree, base_dir, strlen(base_dir));
    if (source == NULL || file_copy == NULL || base_copy == NULL)
        return NULL;
    *source = (struct ptl_source){file_copy, base_copy, is_setting};
    return source;
}

/* A cycle is told by the file itself, not by its name: links and ".." give one file many. */
static bool is_on_the_way(const struct walk *walk, const struct ptl_file_id *id)
{
    for (size_t i = 0; i < walk->depth; i++)
        if (walk->way[i].device == id->device && walk->way[i].inode == id->inode)
            return true;
    return false;
}

static struct ptl_node *parse_parent(struct walk *walk, const char *path, const char *text,
                                     size_t length)
{
    struct ptl_problems *problems = walk->problems;
    char *directory = ptl_file_directory(path);
    const struct ptl_source *source =
        directory != NULL ? ptl_source_new(walk->tree, path, directory, false) : NULL;
    free(directory);
    if (source == NULL) {
        walk->tree->failed = true;
        return NULL;
    }
    size_t before = problems->count + problems->dropped;
    struct ptl_node *parent = ptl_document_parse(walk->tree, source, text, length, problems);
    bool is_told = problems->count + problems->dropped > before || walk->tree->failed;
    if (parent != NULL && parent->kind == PTL_NODE_MAPPING)
        return parent;
    struct ptl_origin origin = {.file = source->file, .line = 1, .column = 1};
    if (!is_told)
        ptl_problems_at(problems, &origin, "a profile is a mapping of keys");
    return NULL;
}

/* What a parent says of itself alone, its name for one, is not its children's. */
static struct ptl_node *without_own(struct ptl_tree *tree, const struct ptl_node *parent)
{
    struct ptl_node *copy = ptl_node_new(tree, PTL_NODE_MAPPING, parent);
    struct ptl_pair *pairs = ptl_tree_alloc(tree, (parent->count + 1) * sizeof(*pairs));
    if (copy == NULL || pairs == NULL)
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

/* May the walk go down into this file? Tells where not. */
static bool may_enter(struct walk *walk, const struct ptl_origin *origin, const char *path,
                      const struct ptl_file_id *id)
{
    char shown[PTL_SHOWN_SIZE];
    if (is_on_the_way(walk, id))
        ptl_problems_at(walk->problems, origin, "extends goes round in a circle: %s",
                        ptl_shown(path, shown));
    else if (walk->depth > PTL_EXTENDS_MAX)
        ptl_problems_at(walk->problems, origin, "extends goes more than %d profiles deep",
                        PTL_EXTENDS_MAX);
    else
        return true;
    return false;
}

/* The parent of that path, read where it was not yet. NULL: it cannot be had, and that was told. */
static struct parent *get_parent(struct walk *walk, const struct ptl_origin *origin,
                                 const char *path)
{
    for (struct parent *parent = walk->parents; parent != NULL; parent = parent->next)
        if (strcmp(parent->path, path) == 0)
            return may_enter(walk, origin, path, &parent->id) ? parent : NULL;
    char shown[PTL_SHOWN_SIZE];
    char *text = NULL;
    size_t length = 0;
    struct ptl_error error = {0};
    struct parent *parent = ptl_tree_alloc(walk->tree, sizeof(*parent));
    if (parent == NULL || (parent->path = ptl_tree_copy(walk->tree, path, strlen(path))) == NULL)
        return NULL;
    if (ptl_file_read(path, false, &text, &length, &parent->id, &error) != PTL_OK) {
        if (error.code == PTL_E_NO_MEMORY)
            walk->tree->failed = true;
        else
            ptl_problems_at(walk->problems, origin, "extends: %s %s%s%s", ptl_shown(path, shown),
                            error.message, error.sys_errno ? ": " : "",
                            error.sys_errno ? strerror(error.sys_errno) : "");
        return NULL;
    }
    if (!may_enter(walk, origin, path, &parent->id)) {
        free(text);
        return NULL;
    }
    struct ptl_node *root = parse_parent(walk, path, text, length);
    free(text);
    const struct ptl_pair *pair = ptl_node_find(root, "extends");
    parent->extends = pair != NULL ? pair->value : NULL;
    parent->root = root != NULL ? without_own(walk->tree, root) : NULL;
    parent->is_incomplete = parent->root == NULL;
    parent->next = walk->parents;
    walk->parents = parent;
    return parent;
}

/* The profile that one entry names, over its own parents. NULL: it cannot be had. *complete turns
 * false then, and where one of its parents cannot be had. */
static struct ptl_node *follow(struct walk *walk, const struct ptl_node *entry, const char *what,
                               bool *complete)
{
    *complete = false;
    struct ptl_origin origin = ptl_node_origin(entry);
    if (entry->kind == PTL_NODE_BROKEN || walk->followed > PTL_PARENTS_MAX)
        return NULL;
    if (entry->kind != PTL_NODE_SCALAR || ptl_node_is_other_than_string(entry) || !*entry->text) {
        ptl_problems_at(walk->problems, &origin, "%s", what);
        return NULL;
    }
    if (++walk->followed > PTL_PARENTS_MAX) {
        ptl_problems_at(walk->problems, &origin,
                        "extends takes in more than %d profiles, each counted as often as it is "
                        "named",
                        PTL_PARENTS_MAX);
        return NULL;
    }
    char *path = ptl_file_join(entry->source->base_dir, entry->text);
    if (path == NULL)
        walk->tree->failed = true;
    struct parent *parent = path != NULL ? get_parent(walk, &origin, path) : NULL;
    free(path);
    if (parent == NULL || parent->is_incomplete)
        return NULL;
    *complete = true;
    walk->way[walk->depth++] = parent->id;
    struct ptl_node *merged = flatten(walk, parent->root, parent->extends, complete);
    walk->depth--;
    parent->is_incomplete = !*complete;
    return merged;
}

/* `profile` over what its `extends` names, later entries over earlier ones. NULL: no memory. */
static struct ptl_node *flatten(struct walk *walk, struct ptl_node *profile,
                                const struct ptl_node *extends, bool *complete)
{
    struct ptl_node *merged = NULL;
    bool is_list = extends != NULL && extends->kind == PTL_NODE_SEQUENCE;
    size_t count = is_list ? extends->count : extends != NULL ? 1 : 0;
    if (is_list && count == 0) {
        struct ptl_origin origin = ptl_node_origin(extends);
        ptl_problems_at(walk->problems, &origin, "extends is an empty list");
        *complete = false;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_whole;
        struct ptl_node *parent =
            follow(walk, is_list ? extends->items[i] : extends,
                   is_list ? "each entry of extends must be the path of a profile"
                           : "extends must be the path of a profile, or a list of such paths",
                   &is_whole);
        if (!is_whole)
            *complete = false;
        if (parent != NULL)
            merged = merged != NULL ? ptl_node_merge(walk->tree, merged, parent) : parent;
        if (walk->tree->failed)
            return NULL;
    }
    return merged != NULL ? ptl_node_merge(walk->tree, merged, profile) : profile;
}

struct ptl_node *ptl_extends_flatten(struct ptl_tree *tree, struct ptl_node *root,
                                     const struct ptl_node *instead, const struct ptl_file_id *id,
                                     bool *complete, struct ptl_problems *problems)
{
    /* Without a file the zeroed identity matches nothing. */
    struct walk walk = {.tree = tree, .problems = problems, .depth = 1};
    if (id != NULL)
        walk.way[0] = *id;
    const struct ptl_pair *pair = ptl_node_find(root, "extends");
    return flatten(&walk, root,
                   instead != NULL ? instead
                   : pair != NULL  ? pair->value
                                   : NULL,
                   complete);
}
