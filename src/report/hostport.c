/* One line an open port, for pipes: the address, since that is what was found open. */
#include "report/writer.h"

#include <string.h>

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    if (row->result->state != PTL_OPEN)
        return true;
    const char *ip = row->names->ip;
    bool is_ipv6 = strchr(ip, ':') != NULL;
    ptl_buf_printf(&writing->line, "%s%s%s:%u\n", is_ipv6 ? "[" : "", ip, is_ipv6 ? "]" : "",
                   row->result->port);
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_hostport = {
    .begin = ptl_writing_nothing, .result = result, .end = ptl_writing_nothing};
