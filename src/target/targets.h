/*
 * The targets of a run: disjoint segments of addresses with running numbers, 0 to count-1, in the
 * order of the entries that named them first. Duplicates and excludes are gone by interval
 * arithmetic; nothing is expanded. Constant once built; any thread may read.
 */
#ifndef TARGET_TARGETS_H
#define TARGET_TARGETS_H

#include "base/error.h"
#include "target/address.h"

#define PTL_TARGETS_MAX (1ULL << 32)

/* One input block with the entry that named it. `label` is borrowed and must outlive the targets.
 */
struct ptl_named_block {
    struct ptl_block block;
    const char *input; /* the entry as written: "10.0.0.0/24", "web.example" */
    bool is_name;      /* then the host of each result is the name, else the address */
};

struct ptl_targets;

/*
 * Builds from blocks (first come, first named) less excludes, O(n log n). More than
 * PTL_TARGETS_MAX addresses is PTL_E_INVALID.
 */
enum ptl_status ptl_targets_build(const struct ptl_named_block *blocks, size_t count,
                                  const struct ptl_block *excludes, size_t exclude_count,
                                  struct ptl_targets **targets, struct ptl_error *error);
/* Leaves `count` of them from number `first` on, which becomes 0; both lie within them. */
void ptl_targets_cut(struct ptl_targets *targets, uint64_t first, uint64_t count);
void ptl_targets_free(struct ptl_targets *targets);
uint64_t ptl_targets_count(const struct ptl_targets *targets);

struct ptl_target {
    struct ptl_address address;
    const char *input; /* borrowed */
    bool is_name;
};
/* index < count; O(log segments). */
void ptl_targets_get(const struct ptl_targets *targets, uint64_t index, struct ptl_target *target);
/* The names that label targets, sorted without regard to case; one of several segments as often.
 * The array is the caller's. NULL: no memory. */
const char **ptl_targets_names(const struct ptl_targets *targets, size_t *count);
/* How many segments there are; and one of them: false past the last. */
size_t ptl_targets_segments(const struct ptl_targets *targets);
bool ptl_targets_segment(const struct ptl_targets *targets, size_t number, struct ptl_block *block,
                         const char **input);

#endif
