/* A run: from a profile to sealed results. */
#ifndef SCAN_RUN_H
#define SCAN_RUN_H

#include "base/cancel.h"
#include "base/error.h"
#include "journal/journal.h"
#include "profile/profile.h"
#include "results/judge.h"
#include "results/results.h"
#include "target/targets.h"

/* What is known before the first probe: targets with names resolved, scope checked, limits. */
struct ptl_prepared {
    struct ptl_targets *targets;
    struct ptl_unresolved *unresolved;
    size_t unresolved_count;
    struct ptl_portset *ports; /* of each target; sealed */
    uint64_t rate;             /* attempts a second: the profile's, or the slice's part of it */
    struct ptl_shard_info shard;
    uint64_t probes;
    uint32_t workers;               /* in force */
    uint32_t effective_concurrency; /* after clamping to descriptors */
    uint64_t worst_case_ms; /* every probe silent, every attempt made; UINT64_MAX: unbounded */
    char **warnings;
    size_t warning_count;
    uint64_t seed;           /* drawn when the profile's is 0 */
    struct ptl_judge *judge; /* of the profile's expectations; NULL: none */
    /* Where what is settled goes; NULL: nowhere. The caller's, who has made it (ptl_journal_create)
     * and frees it once the results, whose targets may be labelled by it, are freed. */
    struct ptl_journal *journal;
    size_t unresolved_hosts; /* of `unresolved`, those from `hosts`, which come first */
};

/*
 * Resolves, excludes, checks the scope, takes the profile's slice of the plan, clamps to what the
 * system grants (RLIMIT_NOFILE as it is). Sends no probe. Problems (scope, an exclude that does not
 * resolve, no target left) go to `problems`, with the place of the entry; the status is then
 * PTL_E_INVALID. A cancel ends the wait for names, which are then unresolved ("interrupted"):
 * ptl_run with the same token sends nothing and its results say so.
 */
enum ptl_status ptl_prepare(const struct ptl_profile *profile, const struct ptl_cancel *cancel,
                            struct ptl_prepared **prepared, struct ptl_problems *problems);
/* The same for a run that goes on: targets, the hosts that did not resolve, and the seed are those
 * of `past`, which must outlive them; no name of `hosts` is resolved. */
enum ptl_status ptl_prepare_again(const struct ptl_profile *profile, const struct ptl_past *past,
                                  const struct ptl_cancel *cancel, struct ptl_prepared **prepared,
                                  struct ptl_problems *problems);
void ptl_prepared_free(struct ptl_prepared *prepared);

struct ptl_progress {
    uint64_t probes; /* all there are */
    uint64_t done;   /* with a verdict */
    uint64_t states[PTL_STATE_COUNT];
    uint64_t attempts;
    uint32_t in_flight;
    bool paused; /* nothing answers: the run waits for what has answered before */
    uint64_t elapsed_ms;
};

/*
 * Called one at a time, NULL: not. They may wait, for whoever reads what they write: meanwhile
 * nothing else is told, but a deadline and a signal end the run in time. ptl_run returns once the
 * last call has.
 */
struct ptl_run_hooks {
    void *context;
    unsigned tick_ms; /* how often; 0: never */
    void (*tick)(void *context, const struct ptl_progress *progress);
    /* Results by (offset_ms, target, port), each once, as they come; first, with none, when the
     * run begins. The last ones, those above the watermark, are told by the results alone. What may
     * be read of `results`, which are not sealed: what was asked, and names of targets. */
    void (*found)(void *context, const struct ptl_results *results, const struct ptl_result *items,
                  size_t count);
    /* Before the first probe and after each `found`. False: nobody can be told any more what the
     * run finds, and it stops (PTL_STOP_OUTPUT). */
    bool (*wanted)(void *context);
    /* The journal cannot be written any more; the run goes on without it. */
    void (*journal_failed)(void *context, const struct ptl_error *error);
};

/*
 * Carries the prepared run out and returns sealed results. Takes
 * `prepared` over (frees it in every case). A run that is cancelled, also before it began, or
 * passes its deadline is not an error: the results say so. One that had all its verdicts when the
 * signal came is complete. Errors: PTL_E_SYSTEM, PTL_E_NO_MEMORY when it could not start.
 */
enum ptl_status ptl_run(const struct ptl_profile *profile, struct ptl_prepared *prepared,
                        const struct ptl_cancel *cancel, const struct ptl_run_hooks *hooks,
                        struct ptl_results **results, struct ptl_error *error);

#endif
