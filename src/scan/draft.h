/* What a run is prepared from, while it is put together: prepare.c leads, each draft_*.c does a
 * part. */
#ifndef SCAN_DRAFT_H
#define SCAN_DRAFT_H

#include "scan/run.h"

/* The blocks of hosts and of exclude_hosts, names resolved. */
struct ptl_draft {
    const struct ptl_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_problems *problems;
    struct ptl_named_block *blocks;
    size_t block_count, block_capacity;
    struct ptl_block *excludes;
    size_t exclude_count, exclude_capacity;
    size_t unresolved_capacity;
    const char *left_out[2]; /* of the family that is not asked for: first and last */
    size_t left_out_count;
    bool interrupted; /* while names were resolved: nothing will be sent */
};

/* False: no memory. The problem is told at the end, by prepare.c. */
bool ptl_draft_warn(struct ptl_prepared *prepared, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* False: no memory. */
bool ptl_draft_unresolved(struct ptl_draft *draft, const char *input, const char *message);
struct ptl_origin ptl_draft_origin(const struct ptl_host *host);

/* Resolves every name, fills `blocks` and `excludes`, and warns of what was left out of them. */
enum ptl_status ptl_draft_resolve(struct ptl_draft *draft, const struct ptl_cancel *cancel,
                                  struct ptl_error *error);
/*
 * Once the targets are known and the judge is made: which ports are asked of each, how fast, and,
 * of a slice, which targets; `past` is what the run goes on with, whose targets are the slice's.
 */
enum ptl_status ptl_draft_shard(struct ptl_draft *draft, const struct ptl_past *past,
                                const struct ptl_cancel *cancel, struct ptl_error *error);
/* Workers and concurrency: what is asked for, within what the system grants. False: no memory. */
bool ptl_draft_clamp(struct ptl_prepared *prepared, const struct ptl_profile *profile);
/* How long it takes where every probe is silent; UINT64_MAX: longer than can be said. */
uint64_t ptl_draft_worst_case_ms(const struct ptl_prepared *prepared,
                                 const struct ptl_profile *profile);

/* What this machine grants. Descriptors that can still be opened, less `reserve`; at least 1. */
uint32_t ptl_limits_descriptors(uint32_t reserve);
/* Threads that the system's settings allow this process; at least 1. */
uint32_t ptl_limits_threads(void);
/* CPUs that this process may run on; at least 1. */
uint32_t ptl_limits_cpus(void);

#endif
