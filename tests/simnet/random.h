/* Numbers that look random: a hash for what must be a function of its input, a stream for draws. */
#ifndef SIMNET_RANDOM_H
#define SIMNET_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* A bijection of 64 bits in which every bit of the input moves every bit of the output: three
 * rounds of multiply and shift, with the constants of MurmurHash3's variant 13 (Stafford, 2011). */
static inline uint64_t random_mix(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* The next draw of a stream: a counter, mixed. The same seed gives the same stream. */
static inline uint64_t random_next(uint64_t *stream)
{
    *stream += UINT64_C(0x9e3779b97f4a7c15);
    return random_mix(*stream);
}

/* A share of 0..1 as a bound for random_below: 53 bits, so that 0 is never and 1 is always. */
static inline uint64_t random_bound(double share)
{
    return (uint64_t)(share * 0x1p53);
}

static inline bool random_below(uint64_t draw, uint64_t bound)
{
    return draw >> 11 < bound;
}

#endif
