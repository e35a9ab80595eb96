#include "base/permute.h"

#define ROUNDS 4

/* SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): spreads one seed over the round keys. */
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

void ptl_permute_init(struct ptl_permute *permute, uint64_t count, uint64_t seed)
{
    permute->count = count;
    permute->half_bits = 1;
    while ((1ULL << (2 * permute->half_bits)) < count)
        permute->half_bits++;
    for (int i = 0; i < ROUNDS; i++)
        permute->keys[i] = (uint32_t)splitmix(&seed);
}

static uint64_t round_value(uint64_t half, uint32_t key, unsigned bits)
{
    uint64_t x = (half ^ key) * 0x9E3779B97F4A7C15ULL;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9ULL;
    return (x >> 32) & ((1ULL << bits) - 1);
}

uint64_t ptl_permute_forward(const struct ptl_permute *permute, uint64_t index)
{
    unsigned bits = permute->half_bits;
    uint64_t mask = (1ULL << bits) - 1;
    /* Cycle walking: what falls outside is sent through again, until it falls inside. */
    do {
        uint64_t left = index >> bits, right = index & mask;
        for (int i = 0; i < ROUNDS; i++) {
            uint64_t next = left ^ round_value(right, permute->keys[i], bits);
            left = right;
            right = next;
        }
        index = left << bits | right;
    } while (index >= permute->count);
    return index;
}

uint64_t ptl_permute_inverse(const struct ptl_permute *permute, uint64_t value)
{
    unsigned bits = permute->half_bits;
    uint64_t mask = (1ULL << bits) - 1;
    do {
        uint64_t left = value >> bits, right = value & mask;
        for (int i = ROUNDS - 1; i >= 0; i--) {
            uint64_t before = right ^ round_value(left, permute->keys[i], bits);
            right = left;
            left = before;
        }
        value = left << bits | right;
    } while (value >= permute->count);
    return value;
}
