#include "profile/values.h"

#include "target/targets.h"

#include <stdio.h>
#include <stdlib.h>

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
    const struct ptl_texts *scope_text = &loading->profile->scope_text;
    struct ptl_origin origin = {host->file, host->line, host->column};
    char address[PTL_ADDRESS_SIZE], line[PTL_ADDRESS_SIZE + 8], shown[PTL_SHOWN_SIZE];
    char entries[SCOPE_SHOWN * (PTL_ADDRESS_SIZE + 8)];
    struct ptl_buf scope;
    ptl_buf_init_in(&scope, entries, sizeof(entries));
    for (size_t i = 0; i < scope_text->count && i < SCOPE_SHOWN; i++) {
        ptl_buf_add(&scope, i ? ", " : "");
        ptl_buf_add(&scope, scope_text->items[i]);
    }
    suggest(&host->block, line);
    ptl_problems_at(loading->problems, &origin,
                    "%s: %s is outside the profile's scope (%s%s); add \"%s\" to scope",
                    ptl_shown(host->text, shown), ptl_address_format(outside, address),
                    scope_text->count ? ptl_buf_text(&scope) : "empty",
                    scope.failed || scope_text->count > SCOPE_SHOWN ? ", ..." : "", line);
}

/* Entries are looked at so many at a time, or as many as there are excludes: those of one lot that
 * overlap are told once. */
#define LOT 4096
#define COUNTED_MOST 65536 /* entries, of which it is seen here already that they are too many */

struct check {
    struct ptl_loading *loading;
    struct ptl_block *excluded; /* NULL: not needed yet */
    size_t excluded_count;
    size_t lot_size;
    struct ptl_named_block *lot; /* blocks that the scope does not hold as they are */
    size_t *numbers;             /* of their entries */
    size_t count;
    unsigned left; /* problems that may still be told */
};

/* Several segments may come from one entry: it is told once. */
static void tell_segments(struct check *check, const struct ptl_targets *targets)
{
    const struct ptl_profile *profile = check->loading->profile;
    const char *input, *told = NULL;
    struct ptl_block block;
    for (size_t i = 0; check->left && ptl_targets_segment(targets, i, &block, &input); i++) {
        struct ptl_address outside;
        if (input == told || ptl_scope_contains(&profile->scope, &block, &outside))
            continue;
        told = input;
        check->left--;
        for (size_t k = 0; k < check->count; k++) {
            struct ptl_host host = ptl_hosts_get(&profile->hosts, check->numbers[k]);
            if (host.text == input)
                complain(check->loading, &host, &outside);
        }
    }
}

static size_t add_blocks(const struct ptl_hosts *hosts, struct ptl_block *blocks)
{
    size_t used = 0;
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        if (!ptl_host_is_to_resolve(&host))
            blocks[used++] = host.block;
    }
    return used;
}

static bool set_up(struct check *check)
{
    const struct ptl_hosts *excludes = &check->loading->profile->exclude_hosts;
    check->lot_size = excludes->count > LOT ? excludes->count : LOT;
    check->lot = calloc(check->lot_size, sizeof(*check->lot));
    check->numbers = calloc(check->lot_size, sizeof(*check->numbers));
    check->excluded = calloc(excludes->count + 1, sizeof(*check->excluded));
    if (check->lot == NULL || check->numbers == NULL || check->excluded == NULL)
        return false;
    check->excluded_count = add_blocks(excludes, check->excluded);
    return true;
}

/* The excludes are taken out first, as the run does: what is excluded is never touched. */
static bool tell_lot(struct check *check)
{
    struct ptl_targets *targets = NULL;
    struct ptl_error error = {0};
    if (ptl_targets_build(check->lot, check->count, check->excluded, check->excluded_count,
                          &targets, &error) == PTL_OK)
        tell_segments(check, targets);
    ptl_targets_free(targets);
    check->count = 0;
    return error.code != PTL_E_NO_MEMORY;
}

/* Most entries lie in the scope as they are, and need no memory to see it. */
static bool look_at_all(struct check *check)
{
    const struct ptl_profile *profile = check->loading->profile;
    const struct ptl_hosts *hosts = &profile->hosts;
    for (size_t i = 0; i < hosts->count && check->left; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        struct ptl_address outside;
        if (ptl_host_is_to_resolve(&host) ||
            ptl_scope_contains(&profile->scope, &host.block, &outside))
            continue;
        if (check->lot == NULL && !set_up(check))
            return false;
        check->numbers[check->count] = i;
        check->lot[check->count++] = (struct ptl_named_block){host.block, host.text, false};
        if (check->count == check->lot_size && !tell_lot(check))
            return false;
    }
    return check->count == 0 || tell_lot(check);
}

/* More than 2^32 addresses? Only where entries overlap, or are excluded, it takes a look at all. */
static bool may_be_too_many(const struct ptl_hosts *hosts)
{
    uint64_t sum = 0;
    if (hosts->count > COUNTED_MOST)
        return false;
    for (size_t i = 0; i < hosts->count && sum <= PTL_TARGETS_MAX; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        uint64_t count = ptl_host_is_to_resolve(&host) ? 0 : ptl_block_count(&host.block);
        sum += count < PTL_TARGETS_MAX ? count : PTL_TARGETS_MAX + 1;
    }
    return sum > PTL_TARGETS_MAX;
}

/* Counts the targets as the run does. False: no memory, or too many, which is told. */
static bool count_all(struct check *check, const struct ptl_node *root)
{
    const struct ptl_hosts *hosts = &check->loading->profile->hosts;
    struct ptl_named_block *blocks = calloc(hosts->count + 1, sizeof(*blocks));
    struct ptl_targets *targets = NULL;
    struct ptl_error error = {.code = PTL_E_NO_MEMORY};
    size_t used = 0;
    for (size_t i = 0; blocks != NULL && i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        if (!ptl_host_is_to_resolve(&host))
            blocks[used++] = (struct ptl_named_block){host.block, host.text, false};
    }
    bool good = blocks != NULL && (check->lot != NULL || set_up(check)) &&
                ptl_targets_build(blocks, used, check->excluded, check->excluded_count, &targets,
                                  &error) == PTL_OK;
    if (!good && error.code != PTL_E_NO_MEMORY) {
        const struct ptl_pair *pair = ptl_node_find(root, "hosts");
        struct ptl_origin origin = ptl_node_origin(pair != NULL ? pair->value : root);
        ptl_problems_at(check->loading->problems, &origin, "hosts: %s", error.message);
    } else if (!good) {
        check->loading->no_memory = true;
    }
    ptl_targets_free(targets);
    free(blocks);
    return good;
}

void ptl_scope_check(struct ptl_loading *loading, const struct ptl_node *root)
{
    struct check check = {.loading = loading, .left = PTL_PROBLEMS_MAX};
    if (loading->scope_broken)
        return;
    bool counted = !may_be_too_many(&loading->profile->hosts) || count_all(&check, root);
    if (counted && !look_at_all(&check))
        loading->no_memory = true;
    free(check.lot);
    free(check.numbers);
    free(check.excluded);
}
