/* A judge that is being made: shared by judge_build.c and judge_spans.c. */
#ifndef RESULTS_JUDGE_DRAFT_H
#define RESULTS_JUDGE_DRAFT_H

#include "results/judging.h"

#define PTL_SET_WORDS ((PTL_EXPECT_MAX + 63) / 64) /* a bit for each rule */

/* The targets as blocks, to be searched by address or by the name that labels them. */
struct ptl_judge_segment {
    struct ptl_block block;
    uint64_t first;   /* target */
    const char *name; /* NULL: an address */
};

/* Where a rule begins (add) or ceases to apply, in the order of targets. */
struct ptl_judge_edge {
    uint64_t target; /* first: they are sorted by it */
    uint32_t rule;
    bool add;
};

struct ptl_judge_draft {
    const struct ptl_profile *profile;
    struct ptl_judge *judge;
    struct ptl_problems *problems;
    bool is_slice;
    const struct ptl_unresolved *names; /* known not to resolve */
    size_t name_count;
    struct ptl_judge_segment *by_address, *by_name;
    size_t segment_count;
    struct ptl_judge_edge *edges;
    size_t edge_count, edge_capacity;
    uint64_t *sets; /* the rules of each group, PTL_SET_WORDS each */
    bool no_memory;
};

/* The group of a set of rules, made when it is new. False: no memory, or too many. */
bool ptl_judge_find_group(struct ptl_judge_draft *draft, const uint64_t set[PTL_SET_WORDS],
                          uint32_t *group);
/* Sweeps over the edges: between two of them the same rules apply. False: no memory. */
bool ptl_judge_make_spans(struct ptl_judge_draft *draft);

#endif
