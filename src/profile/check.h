/* What a profile may not hold, looked for before libyaml reads it. */
#ifndef PROFILE_CHECK_H
#define PROFILE_CHECK_H

#include "profile/node.h"

/* False, with a problem at the place, for NUL, ill-formed UTF-8, control characters, and what
 * would make libyaml slow. */
bool ptl_document_check(const struct ptl_source *source, const char *text, size_t length,
                        struct ptl_problems *problems);

#endif
