/*
 * The two engines. Each worker thread runs one of the functions below until the plan is finished
 * or stopped. The four strategies are parameters: sequential is one blocking worker, threads is
 * many, events is one evented worker, pool is several.
 */
#ifndef SCAN_ENGINE_H
#define SCAN_ENGINE_H

#include "profile/profile.h"
#include "scan/permits.h"
#include "scan/plan.h"
#include "scan/probe.h"
#include "scan/sources.h"

#include <stdint.h>

#define PTL_SYN_RESENT_NS 1000000000U /* the kernel sends no second SYN before */

/* How a worker tells that time passed without it. */
struct ptl_engine_clock {
    uint64_t asleep_ns; /* how long this machine has been suspended since it was started */
    uint64_t seen_ns;   /* when the worker was last known to run */
};

/* What a worker is given. All of it outlives the worker; `failure` is its own to write. */
struct ptl_worker {
    uint32_t number;
    uint32_t share; /* permits it may hold, so that no worker starves another */
    const struct ptl_profile *profile;
    struct ptl_plan *plan;
    struct ptl_permits *permits;
    struct ptl_sources *sources;
    int failure; /* errno for which it could not work at all; 0: none */
};

/* One connect at a time, waited for. */
void ptl_engine_blocking(struct ptl_worker *worker);
/* Many connects at a time, through an epoll of its own. */
void ptl_engine_evented(struct ptl_worker *worker);

/* The outcome of a probe from what was found; connect_us from `started_ns` to `now_ns`. */
void ptl_engine_outcome(struct ptl_outcome *outcome, const struct ptl_probe *probe,
                        const struct ptl_finding *finding, uint64_t started_ns, uint64_t now_ns);
/*
 * Has the probe, begun at `started_ns`, to be asked again: it met itself, or may have met another
 * of the run's? Else `finding` is what it comes to.
 */
bool ptl_engine_doubts(const struct ptl_worker *worker, const struct ptl_probe *probe,
                       uint64_t started_ns, struct ptl_again *again, struct ptl_finding *finding);
static inline bool ptl_engine_asks_again(const struct ptl_worker *worker,
                                         const struct ptl_probe *probe, uint64_t started_ns,
                                         struct ptl_again *again, struct ptl_finding *finding)
{
    bool is_sure = !finding->self && !finding->doubtful && !again->verifies; /* nearly always */
    return !is_sure && ptl_engine_doubts(worker, probe, started_ns, again, finding);
}
/*
 * A worker slept till `due_ns` at most, and it is `now_ns`. Much later than that, or where the
 * machine slept meanwhile, this process stood still: the plan is told. True: it did. `clock` is the
 * worker's.
 */
bool ptl_engine_stood_still(struct ptl_plan *plan, struct ptl_engine_clock *clock, uint64_t due_ns,
                            uint64_t now_ns);
/* Milliseconds until `due_ns`, rounded up, for poll and epoll_wait; -1: for ever. */
int ptl_engine_wait_ms(uint64_t due_ns);

#endif
