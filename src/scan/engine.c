#include "scan/engine.h"

#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

#define SELF_CONNECTS 8      /* how often a probe that met itself is asked again */
#define HELD_UP_NS 10000000U /* a connect() that takes so long was interrupted */
#define STILL_NS 200000000U  /* later than this, a worker did not just oversleep */
#define PAYS 8               /* looks after one that did */
#define LOOK_AGAIN 64        /* where it does not, it is tried every so often */

/* ---- an attempt ---- */

int ptl_engine_connect(const struct ptl_worker *worker, const struct ptl_probe *probe, int fd,
                       struct ptl_engine_looks *looks, uint16_t *source)
{
    const struct ptl_address *address = ptl_plan_address(worker->plan, probe->lane);
    bool is_own = ptl_sources_is_own(worker->sources, address);
    uint8_t *pays = looks != NULL ? &looks->pay[probe->lane % PTL_PLAN_WINDOW] : NULL;
    if (is_own)
        ptl_sources_begin(worker->sources, worker->number);
    int result = ptl_probe_connect(fd, address, probe->port);
    bool looks_again =
        result == EINPROGRESS && (pays == NULL ? is_own
                                               : *pays > 0 || ptl_address_is_loopback(address) ||
                                                     ++looks->skipped % LOOK_AGAIN == 0);
    if (looks_again)
        result = ptl_probe_connect(fd, address, probe->port);
    if (looks_again && pays != NULL)
        *pays = (uint8_t)(result != EALREADY ? PAYS : *pays - (*pays > 0));
    *source = 0;
    if (is_own)
        *source =
            ptl_sources_end(worker->sources, worker->number, result == ECONNREFUSED ? -1 : fd);
    return result;
}

enum ptl_engine_look ptl_engine_look(const struct ptl_worker *worker,
                                     const struct ptl_attempt *attempt, int fd, bool failed,
                                     bool is_over, struct ptl_finding *finding)
{
    const struct ptl_probe *probe = &attempt->probe;
    enum ptl_engine_look found = PTL_LOOK_ANSWER;
    bool resent =
        attempt->started_ns + PTL_SYN_RESENT_NS <= ptl_clock_now_ns() && ptl_probe_resent(fd);
    int result = ptl_probe_connect(fd, ptl_plan_address(worker->plan, probe->lane), probe->port);
    if (result != EALREADY && result != EINPROGRESS) {
        ptl_probe_judge(fd, result, finding);
    } else if (!(failed || is_over) || !ptl_probe_icmp(fd, finding)) {
        if (!is_over)
            return PTL_LOOK_WAITS; /* an event of the socket's earlier life */
        ptl_probe_set(finding, PTL_FILTERED, PTL_REASON_NO_RESPONSE);
        found = PTL_LOOK_SILENCE;
    }
    finding->resent = resent;
    return found;
}

/* ---- its outcome ---- */

void ptl_engine_asked(struct ptl_attempt *attempt)
{
    attempt->held_up = ptl_clock_now_ns() - attempt->started_ns > HELD_UP_NS;
}

void ptl_engine_outcome(struct ptl_outcome *outcome, const struct ptl_probe *probe,
                        const struct ptl_finding *finding, uint64_t started_ns, uint64_t now_ns)
{
    *outcome = (struct ptl_outcome){.probe = *probe,
                                    .state = finding->state,
                                    .reason = finding->reason,
                                    .resent = finding->resent,
                                    .rtt_us = finding->rtt_us,
                                    .connect_us = PTL_US_NONE,
                                    .started_ns = started_ns,
                                    .at_ns = now_ns};
    uint64_t us = (now_ns - started_ns) / PTL_NS_PER_US;
    /* A time is told only where something answered. */
    if (finding->reason != PTL_REASON_NO_RESPONSE && finding->state != PTL_ERROR &&
        finding->state != PTL_UNPROBED && us < PTL_US_NONE)
        outcome->connect_us = (uint32_t)us;
}

bool ptl_engine_doubts(const struct ptl_worker *worker, struct ptl_attempt *attempt,
                       struct ptl_finding *finding)
{
    if (finding->self && attempt->self_connects++ < SELF_CONNECTS) {
        attempt->more++;
        return true;
    }
    if (finding->self) /* nobody listens on a port that was free to be our source */
        ptl_probe_set(finding, PTL_CLOSED, PTL_REASON_CONN_REFUSED);
    if (attempt->verifies) {
        /* A port that is nobody's would have refused: somebody listens, whose backlog is full. */
        if (finding->state == PTL_FILTERED && finding->reason == PTL_REASON_NO_RESPONSE) {
            ptl_probe_set(finding, PTL_OPEN, PTL_REASON_SYN_ACK);
            finding->rtt_us = attempt->rtt_us;
        }
        return false;
    }
    if (!finding->doubtful ||
        !ptl_sources_met(worker->sources, worker->number, attempt->probe.port, attempt->started_ns))
        return false;
    attempt->more++;
    attempt->verifies = true;
    attempt->rtt_us = finding->rtt_us;
    return true;
}

/* ---- time ---- */

static uint64_t asleep_ns(void)
{
    struct timespec with = {0}, without = {0};
    clock_gettime(CLOCK_MONOTONIC, &without);
    clock_gettime(CLOCK_BOOTTIME, &with);
    int64_t ns =
        (with.tv_sec - without.tv_sec) * (int64_t)PTL_NS_PER_S + with.tv_nsec - without.tv_nsec;
    return ns > 0 ? (uint64_t)ns : 0;
}

bool ptl_engine_stood_still(struct ptl_plan *plan, struct ptl_engine_clock *clock, uint64_t due_ns,
                            uint64_t now_ns)
{
    uint64_t seen_ns = clock->seen_ns, slept_ns = asleep_ns();
    bool suspended = seen_ns != 0 && slept_ns > clock->asleep_ns + STILL_NS;
    uint64_t latest_ns = due_ns > seen_ns ? due_ns : seen_ns;
    bool stopped = seen_ns != 0 && now_ns > latest_ns && now_ns - latest_ns > STILL_NS;
    clock->asleep_ns = slept_ns;
    clock->seen_ns = now_ns;
    if (suspended || stopped)
        ptl_plan_stood_still(plan, seen_ns, now_ns);
    return suspended || stopped;
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
