/*
 * Do all targets lose alike? Some may share a limit that the others do not have, and have too few
 * ports each to show it.
 */
#include "scan/plan_calls.h"

#include <math.h>

#define OF_ITSELF 256         /* ports: a target of fewer hardly ever shows a limit */
#define LOSSY_LEAST 2         /* attempts lost: one is chance... */
#define LOSSY_SHARE 0.25      /* ...and so are less */
#define RECENT 32             /* sentinels that are remembered, and as many again */
#define MANY_LOSE 16          /* one of so many targets that answer is lossy */
#define LOSES_LEAST 0.06      /* of sentinels: they still lose some */
#define FEW 4                 /* of them: they do not tell yet */
#define ENOUGH 8              /* ports that a pass found */
#define UNEVEN 4              /* deviations: no chance... */
#define UNEVEN_NS 50000000ULL /* ...and for so long it holds */

void ptl_uneven_told(struct ptl_recent *recent, bool answered)
{
    recent->asked++;
    recent->lost += !answered;
    if (recent->asked >= 2 * RECENT) {
        recent->asked /= 2;
        recent->lost /= 2;
    }
}

static double lost_of(const struct ptl_recent *recent)
{
    return recent->asked > 0 ? recent->lost / (double)recent->asked : 0;
}

bool ptl_uneven_loses(const struct ptl_plan *plan)
{
    return plan->recent_lossy.asked < FEW || lost_of(&plan->recent_lossy) > LOSES_LEAST;
}

/*
 * Do some targets lose more than others, by more than chance? What a target lost of its attempts
 * that tell is binomial, where chance takes the same share of all (the test of Tarone, 1979).
 */
static bool is_uneven(struct ptl_plan *plan)
{
    if (plan->now_ns < plan->uneven_until_ns)
        return plan->is_uneven;
    double passed = 0, lost = 0, excess = 0, pairs = 0;
    const struct ptl_lane *lanes = plan->schedule.lanes;
    for (uint32_t i = 0; i < plan->schedule.window; i++) {
        passed += lanes[i].passed;
        lost += lanes[i].proven;
    }
    double share = passed + lost > 0 ? lost / (passed + lost) : 0;
    for (uint32_t i = 0; i < plan->schedule.window; i++) {
        double told = lanes[i].passed + lanes[i].proven, more = lanes[i].proven - told * share;
        excess += more * more;
        pairs += told * (told - 1);
    }
    double variance = share * (1 - share);
    plan->is_uneven =
        variance > 0 && pairs > 0 && excess / variance - (passed + lost) > UNEVEN * sqrt(2 * pairs);
    plan->uneven_until_ns = plan->now_ns + UNEVEN_NS;
    return plan->is_uneven;
}

/*
 * Targets with few ports hardly ever show that they have a limit, nor that they share one with some
 * of the others. Is this one of them? It lost much, or it hardly answers, and others lost much, or
 * much is lost as sentinels tell, or the passes of the run find as much again, where chance leaves
 * less each time.
 */
bool ptl_uneven_may_share(struct ptl_plan *plan, const struct ptl_lane *lane)
{
    if (plan->targets == 1 || plan->port_count >= OF_ITSELF || plan->lossy == 0 || !is_uneven(plan))
        return false;
    if (lane->lossy || lane->silent + lane->waiting <= lane->answers)
        return lane->lossy && ptl_uneven_loses(plan);
    uint64_t found = plan->found[lane->pass];
    return (plan->recent.asked >= RECENT && lost_of(&plan->recent) >= LOSSY_SHARE) ||
           (plan->lossy * MANY_LOSE >= plan->answering && ptl_uneven_loses(plan)) ||
           (found >= ENOUGH && found * 2 >= plan->found[lane->pass - 1]);
}

void ptl_uneven_lost(struct ptl_plan *plan, struct ptl_lane *lane, uint32_t count)
{
    lane->proven += count;
    if (lane->lossy || lane->proven < LOSSY_LEAST ||
        lane->proven < LOSSY_SHARE * (lane->answers + lane->proven))
        return;
    lane->lossy = true;
    plan->lossy++;
}
