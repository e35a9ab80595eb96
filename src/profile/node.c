#include "profile/node.h"

#include "base/buf.h"
#include "base/text.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ptl_tree_chunk {
    struct ptl_tree_chunk *next;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};
#define CHUNK_SIZE ((size_t)16 * 1024)

void ptl_tree_free(struct ptl_tree *tree)
{
    while (tree->chunks != NULL) {
        struct ptl_tree_chunk *next = tree->chunks->next;
        free(tree->chunks);
        tree->chunks = next;
    }
}

void *ptl_tree_alloc(struct ptl_tree *tree, size_t size)
{
    if (size > SIZE_MAX / 2) {
        tree->failed = true;
        return NULL;
    }
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    struct ptl_tree_chunk *chunk = tree->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        chunk = calloc(1, sizeof(*chunk) + room);
        if (chunk == NULL) {
            tree->failed = true;
            return NULL;
        }
        chunk->size = room;
        chunk->next = tree->chunks;
        tree->chunks = chunk;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

char *ptl_tree_copy(struct ptl_tree *tree, const char *text, size_t length)
{
    char *copy = ptl_tree_alloc(tree, length + 1);
    if (copy != NULL && length)
        memcpy(copy, text, length);
    return copy;
}

struct ptl_node *ptl_node_new(struct ptl_tree *tree, enum ptl_node_kind kind,
                              const struct ptl_node *at)
{
    struct ptl_node *node = ptl_tree_alloc(tree, sizeof(*node));
    if (node == NULL)
        return NULL;
    node->kind = kind;
    node->weight = 1;
    if (kind == PTL_NODE_SCALAR)
        node->text = "";
    if (at != NULL) {
        node->line = at->line;
        node->column = at->column;
        node->source = at->source;
    }
    return node;
}

struct ptl_origin ptl_node_origin(const struct ptl_node *node)
{
    struct ptl_origin origin = {0};
    if (node != NULL && node->source != NULL) {
        origin.file = node->source->file;
        if (!node->source->is_setting) {
            origin.line = node->line;
            origin.column = node->column;
        }
    }
    return origin;
}

struct ptl_pair *ptl_node_find(const struct ptl_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != PTL_NODE_MAPPING)
        return NULL;
    for (size_t i = 0; i < mapping->count; i++)
        if (strcmp(mapping->pairs[i].key->text, key) == 0)
            return &mapping->pairs[i];
    return NULL;
}

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

bool ptl_node_is_null(const struct ptl_node *node)
{
    static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
    return node->kind == PTL_NODE_SCALAR && node->plain && is_one_of(node->text, words);
}

/* The core schema's integers and floats (YAML 1.2.2, 10.3.2), octal and hexadecimal included. */
static bool is_number(const char *text)
{
    static const char *const words[] = {".nan", ".NaN", ".NAN", NULL};
    static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
    if (is_one_of(text, words))
        return true;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'o') && text[2]) {
        const char *digits = text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";
        return text[2 + strspn(text + 2, digits)] == '\0';
    }
    if (*text == '+' || *text == '-')
        text++;
    if (is_one_of(text, infinite))
        return true;
    size_t whole = strspn(text, "0123456789"), part = 0;
    text += whole;
    if (*text == '.') {
        part = strspn(text + 1, "0123456789");
        text += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        size_t digits = strspn(text, "0123456789");
        if (digits == 0)
            return false;
        text += digits;
    }
    return *text == '\0';
}

bool ptl_node_is_other_than_string(const struct ptl_node *node)
{
    static const char *const booleans[] = {"true", "false", NULL};
    return node->kind == PTL_NODE_SCALAR && node->plain &&
           (ptl_node_is_null(node) || is_one_of(node->text, booleans) || is_number(node->text));
}

