/* What several writers say alike. */
#include "report/writer.h"

#include <string.h>

/* A port that should be closed is silent: was it asked well enough? */
static void tell_doubt(const struct ptl_results *results, const struct ptl_expectation *expectation,
                       struct ptl_buf *buf)
{
    if (expectation->is_unresolved || expectation->expected != PTL_EXPECT_CLOSED ||
        expectation->state != PTL_FILTERED)
        return;
    struct ptl_estimate estimate = ptl_estimate_find(results, expectation->target);
    if (!ptl_estimate_is_poor(&estimate))
        return;
    if (estimate.known)
        ptl_buf_printf(buf, ", and may have been missed: up to %llu open ports of the host were",
                       (unsigned long long)estimate.missed_at_most);
    else if (estimate.basis == PTL_BASIS_LATE)
        ptl_buf_add(buf, ", and may have been missed: answers came later than it was waited for");
    else
        ptl_buf_add(buf, ", and may have been missed: it had one attempt");
}

void ptl_expectation_tell(const struct ptl_results *results,
                          const struct ptl_expectation *expectation, struct ptl_buf *buf)
{
    static const char *const wanted[] = {[PTL_EXPECT_OPEN] = "expected open",
                                         [PTL_EXPECT_CLOSED] = "expected closed",
                                         [PTL_EXPECT_NOT_OPEN] = "not on the list of open ports"};
    if (expectation->port != 0)
        ptl_buf_printf(buf, "%u/tcp: %s, is %s", expectation->port, wanted[expectation->expected],
                       ptl_state_names[expectation->state]);
    else if (expectation->verdict == PTL_PASS)
        ptl_buf_add(buf, "other ports: none is open");
    else
        ptl_buf_add(buf, "other ports: expected not open, some are unprobed");
    tell_doubt(results, expectation, buf);
}

const char *ptl_states_tell(unsigned states, char text[PTL_STATES_SIZE])
{
    text[0] = '\0';
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        if ((states >> s & 1) == 0)
            continue;
        if (text[0] != '\0')
            strcat(text, " or ");
        strcat(text, ptl_state_names[s]);
    }
    return text;
}

const char *ptl_report_incomplete(const struct ptl_results *results)
{
    static const char *const causes[] = {[PTL_STOP_NONE] = "not every host or probe could be asked",
                                         [PTL_STOP_SIGNAL] = "stopped by a signal",
                                         [PTL_STOP_DEADLINE] = "the deadline passed",
                                         [PTL_STOP_MEMORY] = "memory ran out",
                                         [PTL_STOP_OUTAGE] = "what had answered fell silent",
                                         [PTL_STOP_OUTPUT] = "no report could be written"};
    if (results->run.complete && results->unresolved_count == 0 &&
        results->summary.states[PTL_ERROR] > 0)
        return "some probes ended in an error of this machine";
    if (results->run.complete && results->unresolved_count == 0)
        return results->estimate.below == 0 ? NULL
                                            : "more may have been missed than min_recall allows";
    return causes[results->run.stopped_by];
}

bool ptl_writing_flush(struct ptl_writing *writing)
{
    return ptl_output_write_line(writing->output, &writing->line);
}

bool ptl_writing_nothing(struct ptl_writing *writing)
{
    (void)writing;
    return true;
}
