/*
 * The plan: which probe is next. Engines pull probes in blocks and settle what became of them in
 * the same call, under one lock, so that sixteen million probes are never a queue. Verdicts go
 * from here to the results.
 */
#ifndef SCAN_PLAN_H
#define SCAN_PLAN_H

#include "base/error.h"
#include "journal/journal.h"
#include "profile/profile.h"
#include "results/live.h"
#include "results/results.h"
#include "scan/lane.h"
#include "scan/permits.h"
#include "scan/run.h"
#include "scan/sources.h"
#include "target/targets.h"

#define PTL_PLAN_WINDOW 4096    /* active targets, at most: each has a lane */
#define PTL_PLAN_BLOCK 64       /* probes that are pulled or settled at a time */
#define PTL_RETRY_DELAY_MS 100U /* what ate an attempt may still be there */
#define PTL_RETRY_DELAY_NS (PTL_RETRY_DELAY_MS * 1000000ULL)

/* What became of a probe. An abandoned one (the run was stopped) has the state PTL_UNPROBED. */
struct ptl_outcome {
    struct ptl_probe probe;
    uint8_t state;
    uint8_t reason;
    bool resent;    /* the kernel had to send the SYN again */
    bool prompt;    /* read as it came: the engine was waiting for it */
    bool late;      /* the engine was held up meanwhile: connect_us tells of this machine */
    bool held_up;   /* it may have been sent a good deal later than it was begun */
    bool is_kept;   /* its socket: it is listened to for longer */
    bool overheard; /* its silence was told before: this is what was heard, or not, beyond its time
                     */
    uint8_t more; /* attempts that went before and met a probe of this machine: they say nothing */
    uint32_t rtt_us;
    uint32_t connect_us;
    uint64_t started_ns; /* when it was sent */
    uint64_t at_ns;
};

/* What a pull found, beside its probes. */
struct ptl_pull {
    size_t count;
    bool finished;   /* nothing will come any more: leave */
    uint64_t due_ns; /* count is 0: ask again then; UINT64_MAX: when woken */
};

struct ptl_plan;

/* What a plan is made of. All must outlive it. */
struct ptl_plan_parts {
    const struct ptl_profile *profile;
    struct ptl_results *results; /* has `live` set: the targets; verdicts are added to it */
    struct ptl_portset *ports;   /* sealed: of each target; the profile's, or some of them */
    uint64_t rate;               /* attempts a second; 0: no limit */
    struct ptl_permits *permits; /* their limit shrinks and grows with what this machine can do */
    struct ptl_sources *sources; /* of the workers; NULL: resets are not counted */
    uint64_t seed;               /* in force */
    uint32_t workers;
    uint64_t start_ns; /* of the run */
};

/* PTL_E_NO_MEMORY, PTL_E_SYSTEM. */
enum ptl_status ptl_plan_new(const struct ptl_plan_parts *parts, struct ptl_plan **plan,
                             struct ptl_error *error);
void ptl_plan_free(struct ptl_plan *plan);
/*
 * Before the first exchange: goes on where `past`, which must outlive the plan, ends; base_ms is
 * from the start of the run to that of the plan. PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_plan_restore(struct ptl_plan *plan, const struct ptl_past *past,
                                 uint32_t base_ms, struct ptl_error *error);
/* From the first exchange on, or not any more: what comes is noted, for ptl_plan_take_notes to
 * take. Any thread. */
void ptl_plan_note_all(struct ptl_plan *plan, bool takes_notes);
bool ptl_plan_take_notes(void *plan, struct ptl_journal_batch *batch);

/*
 * Settles outcomes[0..settled), then pulls up to `want` (at most PTL_PLAN_BLOCK) probes into
 * `probes`. `worker` (below the number given to ptl_plan_new) that gets none is woken through its
 * eventfd when there is something to pull. Any thread.
 */
struct ptl_pull ptl_plan_exchange(struct ptl_plan *plan, uint32_t worker,
                                  const struct ptl_outcome *outcomes, size_t settled,
                                  struct ptl_probe *probes, size_t want);
/* The eventfd that wakes a worker: readable when it should pull again. Borrowed. */
int ptl_plan_wake_fd(const struct ptl_plan *plan, uint32_t worker);
/* The worker has seen its eventfd: makes it unreadable. */
void ptl_plan_woken(struct ptl_plan *plan, uint32_t worker);
/* The address of a lane from which the caller holds a probe. */
const struct ptl_address *ptl_plan_address(const struct ptl_plan *plan, uint32_t lane);

/*
 * This machine stood still (it was stopped, asleep or starved) from `from_ns` to `to_ns`: silence
 * of that time is nobody's fault. Any thread.
 */
void ptl_plan_stood_still(struct ptl_plan *plan, uint64_t from_ns, uint64_t to_ns);

/* No probe is handed out any more, and engines abandon what waits. Any thread. */
void ptl_plan_stop(struct ptl_plan *plan, enum ptl_stop cause);
/* Checked before every connect(). */
bool ptl_plan_stopped(const struct ptl_plan *plan);
void ptl_plan_progress(struct ptl_plan *plan, struct ptl_progress *progress);
/* Takes what was found since the last time, and tells the watermark. False: no memory. */
bool ptl_plan_take_found(struct ptl_plan *plan, struct ptl_live *live, uint32_t *watermark_ms);
/* After the last worker is gone: hands every target's counts and the summary to the results. */
enum ptl_status ptl_plan_finish(struct ptl_plan *plan, struct ptl_error *error);

#endif
