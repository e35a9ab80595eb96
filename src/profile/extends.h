/* The parents of a profile, and theirs: read, and merged under it. */
#ifndef PROFILE_EXTENDS_H
#define PROFILE_EXTENDS_H

#include "profile/file.h"
#include "profile/node.h"

#define PTL_EXTENDS_MAX 8  /* profiles deep */
#define PTL_PARENTS_MAX 64 /* profiles in all: a diamond on a diamond has four ways to one */

/* A source that lives as long as the tree. NULL: no memory. */
const struct ptl_source *ptl_source_new(struct ptl_tree *tree, const char *file,
                                        const char *base_dir, bool is_setting);

/*
 * Follows `extends` from `root`, or from `instead` when that is not NULL (a --set), and merges the
 * parents beneath, less what they say of themselves alone (is_own in the field table). Of a list,
 * each entry, with its own parents beneath it, goes over the entries before it. `id`: the
 * file that root came from; NULL: none. *complete turns false when a parent could not be had: what
 * is missing then may only be missing there. NULL: no memory.
 */
struct ptl_node *ptl_extends_flatten(struct ptl_tree *tree, struct ptl_node *root,
                                     const struct ptl_node *instead, const struct ptl_file_id *id,
                                     bool *complete, struct ptl_problems *problems);

#endif
