/* The targets of a judge, as spans that are under the same rules. */
#include "base/array.h"
#include "base/number.h"
#include "results/judge_draft.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 4096 /* each holds 24 KiB of bits */

/* ---- groups: the sets of rules that come together ---- */

static void add_ports(uint8_t bits[PTL_PORT_BYTES], const struct ptl_portset *set)
{
    for (unsigned port = 1; set != NULL && port <= 65535; port++)
        if (ptl_portset_contains(set, (uint16_t)port))
            bits[port / 8] |= (uint8_t)(1U << (port % 8));
}

static void add_rule(struct ptl_judge_group *group, const struct ptl_expect *rule)
{
    add_ports(group->open, rule->open);
    add_ports(group->open, rule->only);
    add_ports(group->closed, rule->closed);
    if (rule->only == NULL)
        return;
    uint8_t listed[PTL_PORT_BYTES] = {0};
    add_ports(listed, rule->only);
    for (size_t i = 0; i < PTL_PORT_BYTES; i++)
        group->allowed[i] = group->only ? group->allowed[i] & listed[i] : listed[i];
    group->only = true;
}

bool ptl_judge_group_list(struct ptl_judge_group *group)
{
    uint32_t count = 0;
    for (unsigned port = 1; port <= 65535; port++)
        count += ptl_port_bit(group->open, port) || ptl_port_bit(group->closed, port);
    group->ports = calloc(count + 1, sizeof(*group->ports));
    if (group->ports == NULL)
        return false;
    for (unsigned port = 1; port <= 65535; port++)
        if (ptl_port_bit(group->open, port) || ptl_port_bit(group->closed, port))
            group->ports[group->port_count++] = (uint16_t)port;
    return true;
}

/* Fills a zeroed group from the rules of the profile whose bits are set. False: no memory. */
static bool fill_group(struct ptl_judge_group *group, const struct ptl_profile *profile,
                       const uint64_t *rules)
{
    for (size_t rule = 0; rule < profile->expect_count; rule++)
        if ((rules[rule / 64] >> (rule % 64) & 1) != 0)
            add_rule(group, &profile->expects[rule]);
    return ptl_judge_group_list(group);
}

bool ptl_judge_find_group(struct ptl_judge_draft *draft, const uint64_t set[PTL_SET_WORDS],
                          uint32_t *group)
{
    struct ptl_judge *judge = draft->judge;
    for (size_t i = judge->group_count; i-- > 0;) {
        if (memcmp(draft->sets + i * PTL_SET_WORDS, set, PTL_SET_WORDS * sizeof(*set)) == 0) {
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
                                PTL_SET_WORDS * sizeof(*draft->sets)) ||
        !PTL_ROOM(judge->groups, judge->group_capacity, judge->group_count)) {
        draft->no_memory = true;
        return false;
    }
    memcpy(draft->sets + judge->group_count * PTL_SET_WORDS, set, PTL_SET_WORDS * sizeof(*set));
    struct ptl_judge_group *new = &judge->groups[judge->group_count];
    memset(new, 0, sizeof(*new));
    *group = (uint32_t)judge->group_count++;
    if (!fill_group(new, draft->profile, set))
        draft->no_memory = true;
    return !draft->no_memory;
}

/* ---- spans ---- */

static void add_span(struct ptl_judge_draft *draft, uint64_t first, uint64_t past,
                     const uint64_t set[PTL_SET_WORDS], uint64_t *ports)
{
    struct ptl_judge *judge = draft->judge;
    uint32_t group;
    if (!ptl_judge_find_group(draft, set, &group))
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
    if (!PTL_ROOM(judge->spans, judge->span_capacity, judge->span_count)) {
        draft->no_memory = true;
        return;
    }
    judge->spans[judge->span_count++] = (struct ptl_judge_span){.first = (uint32_t)first,
                                                                .last = (uint32_t)(past - 1),
                                                                .group = group,
                                                                .base = (uint32_t)*ports};
    *ports += more;
}

bool ptl_judge_make_spans(struct ptl_judge_draft *draft)
{
    uint32_t *active = calloc(draft->profile->expect_count + 1, sizeof(*active));
    if (active == NULL)
        return false;
    if (draft->edge_count > 0)
        qsort(draft->edges, draft->edge_count, sizeof(*draft->edges), ptl_number_order_64);
    uint64_t set[PTL_SET_WORDS] = {0}, ports = 0;
    uint32_t rules = 0;
    size_t before = draft->problems->count + draft->problems->dropped;
    for (size_t i = 0; i < draft->edge_count; i++) {
        const struct ptl_judge_edge *edge = &draft->edges[i];
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
