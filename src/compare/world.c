#include "compare/world.h"

#include "base/array.h"
#include "base/number.h"

#include <stdlib.h>

void ptl_world_free(struct ptl_world *world)
{
    if (world == NULL)
        return;
    for (size_t i = 0; world->sights != NULL && i < world->gathered->seen_count; i++)
        free(world->sights[i].partial);
    for (size_t i = 0; world->blocks != NULL && i < world->gathered->variants->count; i++)
        free(world->blocks[i].items);
    free(world->sights);
    free(world->blocks);
    free(world->targets);
    free(world->reference);
    free(world->rules);
    free(world->any_open);
    free(world->all_open);
    free(world);
}

/* ---- targets ---- */

bool ptl_world_add_target(struct ptl_world *world, const struct ptl_address *address,
                          const char *host)
{
    if (!PTL_ROOM(world->targets, world->target_capacity, world->target_count))
        return false;
    world->targets[world->target_count++] = (struct ptl_world_target){*address, host};
    return true;
}

/* By address, each once. */
static void sort_targets(struct ptl_world *world)
{
    size_t kept = 0;
    if (world->target_count > 0)
        qsort(world->targets, world->target_count, sizeof(*world->targets), ptl_address_order);
    for (size_t t = 0; t < world->target_count; t++)
        if (kept == 0 || ptl_address_order(&world->targets[kept - 1], &world->targets[t]) != 0)
            world->targets[kept++] = world->targets[t];
    world->target_count = kept;
}

static bool add_seen_targets(struct ptl_world *world)
{
    for (size_t i = 0; i < world->gathered->seen_count; i++) {
        const struct ptl_record *record = world->gathered->seen[i].record;
        for (size_t t = 0; t < record->target_count; t++)
            if (!ptl_world_add_target(world, &record->targets[t].address, record->targets[t].host))
                return false;
        /* Every run names the same ones: what is known already makes no room needed for more. */
        if (world->target_count > 1U << 20)
            sort_targets(world);
    }
    return true;
}

uint32_t ptl_world_find(const struct ptl_world *world, const struct ptl_address *address)
{
    const struct ptl_world_target *found = bsearch(address, world->targets, world->target_count,
                                                   sizeof(*world->targets), ptl_address_order);
    return (uint32_t)(found - world->targets); /* it is there: all were added */
}

/* ---- sights ---- */

