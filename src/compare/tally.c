/* Once over all that was seen, target by target: reference, agreement, flips. */
#include "compare/world.h"

#include <stdlib.h>
#include <string.h>

/* Of one port of the target at hand. */
struct port_tally {
    uint32_t seen[PTL_STATE_COUNT];
    uint32_t of_sure;  /* of those, in runs whose silence means closed */
    uint32_t own_open; /* by the variant at hand */
    bool touched, confirmed;
};

struct flip_list {
    struct ptl_flip *items;
    size_t count;
};

struct tally {
    struct ptl_world *world;
    struct ptl_comparison *comparison;
    struct port_tally *ports;
    size_t *cursors;      /* of each sight, into its spans */
    size_t *sight_starts; /* by variant: where its sights begin in sight_order */
    size_t *sight_order;
    uint32_t *sure_runs; /* of each variant at the target at hand */
    unsigned low, high;  /* of the ports touched */
    struct flip_list of_open, others;
};

static void touch(struct tally *tally, unsigned port)
{
    tally->ports[port].touched = true;
    if (port < tally->low)
        tally->low = port;
    if (port > tally->high)
        tally->high = port;
}

/* Adds a sight's spans of the target; its cursor goes on to the next target. */
static void add_sight(struct tally *tally, size_t number, uint32_t target, bool is_sure)
{
    const struct ptl_record *record = tally->world->sights[number].seen->record;
    size_t at = tally->cursors[number];
    for (; at < record->span_count && record->spans[at].target == target; at++) {
        const struct ptl_record_span *span = &record->spans[at];
        for (unsigned port = span->first; port <= span->last; port++) {
            struct port_tally *one = &tally->ports[port];
            touch(tally, port);
            one->seen[span->state]++;
            one->of_sure += is_sure;
            one->own_open += span->state == PTL_OPEN;
            one->confirmed |= span->confirmed != 0;
        }
    }
    tally->cursors[number] = at;
}

static void add_variant(struct tally *tally, size_t variant, uint32_t target)
{
    struct ptl_world *world = tally->world;
    uint32_t runs = 0;
    tally->sure_runs[variant] = 0;
    for (size_t i = tally->sight_starts[variant]; i < tally->sight_starts[variant + 1]; i++) {
        const struct ptl_world_sight *sight = &world->sights[tally->sight_order[i]];
        if (sight->failed)
            continue;
        bool is_sure = !ptl_world_is_partial(sight, target);
        tally->sure_runs[variant] += is_sure;
        add_sight(tally, tally->sight_order[i], target, is_sure);
        runs++;
    }
    for (unsigned port = tally->low; port <= tally->high; port++) {
        uint32_t open = tally->ports[port].own_open;
        tally->ports[port].own_open = 0;
        world->any_open[variant] += open > 0;
        world->all_open[variant] += open > 0 && open == runs;
    }
}

static bool add_flip(struct flip_list *list, const struct ptl_flip *flip)
{
    if (list->count == PTL_FLIPS_LISTED)
        return true;
    if (list->items == NULL)
        list->items = calloc(PTL_FLIPS_LISTED, sizeof(*list->items));
    if (list->items == NULL)
        return false;
    list->items[list->count++] = *flip;
    return true;
}

/* All sights are in: what came of this port? */
static enum ptl_status settle(struct tally *tally, uint32_t target, uint16_t port,
                              struct ptl_error *error)
{
    struct ptl_world *world = tally->world;
    struct port_tally *one = &tally->ports[port];
    uint32_t asked = 0;
    unsigned states = 0;
    for (size_t v = 0; v < world->gathered->variants->count; v++)
        if (tally->sure_runs[v] > 0 && ptl_world_asks(world, v, target, port))
            asked += tally->sure_runs[v];
    if (asked > one->of_sure)
        one->seen[PTL_CLOSED] = asked - one->of_sure;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        states += one->seen[s] > 0;
    if (world->source == PTL_REFERENCE_UNION && (one->seen[PTL_OPEN] > 1 || one->confirmed)) {
        enum ptl_status status = ptl_world_add_reference(world, target, port, error);
        if (status != PTL_OK)
            return status;
    }
    if (states < 2)
        return PTL_OK;
    struct ptl_flip flip = {.at = {world->targets[target].address, port}};
    memcpy(flip.seen, one->seen, sizeof(flip.seen));
    bool is_of_open = one->seen[PTL_OPEN] > 0;
    tally->comparison->flips_total++;
    tally->comparison->flips_of_open += is_of_open;
    return add_flip(is_of_open ? &tally->of_open : &tally->others, &flip)
               ? PTL_OK
               : ptl_error_no_memory(error);
}

