#include "scan/chance.h"

#define ENOUGH_FAST 16
#define ENOUGH_SLOW 32
#define FASTER 3       /* doublings between the two: four times as fast at least, mostly eight */
#define AS_MUCH 0.5    /* of what was lost there, or more */
#define SHARE_MOST 0.6 /* of more the two say nearly the same */
#define DEVIATIONS 2.5

static int place_of(uint64_t pace)
{
    int place = 0;
    while (pace > 1 && place < PTL_CHANCE_PACES - 1) {
        pace /= 2;
        place++;
    }
    return place;
}

void ptl_chance_count(struct ptl_chance *chance, uint64_t pace, bool lost)
{
    int place = place_of(pace);
    if (chance->asked[place] == UINT8_MAX) { /* what is old fades */
        for (int i = 0; i < PTL_CHANCE_PACES; i++) {
            chance->asked[i] /= 2;
            chance->lost[i] /= 2;
        }
    }
    chance->asked[place]++;
    chance->lost[place] += lost;
}

/* Which explains better what was lost at paces from `first` on: that share, or a limit that leaves
 * that share at `pace`? */
static bool explains(const struct ptl_chance *chance, int first, double pace, double share)
{
    unsigned asked = 0, lost = 0;
    double by_limit = 0;
    for (int i = first; i < PTL_CHANCE_PACES; i++) {
        asked += chance->asked[i];
        lost += chance->lost[i];
        by_limit += chance->asked[i] * (1 - (1 - share) * pace / (double)(1U << i));
    }
    return asked >= ENOUGH_FAST && 2 * lost <= share * asked + by_limit &&
           share * asked >= AS_MUCH * lost;
}

bool ptl_chance_is(struct ptl_chance *chance)
{
    unsigned asked = 0, lost = 0;
    for (int i = 0; i + FASTER < PTL_CHANCE_PACES; i++) {
        asked += chance->asked[i];
        lost += chance->lost[i];
        double share = asked > 0 ? lost / (double)asked : 0;
        if (asked < ENOUGH_SLOW || share > SHARE_MOST ||
            !explains(chance, i + FASTER, (double)(2U << i), share))
            continue;
        ptl_chance_over(chance);
        chance->share = share;
        return true;
    }
    return false;
}

void ptl_chance_over(struct ptl_chance *chance)
{
    *chance = (struct ptl_chance){.share = chance->share};
}

bool ptl_chance_exceeds(double share, uint32_t asked, uint32_t lost)
{
    double excess = lost - share * asked;
    return excess > 0 && excess * excess > DEVIATIONS * DEVIATIONS * share * (1 - share) * asked;
}
