/*
 * Which silent attempts sentinels vouch for. A limit takes what is asked in its moments, and
 * sentinels beside it: where all that were sent about the same time were answered, an attempt was
 * hardly lost to it. Whether that holds is seen by the ports that a further pass finds: they had an
 * attempt that was lost. Where none of these was vouched for, others need not be asked once more;
 * where losses fall on ports alike, or on some ports alone, many were, and vouching is worth
 * nothing.
 */
#include "scan/plan_calls.h"

#include <math.h>

#define LATELY_MOST 16384 /* more at once are asked faster than sentinels could tell of each */
#define PORTS 256         /* of a target: the passes over fewer are short */
#define SENTINELS 2       /* fewer tell nothing */
#define BY_CHANCE 0.05    /* so rarely */

void ptl_vouch_add(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_timed *silence)
{
    if (plan->port_count < PORTS || plan->silent_lately >= LATELY_MOST ||
        !ptl_plan_grants_more(plan))
        return;
    if (ptl_fifo_push(&lane->silent_lately, &silence->probe, silence->at_ns))
        plan->silent_lately++;
    else
        plan->out_of_memory = true;
}

static void weigh(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_timed *silence)
{
    if (plan->sentinels_lost == 0)
        return; /* as far as is known nothing is ever lost */
    struct ptl_mark *mark = &lane->marks[ptl_plan_index(plan, &silence->probe)];
    uint32_t asked = 0, lost = 0;
    bool told = ptl_tally_about(&plan->tally, silence->at_ns, &asked, &lost) &&
                ptl_tally_about(&lane->tally, silence->at_ns, &asked, &lost);
    bool vouched = told && asked >= SENTINELS && lost == 0;
    lane->weighed++;
    lane->vouched += vouched;
    mark->weighed = true;
    mark->vouched = mark->vouched || vouched;
}

void ptl_vouch_review(struct ptl_plan *plan, struct ptl_lane *lane, bool all)
{
    while (lane->silent_lately.count > 0) {
        const struct ptl_timed *first = ptl_fifo_first(&lane->silent_lately);
        uint64_t told_ns = first->at_ns + PTL_TALLY_ABOUT_NS + first->probe.wait_us * PTL_NS_PER_US;
        if (!all && plan->now_ns < told_ns)
            break;
        struct ptl_timed silence = *first;
        ptl_fifo_pop(&lane->silent_lately);
        plan->silent_lately--;
        weigh(plan, lane, &silence);
    }
    if (lane->silent_lately.count == 0) /* there may be thousands of lanes */
        ptl_fifo_free(&lane->silent_lately);
}

void ptl_vouch_found(struct ptl_lane *lane, const struct ptl_mark *mark)
{
    lane->vouched_found += mark->vouched;
    lane->doubtful_found += mark->weighed && !mark->vouched;
}

void ptl_vouch_pass_begins(struct ptl_lane *lane)
{
    lane->weighed_then = lane->weighed;
    lane->vouched_then = lane->vouched;
}

/* That none, or hardly one, of those found had been vouched for is not by chance: so many were of
 * those that have been asked again since. */
bool ptl_vouch_suffices(const struct ptl_lane *lane, double share)
{
    double doubtful =
        lane->weighed_then > 0 ? 1 - lane->vouched_then / (double)lane->weighed_then : 1;
    return lane->vouched_found * share < PTL_MISSED_MOST &&
           pow(doubtful, lane->doubtful_found) < BY_CHANCE;
}
