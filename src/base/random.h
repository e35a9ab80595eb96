/* Draws that a seed determines: Knuth's linear congruential generator (MMIX, The Art of Computer
 * Programming 2, 3.3.4), of which the upper bits are used. Not for secrets. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* A number below `below`, which is not 0; the state goes on. */
static inline uint64_t ptl_random_below(uint64_t *state, uint64_t below)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (*state >> 33) % below;
}

#endif
