/* 10.0.0.5/24 scans 256 addresses where one may have been meant. */
#include "target/hosts.h"

#include <stdio.h>
#include <string.h>

bool ptl_host_has_bits(const struct ptl_host *host)
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
    if (hosts->with_bits == 0)
        return false;
    *first = ptl_hosts_get(hosts, hosts->first_with_bits);
    char network[PTL_ADDRESS_SIZE], more[64] = "";
    if (hosts->with_bits > 1)
        snprintf(more, sizeof(more), ", as in %zu more of %s", hosts->with_bits - 1,
                 hosts->is_exclude ? "exclude_hosts" : "hosts");
    snprintf(out, PTL_HOST_BITS_SIZE, "%s is every address of %s%s: its host bits are set%s",
             first->text, ptl_address_format(&first->block.first, network),
             strchr(first->text, '/'), more);
    return true;
}
