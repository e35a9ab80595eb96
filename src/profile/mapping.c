/* The pairs of a mapping: `<<` merged, duplicates found by sorting, so that ten thousand keys cost
 * no more than their sort. */
#include "profile/node.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    struct ptl_pair pair;
    size_t rank;                  /* written pairs in order, then merged ones in order */
    bool merged;                  /* came through `<<`: gives way without a word */
    const struct ptl_node *first; /* the key that was there before; NULL: none */
};

static int by_key(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = strcmp(left->pair.key->text, right->pair.key->text);
    return order ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

static int by_rank(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return (left->rank > right->rank) - (left->rank < right->rank);
}

static bool is_merge_key(const struct ptl_node *key)
{
    return key->kind == PTL_NODE_SCALAR && key->plain && strcmp(key->text, "<<") == 0;
}

/* The mappings that a `<<` names: itself, or the items of its list. */
static struct ptl_node *const *merge_sources(struct ptl_node *const *value, size_t *count)
{
    if ((*value)->kind == PTL_NODE_SEQUENCE) {
        *count = (*value)->count;
        return (*value)->items;
    }
    *count = 1;
    return value;
}

static size_t count_merged(struct ptl_node *const *children, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i + 1 < count; i += 2) {
        if (!is_merge_key(children[i]))
            continue;
        size_t sources;
        struct ptl_node *const *source = merge_sources(&children[i + 1], &sources);
        for (size_t k = 0; k < sources; k++)
            if (source[k]->kind == PTL_NODE_MAPPING)
                total += source[k]->count;
    }
    return total;
}

static void add_merged(struct entry *entries, size_t *used, struct ptl_node *const *value,
                       struct ptl_problems *problems)
{
    size_t sources;
    struct ptl_node *const *source = merge_sources(value, &sources);
    for (size_t k = 0; k < sources; k++) {
        if (source[k]->kind == PTL_NODE_SCALAR || source[k]->kind == PTL_NODE_SEQUENCE) {
            struct ptl_origin origin = ptl_node_origin(source[k]);
            ptl_problems_at(problems, &origin, "<< takes a mapping or a list of mappings");
        }
        if (source[k]->kind != PTL_NODE_MAPPING)
            continue;
        for (size_t i = 0; i < source[k]->count; i++) {
            entries[*used] =
                (struct entry){.pair = source[k]->pairs[i], .rank = *used, .merged = true};
            ++*used;
        }
    }
}

static size_t collect(struct entry *entries, struct ptl_node *const *children, size_t count,
                      struct ptl_problems *problems)
{
    size_t used = 0;
    const struct ptl_node *merge = NULL;
    for (size_t i = 0; i + 1 < count; i += 2) {
        struct ptl_node *key = children[i];
        struct ptl_origin origin = ptl_node_origin(key);
        if (key->kind == PTL_NODE_BROKEN)
            continue;
        if (key->kind != PTL_NODE_SCALAR)
            ptl_problems_at(problems, &origin, "a key must be a word");
        else if (is_merge_key(key) && merge != NULL)
            ptl_problems_at(problems, &origin, "duplicate key \"<<\", first on line %u",
                            merge->line);
        else if (is_merge_key(key))
            merge = key;
        else {
            entries[used] = (struct entry){.pair = {key, children[i + 1]}, .rank = used};
            used++;
        }
    }
    for (size_t i = 0; merge != NULL && i + 1 < count; i += 2)
        if (children[i] == merge)
            add_merged(entries, &used, &children[i + 1], problems);
    return used;
}

bool ptl_mapping_fill(struct ptl_tree *tree, struct ptl_node *mapping,
                      struct ptl_node *const *children, size_t count, struct ptl_problems *problems)
{
    size_t most = count / 2 + count_merged(children, count);
    struct entry *entries = calloc(most + 1, sizeof(*entries));
    mapping->pairs = ptl_tree_alloc(tree, (most + 1) * sizeof(*mapping->pairs));
    if (entries == NULL || mapping->pairs == NULL) {
        tree->failed = true;
        free(entries);
        return false;
    }
    size_t used = collect(entries, children, count, problems);
    qsort(entries, used, sizeof(*entries), by_key);
    for (size_t i = 1; i < used; i++) {
        if (strcmp(entries[i - 1].pair.key->text, entries[i].pair.key->text) == 0)
            entries[i].first =
                entries[i - 1].first != NULL ? entries[i - 1].first : entries[i - 1].pair.key;
    }
    qsort(entries, used, sizeof(*entries), by_rank);
    for (size_t i = 0; i < used; i++) {
        if (entries[i].first == NULL) {
            mapping->pairs[mapping->count++] = entries[i].pair;
        } else if (!entries[i].merged) {
            char shown[PTL_SHOWN_SIZE];
            struct ptl_origin origin = ptl_node_origin(entries[i].pair.key);
            ptl_problems_at(problems, &origin, "duplicate key \"%s\", first on line %u",
                            ptl_shown(entries[i].pair.key->text, shown), entries[i].first->line);
        }
    }
    free(entries);
    return true;
}
