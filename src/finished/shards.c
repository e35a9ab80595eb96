/* Which file is which shard, and whether all are there. */
#include "finished/sharding.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Two reports of one run: it was converted, copied, or it was resumed and had reported before. */
static bool is_same_run(const struct ptl_run_info *a, const struct ptl_run_info *b)
{
    return a->started_ms == b->started_ms && a->seed == b->seed &&
           strcmp(a->shard.machine, b->shard.machine) == 0;
}

static bool is_further(const struct ptl_run_info *a, const struct ptl_run_info *b)
{
    return a->complete != b->complete ? a->complete : a->finished_ms > b->finished_ms;
}

static enum ptl_status refuse_twice(const struct ptl_shards *shards, size_t a, size_t b,
                                    struct ptl_error *error)
{
    char times[2][PTL_RFC3339_SIZE];
    const struct ptl_run_info *x = shards->heads[a], *y = shards->heads[b];
    return ptl_error_set(error, PTL_E_INVALID,
                         "%s and %s are of two runs of shard %" PRIu32 "/%" PRIu32
                         ", started %s and %s: leave one out, or say --prefer newest",
                         shards->names[a], shards->names[b], x->shard.index, shards->count,
                         ptl_clock_rfc3339(x->started_ms, times[0]),
                         ptl_clock_rfc3339(y->started_ms, times[1]));
}

static bool is_other_size(const struct ptl_shard_info *a, const struct ptl_shard_info *b)
{
    return a->targets > 0 && b->targets > 0 && (a->targets != b->targets || a->ports != b->ports);
}

/* A file that is no shard, beside one that is. */
static enum ptl_status refuse_whole(const struct ptl_run_info *head, const char *name,
                                    const char *shard, struct ptl_error *error)
{
    if (head->missing_shards != NULL)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s is itself merged, of all shards but %s: merge the files of these "
                             "shards again, with %s",
                             name, head->missing_shards, shard);
    if (head->shard_count > 0)
        return ptl_error_set(
            error, PTL_E_INVALID,
            "%s is itself merged, of all shards of a plan: %s cannot be added to it", name, shard);
    return ptl_error_set(error, PTL_E_INVALID,
                         "%s is no shard, and %s is one: shards are merged with those of the same "
                         "plan",
                         name, shard);
}

static enum ptl_status place(struct ptl_shards *shards, size_t file, bool prefer_newest,
                             struct ptl_error *error)
{
    const struct ptl_run_info *head = shards->heads[file], *first = shards->heads[0];
    if (head->shard.count == 0)
        return refuse_whole(head, shards->names[file], shards->names[0], error);
    if (head->shard.count != first->shard.count || is_other_size(&head->shard, &first->shard) ||
        strcmp(head->shard.plan_sha256, first->shard.plan_sha256) != 0)
        return ptl_shards_differ(first, shards->names[0], head, shards->names[file], error);
    size_t *at = &shards->files[head->shard.index];
    if (*at == 0) {
        *at = file + 1;
        shards->missing--;
        return PTL_OK;
    }
    const struct ptl_run_info *other = shards->heads[*at - 1];
    bool is_same = is_same_run(head, other);
    if (!is_same && !prefer_newest)
        return refuse_twice(shards, *at - 1, file, error);
    if (is_same ? is_further(head, other) : head->started_ms > other->started_ms)
        *at = file + 1;
    return PTL_OK;
}

static enum ptl_status fill(struct ptl_shards *shards, bool prefer_newest, struct ptl_error *error)
{
    shards->results = ptl_results_new_spilled();
    shards->ports = ptl_portset_new();
    shards->files = calloc(shards->count + 1UL, sizeof(*shards->files));
    shards->are_incomplete = calloc(shards->count + 1UL, sizeof(*shards->are_incomplete));
    if (shards->results == NULL || shards->ports == NULL || shards->files == NULL ||
        shards->are_incomplete == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < shards->file_count && status == PTL_OK; i++)
        status = place(shards, i, prefer_newest, error);
    shards->started_ms = INT64_MAX;
    for (uint32_t k = 1; k <= shards->count; k++)
        if (shards->files[k] != 0 &&
            shards->heads[shards->files[k] - 1]->started_ms < shards->started_ms)
            shards->started_ms = shards->heads[shards->files[k] - 1]->started_ms;
    return status;
}

enum ptl_status ptl_shards_new(const struct ptl_run_info *const *heads, const char *const *names,
                               size_t count, bool prefer_newest, struct ptl_shards **shards,
                               struct ptl_error *error)
{
    size_t first = 0;
    while (first + 1 < count && heads[first]->shard.count == 0)
        first++;
    if (first > 0)
        return refuse_whole(heads[0], names[0], names[first], error);
    struct ptl_shards *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    *new = (struct ptl_shards){.heads = heads,
                               .names = names,
                               .file_count = count,
                               .count = heads[0]->shard.count,
                               .next = 1,
                               .missing = heads[0]->shard.count};
    enum ptl_status status = fill(new, prefer_newest, error);
    if (status == PTL_OK)
        *shards = new;
    else
        ptl_shards_free(new);
    return status;
}

void ptl_shards_free(struct ptl_shards *shards)
{
    if (shards == NULL)
        return;
    ptl_results_free(shards->results);
    ptl_portset_free(shards->ports);
    free(shards->unresolved);
    free(shards->lost);
    free(shards->files);
    free(shards->are_incomplete);
    free(shards);
}

bool ptl_shards_next(struct ptl_shards *shards, size_t *file)
{
    while (shards->next <= shards->count && shards->files[shards->next] == 0)
        shards->next++;
    if (shards->next > shards->count)
        return false;
    *file = shards->files[shards->next++] - 1;
    return true;
}

uint32_t ptl_shards_count(const struct ptl_shards *shards)
{
    return shards->count;
}

uint32_t ptl_shards_to_run(const struct ptl_shards *shards, uint32_t from)
{
    for (; from <= shards->count; from++)
        if (shards->files[from] == 0 || shards->are_incomplete[from])
            return from;
    return 0;
}

bool ptl_shards_has(const struct ptl_shards *shards, uint32_t index)
{
    return shards->files[index] != 0;
}

bool ptl_shards_expect_alike(const struct ptl_shards *shards, const char **a, const char **b)
{
    const char *first = "";
    for (uint32_t k = 1; k <= shards->count; k++) {
        if (shards->files[k] == 0)
            continue;
        const char *sha = shards->heads[shards->files[k] - 1]->shard.expect_sha256;
        *(first[0] == '\0' ? a : b) = shards->names[shards->files[k] - 1];
        if (first[0] == '\0')
            first = sha;
        else if (sha[0] != '\0' && strcmp(sha, first) != 0)
            return false;
    }
    return true;
}
