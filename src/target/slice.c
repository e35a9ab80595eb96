#include "target/slice.h"

/* Where part number `part` of `parts` begins in 0..count: count * part / parts, without what that
 * would overflow by. */
static uint64_t cut(uint64_t count, uint64_t part, uint64_t parts)
{
    return count / parts * part + count % parts * part / parts;
}

bool ptl_slice_of(uint64_t targets, uint32_t ports, uint32_t index, uint32_t slices,
                  struct ptl_slice *slice)
{
    if (index == 0 || index > slices || targets * ports < slices)
        return false;
    uint64_t place = index - 1;
    if (slices <= targets) {
        uint64_t first = cut(targets, place, slices);
        *slice = (struct ptl_slice){
            .first = first, .count = cut(targets, place + 1, slices) - first, .port_count = ports};
        return true;
    }
    /* The slices are dealt out to the targets; then those of a target share its ports. */
    uint64_t target = ((place + 1) * targets - 1) / slices;
    uint64_t before = cut(slices, target, targets);
    uint64_t own = cut(slices, target + 1, targets) - before;
    uint64_t first = cut(ports, place - before, own);
    *slice =
        (struct ptl_slice){.first = target,
                           .count = 1,
                           .first_port = (uint32_t)first,
                           .port_count = (uint32_t)(cut(ports, place - before + 1, own) - first)};
    return true;
}

uint64_t ptl_slice_share(uint64_t number, uint32_t index, uint32_t slices)
{
    return cut(number, index, slices) - cut(number, index - 1, slices);
}
