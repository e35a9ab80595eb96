/* What the parts of a merge share. */
#ifndef FINISHED_MERGING_H
#define FINISHED_MERGING_H

#include "finished/merge.h"
#include "finished/view.h"

struct ptl_merging {
    struct ptl_view *views; /* of the runs, in the order given */
    size_t count;
    struct ptl_results *results;
    struct ptl_portset *ports; /* of any of them */
    bool is_disjoint;          /* no port is one of two of the runs' */
    uint8_t (
        *seen)[PTL_PORT_BYTES]; /* ports that no file lists, by the set of states they can be in */
    uint64_t probes;            /* of all runs */
    uint64_t estimated;         /* hosts whose counts of closed and filtered are not certain */
    uint64_t silent;            /* ports that no file lists, in other states here and there */
};

/* Copies the first of several runs, less what it owns and what is said of one run alone: that is
 * NULL or 0 then, its texts too. (merge_run.c) */
void ptl_merge_begin_run(struct ptl_run_info *run, const struct ptl_run_info *first);
/* Takes over when another was, how it ended and which states it lists; not how long it took. */
void ptl_merge_join_run(struct ptl_run_info *run, const struct ptl_run_info *other);

/* Adds the warnings of a run, and its services: of a port, those of the first that names one.
 * False: no memory. */
bool ptl_merge_add_notes(struct ptl_results *results, const struct ptl_results *from);

/* Adds what the runs know of one host, the target of that number (merge_host.c). False: no memory.
 */
bool ptl_merge_host(struct ptl_merging *merging, uint32_t target);

/* Of the `count` that are in, sorts those of each host and leaves out what is said twice, or is no
 * longer so in the light of the others. The verdicts count them all. (merge_expect.c) */
void ptl_merge_settle_expectations(struct ptl_results *results, size_t count);
/* Adds the expectations of all runs, as they were judged (merge_expect.c). The hosts and the
 * unresolved are in. False: no memory. */
bool ptl_merge_expectations(struct ptl_merging *merging);

#endif
