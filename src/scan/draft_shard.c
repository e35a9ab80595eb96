/* Which part of the plan is scanned: all of it, or a slice. */
#include "base/array.h"
#include "scan/draft.h"
#include "target/slice.h"

#include <inttypes.h>
#include <sha256.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- the identity of the plan ---- */

/* A hash of what is put together piece by piece. */
struct identity {
    SHA256_CTX context;
    struct ptl_buf piece;
    bool failed; /* no memory */
};

static void add_piece(struct identity *identity)
{
    struct ptl_buf *piece = &identity->piece;
    SHA256_Update(&identity->context, (const uint8_t *)ptl_buf_text(piece), piece->length);
    identity->failed = identity->failed || piece->failed;
    ptl_buf_reset(piece);
}

/* What is asked: the targets as they are after all excludes, with their names. */
static void add_targets(struct identity *identity, const struct ptl_targets *targets)
{
    struct ptl_block block;
    const char *input;
    uint64_t first = 0;
    for (size_t i = 0; ptl_targets_segment(targets, i, &block, &input); i++) {
        struct ptl_target target;
        char text[2][PTL_ADDRESS_SIZE];
        ptl_targets_get(targets, first, &target);
        first += ptl_block_count(&block);
        ptl_buf_printf(&identity->piece, "%s-%s %s\n", ptl_address_format(&block.first, text[0]),
                       ptl_address_format(&block.last, text[1]), target.is_name ? input : "");
        add_piece(identity);
    }
}

/* How it is asked, as far as it decides verdicts; the targets say what `hosts` comes to. */
static void add_settings(struct identity *identity, const struct ptl_profile *profile)
{
    const char *key;
    for (size_t i = 0; ptl_profile_decides(profile, i, &key, NULL); i++) {
        if (strcmp(key, "hosts") == 0 || strcmp(key, "exclude_hosts") == 0)
            continue;
        ptl_buf_printf(&identity->piece, "%s:", key);
        ptl_profile_decides(profile, i, &key, &identity->piece);
        ptl_buf_add_char(&identity->piece, '\n');
        add_piece(identity);
    }
}

static bool identify(const struct ptl_draft *draft, char hex[PTL_SHA256_SIZE])
{
    const struct ptl_prepared *prepared = draft->prepared;
    struct identity identity = {.failed = false};
    uint8_t digest[SHA256_DIGEST_LENGTH];
    ptl_buf_init(&identity.piece, PTL_PROFILE_SHOWN_MAX);
    SHA256_Init(&identity.context);
    ptl_buf_add(&identity.piece, "portolan-plan/1\n");
    add_piece(&identity);
    add_settings(&identity, draft->profile);
    for (size_t i = 0; i < prepared->unresolved_hosts; i++) {
        ptl_buf_printf(&identity.piece, "unresolved:%s\n", prepared->unresolved[i].input);
        add_piece(&identity);
    }
    add_targets(&identity, prepared->targets);
    ptl_buf_free(&identity.piece);
    SHA256_Final(digest, &identity.context);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return !identity.failed;
}

/* So that two plans that differ by a name can be told which. */
static bool list_names(struct ptl_prepared *prepared)
{
    struct ptl_shard_info *shard = &prepared->shard;
    struct ptl_block block;
    const char *input;
    uint64_t first = 0;
    size_t capacity = 0;
    for (size_t i = 0; ptl_targets_segment(prepared->targets, i, &block, &input) &&
                       shard->name_count < PTL_SHARD_NAMES_LISTED;
         i++) {
        struct ptl_target target;
        ptl_targets_get(prepared->targets, first, &target);
        first += ptl_block_count(&block);
        if (!target.is_name)
            continue;
        if (!PTL_ROOM(shard->names, capacity, shard->name_count))
            return false;
        struct ptl_shard_name *name = &shard->names[shard->name_count++];
        snprintf(name->name, sizeof(name->name), "%s", input);
        ptl_address_format(&target.address, name->ip);
    }
    return true;
}

/* ---- the slice ---- */

static void refuse(struct ptl_draft *draft, const char *why, uint64_t number)
{
    const struct ptl_shard *shard = &draft->profile->shard;
    ptl_problems_at(draft->problems, &(struct ptl_origin){.file = draft->profile->file},
                    "shard %" PRIu32 "/%" PRIu32 ": %s %" PRIu64, shard->index, shard->count, why,
                    number);
}

