/* The scope: the blocks of addresses that a profile may touch. Constant once built. */
#ifndef TARGET_SCOPE_H
#define TARGET_SCOPE_H

#include "base/error.h"
#include "target/address.h"

#define PTL_SCOPE_MAX 10000 /* blocks that do not touch each other */

struct ptl_scope {
    struct ptl_block *blocks; /* in order; those that overlapped or touched are one */
    size_t count, capacity;
};

/*
 * Zero-initialise. Adds "loopback" (127.0.0.0/8 and ::1), "any", an address, a CIDR or a range.
 * Errors: PTL_E_INVALID, PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_scope_add(struct ptl_scope *scope, const char *text, struct ptl_error *error);
void ptl_scope_free(struct ptl_scope *scope);
/* True when every address of the block is inside the union. Else *outside is the first that is not.
 */
bool ptl_scope_contains(const struct ptl_scope *scope, const struct ptl_block *block,
                        struct ptl_address *outside);

#endif
