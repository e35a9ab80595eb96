/* What is expected of a slice of a plan. */
#include "base/array.h"
#include "results/judging.h"

/* What is expected of targets outside goes; the others are numbered anew. */
static void cut_targets(struct ptl_judge *judge, uint64_t first, uint64_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < judge->span_count; i++) {
        struct ptl_judge_span span = judge->spans[i];
        if (span.last < first || span.first >= first + count)
            continue;
        span.first = span.first < first ? 0 : (uint32_t)(span.first - first);
        span.last = (uint32_t)((span.last < first + count ? span.last : first + count - 1) - first);
        judge->spans[kept++] = span;
    }
    judge->span_count = kept;
}

static void cut_bits(uint8_t bits[PTL_PORT_BYTES], const struct ptl_portset *ports)
{
    for (unsigned port = 1; port <= 65535; port++)
        if (ptl_port_bit(bits, port) && !ptl_portset_contains(ports, (uint16_t)port))
            bits[port / 8] &= (uint8_t) ~(1U << (port % 8));
}

/* A group of its own: of hosts that did not resolve, the old one is still expected in full. */
static bool cut_ports(struct ptl_judge *judge, struct ptl_judge_span *span,
                      const struct ptl_portset *ports)
{
    const struct ptl_judge_group *old = &judge->groups[span->group];
    bool has_all = true;
    for (uint32_t i = 0; i < old->port_count; i++)
        has_all = has_all && ptl_portset_contains(ports, old->ports[i]);
    if (has_all)
        return true;
    if (!PTL_ROOM(judge->groups, judge->group_capacity, judge->group_count))
        return false;
    struct ptl_judge_group *new = &judge->groups[judge->group_count];
    *new = judge->groups[span->group];
    new->ports = NULL;
    new->port_count = 0;
    cut_bits(new->open, ports);
    cut_bits(new->closed, ports);
    span->group = (uint32_t)judge->group_count++;
    return ptl_judge_group_list(new);
}

bool ptl_judge_cut(struct ptl_judge *judge, uint64_t first, uint64_t count,
                   const struct ptl_portset *ports)
{
    if (judge == NULL)
        return true;
    cut_targets(judge, first, count);
    uint32_t base = 0;
    for (size_t i = 0; i < judge->span_count; i++) {
        struct ptl_judge_span *span = &judge->spans[i];
        /* Ports are cut where the slice is of one target, so that these groups are few. */
        if (!cut_ports(judge, span, ports))
            return false;
        span->base = base;
        base += (span->last - span->first + 1) * judge->groups[span->group].port_count;
    }
    judge->state_count = base; /* the states have room for more, and hold nothing yet */
    return true;
}
