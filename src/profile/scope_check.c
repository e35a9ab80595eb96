#include "profile/scope_check.h"

#include "portolan/targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCOPE_SHOWN 8 /* entries of the scope that a message names */

/* Length of the prefix that first and last share. */
static unsigned common_prefix(const struct ptl_block *block)
{
    uint64_t high = block->first.high ^ block->last.high;
    uint64_t low = block->first.low ^ block->last.low;
    unsigned length = 128;
    if (high)
        length = (unsigned)__builtin_clzll(high);
    else if (low)
        length = 64 + (unsigned)__builtin_clzll(low);
    return block->first.family == 4 ? length - 96 : length;
}

/* The line to add: the smallest CIDR block around it. */
static void suggest(const struct ptl_block *block, char text[PTL_ADDRESS_SIZE + 8])
{
    unsigned bits = block->first.family == 4 ? 32 : 128, length = common_prefix(block);
    unsigned host_bits = bits - length;
    struct ptl_address first = block->first;
    if (host_bits >= 64) {
        first.low = 0;
        first.high &= host_bits == 128 ? 0 : UINT64_MAX << (host_bits - 64);
    } else {
        first.low &= UINT64_MAX << host_bits;
    }
    char address[PTL_ADDRESS_SIZE];
    ptl_address_format(&first, address);
    if (length == bits)
        snprintf(text, PTL_ADDRESS_SIZE + 8, "%s", address);
    else
        snprintf(text, PTL_ADDRESS_SIZE + 8, "%s/%u", address, length);
}

static void complain(struct ptl_loading *loading, const struct ptl_host *host,
                     const struct ptl_address *outside)
{
    const struct ptl_profile *profile = loading->profile;
    struct ptl_origin origin = {host->file, host->line, host->column};
    char address[PTL_ADDRESS_SIZE], line[PTL_ADDRESS_SIZE + 8], shown[PTL_SHOWN_SIZE];
    char entries[SCOPE_SHOWN * (PTL_ADDRESS_SIZE + 8)];
    struct ptl_buf scope;
    ptl_buf_init_in(&scope, entries, sizeof(entries));
    for (size_t i = 0; i < profile->scope_count && i < SCOPE_SHOWN; i++) {
        ptl_buf_add(&scope, i ? ", " : "");
        ptl_buf_add(&scope, profile->scope_text[i]);
    }
    suggest(&host->block, line);
    ptl_problems_at(loading->problems, &origin,
                    "%s: %s is outside the profile's scope (%s%s); add \"%s\" to scope",
                    ptl_shown(host->text, shown), ptl_address_format(outside, address),
                    profile->scope_count ? ptl_buf_text(&scope) : "empty",
                    scope.failed || profile->scope_count > SCOPE_SHOWN ? ", ..." : "", line);
}

/* Several segments may come from one entry: it is told once. */
static void check_segments(struct ptl_loading *loading, const struct ptl_targets *targets)
{
    const struct ptl_hosts *hosts = &loading->profile->hosts;
    const char *input, *told = NULL;
    struct ptl_block block;
    unsigned left = PTL_PROBLEMS_MAX; /* each costs a search; more are not kept anyway */
    for (size_t i = 0; left && ptl_targets_segment(targets, i, &block, &input); i++) {
        struct ptl_address outside;
        if (input == told || ptl_scope_contains(&loading->profile->scope, &block, &outside))
            continue;
        told = input;
        left--;
        for (size_t k = 0; k < hosts->count; k++)
            if (hosts->items[k].text == input)
                complain(loading, &hosts->items[k], &outside);
    }
}

static size_t count_blocks(const struct ptl_hosts *hosts)
{
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++)
        count += !hosts->items[i].is_name;
    return count;
}

/* The excludes are taken out first, as the run does: what is excluded is never touched. */
void ptl_scope_check(struct ptl_loading *loading, const struct ptl_node *root)
{
    const struct ptl_hosts *hosts = &loading->profile->hosts;
    const struct ptl_hosts *excludes = &loading->profile->exclude_hosts;
    size_t count = count_blocks(hosts), exclude_count = count_blocks(excludes), used = 0;
    if (count == 0 || loading->scope_broken)
        return;
    struct ptl_named_block *blocks = calloc(count, sizeof(*blocks));
    struct ptl_block *excluded = calloc(exclude_count + 1, sizeof(*excluded));
    struct ptl_targets *targets = NULL;
    struct ptl_error error = {0};
    if (!blocks || !excluded) {
        loading->no_memory = true;
        goto out;
    }
    for (size_t i = 0; i < hosts->count; i++)
        if (!hosts->items[i].is_name)
            blocks[used++] =
                (struct ptl_named_block){hosts->items[i].block, hosts->items[i].text, false};
    used = 0;
    for (size_t i = 0; i < excludes->count; i++)
        if (!excludes->items[i].is_name)
            excluded[used++] = excludes->items[i].block;
    if (ptl_targets_build(blocks, count, excluded, exclude_count, &targets, &error) == PTL_OK) {
        check_segments(loading, targets);
    } else if (error.code == PTL_E_NO_MEMORY) {
        loading->no_memory = true;
    } else {
        const struct ptl_pair *pair = ptl_node_find(root, "hosts");
        struct ptl_origin origin = ptl_node_origin(pair ? pair->value : root);
        ptl_problems_at(loading->problems, &origin, "hosts: %s", error.message);
    }
out:
    ptl_targets_free(targets);
    free(excluded);
    free(blocks);
}
