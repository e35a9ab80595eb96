/* One host, as several runs know it. */
#include "finished/merging.h"
#include "results/stored.h"

#include <stdlib.h>
#include <string.h>

#define SETS 8 /* of the states open, closed, filtered */

/* A run that has the host. */
struct source {
    const struct ptl_view *view;
    uint32_t host, run;
    const struct ptl_result *next;
    uint32_t left;
    bool has;                         /* a result of the port in hand */
    unsigned states;                  /* that this port can have been in */
    uint8_t reported[PTL_PORT_BYTES]; /* ports that have a result */
};

struct host {
    struct ptl_merging *merging;
    uint32_t target;
    struct source *sources;
    size_t count;
    uint8_t decided[PTL_PORT_BYTES];
    uint32_t states[PTL_STATE_COUNT];
};

static const struct ptl_target_counts *counts_of(const struct source *source)
{
    return ptl_view_counts(source->view, source->host);
}

static uint16_t next_port(const struct host *host)
{
    uint16_t port = 0;
    for (size_t i = 0; i < host->count; i++)
        if (host->sources[i].left > 0 && (port == 0 || host->sources[i].next->port < port))
            port = host->sources[i].next->port;
    return port;
}

/* What each source knows of the port. The most telling result; NULL: only errors, and another
 * source knows better without listing it. */
static const struct ptl_result *choose(struct host *host, uint16_t port)
{
    const struct ptl_result *best = NULL;
    bool is_known = false;
    for (size_t i = 0; i < host->count; i++) {
        struct source *source = &host->sources[i];
        source->has = source->left > 0 && source->next->port == port;
        const struct ptl_result *result = source->has ? source->next : NULL;
        enum ptl_unknown why;
        source->states = ptl_view_states(source->view, source->host, port, result, &why);
        is_known = is_known || source->states != 0;
        if (!source->has)
            continue;
        ptl_port_set_bit(source->reported, port);
        if (best == NULL || result->state < best->state)
            best = result;
        source->next++;
        source->left--;
    }
    return best != NULL && best->state == PTL_ERROR && is_known ? NULL : best;
}

static bool note_disagreement(struct host *host, const struct ptl_result *kept)
{
    bool all_agree = true;
    for (size_t i = 0; i < host->count; i++)
        all_agree = all_agree && (host->sources[i].states == 0 ||
                                  (host->sources[i].states >> kept->state & 1U) != 0);
    for (size_t i = 0; i < host->count && !all_agree; i++) {
        const struct source *source = &host->sources[i];
        struct ptl_disagreement one = {.target = host->target,
                                       .run = source->run,
                                       .port = kept->port,
                                       .states = (uint8_t)source->states,
                                       .reason = PTL_REASON_NONE};
        if (source->has)
            one.reason = source->next[-1].reason;
        if (source->states != 0 &&
            ptl_results_add_disagreement(host->merging->results, &one) != PTL_OK)
            return false;
    }
    return true;
}

static bool merge_results(struct host *host)
{
    uint16_t port;
    while ((port = next_port(host)) != 0) {
        const struct ptl_result *kept = choose(host, port);
        if (kept == NULL)
            continue;
        ptl_port_set_bit(host->decided, port);
        host->states[kept->state]++;
        if (kept->state != PTL_ERROR && !note_disagreement(host, kept))
            return false;
        if (!host->merging->results->run.states[kept->state])
            continue;
        struct ptl_result new = *kept;
        new.target = host->target;
        if (ptl_results_add(host->merging->results, &new) != PTL_OK)
            return false;
    }
    return true;
}

/* The counts of the ports of a source that have no result. Ports whose result was lost for lack of
 * memory count as unprobed: which they are is not known. */
static uint32_t count_absent(const struct source *source, uint32_t counts[PTL_STATE_COUNT])
{
    const struct ptl_results *results = source->view->results;
    const struct ptl_view_host *host = &source->view->hosts[source->host];
    uint32_t sum = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        counts[s] = counts_of(source)->states[s];
    for (uint32_t i = 0; i < host->count; i++)
        counts[results->items[host->first + i].state]--;
    for (int s = 0; s < PTL_UNPROBED; s++) {
        if (results->run.states[s]) {
            counts[PTL_UNPROBED] += counts[s];
            counts[s] = 0;
        }
    }
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum += counts[s];
    return sum;
}

/* Of these ports, `fewer` were decided by others. What is not known must not become known, so the
 * unprobed are the last to go. False: it had to be guessed. */
static bool take_away(uint32_t counts[PTL_STATE_COUNT], uint32_t fewer, uint32_t sum)
{
    unsigned kinds = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        kinds += counts[s] > 0;
    bool certain = fewer == 0 || fewer == sum || kinds <= 1;
    while (fewer > 0) {
        int most = PTL_UNPROBED;
        for (int s = 0; s < PTL_ERROR; s++)
            if (counts[s] > 0 && (most == PTL_UNPROBED || counts[s] > counts[most]))
                most = s;
        uint32_t taken = counts[most] < fewer ? counts[most] : fewer;
        counts[most] -= taken;
        fewer -= taken;
        if (taken == 0)
            break; /* the sums were checked when the file was read: it cannot come to this */
    }
    return certain;
}

