#include "base/clock.h"
#include "scan/engine.h"
#include "scan/probe.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* The one socket of a blocking worker, kept while it can be connected again. */
struct kept {
    int fd; /* -1: none */
    uint8_t family;
};

static void drop(struct kept *kept)
{
    if (kept->fd >= 0)
        close(kept->fd);
    kept->fd = -1;
}

/* Waits for an answer, the timeout or the end of the run. False: the run was stopped. */
static bool wait_for_answer(const struct ptl_worker *worker, const struct kept *kept,
                            const struct ptl_attempt *attempt, struct ptl_finding *finding)
{
    uint64_t due_ns = attempt->started_ns + attempt->probe.wait_us * PTL_NS_PER_US;
    struct ptl_engine_clock clock = {.seen_ns = 0};
    ptl_engine_stood_still(worker->plan, &clock, due_ns, attempt->started_ns);
    for (bool failed = false, is_over = false;;) {
        /* On loopback the answer is there before the first look: poll comes second. */
        if (ptl_engine_look(worker, attempt, kept->fd, failed, is_over, finding) != PTL_LOOK_WAITS)
            return true;
        if (ptl_plan_stopped(worker->plan))
            return false;
        struct pollfd fds[2] = {
            {.fd = kept->fd, .events = POLLOUT},
            {.fd = ptl_plan_wake_fd(worker->plan, worker->number), .events = POLLIN}};
        int ready = poll(fds, 2, ptl_engine_wait_ms(due_ns));
        ptl_engine_stood_still(worker->plan, &clock, due_ns, ptl_clock_now_ns());
        if (fds[1].revents != 0)
            ptl_plan_woken(worker->plan, worker->number);
        failed = (fds[0].revents & POLLERR) != 0;
        is_over = ready == 0 && due_ns <= ptl_clock_now_ns();
    }
}

/* One attempt, start to end. False: the run was stopped meanwhile. */
static bool ask(const struct ptl_worker *worker, struct kept *kept, struct ptl_attempt *attempt,
                struct ptl_finding *finding)
{
    uint8_t family = ptl_plan_address(worker->plan, attempt->probe.lane)->family;
    uint16_t source;
    bool done = true;
    if (kept->fd >= 0 && kept->family != family)
        drop(kept);
    if (kept->fd < 0) {
        kept->fd = ptl_probe_socket(family, ptl_worker_source(worker));
        kept->family = family;
        if (kept->fd < 0) {
            ptl_probe_judge(-1, errno, finding);
            return true;
        }
    }
    attempt->started_ns = ptl_clock_now_ns();
    int result = ptl_engine_connect(worker, &attempt->probe, kept->fd, NULL, &source);
    if (result == EINPROGRESS || result == EALREADY) {
        ptl_engine_asked(attempt);
        done = wait_for_answer(worker, kept, attempt, finding);
    } else {
        ptl_probe_judge(kept->fd, result, finding);
    }
    if (done)
        ptl_probe_leave(kept->fd, finding);
    if (!done || !finding->reusable)
        drop(kept);
    ptl_sources_drop(worker->sources, source);
    return done;
}

static void carry_out(const struct ptl_worker *worker, struct kept *kept,
                      const struct ptl_probe *probe, struct ptl_outcome *outcome)
{
    struct ptl_attempt attempt = {.probe = *probe, .started_ns = ptl_clock_now_ns()};
    struct ptl_finding finding = {.state = PTL_UNPROBED, .rtt_us = PTL_US_NONE};
    do {
        if (ptl_plan_stopped(worker->plan) || !ask(worker, kept, &attempt, &finding)) {
            finding.state = PTL_UNPROBED;
            break;
        }
    } while (ptl_engine_asks_again(worker, &attempt, &finding));
    ptl_engine_outcome(outcome, probe, &finding, attempt.started_ns, ptl_clock_now_ns());
    outcome->held_up = attempt.held_up;
    outcome->more = attempt.more;
}

/* Sleeps until the plan calls or time has come. */
static void sleep_until(const struct ptl_worker *worker, uint64_t due_ns)
{
    struct pollfd fd = {.fd = ptl_plan_wake_fd(worker->plan, worker->number), .events = POLLIN};
    if (poll(&fd, 1, ptl_engine_wait_ms(due_ns)) > 0)
        ptl_plan_woken(worker->plan, worker->number);
}

void ptl_engine_blocking(struct ptl_worker *worker)
{
    struct kept kept = {.fd = -1};
    struct ptl_outcome outcome;
    size_t settled = 0;
    for (;;) {
        struct ptl_probe probe;
        /* As many permits as workers, but for a shortage: then some of them rest. */
        uint32_t permit = ptl_permits_try(worker->permits, 1);
        struct ptl_pull pulled =
            ptl_plan_exchange(worker->plan, worker->number, &outcome, settled, &probe, permit);
        settled = 0;
        if (pulled.finished || pulled.count == 0)
            ptl_permits_release(worker->permits, permit);
        if (pulled.finished)
            break;
        if (pulled.count == 0) {
            drop(&kept); /* descriptors may be short: another may need it meanwhile */
            uint64_t rested_ns = ptl_clock_now_ns() + PTL_NO_PERMIT_NS;
            sleep_until(worker, permit == 0 ? rested_ns : pulled.due_ns);
            continue;
        }
        carry_out(worker, &kept, &probe, &outcome);
        ptl_permits_release(worker->permits, permit);
        settled = 1;
    }
    drop(&kept);
}
