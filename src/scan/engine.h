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

#define PTL_SYN_RESENT_NS 1000000000U /* the kernel sends no second SYN before */
#define PTL_NO_PERMIT_NS 20000000U    /* a worker without a permit asks again after so long */

/* How a worker tells that time passed without it. */
struct ptl_engine_clock {
    uint64_t asleep_ns; /* how long this machine has been suspended since it was started */
    uint64_t seen_ns;   /* when the worker was last known to run */
};

/* Where a second connect() finds the answer of the first, mostly towards this machine: by lane. */
struct ptl_engine_looks {
    uint8_t pay[PTL_PLAN_WINDOW]; /* for so many more, after one that did */
    uint32_t skipped;
};

/* A probe under way, and how it started anew. */
struct ptl_attempt {
    struct ptl_probe probe;
    uint64_t started_ns;
    bool held_up;          /* connect() came back so late that nobody knows when it was sent */
    uint8_t more;          /* attempts that went before */
    uint8_t self_connects; /* of them, those that met themselves */
    bool verifies;         /* the port was open, doubtfully... */
    uint32_t rtt_us;       /* ...after so long */
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

/* What its sockets are bound to; NULL: nothing. */
static inline const struct ptl_address *ptl_worker_source(const struct ptl_worker *worker)
{
    return worker->profile->has_source_address ? &worker->profile->source_address : NULL;
}

/* One connect at a time, waited for. */
void ptl_engine_blocking(struct ptl_worker *worker);
/* Many connects at a time, through an epoll of its own. */
void ptl_engine_evented(struct ptl_worker *worker);

/*
 * Starts the probe's connect, and looks for its answer at once where that pays; NULL: where the
 * address is this machine's. If it is, *source becomes the port of the socket, to be dropped with
 * ptl_sources_drop; else, or where it was refused, 0. Returns what ptl_probe_connect does.
 */
int ptl_engine_connect(const struct ptl_worker *worker, const struct ptl_probe *probe, int fd,
                       struct ptl_engine_looks *looks, uint16_t *source);

enum ptl_engine_look { PTL_LOOK_WAITS, PTL_LOOK_ANSWER, PTL_LOOK_SILENCE };
/* Looks for the answer to a connect under way. `failed`: there is an error to read; `is_over`: its
 * time is, so that it waits no more. `finding` is set unless it waits. */
enum ptl_engine_look ptl_engine_look(const struct ptl_worker *worker,
                                     const struct ptl_attempt *attempt, int fd, bool failed,
                                     bool is_over, struct ptl_finding *finding);

/* connect() has come back, and the answer is waited for. */
void ptl_engine_asked(struct ptl_attempt *attempt);
/* The outcome of a probe from what was found; connect_us from `started_ns` to `now_ns`. */
void ptl_engine_outcome(struct ptl_outcome *outcome, const struct ptl_probe *probe,
                        const struct ptl_finding *finding, uint64_t started_ns, uint64_t now_ns);
/*
 * Has the probe to be asked again: it met itself, or may have met another of the run's? Else
 * `finding` is what it comes to.
 */
bool ptl_engine_doubts(const struct ptl_worker *worker, struct ptl_attempt *attempt,
                       struct ptl_finding *finding);
static inline bool ptl_engine_asks_again(const struct ptl_worker *worker,
                                         struct ptl_attempt *attempt, struct ptl_finding *finding)
{
    bool is_sure = !finding->self && !finding->doubtful && !attempt->verifies; /* nearly always */
    return !is_sure && ptl_engine_doubts(worker, attempt, finding);
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