/* A plan without a target, as no name resolved, has no slices, but its run says so. */
static void find_slice(struct ptl_draft *draft, const struct ptl_cancel *cancel,
                       struct ptl_slice *slice)
{
    const struct ptl_prepared *prepared = draft->prepared;
    const struct ptl_profile *profile = draft->profile;
    uint64_t targets = ptl_targets_count(prepared->targets);
    uint32_t ports = ptl_portset_count(profile->ports);
    if (!ptl_slice_of(targets, ports, profile->shard.index, profile->shard.count, slice)) {
        *slice = (struct ptl_slice){.port_count = ports};
        if (targets > 0 && ptl_cancel_cause(cancel) == 0)
            refuse(draft, "the plan has fewer probes than slices:", targets * ports);
    }
    if (profile->rate > 0 && profile->rate < profile->shard.count)
        refuse(draft, "less than one attempt a second is left to each slice of rate",
               profile->rate);
}

static enum ptl_status cut(struct ptl_draft *draft, const struct ptl_cancel *cancel,
                           struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    struct ptl_slice slice;
    prepared->shard.index = draft->profile->shard.index;
    prepared->shard.count = draft->profile->shard.count;
    prepared->shard.targets = ptl_targets_count(prepared->targets);
    prepared->shard.ports = ptl_portset_count(draft->profile->ports);
    gethostname(prepared->shard.machine, sizeof(prepared->shard.machine) - 1);
    if (draft->profile->options != NULL &&
        (prepared->shard.options = strdup(draft->profile->options)) == NULL)
        return ptl_error_no_memory(error);
    find_slice(draft, cancel, &slice);
    bool good = identify(draft, prepared->shard.plan_sha256) && list_names(prepared);
    ptl_targets_cut(prepared->targets, slice.first, slice.count);
    prepared->ports = ptl_portset_part(draft->profile->ports, slice.first_port, slice.port_count);
    good = good && prepared->ports != NULL &&
           ptl_judge_cut(prepared->judge, slice.first, slice.count, prepared->ports);
    return good ? PTL_OK : ptl_error_no_memory(error);
}

/* What the run was of when it began: its names may stand for something else by now. */
static enum ptl_status take_over(struct ptl_draft *draft, const struct ptl_past *past,
                                 struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    struct ptl_run_info info = {.profile = NULL};
    enum ptl_status status = ptl_past_asked(past, &info, error);
    prepared->shard = info.shard;
    info.shard.names = NULL;
    info.shard.options = NULL;
    prepared->ports = ptl_portset_new();
    bool good = prepared->ports != NULL;
    if (status == PTL_OK && good)
        status = ptl_portset_add(prepared->ports, info.ports, error);
    ptl_run_info_free(&info);
    if (status != PTL_OK)
        return status;
    good = good && ptl_portset_seal(prepared->ports) != NULL &&
           ptl_judge_cut(prepared->judge, 0, ptl_targets_count(prepared->targets), prepared->ports);
    return good ? PTL_OK : ptl_error_no_memory(error);
}

enum ptl_status ptl_draft_shard(struct ptl_draft *draft, const struct ptl_past *past,
                                const struct ptl_cancel *cancel, struct ptl_error *error)
{
    struct ptl_prepared *prepared = draft->prepared;
    const struct ptl_profile *profile = draft->profile;
    const struct ptl_shard *shard = &profile->shard;
    prepared->rate = profile->rate;
    if (shard->count == 0) {
        prepared->ports = ptl_portset_part(profile->ports, 0, ptl_portset_count(profile->ports));
        return prepared->ports != NULL ? PTL_OK : ptl_error_no_memory(error);
    }
    if (shard->index == 0) { /* never, for want of a number, the whole plan */
        ptl_problems_at(draft->problems, &(struct ptl_origin){.file = profile->file},
                        "shard auto/%" PRIu32 ": nobody has said which slice this is",
                        shard->count);
        return PTL_E_INVALID;
    }
    if (profile->rate > 0)
        prepared->rate = ptl_slice_share(profile->rate, shard->index, shard->count);
    enum ptl_status status =
        past != NULL ? take_over(draft, past, error) : cut(draft, cancel, error);
    return status == PTL_OK
               ? ptl_profile_expect_sha256(draft->profile, prepared->shard.expect_sha256, error)
               : status;
}
