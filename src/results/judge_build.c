/* From the rules of a profile and the targets of a run to a judge. */
#include "base/array.h"
#include "results/judging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 4096 /* each holds 24 KiB of bits */
#define SET_WORDS 16    /* a bit for each rule: at most 1000 of them */

/* The targets as blocks, to be searched by address or by the name that labels them. */
struct segment {
    struct ptl_block block;
    uint64_t first;   /* target */
    const char *name; /* NULL: an address */
};

/* Where a rule begins (add) or ceases to apply, in the order of targets. */
struct edge {
    uint64_t target;
    uint32_t rule;
    bool add;
};

struct draft {
    const struct ptl_profile *profile;
    struct ptl_judge *judge;
    struct ptl_problems *problems;
    bool is_slice;
    const struct ptl_unresolved *names; /* known not to resolve */
    size_t name_count;
    struct segment *by_address, *by_name;
    size_t segment_count;
    struct edge *edges;
    size_t edge_count, edge_capacity;
    uint64_t *sets; /* the rules of each group, SET_WORDS each */
    bool no_memory;
};

static int compare_addresses(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    return ptl_address_compare(&x->block.first, &y->block.first);
}

static int compare_names(const void *a, const void *b)
{
    const struct segment *x = a, *y = b;
    if (x->name == NULL || y->name == NULL)
        return (x->name == NULL) - (y->name == NULL);
    return strcasecmp(x->name, y->name);
}

static bool index_targets(struct draft *draft, const struct ptl_targets *targets)
{
    struct ptl_block block;
    const char *input;
    size_t count = 0;
    while (ptl_targets_segment(targets, count, &block, &input))
        count++;
    draft->by_address = calloc(count + 1, sizeof(*draft->by_address));
    draft->by_name = calloc(count + 1, sizeof(*draft->by_name));
    if (draft->by_address == NULL || draft->by_name == NULL)
        return false;
    uint64_t first = 0;
    for (size_t i = 0; i < count; i++) {
        struct ptl_target target;
        ptl_targets_segment(targets, i, &block, &input);
        ptl_targets_get(targets, first, &target);
        draft->by_address[i] =
            (struct segment){.block = block, .first = first, .name = target.is_name ? input : NULL};
        first += ptl_block_count(&block);
    }
    draft->segment_count = count;
    memcpy(draft->by_name, draft->by_address, count * sizeof(*draft->by_name));
    qsort(draft->by_address, count, sizeof(*draft->by_address), compare_addresses);
    qsort(draft->by_name, count, sizeof(*draft->by_name), compare_names);
    return true;
}

static void add_edge(struct draft *draft, uint64_t target, uint32_t rule, bool add)
{
    if (!ptl_array_room((void **)&draft->edges, &draft->edge_capacity, draft->edge_count,
                        sizeof(*draft->edges))) {
        draft->no_memory = true;
        return;
    }
    draft->edges[draft->edge_count++] = (struct edge){.target = target, .rule = rule, .add = add};
}

/* How far `address` is into the segment; the caller knows that it is inside. */
static uint64_t offset_in(const struct segment *segment, const struct ptl_address *address)
{
    struct ptl_block before = {.first = segment->block.first, .last = *address};
    return ptl_block_count(&before) - 1;
}

