#include "ports.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A port at *at, which moves behind it; -1: there is none. */
static long port_at(const char **at)
{
    if (!isdigit((unsigned char)**at))
        return -1;
    char *end;
    unsigned long port = strtoul(*at, &end, 10);
    *at = end;
    return port >= 1 && port <= 65535 ? (long)port : -1;
}

bool ports_parse(const char *list, struct ports *ports)
{
    memset(ports, 0, sizeof(*ports));
    for (const char *at = list;; at++) {
        long first = port_at(&at), last = first;
        if (*at == '-') {
            at++;
            last = port_at(&at);
        }
        if (first < 0 || last < first)
            return false;
        for (long port = first; port <= last; port++)
            ports->bits[port / 64] |= UINT64_C(1) << port % 64;
        if (*at == '\0')
            return true;
        if (*at != ',')
            return false;
    }
}

bool ports_contain(const struct ports *ports, uint16_t port)
{
    return (ports->bits[port / 64] >> port % 64 & 1) != 0;
}
