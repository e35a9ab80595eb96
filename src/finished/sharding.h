/* What the parts of a merge of shards share. */
#ifndef FINISHED_SHARDING_H
#define FINISHED_SHARDING_H

#include "finished/shards.h"
#include "target/portset.h"

struct ptl_shards {
    const struct ptl_run_info *const *heads;
    const char *const *names;
    size_t file_count;
    uint32_t count;       /* of the plan's shards */
    size_t *files;        /* by number of the shard, from 1: its file + 1; 0: there is none */
    bool *are_incomplete; /* likewise: of those that were added */
    uint32_t next;        /* shard, for ptl_shards_next */
    uint32_t missing;
    int64_t started_ms; /* the earliest of those taken */

    struct ptl_results *results; /* what is put together */
    struct ptl_portset *ports;   /* of any shard */
    uint64_t probes;             /* of all that were added */
    const char **unresolved;     /* sorted, of results->unresolved */
    size_t unresolved_count;
    size_t expectation_capacity;
    struct ptl_expectation *lost; /* of hosts without an address */
    size_t lost_count, lost_capacity;
};

/* Tells how two heads that should be of one plan differ (shards_differ.c). PTL_E_INVALID. */
enum ptl_status ptl_shards_differ(const struct ptl_run_info *a, const char *a_name,
                                  const struct ptl_run_info *b, const char *b_name,
                                  struct ptl_error *error);

/* Add what one shard lists (shards_lists.c). `base`: the number that its first target has in the
 * whole; `known`: how many unresolved names there were before it. False: no memory. */
bool ptl_shards_add_unresolved(struct ptl_shards *shards, const struct ptl_results *from);
bool ptl_shards_add_expectations(struct ptl_shards *shards, const struct ptl_results *from,
                                 uint32_t base, uint32_t known);
bool ptl_shards_add_notes(struct ptl_shards *shards, const struct ptl_results *from);
/* Once all are in: says once what several say, and of many expectations leaves out those that pass.
 * False: no memory. */
bool ptl_shards_settle_expectations(struct ptl_shards *shards);

#endif
