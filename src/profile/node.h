/*
 * The tree of a YAML document, without YAML: scalars, sequences and mappings, each with the place
 * it was written. Nodes live in a tree's memory and go with it, so that a subtree named by an
 * alias can be shared, and a merged profile can point into several documents.
 */
#ifndef PROFILE_NODE_H
#define PROFILE_NODE_H

#include "base/error.h"

/* One bound for all documents of one load: a chain of parents costs no more than one file. */
#define PTL_NODES_MAX 100000
#define PTL_TEXT_MAX ((size_t)2 * 1024 * 1024)
#define PTL_NODE_DEPTH_MAX 32

enum ptl_node_kind {
    PTL_NODE_SCALAR,
    PTL_NODE_SEQUENCE,
    PTL_NODE_MAPPING,
    PTL_NODE_BROKEN, /* already a problem (an undefined alias, say): readers pass over it */
};

/* Where nodes were written. */
struct ptl_source {
    const char *file;     /* as messages name it */
    const char *base_dir; /* what paths written here are relative to; "": current directory */
    bool is_setting;      /* a --set: lines and columns would mean nothing */
};

struct ptl_node;
struct ptl_pair {
    struct ptl_node *key; /* a scalar */
    struct ptl_node *value;
};

struct ptl_node {
    enum ptl_node_kind kind;
    bool plain; /* scalar without quotes: may be a number, a boolean or null */
    unsigned line, column;
    unsigned height; /* containers below and including this one */
    const struct ptl_source *source;
    size_t weight; /* nodes of the subtree, those behind aliases counted each time */
    size_t bytes;  /* of text in the subtree, counted likewise */
    size_t count;  /* bytes of text, items or pairs */
    union {
        const char *text; /* no NUL inside */
        struct ptl_node **items;
        struct ptl_pair *pairs;
    };
};

struct ptl_tree_chunk;
struct ptl_tree {
    struct ptl_tree_chunk *chunks;
    size_t weight; /* nodes so far, against PTL_NODES_MAX */
    size_t bytes;  /* of text so far, against PTL_TEXT_MAX */
    bool failed;   /* memory ran out; whoever made the tree tells */
};

void ptl_tree_free(struct ptl_tree *tree);
/* Zeroed memory of the tree's life; NULL (and tree->failed) when there is none. */
void *ptl_tree_alloc(struct ptl_tree *tree, size_t size);
char *ptl_tree_copy(struct ptl_tree *tree, const char *text, size_t length);

/* A new node in the place of `at` (NULL: nowhere). NULL: no memory. */
struct ptl_node *ptl_node_new(struct ptl_tree *tree, enum ptl_node_kind kind,
                              const struct ptl_node *at);
struct ptl_origin ptl_node_origin(const struct ptl_node *node);
/* The pair of a mapping with this key; NULL when absent or when node is no mapping. */
struct ptl_pair *ptl_node_find(const struct ptl_node *mapping, const char *key);
/* Is it a plain null: nothing, ~ or null? */
bool ptl_node_is_null(const struct ptl_node *node);
/* Is it a plain number or boolean of YAML's core schema, thus no string? */
bool ptl_node_is_other_than_string(const struct ptl_node *node);

/*
 * `child` over `parent`: where both are mappings, by key, to any depth; else the child. Shares what
 * it can. NULL: no memory.
 */
struct ptl_node *ptl_node_merge(struct ptl_tree *tree, struct ptl_node *parent,
                                struct ptl_node *child);

/* A copy of the mapping with `key` set to `value` (appended when new). NULL: no memory. */
struct ptl_node *ptl_node_with(struct ptl_tree *tree, const struct ptl_node *mapping,
                               struct ptl_node *key, struct ptl_node *value);

/* Text from a profile made fit for a message: printable, shortened. Returns out. */
#define PTL_SHOWN_SIZE 96
const char *ptl_shown(const char *text, char out[PTL_SHOWN_SIZE]);

/*
 * mapping.c: fills `mapping` from `count` children, keys and values by turns: resolves `<<`, and
 * makes a problem of each duplicate key and of each key that is no scalar. False: no memory.
 */
bool ptl_mapping_fill(struct ptl_tree *tree, struct ptl_node *mapping,
                      struct ptl_node *const *children, size_t count,
                      struct ptl_problems *problems);

/* ---- --set KEY=VALUE (settings.c) ---- */

struct ptl_setting;
/*
 * The value of a --set as a node: YAML, or the text itself where the key takes a string ("-" and
 * "{profile}.json" mean something else in YAML); of `extends`, what begins with [ is a list. NULL:
 * a problem was added, or no memory.
 */
struct ptl_node *ptl_setting_value(struct ptl_tree *tree, const struct ptl_setting *setting,
                                   struct ptl_problems *problems);
/* The mapping with the setting applied; `root` itself after a problem. NULL: no memory. */
struct ptl_node *ptl_setting_apply(struct ptl_tree *tree, struct ptl_node *root,
                                   const struct ptl_setting *setting,
                                   struct ptl_problems *problems);

#endif
