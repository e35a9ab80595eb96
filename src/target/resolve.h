/*
 * Names to addresses: getaddrinfo for all names at once, on a bounded number of threads, with a
 * deadline of its own. Nothing here sends a probe.
 */
#ifndef TARGET_RESOLVE_H
#define TARGET_RESOLVE_H

#include "base/cancel.h"
#include "base/error.h"
#include "target/address.h"

#define PTL_RESOLVE_THREADS 32
#define PTL_RESOLVE_DEADLINE_MS 10000 /* for all the names of a profile */

enum ptl_family { PTL_FAMILY_ANY, PTL_FAMILY_IPV4, PTL_FAMILY_IPV6 };

struct ptl_resolved {
    struct ptl_address *addresses; /* in the resolver's order (RFC 6724), no duplicates, never
                                      0.0.0.0 or :: */
    size_t count;                  /* 0: it did not resolve; message says why */
    char message[128];
};

struct ptl_resolve_options {
    enum ptl_family family;
    uint64_t deadline_ms;            /* for all names together */
    const struct ptl_cancel *cancel; /* NULL: none */
};

/*
 * Resolves names[0..count) into a new array *resolved of the same length and order. A name that
 * does not resolve is a result, not an error. A resolver that hangs past the deadline is left
 * behind on its thread, the only one that outlives the call, and its name reported as "timed out";
 * its memory stays valid until it returns. A cancel ends the wait: names that have no answer by
 * then are "interrupted". Errors: PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_resolve(const char *const *names, size_t count,
                            const struct ptl_resolve_options *options,
                            struct ptl_resolved **resolved, struct ptl_error *error);
void ptl_resolved_free(struct ptl_resolved *resolved, size_t count);

#endif
