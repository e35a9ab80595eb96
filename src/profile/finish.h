/* What is left when every key was read: defaults, and what must hold of the whole. */
#ifndef PROFILE_FINISH_H
#define PROFILE_FINISH_H

#include "profile/values.h"

/* Defaults for what the tree does not say. */
void ptl_finish_defaults(struct ptl_loading *loading, const struct ptl_node *root);
/* What must hold of the whole: hosts and ports are there (where `complete`), ports remain, the
 * literal hosts are inside the scope. */
void ptl_finish_check(struct ptl_loading *loading, const struct ptl_node *root, bool complete);

#endif
