/* 10.0.0.5/24 scans 256 addresses where one may have been meant. */
#include "target/hosts.h"

#include <stdio.h>
#include <string.h>

static bool has_bits(const struct ptl_host *host)
{
    const char *slash = host->is_name ? NULL : strchr(host->text, '/');
    char left[PTL_ADDRESS_SIZE + 2];
    struct ptl_address address;
    if (slash == NULL || (size_t)(slash - host->text) >= sizeof(left))
        return false;
    snprintf(left, sizeof(left), "%.*s", (int)(slash - host->text), host->text);
    return ptl_address_parse(left, &address, NULL) == PTL_OK &&
           ptl_address_compare(&address, &host->block.first) != 0;
}

bool ptl_hosts_with_bits(const struct ptl_hosts *hosts, struct ptl_host *first,
                         char out[PTL_HOST_BITS_SIZE])
{
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        if (has_bits(&host) && count++ == 0)
            *first = host;
    }
    if (count == 0)
        return false;
    char network[PTL_ADDRESS_SIZE], more[64] = "";
    if (count > 1)
        snprintf(more, sizeof(more), ", as in %zu more of hosts", count - 1);
    snprintf(out, PTL_HOST_BITS_SIZE, "%s is every address of %s%s: its host bits are set%s",
             first->text, ptl_address_format(&first->block.first, network),
             strchr(first->text, '/'), more);
    return true;
}