struct ptl_node *ptl_node_with(struct ptl_tree *tree, const struct ptl_node *mapping,
                               struct ptl_node *key, struct ptl_node *value)
{
    struct ptl_node *copy = ptl_node_new(tree, PTL_NODE_MAPPING, mapping);
    if (copy == NULL)
        return NULL;
    copy->pairs = ptl_tree_alloc(tree, (mapping->count + 1) * sizeof(struct ptl_pair));
    if (copy->pairs == NULL)
        return NULL;
    if (mapping->count)
        memcpy(copy->pairs, mapping->pairs, mapping->count * sizeof(struct ptl_pair));
    copy->count = mapping->count;
    struct ptl_pair *found = ptl_node_find(copy, key->text);
    if (found == NULL)
        found = &copy->pairs[copy->count++];
    found->key = key;
    found->value = value;
    return copy;
}

static int by_key(const void *a, const void *b)
{
    const struct ptl_pair *left = a, *right = b;
    return strcmp(left->key->text, right->key->text);
}

/* A copy to look keys up in. NULL: no memory. */
static struct ptl_pair *sorted_pairs(struct ptl_tree *tree, const struct ptl_node *mapping)
{
    struct ptl_pair *sorted = ptl_tree_alloc(tree, (mapping->count + 1) * sizeof(*sorted));
    if (sorted != NULL && mapping->count) {
        memcpy(sorted, mapping->pairs, mapping->count * sizeof(*sorted));
        qsort(sorted, mapping->count, sizeof(*sorted), by_key);
    }
    return sorted;
}

/* Two mappings of thousands of keys must not cost their product: each is looked up sorted. */
struct ptl_node *ptl_node_merge(struct ptl_tree *tree, struct ptl_node *parent,
                                struct ptl_node *child)
{
    if (parent->kind != PTL_NODE_MAPPING || child->kind != PTL_NODE_MAPPING)
        return child;
    struct ptl_node *merged = ptl_node_new(tree, PTL_NODE_MAPPING, child);
    struct ptl_pair *of_parent = sorted_pairs(tree, parent), *of_child = sorted_pairs(tree, child);
    struct ptl_pair *pairs =
        ptl_tree_alloc(tree, (parent->count + child->count + 1) * sizeof(*pairs));
    if (merged == NULL || of_parent == NULL || of_child == NULL || pairs == NULL)
        return NULL;
    size_t count = 0;
    for (size_t i = 0; i < parent->count; i++)
        if (bsearch(&parent->pairs[i], of_child, child->count, sizeof(*of_child), by_key) == NULL)
            pairs[count++] = parent->pairs[i];
    for (size_t i = 0; i < child->count; i++) {
        struct ptl_pair pair = child->pairs[i];
        struct ptl_pair *old = NULL;
        if (pair.value->kind == PTL_NODE_MAPPING)
            old = bsearch(&pair, of_parent, parent->count, sizeof(*of_parent), by_key);
        if (old != NULL)
            pair.value = ptl_node_merge(tree, old->value, pair.value);
        if (pair.value == NULL)
            return NULL;
        pairs[count++] = pair;
    }
    merged->pairs = pairs;
    merged->count = count;
    return merged;
}

const char *ptl_shown(const char *text, char out[PTL_SHOWN_SIZE])
{
    char part[PTL_SHOWN_SIZE - 8];
    size_t length = strnlen(text, sizeof(part));
    bool whole = length < sizeof(part);
    if (!whole) {
        length = sizeof(part) - 1;
        while (length && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--; /* never cut a character in two */
    }
    memcpy(part, text, length);
    part[length] = '\0';
    char printable[8 * sizeof(part)];
    struct ptl_buf buf;
    ptl_buf_init_in(&buf, printable, sizeof(printable));
    ptl_text_add_printable(&buf, part);
    int room = PTL_SHOWN_SIZE - 4;
    snprintf(out, PTL_SHOWN_SIZE, "%.*s%s", room, ptl_buf_text(&buf),
             whole && buf.length <= (size_t)room ? "" : "...");
    return out;
}
