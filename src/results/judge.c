#include "results/judging.h"

#include "base/array.h"

#include <stdlib.h>

void ptl_judge_free(struct ptl_judge *judge)
{
    if (judge == NULL)
        return;
    for (size_t i = 0; i < judge->group_count; i++)
        free(judge->groups[i].ports);
    free(judge->groups);
    free(judge->spans);
    free(judge->lost);
    free(judge->states);
    free(judge->extras);
    free(judge);
}

bool ptl_judge_unresolved(const struct ptl_judge *judge, size_t number, const char **name,
                          const char **message)
{
    for (size_t i = 0; judge != NULL && i < judge->lost_count; i++) {
        if (!judge->lost[i].is_new || number-- > 0)
            continue;
        *name = judge->lost[i].name;
        *message = judge->lost[i].message;
        return true;
    }
    return false;
}

static const struct ptl_judge_span *find_span(const struct ptl_judge *judge, uint32_t target)
{
    size_t at;
    PTL_SEARCH(at, judge->span_count, judge->spans[at].last < target);
    bool found = at < judge->span_count && judge->spans[at].first <= target;
    return found ? &judge->spans[at] : NULL;
}

static uint32_t find_rank(const struct ptl_judge_group *group, uint16_t port)
{
    size_t at;
    PTL_SEARCH(at, group->port_count, group->ports[at] < port);
    return (uint32_t)at;
}

bool ptl_judge_note(struct ptl_judge *judge, uint32_t target, uint16_t port, enum ptl_state state)
{
    const struct ptl_judge_span *span = judge != NULL ? find_span(judge, target) : NULL;
    if (span == NULL)
        return true;
    const struct ptl_judge_group *group = &judge->groups[span->group];
    if (ptl_port_bit(group->open, port) || ptl_port_bit(group->closed, port)) {
        uint32_t at = span->base + (target - span->first) * group->port_count;
        at += find_rank(group, port);
        unsigned shift = at % 2 * 4;
        judge->states[at / 2] =
            (uint8_t)((judge->states[at / 2] & ~(15U << shift)) | ((unsigned)state + 1) << shift);
        return true;
    }
    if (!group->only || (state != PTL_OPEN && state != PTL_ERROR))
        return true;
    if (!PTL_ROOM(judge->extras, judge->extra_capacity, judge->extra_count))
        return false;
    judge->extras[judge->extra_count++] =
        (struct ptl_judge_extra){.target = target, .port = port, .state = (uint8_t)state};
    return true;
}
