/* A JSON object being taken apart: what is wrong with it, and where. */
#ifndef RESULTS_MEMBERS_H
#define RESULTS_MEMBERS_H

#include "base/error.h"
#include "base/json.h"
#include "target/portset.h"

#include <stddef.h>
#include <stdint.h>

/* The first thing that is wrong stays in `status` and *error; after it nothing is refused any more,
 * so that one check at the end is enough. */
struct ptl_members {
    const struct ptl_json *json;
    const struct ptl_origin *place;
    const char *what; /* "a result", for messages */
    enum ptl_status status;
    struct ptl_error *error;
};

/* Says what is wrong, as "WHAT: message". Returns its status. */
enum ptl_status ptl_members_refuse(struct ptl_members *members, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Sets the bits (NULL: none) of the ports of an array, ascending. Returns how many. */
unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[PTL_PORT_BYTES]);

#endif
