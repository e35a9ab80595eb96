#include "profile/freeze.h"

#include "base/text.h"
#include "profile/values.h"

#include <stdio.h>
#include <stdlib.h>

#define ENTRY_SIZE 512 /* a name and an address */

/* The entry itself where it is the whole of the block, else what is left of it. */
static bool add_block(struct ptl_texts *texts, const struct ptl_block *block, const char *input)
{
    char text[PTL_BLOCK_SIZE];
    struct ptl_block whole;
    bool is_block;
    if (ptl_block_parse(input, &whole, &is_block, NULL) == PTL_OK && is_block &&
        ptl_address_compare(&whole.first, &block->first) == 0 &&
        ptl_address_compare(&whole.last, &block->last) == 0)
        return ptl_texts_add(texts, input);
    return ptl_texts_add(texts, ptl_block_format(block, text));
}

static bool add_known(struct ptl_texts *texts, const char *name, const struct ptl_address *address)
{
    char text[ENTRY_SIZE], ip[PTL_ADDRESS_SIZE];
    snprintf(text, sizeof(text), "%s=%s", name, ptl_address_format(address, ip));
    return ptl_texts_add(texts, text);
}

static bool list_targets(const struct ptl_targets *targets, struct ptl_texts *texts)
{
    struct ptl_block block;
    const char *input;
    uint64_t next = 0;
    bool good = true;
    for (size_t i = 0; good && ptl_targets_segment(targets, i, &block, &input); i++) {
        struct ptl_target target;
        ptl_targets_get(targets, next, &target);
        uint64_t count = ptl_block_count(&block);
        if (!target.is_name)
            good = add_block(texts, &block, input);
        for (uint64_t k = 0; target.is_name && good && k < count; k++) {
            struct ptl_address address = ptl_address_add(&block.first, k);
            good = add_known(texts, input, &address);
        }
        next += count;
    }
    return good;
}

/* ---- expectations ---- */

/* The names of targets, sorted. */
struct labels {
    const char **items;
    size_t count;
};

static bool is_target(const struct ptl_targets *targets, const struct ptl_address *address)
{
    struct ptl_block block, one = {*address, *address};
    const char *input;
    for (size_t i = 0; ptl_targets_segment(targets, i, &block, &input); i++)
        if (ptl_block_contains(&block, &one))
            return true;
    return false;
}

static enum ptl_status add_resolved(const struct ptl_freezing *freezing, const char *name,
                                    struct ptl_texts *texts, struct ptl_error *error)
{
    struct ptl_resolve_options options = {.family = freezing->profile->address_family,
                                          .deadline_ms = PTL_RESOLVE_DEADLINE_MS,
                                          .cancel = freezing->cancel};
    struct ptl_resolved *resolved = NULL;
    size_t before = texts->count;
    enum ptl_status status = ptl_resolve(&name, 1, &options, &resolved, error);
    if (status != PTL_OK)
        return status;
    if (resolved->count == 0)
        status = ptl_error_set(error, PTL_E_INVALID, "expect: %s does not resolve: %s", name,
                               resolved->message);
    for (size_t i = 0; i < resolved->count && status == PTL_OK; i++)
        if (is_target(freezing->targets, &resolved->addresses[i]) &&
            !add_known(texts, name, &resolved->addresses[i]))
            status = ptl_error_no_memory(error);
    if (texts->count == before && status == PTL_OK)
        status = ptl_error_set(error, PTL_E_INVALID, "expect: %s is no target any more", name);
    ptl_resolved_free(resolved, 1);
    return status;
}

static enum ptl_status list_expected(const struct ptl_freezing *freezing,
                                     const struct labels *labels, const struct ptl_expect *rule,
                                     struct ptl_texts *texts, struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < rule->hosts.count && status == PTL_OK; i++) {
        struct ptl_host host = ptl_hosts_get(&rule->hosts, i);
        bool good = true;
        if (host.is_known)
            good = add_known(texts, host.text, &host.block.first);
        else if (!host.is_name || bsearch(&host.text, labels->items, labels->count,
                                          sizeof(*labels->items), ptl_text_order_any_case) != NULL)
            good = ptl_texts_add(texts, host.text);
        else
            status = add_resolved(freezing, host.text, texts, error);
        if (!good)
            status = ptl_error_no_memory(error);
    }
    return status;
}

/* Beyond some number they are lines of a file of their own: a profile has its limits. */
static bool move_to_file(const struct ptl_freezing *freezing, struct ptl_texts *texts,
                         struct ptl_buf *lines)
{
    char *entry = NULL;
    if (freezing->hosts_file == NULL || texts->count <= PTL_FROZEN_INLINE)
        return true;
    for (size_t i = 0; i < texts->count; i++) {
        ptl_buf_add(lines, texts->items[i]);
        ptl_buf_add_char(lines, '\n');
    }
    ptl_texts_free(texts);
    if (lines->failed || asprintf(&entry, "file: %s", freezing->hosts_file) < 0)
        return false;
    bool good = ptl_texts_add(texts, entry);
    free(entry);
    return good;
}

static enum ptl_status list_all(const struct ptl_freezing *freezing, struct ptl_profile *frozen,
                                struct ptl_buf *lines, struct ptl_error *error)
{
    const struct ptl_profile *profile = freezing->profile;
    struct labels labels = {.items = NULL};
    enum ptl_status status = PTL_OK;
    if (!list_targets(freezing->targets, &frozen->hosts_text) ||
        !move_to_file(freezing, &frozen->hosts_text, lines) ||
        (labels.items = ptl_targets_names(freezing->targets, &labels.count)) == NULL)
        status = ptl_error_no_memory(error);
    for (size_t i = 0; i < profile->expect_count && status == PTL_OK; i++) {
        frozen->expects[i] = profile->expects[i];
        frozen->expects[i].hosts_text = (struct ptl_texts){.items = NULL};
        status = list_expected(freezing, &labels, &profile->expects[i],
                               &frozen->expects[i].hosts_text, error);
    }
    free(labels.items);
    return status;
}

enum ptl_status ptl_profile_freeze(const struct ptl_freezing *freezing, struct ptl_buf *buf,
                                   struct ptl_buf *lines, struct ptl_error *error)
{
    const struct ptl_profile *profile = freezing->profile;
    struct ptl_profile frozen = *profile; /* what it owns is the other's, but for these */
    frozen.hosts_text = frozen.exclude_hosts_text = (struct ptl_texts){.items = NULL};
    frozen.expects = calloc(profile->expect_count + 1, sizeof(*frozen.expects));
    if (frozen.expects == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = list_all(freezing, &frozen, lines, error);
    if (status == PTL_OK)
        ptl_profile_show(&frozen, buf);
    if (status == PTL_OK && buf->failed && buf->no_memory)
        status = ptl_error_no_memory(error);
    for (size_t i = 0; i < profile->expect_count; i++)
        ptl_texts_free(&frozen.expects[i].hosts_text);
    free(frozen.expects);
    ptl_texts_free(&frozen.hosts_text);
    return status;
}
