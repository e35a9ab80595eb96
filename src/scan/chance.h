/*
 * Is it lost by chance, or because of the pace? Where only `limit` attempts a second get through, a
 * pace r above it loses a share of 1 - limit / r: a half at twice the limit, three quarters at four
 * times. What a medium loses by chance it loses at any pace. So what is lost at a pace and at
 * slower ones is held against what was lost at those that were four times as fast at least, both
 * summed over all that was seen: the sentinels of one round are too few to tell.
 */
#ifndef SCAN_CHANCE_H
#define SCAN_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

#define PTL_CHANCE_PACES 20 /* each twice the one before: up to a million attempts a second */

struct ptl_chance {
    uint8_t asked[PTL_CHANCE_PACES], lost[PTL_CHANCE_PACES]; /* sentinels, by the pace then */
    uint64_t suspected; /* attempts a second: the first pace that a limit was seen at; 0: none */
    double share;       /* that is lost at any pace; 0: none is known */
};

/* A sentinel that was sent at `pace`, attempts a second, has ended. */
void ptl_chance_count(struct ptl_chance *chance, uint64_t pace, bool lost);
/* What is lost is lost by chance, as far as can be told: `share` is known from then on, and all
 * that was counted is used. */
bool ptl_chance_is(struct ptl_chance *chance);
/* Nothing is lost any more: what was counted tells of what is over. */
void ptl_chance_over(struct ptl_chance *chance);
/* Of `asked` sentinels `lost` are lost: is that more than `share`, by more than draws vary? */
bool ptl_chance_exceeds(double share, uint32_t asked, uint32_t lost);

#endif
