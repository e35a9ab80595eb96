/* Hosts and exclude_hosts as blocks of addresses. */
#include "base/array.h"
#include "scan/draft.h"

#include <stdlib.h>

/* A name may have several addresses of that family; those of one stand together. */
static void leave_out(struct ptl_draft *draft, const struct ptl_host *host)
{
    if (draft->left_out_count == 0)
        draft->left_out[0] = host->text;
    draft->left_out_count += draft->left_out[1] != host->text;
    draft->left_out[1] = host->text;
}

static bool warn_of_host_bits(struct ptl_draft *draft, const struct ptl_hosts *hosts)
{
    char text[PTL_HOST_BITS_SIZE];
    struct ptl_host first;
    return !ptl_hosts_with_bits(hosts, &first, text) || ptl_draft_warn(draft->prepared, "%s", text);
}

/* One warning, however many there are: a list may hold a million. */
static bool warn_of_left_out(struct ptl_draft *draft)
{
    const char *family = draft->profile->address_family == PTL_FAMILY_IPV4 ? "ipv4" : "ipv6";
    size_t more = draft->left_out_count - 1;
    if (draft->left_out_count == 0)
        return true;
    if (more == 0)
        return ptl_draft_warn(draft->prepared, "%s is left out: address_family is %s",
                              draft->left_out[0], family);
    return ptl_draft_warn(draft->prepared,
                          "%s and %zu more entries of hosts are left out: address_family is %s",
                          draft->left_out[0], more, family);
}

static bool add_block(struct ptl_draft *draft, const struct ptl_host *host,
                      const struct ptl_block *block, bool is_exclude)
{
    if (is_exclude) {
        if (!PTL_ROOM(draft->excludes, draft->exclude_capacity, draft->exclude_count))
            return false;
        draft->excludes[draft->exclude_count++] = *block;
        return true;
    }
    enum ptl_family family = draft->profile->address_family;
    if (family != PTL_FAMILY_ANY && (family == PTL_FAMILY_IPV4) != (block->first.family == 4)) {
        leave_out(draft, host);
        return true;
    }
    if (!PTL_ROOM(draft->blocks, draft->block_capacity, draft->block_count))
        return false;
    draft->blocks[draft->block_count++] =
        (struct ptl_named_block){.block = *block, .input = host->text, .is_name = host->is_name};
    return true;
}

static int by_address(const void *a, const void *b)
{
    return ptl_address_compare(a, b);
}

static bool add_name(struct ptl_draft *draft, const struct ptl_host *host,
                     struct ptl_resolved *resolved, bool is_exclude)
{
    struct ptl_origin origin = ptl_draft_origin(host);
    if (resolved->count == 0 && is_exclude) {
        if (draft->interrupted)
            return true;
        ptl_problems_at(draft->problems, &origin, "exclude_hosts: %s does not resolve: %s",
                        host->text, resolved->message);
        return true;
    }
    if (resolved->count == 0)
        return ptl_draft_unresolved(draft, host->text, resolved->message);
    /* Every address of an excluded name is left alone, whatever `resolve` says. */
    bool all = is_exclude || draft->profile->resolve == PTL_RESOLVE_ALL;
    /* Name servers rotate them, and each machine prefers others: a plan's order is the same for
     * all. */
    if (all)
        qsort(resolved->addresses, resolved->count, sizeof(*resolved->addresses), by_address);
    for (size_t i = 0; i < (all ? resolved->count : 1); i++) {
        const struct ptl_address *address = &resolved->addresses[i];
        if (address->high == 0 && address->low == 0) {
            char text[PTL_ADDRESS_SIZE];
            ptl_problems_at(draft->problems, &origin, "%s resolves to %s, which is no target",
                            host->text, ptl_address_format(address, text));
            continue;
        }
        struct ptl_block block = {.first = *address, .last = *address};
        if (!add_block(draft, host, &block, is_exclude))
            return false;
    }
    return true;
}

static bool add_all(struct ptl_draft *draft, const struct ptl_hosts *hosts,
                    struct ptl_resolved *resolved, size_t *next_name, bool is_exclude)
{
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        bool added = ptl_host_is_to_resolve(&host)
                         ? add_name(draft, &host, &resolved[(*next_name)++], is_exclude)
                         : add_block(draft, &host, &host.block, is_exclude);
        if (!added)
            return false;
    }
    return true;
}

static size_t collect_names(const struct ptl_hosts *hosts, const char **names)
{
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++) {
        struct ptl_host host = ptl_hosts_get(hosts, i);
        if (ptl_host_is_to_resolve(&host))
            names[count++] = host.text;
    }
    return count;
}

enum ptl_status ptl_draft_resolve(struct ptl_draft *draft, const struct ptl_cancel *cancel,
                                  struct ptl_error *error)
{
    const struct ptl_profile *profile = draft->profile;
    size_t most = profile->hosts.count + profile->exclude_hosts.count;
    const char **names = calloc(most + 1, sizeof(*names));
    if (names == NULL)
        return ptl_error_no_memory(error);
    size_t count = collect_names(&profile->hosts, names);
    count += collect_names(&profile->exclude_hosts, names + count);

    struct ptl_resolved *resolved = NULL;
    struct ptl_resolve_options options = {.family = profile->address_family,
                                          .deadline_ms = PTL_RESOLVE_DEADLINE_MS,
                                          .cancel = cancel};
    enum ptl_status status = PTL_OK;
    if (count > 0)
        status = ptl_resolve(names, count, &options, &resolved, error);
    draft->interrupted = ptl_cancel_cause(cancel) != 0;
    size_t next = 0;
    if (status == PTL_OK &&
        (!add_all(draft, &profile->hosts, resolved, &next, false) || !warn_of_left_out(draft) ||
         !warn_of_host_bits(draft, &profile->hosts) ||
         !warn_of_host_bits(draft, &profile->exclude_hosts) ||
         !add_all(draft, &profile->exclude_hosts, resolved, &next, true)))
        status = PTL_E_NO_MEMORY;
    ptl_resolved_free(resolved, count);
    free(names);
    return status;
}
