/* A set of TCP ports, read from a list such as 1-1024,8080. */
#ifndef SIMNET_PORTS_H
#define SIMNET_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct ports {
    uint64_t bits[65536 / 64];
};

/* False: the list is malformed; *ports is then undefined. */
bool ports_parse(const char *list, struct ports *ports);
bool ports_contain(const struct ports *ports, uint16_t port);

#endif
