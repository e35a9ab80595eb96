/*
 * The addresses of the simulated network: 198.18.0.0/15 (set aside for benchmarks by RFC 2544) and
 * 2001:2::/48 (RFC 5180). Host k is the k-th address of either block.
 */
#ifndef SIMNET_ADDRESS_H
#define SIMNET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESS_TEXT_SIZE 48

/* The last host that a count may name: behind it is the scanner, 198.19.255.254 and
 * 2001:2::ffff:1, in the blocks but no host of theirs. */
#define HOSTS_MAX 131069
#define HOST_NONE UINT32_MAX

struct address {
    bool v6;
    uint64_t high, low; /* host byte order; IPv4: low alone */
};

/* The address as it stands in a packet: 4 or 16 bytes. */
struct address address_from_bytes(bool v6, const uint8_t *bytes);
struct address address_of_host(bool v6, uint32_t host);
/* Which host of its block it is, or HOST_NONE: further than 2^32 - 2 hosts up, or in no block. */
uint32_t address_host(const struct address *address);
bool address_inside(const struct address *address);
const char *address_text(const struct address *address, char text[ADDRESS_TEXT_SIZE]);

#endif
