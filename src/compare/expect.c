/* The reference where profiles say what they expect. */
#include "compare/world.h"

#include <stdlib.h>
#include <strings.h>

#define EXPECTED_TARGETS_MAX (1U << 20)

static bool has_expects(const struct ptl_gathered *gathered)
{
    for (size_t i = 0; i < gathered->variants->count; i++)
        if (gathered->variants->items[i].profile->expect_count > 0)
            return true;
    return false;
}

static enum ptl_status add_block(struct ptl_world *world, const struct ptl_block *block,
                                 struct ptl_error *error)
{
    uint64_t count = ptl_block_count(block);
    for (uint64_t i = 0; i < count; i++) {
        struct ptl_address address = ptl_address_add(&block->first, i);
        if (world->target_count >= EXPECTED_TARGETS_MAX)
            return ptl_error_set(error, PTL_E_NO_MEMORY,
                                 "`expect` covers more than %u hosts: too many to compare",
                                 EXPECTED_TARGETS_MAX);
        if (!ptl_world_add_target(world, &address, NULL))
            return ptl_error_no_memory(error);
    }
    return PTL_OK;
}

/* What two blocks share. False: nothing. */
static bool intersect(const struct ptl_block *a, const struct ptl_block *b, struct ptl_block *both)
{
    both->first = ptl_address_compare(&a->first, &b->first) < 0 ? b->first : a->first;
    both->last = ptl_address_compare(&a->last, &b->last) < 0 ? a->last : b->last;
    return a->first.family == b->first.family &&
           ptl_address_compare(&both->first, &both->last) <= 0;
}

/* The targets of a variant that an entry of a rule's hosts means, which is a name as written in
 * the profile's hosts, or a block. */
static enum ptl_status add_host(struct ptl_world *world, size_t variant,
                                const struct ptl_host *host, struct ptl_error *error)
{
    const struct ptl_targets *targets = world->gathered->planned[variant].targets;
    enum ptl_status status = PTL_OK;
    struct ptl_block block, both;
    const char *input;
    for (size_t i = 0; status == PTL_OK && ptl_targets_segment(targets, i, &block, &input); i++) {
        if (host->is_name && strcasecmp(host->text, input) == 0)
            status = add_block(world, &block, error);
        else if (!host->is_name && intersect(&block, &host->block, &both))
            status = add_block(world, &both, error);
    }
    return status;
}

enum ptl_status ptl_expected_targets(struct ptl_world *world, struct ptl_error *error)
{
    const struct ptl_variants *variants = world->gathered->variants;
    world->source = has_expects(world->gathered) ? PTL_REFERENCE_EXPECT : PTL_REFERENCE_UNION;
    for (size_t v = 0; v < variants->count; v++) {
        const struct ptl_profile *profile = variants->items[v].profile;
        for (size_t i = 0; i < profile->expect_count; i++) {
            const struct ptl_hosts *hosts = &profile->expects[i].hosts;
            for (size_t h = 0; h < hosts->count; h++) {
                struct ptl_host host = ptl_hosts_get(hosts, h);
                enum ptl_status status = add_host(world, v, &host, error);
                if (status != PTL_OK)
                    return status;
            }
        }
    }
    return PTL_OK;
}

/* Is the target one that the rule is about, in this variant? */
static bool is_about(const struct ptl_world *world, size_t variant, const struct ptl_expect *rule,
                     uint32_t target)
{
    const struct ptl_targets *targets = world->gathered->planned[variant].targets;
    struct ptl_block one = {world->targets[target].address, world->targets[target].address}, block;
    const char *input;
    for (size_t h = 0; h < rule->hosts.count; h++) {
        struct ptl_host host = ptl_hosts_get(&rule->hosts, h);
        if (!host.is_name && ptl_block_contains(&host.block, &one))
            return true;
        for (size_t i = 0; host.is_name && ptl_targets_segment(targets, i, &block, &input); i++)
            if (strcasecmp(host.text, input) == 0 && ptl_block_contains(&block, &one))
                return true;
    }
    return false;
}

static bool is_expected(const struct ptl_world *world, uint32_t target, uint16_t port)
{
    const struct ptl_variants *variants = world->gathered->variants;
    for (size_t v = 0; v < variants->count; v++) {
        const struct ptl_profile *profile = variants->items[v].profile;
        for (size_t i = 0; i < profile->expect_count; i++) {
            const struct ptl_expect *rule = &profile->expects[i];
            if (ptl_expect_has_open(rule, port) && is_about(world, v, rule, target) &&
                ptl_world_asks(world, v, target, port))
                return true;
        }
    }
    return false;
}

/* Only ports that some rule lists are looked at, whatever the target. */
enum ptl_status ptl_expected_ports(struct ptl_world *world, struct ptl_error *error)
{
    const struct ptl_variants *variants = world->gathered->variants;
    enum ptl_status status = PTL_OK;
    uint16_t *listed = calloc(65536, sizeof(*listed));
    size_t count = 0;
    if (listed == NULL)
        return ptl_error_no_memory(error);
    for (unsigned port = 1; port <= 65535; port++) {
        bool is_listed = false;
        for (size_t v = 0; v < variants->count; v++) {
            const struct ptl_profile *profile = variants->items[v].profile;
            for (size_t i = 0; i < profile->expect_count && !is_listed; i++)
                is_listed = ptl_expect_has_open(&profile->expects[i], (uint16_t)port);
        }
        if (is_listed)
            listed[count++] = (uint16_t)port;
    }
    for (uint32_t t = 0; t < world->target_count; t++)
        for (size_t p = 0; p < count && status == PTL_OK; p++)
            if (is_expected(world, t, listed[p]))
                status = ptl_world_add_reference(world, t, listed[p], error);
    free(listed);
    return status;
}

bool ptl_expected_rules_out(const struct ptl_world *world, uint32_t target, uint16_t port)
{
    if (world->source == PTL_REFERENCE_UNION)
        return true;
    const struct ptl_variants *variants = world->gathered->variants;
    for (size_t v = 0; v < variants->count; v++) {
        const struct ptl_profile *profile = variants->items[v].profile;
        for (size_t i = 0; i < profile->expect_count; i++) {
            const struct ptl_expect *rule = &profile->expects[i];
            if ((rule->only != NULL || ptl_portset_contains(rule->closed, port)) &&
                is_about(world, v, rule, target))
                return true;
        }
    }
    return false;
}
