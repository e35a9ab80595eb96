/*
 * What all runs of a study saw, on one footing: targets numbered alike in every record, the
 * reference, and who saw what.
 */
#ifndef COMPARE_WORLD_H
#define COMPARE_WORLD_H

#include "compare/study.h"

struct ptl_world_target {
    struct ptl_address address;
    const char *host; /* borrowed from a record or a profile; NULL: its address */
};

struct ptl_world_port {
    uint32_t target; /* of the world */
    uint16_t port;
};

/* What a variant expects of a target. */
struct ptl_world_rule {
    struct ptl_address address;
    uint32_t target; /* of the world, once they are numbered */
    size_t variant;
    const struct ptl_judge_group *group;
};

struct ptl_world_sight { /* of one counted run */
    const struct ptl_seen *seen;
    bool failed;
    bool unsure;       /* what is absent may not have been asked, anywhere */
    uint32_t *partial; /* targets of which some ports were not asked; ascending */
    size_t partial_count;
};

struct ptl_blocks { /* what a variant asks: disjoint, ascending */
    struct ptl_block *items;
    size_t count;
};

struct ptl_world {
    const struct ptl_gathered *gathered;
    struct ptl_world_sight *sights;   /* as gathered->seen */
    struct ptl_blocks *blocks;        /* of each variant */
    struct ptl_world_target *targets; /* by address */
    size_t target_count, target_capacity;
    enum ptl_reference source;
    struct ptl_world_port *reference; /* by target and port */
    size_t reference_count, reference_capacity;
    struct ptl_world_rule *rules; /* of expect lists, by target */
    size_t rule_count, rule_capacity;
    uint64_t *any_open, *all_open; /* of each variant: ports open in any, in all of its runs */
};

#define PTL_REFERENCE_MAX (1U << 24)

/* With the targets of all records. Others may be added; ptl_world_number then numbers them alike in
 * all records (and sorts their spans by that), before anything is asked of the world. */
enum ptl_status ptl_world_new(struct ptl_gathered *gathered, struct ptl_world **world,
                              struct ptl_error *error);
enum ptl_status ptl_world_number(struct ptl_world *world, struct ptl_error *error);
void ptl_world_free(struct ptl_world *world);

/* The number of a target, which has to be one of the world's. */
uint32_t ptl_world_find(const struct ptl_world *world, const struct ptl_address *address);
/* Does the variant ask this port of this target? */
bool ptl_world_asks(const struct ptl_world *world, size_t variant, uint32_t target, uint16_t port);
/* The span with this port in a sight's record; NULL: it has none. */
const struct ptl_record_span *ptl_world_span(const struct ptl_world_sight *sight, uint32_t target,
                                             uint16_t port);
/* What a run saw: PTL_UNPROBED where it did not ask or did not say. */
enum ptl_state ptl_world_state(const struct ptl_world *world, const struct ptl_world_sight *sight,
                               uint32_t target, uint16_t port);
bool ptl_world_is_partial(const struct ptl_world_sight *sight, uint32_t target);
/* For qsort() and bsearch() of struct ptl_world_port. */
int ptl_world_port_order(const void *a, const void *b);
bool ptl_world_in_reference(const struct ptl_world *world, uint32_t target, uint16_t port);
enum ptl_status ptl_world_add_reference(struct ptl_world *world, uint32_t target, uint16_t port,
                                        struct ptl_error *error);

/* expect.c: the reference of the profiles' expect lists; adds the targets they name. */
enum ptl_status ptl_expected_targets(struct ptl_world *world, struct ptl_error *error);
enum ptl_status ptl_expected_ports(struct ptl_world *world, struct ptl_error *error);
/* Does an expect list rule this open port out? Always where the reference is a union. */
bool ptl_expected_rules_out(const struct ptl_world *world, uint32_t target, uint16_t port);
/* Adds a target to be numbered (before the numbers are given). */
bool ptl_world_add_target(struct ptl_world *world, const struct ptl_address *address,
                          const char *host);

/* tally.c: goes over all that was seen once: the union as reference, any_open and all_open, and
 * the flips of the comparison. */
enum ptl_status ptl_world_tally(struct ptl_world *world, struct ptl_comparison *comparison,
                                struct ptl_error *error);

/* comparison.c: the machine, the options and the variants' settings. False: no memory. */
bool ptl_describe(const struct ptl_gathered *gathered, struct ptl_comparison *comparison);

/* measure.c: the runs of a variant, and the connect times of all of them. False: no memory. */
bool ptl_measure_runs(const struct ptl_world *world, size_t number,
                      struct ptl_compared_variant *variant);

#endif
