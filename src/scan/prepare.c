#include "scan/run.h"

#include "base/clock.h"
#include "base/text.h"
#include "scan/draft.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static struct ptl_origin origin_of_input(const struct ptl_profile *profile, const char *input)
{
    for (size_t i = 0; i < profile->hosts.count; i++) {
        struct ptl_host host = ptl_hosts_get(&profile->hosts, i);
        if (host.text == input || strcmp(host.text, input) == 0) /* a journal has its own copy */
            return ptl_draft_origin(&host);
    }
    return (struct ptl_origin){.file = profile->file};
}

static void check_segments(struct ptl_draft *draft)
{
    const struct ptl_profile *profile = draft->profile;
    struct ptl_block block;
    const char *input;
    for (size_t i = 0; ptl_targets_segment(draft->prepared->targets, i, &block, &input); i++) {
        struct ptl_address outside;
        bool in_scope = ptl_scope_contains(&profile->scope, &block, &outside);
        bool in_family =
            !profile->has_source_address || profile->source_address.family == block.first.family;
        if ((in_scope && in_family) || draft->problems->count >= PTL_PROBLEMS_MAX) {
            draft->problems->dropped += !in_scope + !in_family;
            continue; /* where an entry stands is sought at some cost */
        }
        struct ptl_origin origin = origin_of_input(profile, input);
        if (!in_scope) {
            char text[PTL_ADDRESS_SIZE];
            ptl_address_format(&outside, text);
            ptl_problems_at(
                draft->problems, &origin,
                "%s: %s is outside the profile's scope; if you may scan it, add \"%s\" to scope",
                input, text, strchr(input, '/') != NULL ? input : text);
        }
        if (!in_family)
            ptl_problems_at(draft->problems, &origin, "%s is IPv%d, but source_address is IPv%d",
                            input, block.first.family, profile->source_address.family);
    }
}

static uint64_t draw_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != (ssize_t)sizeof(seed))
        seed = ptl_clock_now_ns();
    return seed % ((1ULL << 52) - 1) + 1; /* 1 to 2^52: a number that JSON keeps, and not 0 */
}

static enum ptl_status expect(struct ptl_draft *draft, bool is_slice,
                              const struct ptl_cancel *cancel, struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    enum ptl_status status =
        ptl_judge_new(draft->profile, prepared->targets, is_slice, prepared->unresolved,
                      prepared->unresolved_count, cancel, &prepared->judge, draft->problems, error);
    const char *name, *message;
    for (size_t i = 0; ptl_judge_unresolved(prepared->judge, i, &name, &message); i++)
        if (!ptl_draft_unresolved(draft, name, message))
            return PTL_E_NO_MEMORY;
    return status;
}

static enum ptl_status find_targets(struct ptl_draft *draft, const struct ptl_cancel *cancel,
                                    struct ptl_error *error)
{
    enum ptl_status status = ptl_draft_resolve(draft, cancel, error);
    if (status != PTL_OK)
        return status;
    return ptl_targets_build(draft->blocks, draft->block_count, draft->excludes,
                             draft->exclude_count, &draft->prepared->targets, error);
}

static enum ptl_status take_targets(struct ptl_draft *draft, const struct ptl_past *past,
                                    struct ptl_error *error)
{
    size_t count;
    const struct ptl_unresolved *unresolved = ptl_past_unresolved(past, &count);
    for (size_t i = 0; i < count; i++)
        if (!ptl_draft_unresolved(draft, unresolved[i].input, unresolved[i].message))
            return PTL_E_NO_MEMORY;
    const struct ptl_named_block *blocks = ptl_past_blocks(past, &count);
    return ptl_targets_build(blocks, count, NULL, 0, &draft->prepared->targets, error);
}

static enum ptl_status fill(struct ptl_draft *draft, const struct ptl_past *past,
                            const struct ptl_cancel *cancel, struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    const struct ptl_profile *profile = draft->profile;
    enum ptl_status status =
        past != NULL ? take_targets(draft, past, error) : find_targets(draft, cancel, error);
    if (status != PTL_OK)
        return status;
    prepared->unresolved_hosts = prepared->unresolved_count;
    check_segments(draft);
    status = expect(draft, past != NULL && profile->shard.count > 0, cancel, error);
    if (status != PTL_OK)
        return status;
    if (ptl_targets_count(prepared->targets) == 0 && prepared->unresolved_count == 0)
        ptl_problems_at(draft->problems, &(struct ptl_origin){.file = profile->file},
                        "no target is left: exclude_hosts and address_family take all of hosts");
    status = ptl_draft_shard(draft, past, cancel, error);
    if (status != PTL_OK)
        return status;
    prepared->probes = ptl_targets_count(prepared->targets) * ptl_portset_count(prepared->ports);
    prepared->seed = profile->seed != 0 ? profile->seed : draw_seed();
    if (past != NULL)
        prepared->seed = ptl_past_seed(past);
    if (!ptl_draft_clamp(prepared, profile))
        return ptl_error_no_memory(error);
    prepared->worst_case_ms = ptl_draft_worst_case_ms(prepared, profile);
    return PTL_OK;
}

enum ptl_status ptl_prepare(const struct ptl_profile *profile, const struct ptl_cancel *cancel,
                            struct ptl_prepared **prepared, struct ptl_problems *problems)
{
    return ptl_prepare_again(profile, NULL, cancel, prepared, problems);
}

enum ptl_status ptl_prepare_again(const struct ptl_profile *profile, const struct ptl_past *past,
                                  const struct ptl_cancel *cancel, struct ptl_prepared **prepared,
                                  struct ptl_problems *problems)
{
    struct ptl_error error = {.code = PTL_OK};
    size_t before = problems->count + problems->dropped;
    struct ptl_draft draft = {.profile = profile, .problems = problems};
    draft.prepared = calloc(1, sizeof(*draft.prepared));
    enum ptl_status status =
        draft.prepared != NULL ? fill(&draft, past, cancel, &error) : PTL_E_NO_MEMORY;
    free(draft.blocks);
    free(draft.excludes);
    if (status == PTL_E_NO_MEMORY && error.code == PTL_OK)
        ptl_error_no_memory(&error);
    if (status != PTL_OK && error.code != PTL_OK)
        ptl_problems_add(problems, &error);
    if (status == PTL_OK && problems->count + problems->dropped > before)
        status = PTL_E_INVALID;
    if (status != PTL_OK) {
        ptl_prepared_free(draft.prepared);
        return status;
    }
    *prepared = draft.prepared;
    return PTL_OK;
}

void ptl_prepared_free(struct ptl_prepared *prepared)
{
    if (prepared == NULL)
        return;
    ptl_targets_free(prepared->targets);
    ptl_portset_free(prepared->ports);
    free(prepared->shard.names);
    free(prepared->shard.options);
    ptl_judge_free(prepared->judge);
    for (size_t i = 0; i < prepared->unresolved_count; i++) {
        free(prepared->unresolved[i].input);
        free(prepared->unresolved[i].message);
    }
    free(prepared->unresolved);
    ptl_text_list_free(prepared->warnings, prepared->warning_count);
    free(prepared);
}
