/* From the rules of a profile and the targets of a run to a judge. */
#include "base/array.h"
#include "results/judge_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_names(const void *a, const void *b)
{
    const struct ptl_judge_segment *x = a, *y = b;
    if (x->name == NULL || y->name == NULL)
        return (x->name == NULL) - (y->name == NULL);
    return strcasecmp(x->name, y->name);
}

static bool index_targets(struct ptl_judge_draft *draft, const struct ptl_targets *targets)
{
    struct ptl_block block;
    const char *input;
    size_t count = ptl_targets_segments(targets);
    draft->by_address = calloc(count + 1, sizeof(*draft->by_address));
    draft->by_name = calloc(count + 1, sizeof(*draft->by_name));
    if (draft->by_address == NULL || draft->by_name == NULL)
        return false;
    uint64_t first = 0;
    for (size_t i = 0; i < count; i++) {
        struct ptl_target target;
        ptl_targets_segment(targets, i, &block, &input);
        ptl_targets_get(targets, first, &target);
        draft->by_address[i] = (struct ptl_judge_segment){
            .block = block, .first = first, .name = target.is_name ? input : NULL};
        first += ptl_block_count(&block);
    }
    draft->segment_count = count;
    memcpy(draft->by_name, draft->by_address, count * sizeof(*draft->by_name));
    qsort(draft->by_address, count, sizeof(*draft->by_address), ptl_address_order);
    qsort(draft->by_name, count, sizeof(*draft->by_name), compare_names);
    return true;
}

static void add_edge(struct ptl_judge_draft *draft, uint64_t target, uint32_t rule, bool add)
{
    if (!PTL_ROOM(draft->edges, draft->edge_capacity, draft->edge_count)) {
        draft->no_memory = true;
        return;
    }
    draft->edges[draft->edge_count++] =
        (struct ptl_judge_edge){.target = target, .rule = rule, .add = add};
}

/* How far `address` is into the segment; the caller knows that it is inside. */
static uint64_t offset_in(const struct ptl_judge_segment *segment,
                          const struct ptl_address *address)
{
    struct ptl_block before = {.first = segment->block.first, .last = *address};
    return ptl_block_count(&before) - 1;
}

/* Lets a rule apply to the targets within a block. False: there is none. */
static bool apply_block(struct ptl_judge_draft *draft, const struct ptl_block *block, uint32_t rule)
{
    const struct ptl_judge_segment *segments = draft->by_address;
    size_t at; /* the first segment that ends at or behind the block's start */
    PTL_SEARCH(at, draft->segment_count,
               ptl_address_compare(&segments[at].block.last, &block->first) < 0);
    bool found = false;
    for (; at < draft->segment_count; at++) {
        const struct ptl_judge_segment *segment = &segments[at];
        if (ptl_address_compare(&segment->block.first, &block->last) > 0)
            break;
        const struct ptl_address *first = &segment->block.first, *last = &segment->block.last;
        if (ptl_address_compare(first, &block->first) < 0)
            first = &block->first;
        if (ptl_address_compare(last, &block->last) > 0)
            last = &block->last;
        add_edge(draft, segment->first + offset_in(segment, first), rule, true);
        add_edge(draft, segment->first + offset_in(segment, last) + 1, rule, false);
        found = true;
    }
    return found;
}

/* Lets a rule apply to the targets that a name labels. False: it labels none. */
static bool apply_label(struct ptl_judge_draft *draft, const char *name, uint32_t rule)
{
    const struct ptl_judge_segment *segments = draft->by_name;
    struct ptl_judge_segment wanted = {.name = name};
    size_t at;
    PTL_SEARCH(at, draft->segment_count, compare_names(&segments[at], &wanted) < 0);
    bool found = false;
    for (; at < draft->segment_count && compare_names(&segments[at], &wanted) == 0; at++) {
        const struct ptl_judge_segment *segment = &segments[at];
        add_edge(draft, segment->first, rule, true);
        add_edge(draft, segment->first + ptl_block_count(&segment->block), rule, false);
        found = true;
    }
    return found;
}

static void complain(struct ptl_judge_draft *draft, const struct ptl_host *host, const char *what)
{
    struct ptl_origin origin = {.file = host->file, .line = host->line, .column = host->column};
    if (!draft->is_slice)
        ptl_problems_at(draft->problems, &origin, "expect: %s %s", host->text, what);
}

/* ---- names ---- */

static void add_lost(struct ptl_judge_draft *draft, const char *name, uint32_t rule,
                     const char *message)
{
    struct ptl_judge *judge = draft->judge;
    uint64_t set[PTL_SET_WORDS] = {0};
    set[rule / 64] = 1ULL << (rule % 64);
    uint32_t group;
    if (!ptl_judge_find_group(draft, set, &group))
        return;
    if (!PTL_ROOM(judge->lost, judge->lost_capacity, judge->lost_count)) {
        draft->no_memory = true;
        return;
    }
    struct ptl_judge_lost *lost = &judge->lost[judge->lost_count++];
    *lost = (struct ptl_judge_lost){.name = name, .group = group, .is_new = message != NULL};
    if (message != NULL)
        snprintf(lost->message, sizeof(lost->message), "%s", message);
}

