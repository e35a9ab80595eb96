#include "target/targets.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct segment {
    struct ptl_block block;
    uint64_t start; /* index of its first address */
    size_t entry;   /* of the blocks that were given: the first that named it */
};

struct ptl_targets {
    struct segment *segments;
    size_t count;
    uint64_t total;
    struct ptl_named_block *entries;
};

/* ---- the sweep: over the ends of all blocks, in the order of addresses ---- */

struct edge {
    struct ptl_address at; /* the entry covers from here on, or no longer from here on */
    size_t entry;          /* EXCLUDE: of the excludes */
    bool is_start;
    bool past_end; /* `at` is one past the last address of the family */
};

#define EXCLUDE SIZE_MAX

struct sweep {
    const struct ptl_named_block *blocks;
    size_t count;
    struct edge *edges;
    size_t edge_count;
    size_t *heap; /* entries that cover the present address, the first named on top */
    size_t heap_count;
    size_t excluded; /* how many excludes cover it */
    bool *ended;     /* by entry: off the heap as soon as it comes to the top */
    struct ptl_targets *targets;
};

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    if (x->at.family != y->at.family)
        return x->at.family < y->at.family ? -1 : 1;
    if (x->past_end != y->past_end)
        return x->past_end ? 1 : -1;
    return ptl_address_compare(&x->at, &y->at);
}

static void add_edges(struct sweep *sweep, const struct ptl_block *block, size_t entry)
{
    struct edge *edge = &sweep->edges[sweep->edge_count];
    edge[0] = (struct edge){.at = block->first, .entry = entry, .is_start = true};
    edge[1] = (struct edge){.at = ptl_address_add(&block->last, 1), .entry = entry};
    bool last4 = block->last.family == 4 && block->last.low == UINT32_MAX;
    bool last6 =
        block->last.family == 6 && block->last.low == UINT64_MAX && block->last.high == UINT64_MAX;
    edge[1].past_end = last4 || last6;
    sweep->edge_count += 2;
}

static void heap_push(struct sweep *sweep, size_t entry)
{
    size_t at = sweep->heap_count++;
    while (at > 0 && sweep->heap[(at - 1) / 2] > entry) {
        sweep->heap[at] = sweep->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    sweep->heap[at] = entry;
}

static void heap_pop(struct sweep *sweep)
{
    size_t entry = sweep->heap[--sweep->heap_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= sweep->heap_count)
            break;
        if (child + 1 < sweep->heap_count && sweep->heap[child + 1] < sweep->heap[child])
            child++;
        if (sweep->heap[child] >= entry)
            break;
        sweep->heap[at] = sweep->heap[child];
        at = child;
    }
    sweep->heap[at] = entry;
}

/* The addresses from `from` up to the edge belong to the first-named entry that covers them. */
static void emit(struct sweep *sweep, const struct edge *from, const struct edge *to)
{
    while (sweep->heap_count > 0 && sweep->ended[sweep->heap[0]])
        heap_pop(sweep);
    if (sweep->heap_count == 0 || sweep->excluded > 0 || compare_edges(from, to) == 0)
        return;
    struct ptl_targets *targets = sweep->targets;
    struct segment *segment = &targets->segments[targets->count++];
    segment->entry = sweep->heap[0];
    segment->block.first = from->at;
    segment->block.last = to->at;
    if (segment->block.last.low-- == 0)
        segment->block.last.high--;
    if (to->at.family == 4)
        segment->block.last.high = 0;
}

static void walk(struct sweep *sweep)
{
    qsort(sweep->edges, sweep->edge_count, sizeof(*sweep->edges), compare_edges);
    for (size_t i = 0; i < sweep->edge_count; i++) {
        const struct edge *edge = &sweep->edges[i];
        if (i > 0 && edge->at.family == sweep->edges[i - 1].at.family)
            emit(sweep, &sweep->edges[i - 1], edge);
        if (edge->entry == EXCLUDE && edge->is_start)
            sweep->excluded++;
        else if (edge->entry == EXCLUDE)
            sweep->excluded--;
        else if (edge->is_start)
            heap_push(sweep, edge->entry);
        else
            sweep->ended[edge->entry] = true;
    }
}

/* ---- numbering ---- */

static int compare_segments(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    return ptl_address_compare(&x->block.first, &y->block.first);
}

/* Pieces of one entry that only another entry's edge had cut are one again. */
static void join(struct ptl_targets *targets)
{
    size_t kept = 0;
    for (size_t i = 0; i < targets->count; i++) {
        struct segment *segment = &targets->segments[i];
        if (kept > 0 && targets->segments[kept - 1].entry == segment->entry) {
            struct segment *before = &targets->segments[kept - 1];
            struct ptl_address next = ptl_address_add(&before->block.last, 1);
            if (ptl_address_compare(&next, &segment->block.first) == 0) {
                before->block.last = segment->block.last;
                continue;
            }
        }
        targets->segments[kept++] = *segment;
    }
    targets->count = kept;
}

