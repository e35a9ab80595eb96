/* --set KEY=VALUE as nodes of the tree. */
#ifndef PROFILE_SETTINGS_H
#define PROFILE_SETTINGS_H

#include "profile/node.h"
#include "profile/profile.h"

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
