/* The keys of one mapping: merges, duplicates. */
#ifndef PROFILE_MAPPING_H
#define PROFILE_MAPPING_H

#include "profile/node.h"

/*
 * Fills `mapping` from `count` children, keys and values by turns: resolves `<<`, and makes a
 * problem of each duplicate key and of each key that is no scalar. False: no memory.
 */
bool ptl_mapping_fill(struct ptl_tree *tree, struct ptl_node *mapping,
                      struct ptl_node *const *children, size_t count,
                      struct ptl_problems *problems);

#endif
