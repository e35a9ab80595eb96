/*
 * A pseudo-random permutation of 0..count-1 that needs no memory: a balanced Feistel network with
 * cycle walking (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002). The same
 * seed gives the same permutation on every machine. Pure functions; any thread.
 */
#ifndef BASE_PERMUTE_H
#define BASE_PERMUTE_H

#include <stdint.h>

struct ptl_permute {
    uint64_t count; /* 1 to 2^32 */
    uint32_t keys[4];
    unsigned half_bits;
};

void ptl_permute_init(struct ptl_permute *permute, uint64_t count, uint64_t seed);
/* index < count */
uint64_t ptl_permute_forward(const struct ptl_permute *permute, uint64_t index);
uint64_t ptl_permute_inverse(const struct ptl_permute *permute, uint64_t value);

#endif
