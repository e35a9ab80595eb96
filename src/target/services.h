/* Service names of TCP ports, from the system's database (/etc/services), read once, when first
 * asked. */
#ifndef TARGET_SERVICES_H
#define TARGET_SERVICES_H

#include <stdbool.h>
#include <stdint.h>

/* "https" for 443; NULL when the system knows none. Borrowed for ever. Any thread. */
const char *ptl_service_name(uint16_t port);
/* The port of a TCP service or alias. False: unknown. Any thread. */
bool ptl_service_port(const char *name, uint16_t *port);
/* False: the system has no list at all (package netbase), so that an error can say so. */
bool ptl_services_available(void);

#endif
