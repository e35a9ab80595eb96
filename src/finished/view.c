#include "finished/view.h"

#include "base/array.h"
#include "base/text.h"
#include "results/stored.h"

#include <stdlib.h>

static int compare_hosts(const void *a, const void *b, void *hosts)
{
    const struct ptl_view_host *all = hosts;
    return ptl_address_compare(&all[*(const uint32_t *)a].address,
                               &all[*(const uint32_t *)b].address);
}

static void fill_stored(struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    for (uint32_t h = 0; h < view->host_count; h++) {
        view->hosts[h].address = ptl_stored_address(results->stored, h);
        view->hosts[h].counts = PTL_VIEW_NONE;
        view->hosts[h].target = h;
    }
    for (size_t i = 0; i < results->target_count; i++)
        view->hosts[results->targets[i].target].counts = (uint32_t)i;
    for (size_t i = 0; i < results->count; i++) {
        struct ptl_view_host *host = &view->hosts[results->items[i].target];
        if (host->count++ == 0)
            host->first = i;
    }
}

/* Hosts of a run of this process: those that a file of it would list. */
static uint32_t walk_live(const struct ptl_results *results, struct ptl_view_host *hosts)
{
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    uint32_t found = 0;
    size_t first, count;
    for (; ptl_results_next_target(results, &cursor, &counts, &first, &count); found++) {
        struct ptl_target target;
        if (hosts == NULL)
            continue;
        size_t at = cursor.next_counts - 1;
        bool has_counts = cursor.next_counts > 0 && results->targets[at].target == counts.target;
        ptl_targets_get(results->live, counts.target, &target);
        hosts[found] = (struct ptl_view_host){.address = target.address,
                                              .target = counts.target,
                                              .counts = has_counts ? (uint32_t)at : PTL_VIEW_NONE,
                                              .untouched = !has_counts,
                                              .first = first,
                                              .count = (uint32_t)count};
    }
    return found;
}

static void fill_hosts(struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    if (results->stored != NULL)
        fill_stored(view);
    else
        walk_live(results, view->hosts);
    for (uint32_t h = 0; h < view->host_count; h++)
        view->by_address[h] = h;
    qsort_r(view->by_address, view->host_count, sizeof(*view->by_address), compare_hosts,
            view->hosts);
    for (size_t i = 0; i < results->unresolved_count; i++)
        view->unresolved[i] = results->unresolved[i].input;
    qsort(view->unresolved, results->unresolved_count, sizeof(*view->unresolved), ptl_text_order);
}

enum ptl_status ptl_view_init(struct ptl_view *view, const char *name,
                              const struct ptl_results *results, struct ptl_error *error)
{
    *view = (struct ptl_view){.name = name, .results = results};
    view->host_count =
        results->stored != NULL ? ptl_stored_count(results->stored) : walk_live(results, NULL);
    view->hosts = calloc(view->host_count + 1UL, sizeof(*view->hosts));
    view->by_address = calloc(view->host_count + 1UL, sizeof(*view->by_address));
    view->unresolved = calloc(results->unresolved_count + 1, sizeof(*view->unresolved));
    view->ports = ptl_portset_new();
    if (view->hosts == NULL || view->by_address == NULL || view->unresolved == NULL ||
        view->ports == NULL)
        return ptl_error_no_memory(error);
    fill_hosts(view);
    return ptl_portset_add(view->ports, results->run.ports, error);
}

void ptl_view_free(struct ptl_view *view)
{
    free(view->hosts);
    free(view->by_address);
    free(view->unresolved);
    ptl_portset_free(view->ports);
    *view = (struct ptl_view){.name = NULL};
}

uint32_t ptl_view_find(const struct ptl_view *view, const struct ptl_address *address)
{
    const struct ptl_view_host *hosts = view->hosts;
    const uint32_t *order = view->by_address;
    size_t at;
    PTL_SEARCH(at, view->host_count, ptl_address_compare(&hosts[order[at]].address, address) < 0);
    bool found =
        at < view->host_count && ptl_address_compare(&hosts[order[at]].address, address) == 0;
    return found ? order[at] : PTL_VIEW_NONE;
}

const struct ptl_target_counts *ptl_view_counts(const struct ptl_view *view, uint32_t host)
{
    uint32_t at = host != PTL_VIEW_NONE ? view->hosts[host].counts : PTL_VIEW_NONE;
    return at != PTL_VIEW_NONE ? &view->results->targets[at] : NULL;
}

void ptl_view_names(const struct ptl_view *view, uint32_t host, struct ptl_target_names *names)
{
    ptl_results_names(view->results, view->hosts[host].target, names);
}

bool ptl_view_is_unresolved(const struct ptl_view *view, const char *input)
{
    return bsearch(&input, view->unresolved, view->results->unresolved_count,
                   sizeof(*view->unresolved), ptl_text_order) != NULL;
}

const struct ptl_result *ptl_view_result(const struct ptl_view *view, uint32_t host, uint16_t port)
{
    if (host == PTL_VIEW_NONE)
        return NULL;
    const struct ptl_view_host *of = &view->hosts[host];
    const struct ptl_result *items = &view->results->items[of->first];
    size_t at;
    PTL_SEARCH(at, of->count, items[at].port < port);
    return at < of->count && items[at].port == port ? &items[at] : NULL;
}

unsigned ptl_view_absent(const struct ptl_view *view, uint32_t host, enum ptl_unknown *why)
{
    const struct ptl_results *results = view->results;
    const struct ptl_target_counts *counts = ptl_view_counts(view, host);
    *why = PTL_UNKNOWN_UNPROBED;
    /* Without memory, results were lost that had been counted. */
    if (results->run.stopped_by == PTL_STOP_MEMORY ||
        (counts != NULL && counts->states[PTL_UNPROBED] > 0) ||
        (host != PTL_VIEW_NONE && view->hosts[host].untouched))
        return 0;
    unsigned states = 0;
    for (int s = 0; s < PTL_ERROR; s++) {
        /* A host with something open is always listed. */
        bool any = counts != NULL ? counts->states[s] > 0 : s != PTL_OPEN;
        if (any && !results->run.states[s])
            states |= 1U << s;
    }
    *why = states != 0 ? PTL_UNKNOWN_NOT : PTL_UNKNOWN_NOT_LISTED;
    return states;
}

unsigned ptl_view_states(const struct ptl_view *view, uint32_t host, uint16_t port,
                         const struct ptl_result *result, enum ptl_unknown *why)
{
    *why = PTL_UNKNOWN_NOT;
    if (result != NULL && result->state != PTL_ERROR)
        return 1U << result->state;
    if (result != NULL)
        *why = PTL_UNKNOWN_ERROR;
    else if (!ptl_portset_contains(view->ports, port))
        *why = PTL_UNKNOWN_NOT_PROBED;
    else
        return ptl_view_absent(view, host, why);
    return 0;
}
