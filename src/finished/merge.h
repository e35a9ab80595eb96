/* One run made of several that were read back. */
#ifndef FINISHED_MERGE_H
#define FINISHED_MERGE_H

#include "base/error.h"
#include "results/results.h"

/*
 * Merges runs of disjoint probes: other hosts, or other ports of the same. The hosts and the ports
 * of the merged run are those of any of them; what none has probed is unprobed. Of a port that
 * several know, the more telling state is kept (open, closed, filtered, error), and where they do
 * not agree, all of them are in `disagreements`. `names` are those of the files. *merged is the
 * caller's; nothing of it is borrowed. Errors: PTL_E_NO_MEMORY; PTL_E_INVALID: a run has more than
 * 65,536 targets, so that its file does not name them all.
 */
enum ptl_status ptl_merge(const struct ptl_results *const *runs, const char *const *names,
                          size_t count, struct ptl_results **merged, struct ptl_error *error);

#endif
