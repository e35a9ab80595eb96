/* The reference where profiles expect something, as their judges match that with the targets. */
#include "base/array.h"
#include "compare/world.h"
#include "results/judging.h"

#include <stdlib.h>

#define EXPECTED_TARGETS_MAX (1U << 20)

static enum ptl_status add_variant(struct ptl_world *world, size_t variant, struct ptl_error *error)
{
    const struct ptl_planned *planned = &world->gathered->planned[variant];
    const struct ptl_judge *judge = planned->judge;
    for (size_t s = 0; judge != NULL && s < judge->span_count; s++) {
        const struct ptl_judge_span *span = &judge->spans[s];
        for (uint64_t t = span->first; t <= span->last; t++) {
            struct ptl_target target;
            ptl_targets_get(planned->targets, t, &target);
            if (world->rule_count == EXPECTED_TARGETS_MAX)
                return ptl_error_set(error, PTL_E_NO_MEMORY,
                                     "`expect` covers more than %u hosts: too many to compare",
                                     EXPECTED_TARGETS_MAX);
            if (!PTL_ROOM(world->rules, world->rule_capacity, world->rule_count) ||
                !ptl_world_add_target(world, &target.address, NULL))
                return ptl_error_no_memory(error);
            world->rules[world->rule_count++] =
                (struct ptl_world_rule){.address = target.address,
                                        .variant = variant,
                                        .group = &judge->groups[span->group]};
        }
    }
    return PTL_OK;
}

enum ptl_status ptl_expected_targets(struct ptl_world *world, struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (size_t v = 0; v < world->gathered->variants->count && status == PTL_OK; v++) {
        if (world->gathered->planned[v].judge != NULL)
            world->source = PTL_REFERENCE_EXPECT;
        status = add_variant(world, v, error);
    }
    return status;
}

static int compare_rules(const void *a, const void *b)
{
    const struct ptl_world_rule *x = a, *y = b;
    return x->target < y->target ? -1 : x->target > y->target;
}

static bool is_expected(const struct ptl_world *world, const struct ptl_world_rule *rule,
                        uint16_t port)
{
    return ptl_port_bit(rule->group->open, port) &&
           ptl_world_asks(world, rule->variant, rule->target, port);
}

/* The ports that a rule of a target has open, and none of those before it, from `first` on. */
static enum ptl_status add_ports(struct ptl_world *world, const struct ptl_world_rule *first,
                                 const struct ptl_world_rule *rule, struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (uint32_t p = 0; p < rule->group->port_count && status == PTL_OK; p++) {
        uint16_t port = rule->group->ports[p];
        bool is_new = is_expected(world, rule, port);
        for (const struct ptl_world_rule *before = first; before < rule && is_new; before++)
            is_new = !is_expected(world, before, port);
        if (is_new)
            status = ptl_world_add_reference(world, rule->target, port, error);
    }
    return status;
}

enum ptl_status ptl_expected_ports(struct ptl_world *world, struct ptl_error *error)
{
    struct ptl_world_rule *rules = world->rules;
    enum ptl_status status = PTL_OK;
    if (world->rule_count == 0)
        return PTL_OK;
    for (size_t i = 0; i < world->rule_count; i++)
        rules[i].target = ptl_world_find(world, &rules[i].address);
    qsort(rules, world->rule_count, sizeof(*rules), compare_rules);
    for (size_t i = 0, first = 0; i < world->rule_count && status == PTL_OK; i++) {
        first = rules[i].target == rules[first].target ? first : i;
        status = add_ports(world, &rules[first], &rules[i], error);
    }
    if (world->reference_count > 0)
        qsort(world->reference, world->reference_count, sizeof(*world->reference),
              ptl_world_port_order);
    return status;
}

bool ptl_expected_rules_out(const struct ptl_world *world, uint32_t target, uint16_t port)
{
    const struct ptl_world_rule *rules = world->rules;
    size_t at;
    PTL_SEARCH(at, world->rule_count, rules[at].target < target);
    bool found = world->source == PTL_REFERENCE_UNION;
    for (; at < world->rule_count && rules[at].target == target && !found; at++)
        found = rules[at].group->only || ptl_port_bit(rules[at].group->closed, port);
    return found;
}