/* Lets a rule apply to the targets within a block. False: there is none. */
static bool apply_block(struct draft *draft, const struct ptl_block *block, uint32_t rule)
{
    const struct segment *segments = draft->by_address;
    size_t at; /* the first segment that ends at or behind the block's start */
    PTL_SEARCH(at, draft->segment_count,
               ptl_address_compare(&segments[at].block.last, &block->first) < 0);
    bool found = false;
    for (; at < draft->segment_count; at++) {
        const struct segment *segment = &segments[at];
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
static bool apply_label(struct draft *draft, const char *name, uint32_t rule)
{
    const struct segment *segments = draft->by_name;
    struct segment wanted = {.name = name};
    size_t at;
    PTL_SEARCH(at, draft->segment_count, compare_names(&segments[at], &wanted) < 0);
    bool found = false;
    for (; at < draft->segment_count && compare_names(&segments[at], &wanted) == 0; at++) {
        const struct segment *segment = &segments[at];
        add_edge(draft, segment->first, rule, true);
        add_edge(draft, segment->first + ptl_block_count(&segment->block), rule, false);
        found = true;
    }
    return found;
}

static void complain(struct draft *draft, const struct ptl_host *host, const char *what)
{
    struct ptl_origin origin = {.file = host->file, .line = host->line, .column = host->column};
    if (!draft->is_slice)
        ptl_problems_at(draft->problems, &origin, "expect: %s %s", host->text, what);
}

/* ---- groups: the sets of rules that come together ---- */

/* The group of a set of rules, made when it is new. False: no memory, or too many. */
static bool find_group(struct draft *draft, const uint64_t set[SET_WORDS], uint32_t *group)
{
    struct ptl_judge *judge = draft->judge;
    for (size_t i = judge->group_count; i-- > 0;) {
        if (memcmp(draft->sets + i * SET_WORDS, set, SET_WORDS * sizeof(*set)) == 0) {
            *group = (uint32_t)i;
            return true;
        }
    }
    if (judge->group_count == GROUPS_MAX) {
        ptl_problems_at(draft->problems, &(struct ptl_origin){.file = draft->profile->file},
                        "expect: its rules overlap in more than %u ways", GROUPS_MAX);
        return false;
    }
    if (!ptl_array_room_for_few((void **)&draft->sets, judge->group_count,
                                SET_WORDS * sizeof(*draft->sets)) ||
        !ptl_array_room((void **)&judge->groups, &judge->group_capacity, judge->group_count,
                        sizeof(*judge->groups))) {
        draft->no_memory = true;
        return false;
    }
    memcpy(draft->sets + judge->group_count * SET_WORDS, set, SET_WORDS * sizeof(*set));
    struct ptl_judge_group *new = &judge->groups[judge->group_count];
    memset(new, 0, sizeof(*new));
    *group = (uint32_t)judge->group_count++;
    if (!ptl_judge_group_fill(new, draft->profile, set))
        draft->no_memory = true;
    return !draft->no_memory;
}

/* ---- names ---- */

static void add_lost(struct draft *draft, const char *name, uint32_t rule, const char *message)
{
    struct ptl_judge *judge = draft->judge;
    uint64_t set[SET_WORDS] = {0};
    set[rule / 64] = 1ULL << (rule % 64);
    uint32_t group;
    if (!find_group(draft, set, &group))
        return;
    if (!ptl_array_room((void **)&judge->lost, &judge->lost_capacity, judge->lost_count,
                        sizeof(*judge->lost))) {
        draft->no_memory = true;
        return;
    }
    struct ptl_judge_lost *lost = &judge->lost[judge->lost_count++];
    *lost = (struct ptl_judge_lost){.name = name, .group = group, .is_new = message != NULL};
    if (message != NULL)
        snprintf(lost->message, sizeof(lost->message), "%s", message);
}

static bool is_unresolved(const struct draft *draft, const char *name)
{
    for (size_t i = 0; i < draft->name_count; i++)
        if (strcasecmp(draft->names[i].input, name) == 0)
            return true;
    return false;
}

static void apply_resolved(struct draft *draft, const struct ptl_host *host, uint32_t rule,
                           const struct ptl_resolved *resolved)
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

static enum ptl_status resolve_pending(struct draft *draft, const struct pending *pending,
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

static enum ptl_status apply_rules(struct draft *draft, const struct ptl_cancel *cancel,
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
            } else if (ptl_array_room((void **)&pending, &capacity, count, sizeof(*pending))) {
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

/* ---- spans ---- */

static int compare_edges(const void *a, const void *b)
{
    const struct edge *x = a, *y = b;
    return x->target < y->target ? -1 : x->target > y->target;
}

static void add_span(struct draft *draft, uint64_t first, uint64_t past,
                     const uint64_t set[SET_WORDS], uint64_t *ports)
{
    struct ptl_judge *judge = draft->judge;
    uint32_t group;
    if (!find_group(draft, set, &group))
        return;
    uint64_t more = (past - first) * judge->groups[group].port_count;
    if (*ports + more > PTL_JUDGE_PORTS_MAX) {
        if (*ports <= PTL_JUDGE_PORTS_MAX)
            ptl_problems_at(draft->problems, &(struct ptl_origin){.file = draft->profile->file},
                            "expect: open, closed and only name more than %u ports of hosts in "
                            "all; to say what may be open, use only",
                            PTL_JUDGE_PORTS_MAX);
        *ports = UINT64_MAX / 2; /* told once */
        return;
    }
    if (!ptl_array_room((void **)&judge->spans, &judge->span_capacity, judge->span_count,
                        sizeof(*judge->spans))) {
        draft->no_memory = true;
        return;
    }
    judge->spans[judge->span_count++] = (struct ptl_judge_span){.first = (uint32_t)first,
                                                                .last = (uint32_t)(past - 1),
                                                                .group = group,
                                                                .base = (uint32_t)*ports};
    *ports += more;
}

/* Sweeps over the edges: between two of them the same rules apply. */
static bool make_spans(struct draft *draft)
{
    uint32_t *active = calloc(draft->profile->expect_count + 1, sizeof(*active));
    if (active == NULL)
        return false;
    if (draft->edge_count > 0)
        qsort(draft->edges, draft->edge_count, sizeof(*draft->edges), compare_edges);
    uint64_t set[SET_WORDS] = {0}, ports = 0;
    uint32_t rules = 0;
    size_t before = draft->problems->count + draft->problems->dropped;
    for (size_t i = 0; i < draft->edge_count; i++) {
        const struct edge *edge = &draft->edges[i];
        uint32_t *times = &active[edge->rule];
        *times += edge->add ? 1U : UINT32_MAX; /* one more, or one less */
        if (edge->add ? *times == 1 : *times == 0) {
            set[edge->rule / 64] ^= 1ULL << (edge->rule % 64);
            rules += edge->add ? 1U : UINT32_MAX;
        }
        bool last_here = i + 1 < draft->edge_count && draft->edges[i + 1].target > edge->target;
        if (last_here && rules > 0)
            add_span(draft, edge->target, draft->edges[i + 1].target, set, &ports);
        if (draft->no_memory || draft->problems->count + draft->problems->dropped > before)
            break;
    }
    free(active);
    draft->judge->state_count = ports <= PTL_JUDGE_PORTS_MAX ? (uint32_t)ports : 0;
    draft->judge->states = calloc(draft->judge->state_count / 2 + 1, 1);
    return draft->judge->states != NULL;
}

enum ptl_status ptl_judge_new(const struct ptl_profile *profile, const struct ptl_targets *targets,
                              bool is_slice, const struct ptl_unresolved *names, size_t name_count,
                              const struct ptl_cancel *cancel, struct ptl_judge **judge,
                              struct ptl_problems *problems, struct ptl_error *error)
{
    *judge = NULL;
    if (profile->expect_count == 0)
        return PTL_OK;
    struct draft draft = {.profile = profile,
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
    if (status == PTL_OK && !draft.no_memory && !make_spans(&draft))
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
