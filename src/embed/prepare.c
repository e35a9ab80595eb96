#include "embed/embed.h"

#include "scan/draft.h"

#include <stdlib.h>

/* What there is to go on with is read; nothing is written yet. */
static enum ptl_status open_journal(const struct portolan_prepare_options *options,
                                    const struct ptl_profile *profile, struct ptl_journal **journal,
                                    struct ptl_problems *found)
{
    struct ptl_error error;
    struct ptl_journal_request request = {
        .path = options->journal,
        .resume = options->resume,
        .set_aside = options->set_aside,
        .past = {.salvage = options->salvage, .max_age_ms = options->max_age_ms}};
    if (options->journal == NULL)
        return PTL_OK;
    enum ptl_status status = ptl_journal_open(&request, profile, journal, &error);
    if (status != PTL_OK)
        ptl_problems_add(found, &error);
    return status;
}

/* `auto` is what the program finds in its environment. */
static enum ptl_status take_profile(const struct portolan_prepare_options *options,
                                    struct portolan_profile *profile,
                                    struct portolan_prepared *prepared, struct ptl_problems *found)
{
    struct ptl_error error;
    struct ptl_shard shard = {.index = options->shard, .count = options->shards};
    bool is_given = shard.index > 0 || shard.count > 0;
    if (!is_given)
        shard = profile->profile->shard;
    if (shard.count > 0 && shard.index == 0)
        ptl_error_set(&error, PTL_E_INVALID, "shard: which of the %u slices it is has to be said",
                      shard.count);
    else if (shard.index > shard.count || shard.count > PTL_SHARDS_MAX)
        ptl_error_set(&error, PTL_E_INVALID, "shard: there is no slice %u of %u", shard.index,
                      shard.count);
    else if ((prepared->profile =
                  is_given ? ptl_embed_slice(profile, &shard) : ptl_embed_share(profile)) == NULL)
        ptl_error_no_memory(&error);
    else
        return PTL_OK;
    ptl_problems_add(found, &error);
    return error.code;
}

/* Where names were not waited for it is not known what is to be left alone: whatever the run is
 * given, it is stopped before it begins. */
static enum ptl_status note_stop(const struct portolan_stop *stop,
                                 struct portolan_prepared *prepared, struct ptl_problems *found)
{
    struct portolan_problems problems = {.found = *found};
    enum ptl_status status = PTL_OK;
    if (ptl_cancel_cause(ptl_embed_cancel(stop)) != 0)
        status = (enum ptl_status)portolan_stop_new(&prepared->ended, &problems);
    if (prepared->ended != NULL)
        portolan_stop_trigger(prepared->ended);
    *found = problems.found;
    return status;
}

static enum ptl_status prepare(const struct portolan_prepare_options *options,
                               struct portolan_prepared *prepared, struct ptl_problems *found)
{
    const struct ptl_profile *profile = prepared->profile->profile;
    enum ptl_status status = open_journal(options, profile, &prepared->journal, found);
    if (status != PTL_OK)
        return status;
    const struct ptl_past *past =
        prepared->journal != NULL ? ptl_journal_past(prepared->journal) : NULL;
    status = ptl_prepare_again(profile, past, ptl_embed_cancel(options->stop), &prepared->prepared,
                               found);
    return status == PTL_OK ? note_stop(options->stop, prepared, found) : status;
}

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
    enum ptl_status status = take_profile(&options, profile, new, &found);
    if (status == PTL_OK)
        status = prepare(&options, new, &found);
    ptl_embed_leave(&before);
    if (status == PTL_OK)
        *prepared = new;
    else
        portolan_prepared_free(new);
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
                                         .unresolved = inner->unresolved_count,
                                         .stopped = prepared->ended != NULL};
    return ptl_embed_give(info, &own, sizeof(own));
}

static enum ptl_status begin_journal(const struct portolan_prepared *prepared,
                                     struct ptl_error *error)
{
    struct ptl_prepared *inner = prepared->prepared;
    struct ptl_journal_plan plan = {.profile = prepared->profile->profile,
                                    .targets = inner->targets,
                                    .ports = inner->ports,
                                    .unresolved = inner->unresolved,
                                    .unresolved_count = inner->unresolved_hosts,
                                    .seed = inner->seed};
    const char *aside = ptl_journal_set_aside(prepared->journal);
    inner->journal = prepared->journal;
    if (aside != NULL &&
        !ptl_draft_warn(inner, "%s; it is now %s" PTL_JOURNAL_ASIDE ", and a new run began", aside,
                        ptl_journal_path(prepared->journal)))
        return ptl_error_no_memory(error);
    return ptl_journal_create(prepared->journal, &plan, error);
}

enum portolan_status portolan_prepared_begin_journal(struct portolan_prepared *prepared,
                                                     struct portolan_problems *problems)
{
    struct ptl_error error;
    if (prepared->journal == NULL || prepared->is_begun)
        return PORTOLAN_OK;
    /* A plan that lacks names, and what is to be left alone, is none to go on with. */
    if (prepared->ended != NULL && ptl_journal_past(prepared->journal) == NULL)
        return PORTOLAN_OK;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = begin_journal(prepared, &error);
    ptl_embed_leave(&before);
    prepared->is_begun = status == PTL_OK;
    return status == PTL_OK ? PORTOLAN_OK : ptl_embed_fail(problems, &error);
}

void portolan_prepared_free(struct portolan_prepared *prepared)
{
    if (prepared == NULL)
        return;
    ptl_prepared_free(prepared->prepared);
    ptl_journal_free(prepared->journal);
    portolan_profile_free(prepared->profile);
    portolan_stop_free(prepared->ended);
    free(prepared);
}
