/*
 * Judging what a profile expects. A judge remembers, while a run lasts, the state of each port
 * that `expect` names, whether or not the results keep it, in half a byte a port; of a host's
 * other ports (`only`) it remembers those that are open or in error. Afterwards it fills the
 * results' expectations.
 */
#ifndef RESULTS_JUDGE_H
#define RESULTS_JUDGE_H

#include "base/cancel.h"
#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"
#include "target/targets.h"

#define PTL_JUDGE_PORTS_MAX (1U << 24) /* ports that `open`, `closed` and `only` may name */

struct ptl_judge;

/*
 * Matches the rules of profile->expect with the targets. A name is matched with the target that
 * it labels, else resolved. An entry that covers no target is a problem, with its place, unless
 * the targets are a slice alone (`is_slice`): it may be about another one. `names` are the hosts
 * already known not to resolve. *judge is yours; NULL where nothing is expected. The profile must
 * outlive it. Errors: PTL_E_NO_MEMORY, PTL_E_CANCELLED.
 */
enum ptl_status ptl_judge_new(const struct ptl_profile *profile, const struct ptl_targets *targets,
                              bool is_slice, const struct ptl_unresolved *names, size_t name_count,
                              const struct ptl_cancel *cancel, struct ptl_judge **judge,
                              struct ptl_problems *problems, struct ptl_error *error);
void ptl_judge_free(struct ptl_judge *judge);
/*
 * Before anything is noted: leaves what is expected of the `count` targets from number `first` on,
 * which becomes 0, and of these ports. Hosts that did not resolve are no part of any slice, and
 * stay. False: no memory, and it is of no more use. NULL is nothing.
 */
bool ptl_judge_cut(struct ptl_judge *judge, uint64_t first, uint64_t count,
                   const struct ptl_portset *ports);
/* The names in `expect`, beyond those that ptl_judge_new was told of, that did not resolve: they
 * belong among the results' unresolved. False past the last. Borrowed. */
bool ptl_judge_unresolved(const struct ptl_judge *judge, size_t number, const char **name,
                          const char **message);

/*
 * Takes note of the verdict of one probe; call it once for every probe that got one. Not
 * thread-safe: scan/ calls it under its lock. `judge` NULL is nothing. False: no memory.
 */
bool ptl_judge_note(struct ptl_judge *judge, uint32_t target, uint16_t port, enum ptl_state state);

/* Fills the expectations and the verdicts of results, whose counts are in. PTL_E_NO_MEMORY. */
enum ptl_status ptl_judge_conclude(const struct ptl_judge *judge, struct ptl_results *results,
                                   struct ptl_error *error);

/*
 * Appends to buf, whose maximum bounds it, what is open in the sealed results of a run as an
 * `expect` block that a profile includes with `extends`. PTL_E_INVALID: the run is not complete,
 * or its results do not hold open ports, or hosts differ in more ways than a profile takes.
 */
enum ptl_status ptl_results_save_expect(const struct ptl_results *results, struct ptl_buf *buf,
                                        struct ptl_error *error);

#endif
