#include "journal/places.h"

#include <stdlib.h>
#include <string.h>

bool ptl_places_init(struct ptl_places *places, uint64_t targets, const uint16_t *ports,
                     uint32_t port_count, enum ptl_order order, uint64_t seed)
{
    *places = (struct ptl_places){.random = order == PTL_ORDER_RANDOM,
                                  .seed = seed,
                                  .targets = targets,
                                  .ports = ports,
                                  .port_count = port_count,
                                  .index_of = malloc(PTL_PORTS * sizeof(uint16_t))};
    if (places->index_of == NULL)
        return false;
    memset(places->index_of, 0xFF, PTL_PORTS * sizeof(uint16_t));
    for (uint32_t i = 0; i < port_count; i++)
        places->index_of[ports[i]] = (uint16_t)i;
    if (targets > 0)
        ptl_permute_init(&places->target_order, targets, seed);
    return true;
}

void ptl_places_free(struct ptl_places *places)
{
    free(places->index_of);
    places->index_of = NULL;
}

uint64_t ptl_places_of_target(const struct ptl_places *places, uint64_t target)
{
    return places->random ? ptl_permute_inverse(&places->target_order, target) : target;
}

uint64_t ptl_places_target(const struct ptl_places *places, uint64_t place)
{
    return places->random ? ptl_permute_forward(&places->target_order, place) : place;
}

static struct ptl_permute port_order(const struct ptl_places *places, uint64_t target)
{
    struct ptl_permute order;
    ptl_permute_init(&order, places->port_count, places->seed + 1 + target);
    return order;
}

uint64_t ptl_places_position(const struct ptl_places *places, uint64_t target, uint64_t place,
                             uint16_t port)
{
    uint64_t at = places->index_of[port];
    if (places->random) {
        struct ptl_permute order = port_order(places, target);
        at = ptl_permute_inverse(&order, at);
    }
    return place * places->port_count + at;
}

uint16_t ptl_places_port(const struct ptl_places *places, uint64_t target, uint64_t position)
{
    uint64_t at = position % places->port_count;
    if (places->random) {
        struct ptl_permute order = port_order(places, target);
        at = ptl_permute_forward(&order, at);
    }
    return places->ports[at];
}