static bool is_unresolved(const struct ptl_judge_draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->name_count; i++)
        if (strcasecmp(draft->names[i].input, name) == 0)
            return true;
    return false;
}

static void apply_resolved(struct ptl_judge_draft *draft, const struct ptl_host *host,
                           uint32_t rule, const struct ptl_resolved *resolved)
{
    bool found = false;
    for (size_t i = 0; i < resolved->count; i++) {
        struct ptl_block block = {.first = resolved->addresses[i], .last = resolved->addresses[i]};
        found |= apply_block(draft, &block, rule);
    }
    if (resolved->count == 0)
        add_lost(draft, host->text, rule, resolved->message);
    else if (!found && !draft->no_memory)
        complain(draft, host, "resolves to no address that is a target of this profile");
}

struct pending {
    struct ptl_host host;
    uint32_t rule;
};

static enum ptl_status resolve_pending(struct ptl_judge_draft *draft, const struct pending *pending,
                                       size_t count, const struct ptl_cancel *cancel,
                                       struct ptl_error *error)
{
    if (count == 0)
        return PTL_OK;
    const char **names = calloc(count, sizeof(*names));
    if (names == NULL)
        return ptl_error_no_memory(error);
    for (size_t i = 0; i < count; i++)
        names[i] = pending[i].host.text;
    struct ptl_resolve_options options = {.family = draft->profile->address_family,
                                          .deadline_ms = PTL_RESOLVE_DEADLINE_MS,
                                          .cancel = cancel};
    struct ptl_resolved *resolved = NULL;
    enum ptl_status status = ptl_resolve(names, count, &options, &resolved, error);
    for (size_t i = 0; i < count && status == PTL_OK; i++)
        apply_resolved(draft, &pending[i].host, pending[i].rule, &resolved[i]);
    if (status == PTL_OK)
        ptl_resolved_free(resolved, count);
    free(names);
    return status;
}

static enum ptl_status apply_rules(struct ptl_judge_draft *draft, const struct ptl_cancel *cancel,
                                   struct ptl_error *error)
{
    struct pending *pending = NULL;
    size_t count = 0, capacity = 0;
    for (uint32_t rule = 0; rule < draft->profile->expect_count; rule++) {
        const struct ptl_hosts *hosts = &draft->profile->expects[rule].hosts;
        for (size_t i = 0; i < hosts->count && !draft->no_memory; i++) {
            struct ptl_host host = ptl_hosts_get(hosts, i);
            if (host.is_name && is_unresolved(draft, host.text)) {
                add_lost(draft, host.text, rule, NULL);
            } else if (host.is_name && apply_label(draft, host.text, rule)) {
                continue;
            } else if (!ptl_host_is_to_resolve(&host)) {
                if (!apply_block(draft, &host.block, rule) && !draft->no_memory)
                    complain(draft, &host, "covers no target of this profile");
            } else if (PTL_ROOM(pending, capacity, count)) {
                pending[count++] = (struct pending){.host = host, .rule = rule};
            } else {
                draft->no_memory = true;
            }
        }
    }
    enum ptl_status status = resolve_pending(draft, pending, count, cancel, error);
    free(pending);
    return status;
}

enum ptl_status ptl_judge_new(const struct ptl_profile *profile, const struct ptl_targets *targets,
                              bool is_slice, const struct ptl_unresolved *names, size_t name_count,
                              const struct ptl_cancel *cancel, struct ptl_judge **judge,
                              struct ptl_problems *problems, struct ptl_error *error)
{
    *judge = NULL;
    if (profile->expect_count == 0)
        return PTL_OK;
    struct ptl_judge_draft draft = {.profile = profile,
                                    .problems = problems,
                                    .is_slice = is_slice,
                                    .names = names,
                                    .name_count = name_count};
    draft.judge = calloc(1, sizeof(*draft.judge));
    enum ptl_status status = PTL_OK;
    if (draft.judge == NULL || !index_targets(&draft, targets))
        draft.no_memory = true;
    else
        status = apply_rules(&draft, cancel, error);
    if (status == PTL_OK && !draft.no_memory && !ptl_judge_make_spans(&draft))
        draft.no_memory = true;
    free(draft.by_address);
    free(draft.by_name);
    free(draft.edges);
    free(draft.sets);
    if (status == PTL_OK && draft.no_memory)
        status = ptl_error_no_memory(error);
    if (status != PTL_OK) {
        ptl_judge_free(draft.judge);
        return status;
    }
    *judge = draft.judge;
    return PTL_OK;
}
