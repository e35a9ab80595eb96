#include "embed/embed.h"

#include "base/clock.h"
#include "results/live.h"

#include <stdlib.h>

#define TICK_MS 200

/* A run, as its hooks see it. */
struct telling {
    struct portolan_run_options options;
    const struct ptl_journal *journal; /* NULL: none */
    struct portolan_names names;       /* of the target told of last */
    uint32_t target;
    bool is_named;
    bool is_live; /* one of the reports is */
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
    if (count > 0 && telling->is_live && telling->options.writing != NULL)
        telling->options.writing(telling->options.context);
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

static void tell_journal_failed(void *context, const struct ptl_error *error)
{
    const struct telling *telling = context;
    struct portolan_problem problem;
    ptl_embed_problem(error, &problem);
    telling->options.journal_failed(telling->options.context, &problem);
}

static bool is_wanted(void *context)
{
    const struct telling *telling = context;
    for (size_t i = 0; i < telling->options.report_count; i++)
        if (!ptl_report_is_gone(telling->options.reports[i]->report))
            return true;
    /* A journal can be made a report of later. */
    return telling->options.report_count == 0 || telling->options.goes_on ||
           (telling->journal != NULL && ptl_journal_failure(telling->journal, NULL) == PTL_OK);
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

static enum ptl_status carry_out(struct portolan_prepared *prepared, struct telling *telling,
                                 struct ptl_results **results, struct ptl_error *error)
{
    const struct portolan_run_options *options = &telling->options;
    for (size_t i = 0; i < options->report_count; i++)
        telling->is_live = telling->is_live || ptl_report_is_live(options->reports[i]->report);
    bool tells = options->found != NULL || telling->is_live;
    struct ptl_run_hooks hooks = {.context = telling,
                                  .tick_ms = options->tick_ms > 0 ? options->tick_ms : TICK_MS,
                                  .tick = options->progress != NULL ? tell_progress : NULL,
                                  .found = tells ? tell_found : NULL,
                                  .wanted = is_wanted,
                                  .journal_failed =
                                      options->journal_failed != NULL ? tell_journal_failed : NULL};
    const struct ptl_profile *profile = prepared->profile->profile;
    struct ptl_prepared *inner = prepared->prepared;
    const struct ptl_cancel *stop =
        ptl_embed_cancel(prepared->ended != NULL ? prepared->ended : options->stop);
    prepared->prepared = NULL; /* ptl_run takes it over */
    limit_wait(options, profile);
    return ptl_run(profile, inner, stop, &hooks, results, error);
}

static enum portolan_status run(struct portolan_prepared *prepared, struct telling *telling,
                                struct portolan_results **results,
                                struct portolan_problems *problems)
{
    struct portolan_results found = {.results = NULL};
    struct ptl_error error;
    enum portolan_status begun = portolan_prepared_begin_journal(prepared, problems);
    if (begun != PORTOLAN_OK)
        return begun;
    if (prepared->is_begun)
        telling->journal = prepared->journal;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = carry_out(prepared, telling, &found.results, &error);
    ptl_embed_leave(&before);
    if (status == PTL_OK && telling->options.found != NULL && !tell_rest(telling, found.results))
        status = ptl_error_no_memory(&error);
    if (status != PTL_OK) {
        ptl_results_free(found.results);
        return ptl_embed_fail(problems, &error);
    }
    found.profile = ptl_embed_share(prepared->profile);
    if (prepared->is_begun) {
        found.journal = prepared->journal;
        prepared->journal = NULL;
    }
    return ptl_embed_results(&found, results, problems);
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

enum portolan_status portolan_results_end_journal(struct portolan_results *results, bool keep,
                                                  struct portolan_problems *problems)
{
    struct ptl_error error;
    if (results->journal == NULL)
        return PORTOLAN_OK;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status =
        ptl_journal_finish(results->journal, results->results->run.complete, keep, &error);
    if (status == PTL_OK)
        status = ptl_journal_failure(results->journal, &error);
    ptl_embed_leave(&before);
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}
