/*
 * Who is on the link. An address of a directly connected network has to be looked up (ARP, RFC 826;
 * neighbour discovery, RFC 4861) before anything can be sent to it; where nobody has it, that is
 * one fact about all of its ports. The kernel's table of neighbours says how the look-up stands.
 * The plan's lock guards it.
 */
#ifndef SCAN_NEIGHBOUR_H
#define SCAN_NEIGHBOUR_H

#include "target/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PTL_LINKS_MOST 64

struct ptl_link {
    struct ptl_address own; /* this machine's */
    uint8_t prefix;         /* bits */
    unsigned interface;
};

struct ptl_neighbours {
    int fd; /* rtnetlink; -1: it is not to be had, and nothing is known to be on a link */
    struct ptl_link links[PTL_LINKS_MOST];
    size_t count;
};

enum ptl_neighbour {
    PTL_NEIGHBOUR_UNKNOWN, /* the look-up is under way, or was not begun */
    PTL_NEIGHBOUR_THERE,
    PTL_NEIGHBOUR_NOBODY
};

void ptl_neighbours_init(struct ptl_neighbours *neighbours);
void ptl_neighbours_free(struct ptl_neighbours *neighbours);
/* Has the address to be looked up? Not this machine's own ones. */
bool ptl_neighbours_on_link(const struct ptl_neighbours *neighbours,
                            const struct ptl_address *address);
/* How the look-up of an address on a link stands. */
enum ptl_neighbour ptl_neighbours_state(const struct ptl_neighbours *neighbours,
                                        const struct ptl_address *address);

#endif
