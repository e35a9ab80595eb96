/* The hosts that a profile gives as addresses, held against its scope. */
#ifndef PROFILE_SCOPE_CHECK_H
#define PROFILE_SCOPE_CHECK_H

#include "profile/values.h"

/* Are the literal hosts, less the literal excludes, inside the scope? Names are for the run. */
void ptl_scope_check(struct ptl_loading *loading, const struct ptl_node *root);

#endif
