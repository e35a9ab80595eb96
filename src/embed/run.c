#include "embed/embed.h"

#include "base/clock.h"
#include "results/live.h"

#include <stdlib.h>

#define TICK_MS 200

enum portolan_status portolan_prepare(struct portolan_profile *profile,
                                      const struct portolan_prepare_options *given,
                                      struct portolan_prepared **prepared,
                                      struct portolan_problems *problems)
{
    struct portolan_prepare_options options;
    struct ptl_problems found = {.items = NULL};
    if (ptl_embed_take(&options, sizeof(options), given, "struct portolan_prepare_options",
                       problems) != PTL_OK)
        return PORTOLAN_INVALID;
    struct portolan_prepared *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_embed_no_memory(problems);
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status =
        ptl_prepare(profile->profile, ptl_embed_cancel(options.stop), &new->prepared, &found);
    ptl_embed_leave(&before);
    if (status == PTL_OK) {
        new->profile = ptl_embed_share(profile);
        *prepared = new;
    } else {
        free(new);
    }
    return ptl_embed_tell(problems, &found, status);
}

bool portolan_prepared_get(const struct portolan_prepared *prepared,
                           struct portolan_prepared_info *info)
{
    const struct ptl_prepared *inner = prepared->prepared;
    struct portolan_prepared_info own = {.targets = ptl_targets_count(inner->targets),
                                         .probes = inner->probes,
                                         .worst_case_ms = inner->worst_case_ms,
                                         .workers = inner->workers,
                                         .concurrency = inner->effective_concurrency,
                                         .unresolved = inner->unresolved_count};
    return ptl_embed_give(info, &own, sizeof(own));
}

void portolan_prepared_free(struct portolan_prepared *prepared)
{
    if (prepared == NULL)
        return;
    ptl_prepared_free(prepared->prepared);
    portolan_profile_free(prepared->profile);
    free(prepared);
}

/* A run, as its hooks see it. */
struct telling {
    struct portolan_run_options options;
    struct portolan_names names; /* of the target told of last */
    uint32_t target;
    bool is_named;
};

static void tell_one(struct telling *telling, const struct ptl_results *results,
                     const struct ptl_result *item)
{
    struct portolan_result result;
    if (!telling->is_named || telling->target != item->target)
        ptl_embed_names(results, item->target, &telling->names);
    telling->is_named = true;
    telling->target = item->target;
    ptl_embed_result(results, item, &result);
    telling->options.found(telling->options.context, &telling->names, &result);
}

static void tell_found(void *context, const struct ptl_results *results,
                       const struct ptl_result *items, size_t count)
{
    struct telling *telling = context;
    struct ptl_embed_thread before = ptl_embed_enter();
    for (size_t i = 0; i < telling->options.report_count; i++)
        if (ptl_report_is_live(telling->options.reports[i]->report))
            ptl_report_found(telling->options.reports[i]->report, results, items, count);
    ptl_embed_leave(&before);
    for (size_t i = 0; i < count && telling->options.found != NULL; i++)
        tell_one(telling, results, &items[i]);
}

/* What lies above the watermark was not told while the run lasted. False: no memory. */
static bool tell_rest(struct telling *telling, const struct ptl_results *results)
{
    uint32_t *order = ptl_results_by_time(results);
    for (size_t i = 0; order != NULL && i < results->count; i++)
        if (results->items[order[i]].offset_ms >= results->watermark_ms)
            tell_one(telling, results, &results->items[order[i]]);
    bool good = order != NULL || results->count == 0;
    free(order);
    return good;
}

static void tell_progress(void *context, const struct ptl_progress *progress)
{
    const struct telling *telling = context;
    const uint64_t *states = progress->states;
    struct portolan_progress told = {.probes = progress->probes,
                                     .done = progress->done,
                                     .open = states[PTL_OPEN],
                                     .closed = states[PTL_CLOSED],
                                     .filtered = states[PTL_FILTERED],
                                     .error = states[PTL_ERROR],
                                     .attempts = progress->attempts,
                                     .elapsed_ms = progress->elapsed_ms,
                                     .in_flight = progress->in_flight,
                                     .paused = progress->paused};
    telling->options.progress(telling->options.context, &told);
}

static bool is_wanted(void *context)
{
    const struct telling *telling = context;
    for (size_t i = 0; i < telling->options.report_count; i++)
        if (!ptl_report_is_gone(telling->options.reports[i]->report))
            return true;
    return telling->options.report_count == 0;
}

/* Once the run is to end, a live report does not wait for a reader that takes nothing. */
static void limit_wait(const struct portolan_run_options *options,
                       const struct ptl_profile *profile)
{
    uint64_t deadline_ns = profile->deadline_ms > 0
                               ? ptl_clock_now_ns() + profile->deadline_ms * PTL_NS_PER_MS
                               : UINT64_MAX;
    for (size_t i = 0; i < options->report_count; i++)
        ptl_report_limit_wait(options->reports[i]->report, ptl_embed_cancel(options->stop),
                              deadline_ns);
}

static enum portolan_status run(struct portolan_prepared *prepared, struct telling *telling,
                                struct portolan_results **results,
                                struct portolan_problems *problems)
{
    const struct portolan_run_options *options = &telling->options;
    bool tells = options->found != NULL || options->report_count > 0;
    struct ptl_run_hooks hooks = {.context = telling,
                                  .tick_ms = options->tick_ms > 0 ? options->tick_ms : TICK_MS,
                                  .tick = options->progress != NULL ? tell_progress : NULL,
                                  .found = tells ? tell_found : NULL,
                                  .wanted = is_wanted};
    struct portolan_profile *profile = ptl_embed_share(prepared->profile);
    struct ptl_prepared *inner = prepared->prepared;
    struct ptl_results *inner_results = NULL;
    struct ptl_error error;
    prepared->prepared = NULL; /* ptl_run takes it over */
    limit_wait(options, profile->profile);
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = ptl_run(profile->profile, inner, ptl_embed_cancel(options->stop),
                                     &hooks, &inner_results, &error);
    ptl_embed_leave(&before);
    if (status == PTL_OK && options->found != NULL && !tell_rest(telling, inner_results))
        status = ptl_error_set(&error, PTL_E_NO_MEMORY, "out of memory");
    if (status == PTL_OK)
        return ptl_embed_results(inner_results, profile, NULL, results, problems);
    ptl_results_free(inner_results);
    portolan_profile_free(profile);
    return ptl_embed_fail(problems, &error);
}

enum portolan_status portolan_run(struct portolan_prepared *prepared,
                                  const struct portolan_run_options *options,
                                  struct portolan_results **results,
                                  struct portolan_problems *problems)
{
    struct telling telling = {.is_named = false};
    enum portolan_status status = PORTOLAN_INVALID;
    if (ptl_embed_take(&telling.options, sizeof(telling.options), options,
                       "struct portolan_run_options", problems) == PTL_OK)
        status = run(prepared, &telling, results, problems);
    portolan_prepared_free(prepared);
    return status;
}
