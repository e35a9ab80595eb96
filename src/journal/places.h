/*
 * Positions: where a probe stands in the order of a run, whatever that order is. The targets in the
 * order in which they are begun, of each the ports in theirs: so what is asked one after the other
 * has positions one after the other, also where the order is random. Constant; any thread.
 */
#ifndef JOURNAL_PLACES_H
#define JOURNAL_PLACES_H

#include "base/permute.h"
#include "profile/profile.h"

struct ptl_places {
    bool random;
    uint64_t seed;
    uint64_t targets;
    struct ptl_permute target_order;
    const uint16_t *ports; /* ascending; borrowed */
    uint32_t port_count;
    uint16_t *index_of; /* by port; what is none of the ports has UINT16_MAX or another's index */
};

/* `ports` is sealed and must outlive it. False: no memory. */
bool ptl_places_init(struct ptl_places *places, uint64_t targets, const uint16_t *ports,
                     uint32_t port_count, enum ptl_order order, uint64_t seed);
void ptl_places_free(struct ptl_places *places);

/* The place of a target, and the target of a place. */
uint64_t ptl_places_of_target(const struct ptl_places *places, uint64_t target);
uint64_t ptl_places_target(const struct ptl_places *places, uint64_t place);
/* The position of a port of the target in that place. */
uint64_t ptl_places_position(const struct ptl_places *places, uint64_t target, uint64_t place,
                             uint16_t port);
/* The port of a position of that target. */
uint16_t ptl_places_port(const struct ptl_places *places, uint64_t target, uint64_t position);

#endif
