/* The estimate of what was missed, for people. */
#include "report/writer.h"

#include <inttypes.h>
#include <math.h>

/* A port was missed with a higher chance than that, at most: what is expected is but a guess. */
#define NO_IDEA 0.9

static void add_answers(const struct ptl_evidence *evidence, struct ptl_buf *buf)
{
    static const char *const ordinals[] = {"the first attempt", "the second", "the third"};
    uint64_t sum = 0, later = 0, answered[PTL_TRIES];
    for (int i = 0; i < PTL_TRIES; i++) {
        answered[i] = evidence->open[i] + evidence->closed[i];
        sum += answered[i];
        later += i > 2 ? answered[i] : 0;
    }
    ptl_buf_printf(buf, ": %" PRIu64 " of %" PRIu64 " ports answered %s", answered[0], sum,
                   ordinals[0]);
    for (int i = 1; i < 3; i++)
        if (answered[i] > 0)
            ptl_buf_printf(buf, ", %" PRIu64 " %s", answered[i], ordinals[i]);
    if (later > 0)
        ptl_buf_printf(buf, ", %" PRIu64 " later ones", later);
    if (evidence->sentinels.lost > 0)
        ptl_buf_printf(buf, "; of %" PRIu64 " asked again %" PRIu64 " were lost",
                       evidence->sentinels.asked, evidence->sentinels.lost);
}

static void add_late(const struct ptl_evidence *evidence, struct ptl_buf *buf)
{
    const struct ptl_late *late = &evidence->late;
    unsigned count = (unsigned)late->open + late->closed;
    if (count == 0 && evidence->resets.apart > 0)
        ptl_buf_printf(buf, "; up to %" PRIu64 " answers may have come too late",
                       evidence->resets.count);
    if (count > 0)
        ptl_buf_printf(buf,
                       "; of %u silent ports that were listened to for longer %u answered too late",
                       (unsigned)late->listened, count);
}

void ptl_estimate_tell(const struct ptl_results *results, struct ptl_buf *buf)
{
    const struct ptl_estimate *estimate = &results->estimate;
    switch (estimate->basis) {
    case PTL_BASIS_ANSWERED:
        ptl_buf_add(buf,
                    results->summary.states[PTL_UNPROBED] > 0
                        ? "no open port was missed of those that have a verdict: none is silent"
                        : "no open port was missed: none is silent");
        break;
    case PTL_BASIS_NO_ANSWER:
        ptl_buf_add(buf, "how many open ports were missed cannot be told: nothing answered");
        break;
    case PTL_BASIS_NO_EVIDENCE:
        ptl_buf_add(buf, "how many open ports were missed cannot be told: each port had one "
                         "attempt, and none that had answered was asked again");
        break;
    case PTL_BASIS_LATE:
        ptl_buf_add(buf, "how many open ports were missed cannot be told");
        add_late(&results->evidence, buf);
        break;
    case PTL_BASIS_NOT_RECORDED:
        break;
    default:
        ptl_buf_printf(buf, "at most %" PRIu64 " open port%s missed (95 %%)",
                       estimate->missed_at_most, estimate->missed_at_most == 1 ? " was" : "s were");
        add_answers(&results->evidence, buf);
        add_late(&results->evidence, buf);
        if (estimate->poor > 0 && results->summary.targets > 1)
            ptl_buf_printf(buf, "; the bound is poor for %" PRIu64 " target%s", estimate->poor,
                           estimate->poor == 1 ? "" : "s");
    }
}

bool ptl_estimate_warn(const struct ptl_results *results, struct ptl_buf *buf)
{
    const struct ptl_estimate *estimate = &results->estimate;
    if (!ptl_estimate_is_poor(estimate))
        return false;
    if (estimate->known && estimate->doubt > NO_IDEA)
        ptl_buf_printf(
            buf, "not to be trusted: up to %" PRIu64 " open port%s may have been missed (95 %%)",
            estimate->missed_at_most, estimate->missed_at_most == 1 ? "" : "s");
    else if (estimate->known)
        ptl_buf_printf(
            buf, "not to be trusted: about %.0f open port%s missed, %" PRIu64 " at most (95 %%)",
            estimate->missed, lround(estimate->missed) == 1 ? " was" : "s were",
            estimate->missed_at_most);
    else
        ptl_buf_add(buf, "not to be trusted: how many open ports were missed cannot be told");
    return true;
}
