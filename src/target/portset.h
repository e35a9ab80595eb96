/* A set of TCP ports, 1 to 65535. After ptl_portset_seal it is constant and may be read by any
 * thread. */
#ifndef TARGET_PORTSET_H
#define TARGET_PORTSET_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

#define PTL_PORTS 65536 /* of what has a place for each, that of port 0 too */

/* A set as plain bits: of a port p, bit p%8 of byte p/8. */
#define PTL_PORT_BYTES (PTL_PORTS / 8)
static inline bool ptl_port_bit(const uint8_t bits[PTL_PORT_BYTES], unsigned port)
{
    return (bits[port / 8] >> (port % 8) & 1U) != 0;
}
static inline void ptl_port_set_bit(uint8_t bits[PTL_PORT_BYTES], unsigned port)
{
    bits[port / 8] |= (uint8_t)(1U << (port % 8));
}

struct ptl_portset;

/* NULL: no memory. */
struct ptl_portset *ptl_portset_new(void);
void ptl_portset_free(struct ptl_portset *set);
/*
 * Adds what `text` lists: "22", "1-1024,8080", service names ("http", "1-1024,https"), blanks
 * around commas allowed. A name holding "-" is looked up as a service first where it is no range.
 * Errors: PTL_E_INVALID naming the piece that is wrong; the set is then unchanged.
 */
enum ptl_status ptl_portset_add(struct ptl_portset *set, const char *text, struct ptl_error *error);
void ptl_portset_add_port(struct ptl_portset *set, uint16_t port);
/* A sealed set of `count` of the ports of a sealed one, from place `first` of its list on; they lie
 * within it. Yours; NULL: no memory. */
struct ptl_portset *ptl_portset_part(const struct ptl_portset *set, unsigned first, unsigned count);
void ptl_portset_remove_set(struct ptl_portset *set, const struct ptl_portset *remove);
/* NULL is a set of none. */
bool ptl_portset_contains(const struct ptl_portset *set, uint16_t port);
unsigned ptl_portset_count(const struct ptl_portset *set);
/* "1-1024,8080", ascending; "" when empty. Appended to buf. */
void ptl_portset_format(const struct ptl_portset *set, struct ptl_buf *buf);
/* The same as a text of its own, which takes PTL_PORTS_BYTES at most: the caller's. NULL: no
 * memory. */
#define PTL_PORTS_BYTES (512UL * 1024)
char *ptl_portset_text(const struct ptl_portset *set);
/* Builds the ascending list of ports once; borrowed, ptl_portset_count long. NULL: no memory. */
const uint16_t *ptl_portset_seal(struct ptl_portset *set);

#endif
