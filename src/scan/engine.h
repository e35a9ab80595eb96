/*
 * The two engines. Each worker thread runs one of the functions below until the plan is finished
 * or stopped. The four strategies are parameters: sequential is one blocking worker, threads is
 * many, events is one evented worker, pool is several.
 */
#ifndef SCAN_ENGINE_H
#define SCAN_ENGINE_H

#include "portolan/profile.h"
#include "scan/permits.h"
#include "scan/plan.h"
#include "scan/probe.h"

#include <stdint.h>

#define PTL_SELF_CONNECTS 8           /* how often a probe that met itself is asked again */
#define PTL_SYN_RESENT_NS 1000000000U /* the kernel sends no second SYN before */

/* What a worker is given. All of it outlives the worker; `failure` is its own to write. */
struct ptl_worker {
    uint32_t number;
    uint32_t share;       /* permits it may hold, so that no worker starves another */
    uint32_t linger_most; /* attempts that may wait without a permit */
    const struct ptl_profile *profile;
    struct ptl_plan *plan;
    struct ptl_permits *permits;
    int failure; /* errno for which it could not work at all; 0: none */
};

/* One connect at a time, waited for. */
void ptl_engine_blocking(struct ptl_worker *worker);
/* Many connects at a time, through an epoll of its own. */
void ptl_engine_evented(struct ptl_worker *worker);

/* The outcome of a probe from what was found; connect_us from `started_ns` to `now_ns`. */
void ptl_engine_outcome(struct ptl_outcome *outcome, const struct ptl_probe *probe,
                        const struct ptl_finding *finding, uint64_t started_ns, uint64_t now_ns);
/* When to look whether an attempt that began at `started_ns` has waited long enough: when it will
 * have, or earlier where the wait may become shorter meanwhile. */
uint64_t ptl_engine_look_ns(const struct ptl_worker *worker, const struct ptl_probe *probe,
                            uint64_t started_ns, uint64_t now_ns);
/* Milliseconds until `due_ns`, rounded up, for poll and epoll_wait; -1: for ever. */
int ptl_engine_wait_ms(uint64_t due_ns);

#endif