static enum ptl_status tally_target(struct tally *tally, uint32_t target, struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    tally->low = PTL_PORTS - 1;
    tally->high = 0;
    for (size_t v = 0; v < tally->world->gathered->variants->count; v++)
        add_variant(tally, v, target);
    for (unsigned port = tally->low; port <= tally->high; port++) {
        if (tally->ports[port].touched && status == PTL_OK)
            status = settle(tally, target, (uint16_t)port, error);
        tally->ports[port] = (struct port_tally){.touched = false};
    }
    return status;
}

/* ---- flips ---- */

/* Which variants saw a port other than it is, as far as anybody can say how it is. */
static bool add_departed(const struct ptl_world *world, uint32_t target, struct ptl_flip *flip)
{
    size_t variants = world->gathered->variants->count;
    enum ptl_state usual = flip->in_reference           ? PTL_OPEN
                           : flip->seen[PTL_CLOSED] > 0 ? PTL_CLOSED
                                                        : PTL_FILTERED;
    bool *departed = calloc(variants, sizeof(*departed));
    flip->variants = calloc(variants, sizeof(*flip->variants));
    if (departed == NULL || flip->variants == NULL) {
        free(departed);
        return false;
    }
    for (size_t i = 0; i < world->gathered->seen_count; i++) {
        const struct ptl_world_sight *sight = &world->sights[i];
        enum ptl_state state = ptl_world_state(world, sight, target, flip->at.port);
        if (state != PTL_UNPROBED && state != usual)
            departed[sight->seen->variant] = true;
    }
    for (size_t v = 0; v < variants; v++)
        if (departed[v])
            flip->variants[flip->variant_count++] = world->gathered->variants->items[v].name;
    free(departed);
    return true;
}

static bool list_flips(struct tally *tally)
{
    struct ptl_comparison *comparison = tally->comparison;
    const struct ptl_world *world = tally->world;
    const struct flip_list *lists[] = {&tally->of_open, &tally->others};
    comparison->flips =
        calloc(tally->of_open.count + tally->others.count + 1, sizeof(*comparison->flips));
    if (comparison->flips == NULL)
        return false;
    for (int l = 0; l < 2; l++) {
        for (size_t i = 0; i < lists[l]->count && comparison->flip_count < PTL_FLIPS_LISTED; i++) {
            struct ptl_flip *flip = &comparison->flips[comparison->flip_count++];
            char text[PTL_ADDRESS_SIZE];
            *flip = lists[l]->items[i];
            uint32_t target = ptl_world_find(world, &flip->at.address);
            const char *host = world->targets[target].host;
            flip->in_reference = ptl_world_in_reference(world, target, flip->at.port);
            flip->host = strdup(host != NULL ? host : ptl_address_format(&flip->at.address, text));
            if (flip->host == NULL || !add_departed(world, target, flip))
                return false;
        }
    }
    return true;
}

/* ---- all of it ---- */

static bool set_up(struct tally *tally)
{
    const struct ptl_gathered *gathered = tally->world->gathered;
    size_t variants = gathered->variants->count, at = 0;
    tally->ports = calloc(PTL_PORTS, sizeof(*tally->ports));
    tally->cursors = calloc(gathered->seen_count + 1, sizeof(*tally->cursors));
    tally->sight_order = calloc(gathered->seen_count + 1, sizeof(*tally->sight_order));
    tally->sight_starts = calloc(variants + 1, sizeof(*tally->sight_starts));
    tally->sure_runs = calloc(variants, sizeof(*tally->sure_runs));
    if (tally->ports == NULL || tally->cursors == NULL || tally->sight_order == NULL ||
        tally->sight_starts == NULL || tally->sure_runs == NULL)
        return false;
    for (size_t v = 0; v < variants; v++) {
        tally->sight_starts[v] = at;
        for (size_t i = 0; i < gathered->seen_count; i++)
            if (gathered->seen[i].variant == v)
                tally->sight_order[at++] = i;
    }
    tally->sight_starts[variants] = at;
    return true;
}

enum ptl_status ptl_world_tally(struct ptl_world *world, struct ptl_comparison *comparison,
                                struct ptl_error *error)
{
    struct tally tally = {.world = world, .comparison = comparison};
    enum ptl_status status = set_up(&tally) ? PTL_OK : ptl_error_no_memory(error);
    for (uint32_t t = 0; t < world->target_count && status == PTL_OK; t++)
        status = tally_target(&tally, t, error);
    if (status == PTL_OK && !list_flips(&tally))
        status = ptl_error_no_memory(error);
    free(tally.ports);
    free(tally.cursors);
    free(tally.sight_order);
    free(tally.sight_starts);
    free(tally.sure_runs);
    free(tally.of_open.items);
    free(tally.others.items);
    return status;
}