static enum ptl_status number(struct ptl_targets *targets, struct ptl_error *error)
{
    qsort(targets->segments, targets->count, sizeof(*targets->segments), compare_segments);
    join(targets);
    for (size_t i = 0; i < targets->count; i++) {
        struct segment *segment = &targets->segments[i];
        uint64_t count = ptl_block_count(&segment->block);
        segment->start = targets->total;
        if (count > PTL_TARGETS_MAX - targets->total)
            return ptl_error_set(error, PTL_E_INVALID, "%s: more than 2^32 addresses in all",
                                 targets->entries[segment->entry].input);
        targets->total += count;
    }
    return PTL_OK;
}

enum ptl_status ptl_targets_build(const struct ptl_named_block *blocks, size_t count,
                                  const struct ptl_block *excludes, size_t exclude_count,
                                  struct ptl_targets **targets, struct ptl_error *error)
{
    struct sweep sweep = {.blocks = blocks, .count = count};
    struct ptl_targets *new = calloc(1, sizeof(*new));
    size_t edges = 2 * (count + exclude_count) + 1;
    sweep.edges = calloc(edges, sizeof(*sweep.edges));
    sweep.heap = calloc(count + 1, sizeof(*sweep.heap));
    sweep.ended = calloc(count + 1, sizeof(*sweep.ended));
    sweep.targets = new;
    enum ptl_status status = PTL_OK;
    if (new != NULL) {
        new->segments = calloc(edges, sizeof(*new->segments));
        new->entries = calloc(count + 1, sizeof(*new->entries));
    }
    if (new == NULL || new->segments == NULL || new->entries == NULL || sweep.edges == NULL ||
        sweep.heap == NULL || sweep.ended == NULL) {
        status = ptl_error_no_memory(error);
    } else {
        if (count > 0)
            memcpy(new->entries, blocks, count * sizeof(*blocks));
        for (size_t i = 0; i < count; i++)
            add_edges(&sweep, &blocks[i].block, i);
        for (size_t i = 0; i < exclude_count; i++)
            add_edges(&sweep, &excludes[i], EXCLUDE);
        walk(&sweep);
        status = number(new, error);
    }
    free(sweep.edges);
    free(sweep.heap);
    free(sweep.ended);
    if (status == PTL_OK)
        *targets = new;
    else
        ptl_targets_free(new);
    return status;
}

void ptl_targets_cut(struct ptl_targets *targets, uint64_t first, uint64_t count)
{
    size_t kept = 0;
    uint64_t past = first + count;
    for (size_t i = 0; i < targets->count; i++) {
        struct segment segment = targets->segments[i];
        uint64_t end = segment.start + ptl_block_count(&segment.block);
        if (end <= first || segment.start >= past)
            continue;
        if (end > past)
            segment.block.last = ptl_address_add(&segment.block.first, past - segment.start - 1);
        if (segment.start < first)
            segment.block.first = ptl_address_add(&segment.block.first, first - segment.start);
        segment.start = segment.start < first ? 0 : segment.start - first;
        targets->segments[kept++] = segment;
    }
    targets->count = kept;
    targets->total = count;
}

void ptl_targets_free(struct ptl_targets *targets)
{
    if (targets == NULL)
        return;
    free(targets->segments);
    free(targets->entries);
    free(targets);
}

uint64_t ptl_targets_count(const struct ptl_targets *targets)
{
    return targets->total;
}

void ptl_targets_get(const struct ptl_targets *targets, uint64_t index, struct ptl_target *target)
{
    size_t behind;
    PTL_SEARCH(behind, targets->count, targets->segments[behind].start <= index);
    const struct segment *segment = &targets->segments[behind - 1];
    const struct ptl_named_block *entry = &targets->entries[segment->entry];
    target->address = ptl_address_add(&segment->block.first, index - segment->start);
    target->input = entry->input;
    target->is_name = entry->is_name;
}

const char **ptl_targets_names(const struct ptl_targets *targets, size_t *count)
{
    const char **names = calloc(targets->count + 1, sizeof(*names));
    *count = 0;
    for (size_t i = 0; names != NULL && i < targets->count; i++) {
        const struct ptl_named_block *entry = &targets->entries[targets->segments[i].entry];
        if (entry->is_name)
            names[(*count)++] = entry->input;
    }
    if (names != NULL)
        qsort(names, *count, sizeof(*names), ptl_text_order_any_case);
    return names;
}

size_t ptl_targets_segments(const struct ptl_targets *targets)
{
    return targets->count;
}

bool ptl_targets_segment(const struct ptl_targets *targets, size_t number_of,
                         struct ptl_block *block, const char **input)
{
    if (number_of >= targets->count)
        return false;
    *block = targets->segments[number_of].block;
    *input = targets->entries[targets->segments[number_of].entry].input;
    return true;
}
