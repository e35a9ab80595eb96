/* ICMP and ICMPv6 errors, from a socket's error queue to the words of a verdict. */
#ifndef SCAN_ICMP_H
#define SCAN_ICMP_H

#include "target/address.h"

struct ptl_icmp_error {
    struct ptl_address address; /* that the refused packet was for */
    uint16_t port;
    uint8_t reason; /* enum ptl_reason */
};

/* Takes the oldest ICMP error off the socket's error queue. False: there is none. */
bool ptl_icmp_read(int fd, struct ptl_icmp_error *error);
/* RFC 792, RFC 1122, RFC 1812: type 3, 11, 12. */
uint8_t ptl_icmp_reason_v4(uint8_t type, uint8_t code);
/* RFC 4443: type 1, 2, 3, 4. */
uint8_t ptl_icmp_reason_v6(uint8_t type, uint8_t code);

#endif
