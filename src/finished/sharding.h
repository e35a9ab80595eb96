/* What the parts of a merge of shards share. */
#ifndef FINISHED_SHARDING_H
#define FINISHED_SHARDING_H

#include "finished/shards.h"
#include "target/portset.h"

struct ptl_shards {
    const struct ptl_run_info *const *heads;
    const char *const *names;
    size_t file_count;
    uint32_t count; /* of the plan's shards */
    size_t *files;  /* by number of the shard, from 1: its file + 1; 0: there is none */
    uint32_t next;  /* shard, for ptl_shards_next */
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

#endif
