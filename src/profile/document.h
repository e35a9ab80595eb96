/* YAML text to a tree of nodes: the one place that knows libyaml. */
#ifndef PROFILE_DOCUMENT_H
#define PROFILE_DOCUMENT_H

#include "profile/node.h"

#define PTL_DOCUMENT_MAX ((size_t)1024 * 1024)
#define PTL_ALIASES_MAX 1000

/*
 * Parses one document of YAML 1.2's core schema, within bounds: PTL_DOCUMENT_MAX bytes,
 * PTL_NODE_DEPTH_MAX, PTL_NODES_MAX and PTL_TEXT_MAX (aliases expanded, over all documents of the
 * tree), PTL_ALIASES_MAX aliases and as many anchors. Aliases are resolved and `<<` is merged.
 * Every fault becomes a problem; a fault of syntax is the last one. NULL: no usable tree (an empty
 * document too: that is a problem only for those who cannot do with it, so none is added).
 * `source` must live as long as the tree.
 */
struct ptl_node *ptl_document_parse(struct ptl_tree *tree, const struct ptl_source *source,
                                    const char *text, size_t length, struct ptl_problems *problems);

/* What a document may not hold, looked for before libyaml reads it (check.c). False, with a problem
 * at the place, for NUL, ill-formed UTF-8, control characters, and what would make libyaml slow. */
bool ptl_document_check(const struct ptl_source *source, const char *text, size_t length,
                        struct ptl_problems *problems);

#endif
