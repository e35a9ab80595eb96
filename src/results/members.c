#include "results/keys.h"

#include <stdarg.h>
#include <stdio.h>

enum ptl_status ptl_members_refuse(struct ptl_members *members, const char *format, ...)
{
    if (members->status != PTL_OK)
        return members->status;
    char message[768];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    members->status =
        ptl_error_at(members->error, members->place, "%s: %s", members->what, message);
    return members->status;
}

enum ptl_status ptl_members_no_memory(struct ptl_members *members)
{
    members->status = ptl_error_no_memory(members->error);
    return members->status;
}

unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[PTL_PORT_BYTES])
{
    unsigned count = 0;
    uint64_t last = 0, port = 0;
    if (members->status != PTL_OK)
        return 0;
    if (ptl_json_type(array) != PTL_JSON_ARRAY) {
        ptl_members_refuse(members, "\"%s\" is no list", key);
        return 0;
    }
    for (const struct ptl_json *one = ptl_json_first(array); one != NULL;
         one = ptl_json_next(one)) {
        if (!ptl_json_as_number(one, &port) || port <= last || port > 65535) {
            ptl_members_refuse(members, "\"%s\" is no list of ports from 1 to 65535, ascending",
                               key);
            return 0;
        }
        if (bits != NULL)
            ptl_port_set_bit(bits, (unsigned)port);
        last = port;
        count++;
    }
    return count;
}
