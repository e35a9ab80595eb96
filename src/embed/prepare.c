#include "embed/embed.h"

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
        .past = {.salvage = options->salvage, .max_age_ms = options->max_age_ms}};
    if (options->journal == NULL)
        return PTL_OK;
    enum ptl_status status = ptl_journal_open(&request, profile, journal, &error);
    if (status != PTL_OK)
        ptl_problems_add(found, &error);
    return status;
}

/* `auto` is what the program finds in its environment. */
static enum ptl_status check_shard(const struct ptl_profile *profile, struct ptl_problems *found)
{
    struct ptl_error error;
    if (profile->shard.count == 0 || profile->shard.index > 0)
        return PTL_OK;
    ptl_error_set(&error, PTL_E_INVALID, "shard: which of the %u slices it is has to be said",
                  profile->shard.count);
    ptl_problems_add(found, &error);
    return PTL_E_INVALID;
}

static enum ptl_status prepare(const struct portolan_prepare_options *options,
                               struct portolan_prepared *prepared, struct ptl_problems *found)
{
    const struct ptl_profile *profile = prepared->profile->profile;
    enum ptl_status status = check_shard(profile, found);
    if (status == PTL_OK)
        status = open_journal(options, profile, &prepared->journal, found);
    if (status != PTL_OK)
        return status;
    const struct ptl_past *past =
        prepared->journal != NULL ? ptl_journal_past(prepared->journal) : NULL;
    return ptl_prepare_again(profile, past, ptl_embed_cancel(options->stop), &prepared->prepared,
                             found);
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
    new->profile = ptl_embed_share(profile);
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = prepare(&options, new, &found);
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
                                         .unresolved = inner->unresolved_count};
    return ptl_embed_give(info, &own, sizeof(own));
}

void portolan_prepared_free(struct portolan_prepared *prepared)
{
    if (prepared == NULL)
        return;
    ptl_prepared_free(prepared->prepared);
    ptl_journal_free(prepared->journal);
    portolan_profile_free(prepared->profile);
    free(prepared);
}
