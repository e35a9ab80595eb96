/*
 * Slices of a plan, which is a rectangle of targets and ports: disjoint, none empty, together the
 * whole. Each is a rectangle, too: of consecutive targets with all their ports where there are at
 * least as many targets as slices; else of one target with consecutive ports. So a target is asked
 * by as few slices as can be. Pure functions; any thread.
 */
#ifndef TARGET_SLICE_H
#define TARGET_SLICE_H

#include <stdbool.h>
#include <stdint.h>

struct ptl_slice {
    uint64_t first, count;           /* targets, by their numbers */
    uint32_t first_port, port_count; /* of the ports in ascending order, by their places, from 0 */
};

/*
 * Slice number `index`, 1 to `slices`, of `targets` (at most 2^32) times `ports` (at most 65535)
 * probes. Where slices are of targets, they differ by one target at most. False, and nothing is
 * set: there is no such slice, as there are fewer probes than slices.
 */
bool ptl_slice_of(uint64_t targets, uint32_t ports, uint32_t index, uint32_t slices,
                  struct ptl_slice *slice);
/* The part of a number, a rate say, that falls to the slice: the parts add up to it. */
uint64_t ptl_slice_share(uint64_t number, uint32_t index, uint32_t slices);

#endif
