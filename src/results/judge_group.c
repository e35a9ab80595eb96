/* What is expected of the hosts that are under the same rules. */
#include "results/judging.h"

#include <stdlib.h>

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

bool ptl_judge_group_fill(struct ptl_judge_group *group, const struct ptl_profile *profile,
                          const uint64_t *rules)
{
    for (size_t rule = 0; rule < profile->expect_count; rule++)
        if ((rules[rule / 64] >> (rule % 64) & 1) != 0)
            add_rule(group, &profile->expects[rule]);
    return ptl_judge_group_list(group);
}
