#include "finished/view.h"

#include "results/stored.h"

#include <stdlib.h>
#include <string.h>

static int compare_hosts(const void *a, const void *b, void *hosts)
{
    const struct ptl_view_host *all = hosts;
    return ptl_address_compare(&all[*(const uint32_t *)a].address,
                               &all[*(const uint32_t *)b].address);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void fill_hosts(struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    for (uint32_t h = 0; h < view->host_count; h++) {
        view->hosts[h].address = ptl_stored_address(results->stored, h);
        view->hosts[h].counts = PTL_VIEW_NONE;
        view->by_address[h] = h;
    }
    for (size_t i = 0; i < results->target_count; i++)
        view->hosts[results->targets[i].target].counts = (uint32_t)i;
    for (size_t i = 0; i < results->count; i++) {
        struct ptl_view_host *host = &view->hosts[results->items[i].target];
        if (host->count++ == 0)
            host->first = i;
    }
    qsort_r(view->by_address, view->host_count, sizeof(*view->by_address), compare_hosts,
            view->hosts);
    for (size_t i = 0; i < results->unresolved_count; i++)
        view->unresolved[i] = results->unresolved[i].input;
    qsort(view->unresolved, results->unresolved_count, sizeof(*view->unresolved), compare_texts);
}

enum ptl_status ptl_view_init(struct ptl_view *view, const char *name,
                              const struct ptl_results *results, struct ptl_error *error)
{
    *view = (struct ptl_view){
        .name = name, .results = results, .host_count = ptl_stored_count(results->stored)};
    view->hosts = calloc(view->host_count + 1UL, sizeof(*view->hosts));
    view->by_address = calloc(view->host_count + 1UL, sizeof(*view->by_address));
    view->unresolved = calloc(results->unresolved_count + 1, sizeof(*view->unresolved));
    view->ports = ptl_portset_new();
    if (view->hosts == NULL || view->by_address == NULL || view->unresolved == NULL ||
        view->ports == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
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
    uint32_t low = 0, high = view->host_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t host = view->by_address[middle];
        int order = ptl_address_compare(&view->hosts[host].address, address);
        if (order == 0)
            return host;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PTL_VIEW_NONE;
}

bool ptl_view_is_unresolved(const struct ptl_view *view, const char *input)
{
    return bsearch(&input, view->unresolved, view->results->unresolved_count,
                   sizeof(*view->unresolved), compare_texts) != NULL;
}

unsigned ptl_view_absent(const struct ptl_view *view, uint32_t host, enum ptl_unknown *why)
{
    const struct ptl_results *results = view->results;
    uint32_t at = host != PTL_VIEW_NONE ? view->hosts[host].counts : PTL_VIEW_NONE;
    const struct ptl_target_counts *counts = at != PTL_VIEW_NONE ? &results->targets[at] : NULL;
    *why = PTL_UNKNOWN_UNPROBED;
    /* Without memory, results were lost that had been counted. */
    if (results->run.stopped_by == PTL_STOP_MEMORY ||
        (counts != NULL && counts->states[PTL_UNPROBED] > 0))
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
