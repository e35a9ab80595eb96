/*
 * IP addresses and blocks of them. An IPv4-mapped IPv6 address (::ffff:a.b.c.d) is read as the
 * IPv4 address it reaches. No zones. Values, no ownership; any thread.
 */
#ifndef TARGET_ADDRESS_H
#define TARGET_ADDRESS_H

#include "base/error.h"

#include <stdint.h>
#include <sys/socket.h>

struct ptl_address {
    uint64_t high;  /* network order as numbers: high is the first 64 bits; 0 for IPv4 */
    uint64_t low;   /* IPv4: the 32 bits */
    uint8_t family; /* 4 or 6 */
};

/* first to last, both included, of one family. */
struct ptl_block {
    struct ptl_address first;
    struct ptl_address last;
};

#define PTL_ADDRESS_SIZE 48
/* "192.0.2.1", "2001:db8::1" or "[2001:db8::1]". PTL_E_INVALID tells what is wrong. */
enum ptl_status ptl_address_parse(const char *text, struct ptl_address *address,
                                  struct ptl_error *error);
/* RFC 5952 text, without brackets. Returns text. */
const char *ptl_address_format(const struct ptl_address *address, char text[PTL_ADDRESS_SIZE]);
/* IPv4 before IPv6, then by number: -1, 0, 1. */
int ptl_address_compare(const struct ptl_address *a, const struct ptl_address *b);
/* The same for qsort() and bsearch() of what begins with an address, as a block does. */
int ptl_address_order(const void *a, const void *b);
/* The address `offset` further on. The caller knows that it stays within the family. */
struct ptl_address ptl_address_add(const struct ptl_address *address, uint64_t offset);
/* Fills a sockaddr for connect() or bind(); returns its length. */
socklen_t ptl_address_to_sockaddr(const struct ptl_address *address, uint16_t port,
                                  struct sockaddr_storage *out);
/* False for a family that is neither AF_INET nor AF_INET6. */
bool ptl_address_from_sockaddr(const struct sockaddr *in, struct ptl_address *address);
/* 127.0.0.0/8 and ::1 */
bool ptl_address_is_loopback(const struct ptl_address *address);

/*
 * A block: an address, CIDR (host bits may be set: they are cleared), "A.B.C.D-N" (last octet; a
 * range only where the left side is a whole address) or "ADDRESS-ADDRESS". *is_block false and
 * PTL_OK: this is no address at all but may be a name ("web-01", "10.0.0.1-backup" too).
 */
enum ptl_status ptl_block_parse(const char *text, struct ptl_block *block, bool *is_block,
                                struct ptl_error *error);
#define PTL_BLOCK_SIZE (2 * PTL_ADDRESS_SIZE)
/* "192.0.2.1-192.0.2.9", or the address alone where it is one. Returns text. */
const char *ptl_block_format(const struct ptl_block *block, char text[PTL_BLOCK_SIZE]);
/* Addresses in it; UINT64_MAX when 2^64 or more. */
uint64_t ptl_block_count(const struct ptl_block *block);
/* Is `inner` wholly inside `outer`? */
bool ptl_block_contains(const struct ptl_block *outer, const struct ptl_block *inner);

#endif