/* Decides the ports of a source that have no result; true in *guessed if counts are not certain. */
static void merge_absent_of(struct host *host, const struct source *source, bool *guessed)
{
    uint32_t counts[PTL_STATE_COUNT], sum = count_absent(source, counts), fewer = 0;
    enum ptl_unknown why;
    unsigned states = ptl_view_absent(source->view, source->host, &why);
    uint8_t(*seen)[PTL_PORT_BYTES] = host->merging->seen;
    for (unsigned port = 1; port <= 65535 && sum > 0; port++) {
        if (!ptl_portset_contains(source->view->ports, (uint16_t)port) ||
            ptl_port_bit(source->reported, port))
            continue;
        fewer += ptl_port_bit(host->decided, port);
        ptl_port_set_bit(host->decided, port);
        for (unsigned other = 1; other < SETS && states != 0; other++)
            if ((other & states) == 0 && ptl_port_bit(seen[other], port))
                host->merging->silent++;
        ptl_port_set_bit(seen[states % SETS], port);
    }
    if (!take_away(counts, fewer, sum))
        *guessed = true;
    for (int s = 0; s < PTL_ERROR; s++)
        host->states[s] += counts[s];
}

static void merge_absent(struct host *host)
{
    bool guessed = false;
    memset(host->merging->seen, 0, SETS * sizeof(*host->merging->seen));
    /* First the sources that know all of their ports. */
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < host->count; i++) {
            const struct source *source = &host->sources[i];
            bool is_whole = source->view->results->run.stopped_by != PTL_STOP_MEMORY &&
                            counts_of(source)->states[PTL_UNPROBED] == 0;
            if (is_whole == (pass == 0))
                merge_absent_of(host, source, &guessed);
        }
    }
    host->merging->estimated += guessed;
}

/* Nothing to weigh: the host comes over as it is. */
static bool copy_host(struct host *host, const struct source *source)
{
    const struct ptl_results *results = source->view->results;
    const struct ptl_view_host *from = &source->view->hosts[source->host];
    for (int s = 0; s < PTL_UNPROBED; s++)
        host->states[s] += counts_of(source)->states[s];
    for (uint32_t i = 0; i < from->count; i++) {
        struct ptl_result new = results->items[from->first + i];
        new.target = host->target;
        if (host->merging->results->run.states[new.state] &&
            ptl_results_add(host->merging->results, &new) != PTL_OK)
            return false;
    }
    return true;
}

static bool find_sources(struct host *host, const struct ptl_address *address)
{
    struct ptl_merging *merging = host->merging;
    host->sources = calloc(merging->count, sizeof(*host->sources));
    if (host->sources == NULL)
        return false;
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_view *view = &merging->views[i];
        uint32_t found = ptl_view_find(view, address);
        if (found == PTL_VIEW_NONE)
            continue;
        host->sources[host->count++] =
            (struct source){.view = view,
                            .host = found,
                            .run = (uint32_t)i,
                            .next = view->results->items + view->hosts[found].first,
                            .left = view->hosts[found].count};
    }
    return true;
}

/* Where runs overlap, a port would be in it twice: then nothing is told. */
static void add_evidence(const struct host *host, struct ptl_target_counts *counts)
{
    struct ptl_results *results = host->merging->results;
    counts->has_evidence = host->count == 1 || host->merging->is_disjoint;
    for (size_t i = 0; i < host->count; i++) {
        const struct ptl_target_counts *own = counts_of(&host->sources[i]);
        counts->has_evidence = counts->has_evidence && own->has_evidence;
        ptl_evidence_join(&counts->evidence, &own->evidence);
    }
    if (!counts->has_evidence)
        counts->evidence = (struct ptl_target_evidence){.asked = 0};
    results->has_evidence = results->has_evidence && counts->has_evidence;
    ptl_evidence_add(&results->evidence, &counts->evidence);
}

static bool add_counts(const struct host *host)
{
    struct ptl_results *results = host->merging->results;
    struct ptl_target_counts counts = {.target = host->target};
    uint32_t unprobed = ptl_portset_count(host->merging->ports);
    for (int s = 0; s < PTL_UNPROBED; s++) {
        counts.states[s] = (uint16_t)host->states[s];
        unprobed -= host->states[s];
    }
    counts.states[PTL_UNPROBED] = (uint16_t)unprobed;
    for (size_t i = 0; i < host->count; i++)
        counts.flags |= counts_of(&host->sources[i])->flags;
    add_evidence(host, &counts);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        results->summary.states[s] += counts.states[s];
    return !ptl_results_lists_target(results, &counts) ||
           ptl_results_add_target(results, &counts) == PTL_OK;
}

bool ptl_merge_host(struct ptl_merging *merging, uint32_t target)
{
    struct host *host = calloc(1, sizeof(*host));
    if (host == NULL)
        return false;
    struct ptl_address address = ptl_stored_address(merging->results->stored, target);
    host->merging = merging;
    host->target = target;
    bool good = find_sources(host, &address);
    if (good && (host->count == 1 || merging->is_disjoint)) {
        for (size_t i = 0; i < host->count && good; i++)
            good = copy_host(host, &host->sources[i]);
    } else if (good) {
        good = merge_results(host);
        if (good)
            merge_absent(host);
    }
    good = good && add_counts(host);
    free(host->sources);
    free(host);
    return good;
}