static int compare_spans(const void *a, const void *b)
{
    const struct ptl_record_span *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static bool make_sight(const struct ptl_world *world, struct ptl_seen *seen,
                       struct ptl_world_sight *sight)
{
    struct ptl_record *record = seen->record;
    uint32_t *numbers = calloc(record->target_count + 1, sizeof(*numbers));
    sight->seen = seen;
    sight->failed = record->run.failure != NULL;
    sight->unsure = record->partial_everywhere ||
                    record->targets_hash != world->gathered->planned[seen->variant].targets_hash;
    sight->partial = calloc(record->target_count + 1, sizeof(*sight->partial));
    if (numbers == NULL || sight->partial == NULL) {
        free(numbers);
        return false;
    }
    for (size_t t = 0; t < record->target_count; t++) {
        numbers[t] = ptl_world_find(world, &record->targets[t].address);
        if (record->targets[t].partial)
            sight->partial[sight->partial_count++] = numbers[t];
    }
    for (size_t s = 0; s < record->span_count; s++)
        record->spans[s].target = numbers[record->spans[s].target];
    if (record->span_count > 0)
        qsort(record->spans, record->span_count, sizeof(*record->spans), compare_spans);
    qsort(sight->partial, sight->partial_count, sizeof(*sight->partial), ptl_number_order);
    free(numbers);
    return true;
}

static bool list_blocks(const struct ptl_targets *targets, struct ptl_blocks *blocks)
{
    const char *input;
    size_t count = ptl_targets_segments(targets);
    blocks->items = calloc(count + 1, sizeof(*blocks->items));
    if (blocks->items == NULL)
        return false;
    for (; blocks->count < count; blocks->count++)
        ptl_targets_segment(targets, blocks->count, &blocks->items[blocks->count], &input);
    qsort(blocks->items, blocks->count, sizeof(*blocks->items), ptl_address_order);
    return true;
}

enum ptl_status ptl_world_new(struct ptl_gathered *gathered, struct ptl_world **out,
                              struct ptl_error *error)
{
    size_t variants = gathered->variants->count;
    struct ptl_world *world = calloc(1, sizeof(*world));
    if (world == NULL)
        return ptl_error_no_memory(error);
    world->gathered = gathered;
    world->sights = calloc(gathered->seen_count + 1, sizeof(*world->sights));
    world->blocks = calloc(variants, sizeof(*world->blocks));
    world->any_open = calloc(variants, sizeof(*world->any_open));
    world->all_open = calloc(variants, sizeof(*world->all_open));
    bool good = world->sights != NULL && world->blocks != NULL && world->any_open != NULL &&
                world->all_open != NULL;
    for (size_t i = 0; good && i < variants; i++)
        good = list_blocks(gathered->planned[i].targets, &world->blocks[i]);
    good = good && add_seen_targets(world);
    if (!good) {
        ptl_world_free(world);
        return ptl_error_no_memory(error);
    }
    *out = world;
    return PTL_OK;
}

enum ptl_status ptl_world_number(struct ptl_world *world, struct ptl_error *error)
{
    const struct ptl_gathered *gathered = world->gathered;
    bool good = true;
    sort_targets(world);
    for (size_t i = 0; good && i < gathered->seen_count; i++)
        good = make_sight(world, &gathered->seen[i], &world->sights[i]);
    return good ? PTL_OK : ptl_error_no_memory(error);
}

/* ---- questions ---- */

static bool has_address(const struct ptl_blocks *blocks, const struct ptl_address *address)
{
    size_t at; /* the first block that ends at or after it */
    PTL_SEARCH(at, blocks->count, ptl_address_compare(&blocks->items[at].last, address) < 0);
    return at < blocks->count && ptl_address_compare(&blocks->items[at].first, address) <= 0;
}

bool ptl_world_asks(const struct ptl_world *world, size_t variant, uint32_t target, uint16_t port)
{
    return has_address(&world->blocks[variant], &world->targets[target].address) &&
           ptl_portset_contains(world->gathered->variants->items[variant].profile->ports, port);
}

const struct ptl_record_span *ptl_world_span(const struct ptl_world_sight *sight, uint32_t target,
                                             uint16_t port)
{
    const struct ptl_record *record = sight->seen->record;
    const struct ptl_record_span *spans = record->spans;
    size_t at; /* the first span that ends at or after it */
    PTL_SEARCH(at, record->span_count,
               spans[at].target < target || (spans[at].target == target && spans[at].last < port));
    bool found = at < record->span_count && spans[at].target == target && spans[at].first <= port;
    return found ? &spans[at] : NULL;
}

bool ptl_world_is_partial(const struct ptl_world_sight *sight, uint32_t target)
{
    return sight->unsure || bsearch(&target, sight->partial, sight->partial_count,
                                    sizeof(*sight->partial), ptl_number_order) != NULL;
}

enum ptl_state ptl_world_state(const struct ptl_world *world, const struct ptl_world_sight *sight,
                               uint32_t target, uint16_t port)
{
    if (sight->failed)
        return PTL_UNPROBED;
    const struct ptl_record_span *span = ptl_world_span(sight, target, port);
    if (span != NULL)
        return (enum ptl_state)span->state;
    bool is_known = !ptl_world_is_partial(sight, target) &&
                    ptl_world_asks(world, sight->seen->variant, target, port);
    return is_known ? PTL_CLOSED : PTL_UNPROBED;
}

int ptl_world_port_order(const void *a, const void *b)
{
    const struct ptl_world_port *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->port < y->port ? -1 : x->port > y->port;
}

bool ptl_world_in_reference(const struct ptl_world *world, uint32_t target, uint16_t port)
{
    struct ptl_world_port key = {target, port};
    return world->reference_count > 0 && bsearch(&key, world->reference, world->reference_count,
                                                 sizeof(key), ptl_world_port_order) != NULL;
}

enum ptl_status ptl_world_add_reference(struct ptl_world *world, uint32_t target, uint16_t port,
                                        struct ptl_error *error)
{
    if (world->reference_count == PTL_REFERENCE_MAX)
        return ptl_error_set(error, PTL_E_NO_MEMORY,
                             "more than %u ports are open: too many to compare", PTL_REFERENCE_MAX);
    if (!PTL_ROOM(world->reference, world->reference_capacity, world->reference_count))
        return ptl_error_no_memory(error);
    world->reference[world->reference_count++] = (struct ptl_world_port){target, port};
    return PTL_OK;
}
