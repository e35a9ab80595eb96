#include "scan/engine.h"

#include "portolan/clock.h"

#include <limits.h>

#define LOOK_NS (PTL_RTT_FLOOR_US * PTL_NS_PER_US) /* no wait is shorter */
#define FIRST_LOOK_NS (LOOK_NS / 20)

void ptl_engine_outcome(struct ptl_outcome *outcome, const struct ptl_probe *probe,
                        const struct ptl_finding *finding, uint64_t started_ns, uint64_t now_ns)
{
    outcome->probe = *probe;
    outcome->state = finding->state;
    outcome->reason = finding->reason;
    outcome->resent = finding->resent;
    outcome->rtt_us = finding->rtt_us;
    outcome->at_ns = now_ns;
    outcome->connect_us = PTL_US_NONE;
    uint64_t us = (now_ns - started_ns) / PTL_NS_PER_US;
    /* A time is told only where something answered. */
    if (finding->reason != PTL_REASON_NO_RESPONSE && finding->state != PTL_ERROR &&
        finding->state != PTL_UNPROBED && us < PTL_US_NONE)
        outcome->connect_us = (uint32_t)us;
}

uint64_t ptl_engine_look_ns(const struct ptl_worker *worker, const struct ptl_probe *probe,
                            uint64_t started_ns, uint64_t now_ns)
{
    uint64_t due_ns = started_ns + ptl_plan_wait_ns(worker->plan, probe);
    if (!ptl_plan_wait_shrinks(worker->plan))
        return due_ns;
    uint64_t soon_ns = LOOK_NS;
    if (worker->linger_most > 0 && !probe->lingers) {
        uint64_t flight_ns = ptl_plan_flight_ns(worker->plan, probe);
        uint64_t waited_ns = now_ns - started_ns;
        if (flight_ns != UINT64_MAX && flight_ns > waited_ns)
            soon_ns = flight_ns - waited_ns;
        else /* not known yet, or too many linger */
            soon_ns = waited_ns > FIRST_LOOK_NS ? waited_ns : FIRST_LOOK_NS;
    }
    if (soon_ns > LOOK_NS)
        soon_ns = LOOK_NS;
    return now_ns + soon_ns < due_ns ? now_ns + soon_ns : due_ns;
}

int ptl_engine_wait_ms(uint64_t due_ns)
{
    if (due_ns == UINT64_MAX)
        return -1;
    uint64_t now = ptl_clock_now_ns();
    if (due_ns <= now)
        return 0;
    uint64_t ms = (due_ns - now + PTL_NS_PER_MS - 1) / PTL_NS_PER_MS;
    return ms > INT_MAX ? INT_MAX : (int)ms;
}
