/* Shards put together: their slices follow one another, so each is appended to those before. */
#include "finished/merging.h"
#include "finished/sharding.h"
#include "results/stored.h"
#include "results/untouched.h"
#include "target/slice.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum ptl_status check(const struct ptl_shards *shards, size_t file,
                             const struct ptl_results *results, struct ptl_error *error)
{
    const struct ptl_shard_info *head = &shards->heads[file]->shard, *shard = &results->run.shard;
    struct ptl_slice slice;
    if (shard->index != head->index || shard->count != head->count ||
        strcmp(shard->plan_sha256, head->plan_sha256) != 0)
        return ptl_error_set(error, PTL_E_INVALID, "%s has changed while it was read",
                             shards->names[file]);
    if (shard->targets == 0 || results->run.cut ||
        !ptl_slice_of(shard->targets, shard->ports, shard->index, shard->count, &slice))
        return PTL_OK;
    if (results->summary.probes != slice.count * slice.port_count)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s has %" PRIu64 " probes; shard %" PRIu32 "/%" PRIu32
                             " of its plan has %" PRIu64,
                             shards->names[file], results->summary.probes, shard->index,
                             shard->count, slice.count * slice.port_count);
    return PTL_OK;
}

/* ---- the run ---- */

static bool copy_run(struct ptl_run_info *run, const struct ptl_run_info *first)
{
    ptl_merge_begin_run(run, first); /* what held each back: see shards */
    run->profile = strdup(first->profile);
    run->description = strdup(first->description != NULL ? first->description : "");
    run->file = strdup(first->file);
    return run->profile != NULL && run->description != NULL && run->file != NULL;
}

static bool list_shard(struct ptl_shards *shards, const struct ptl_results *from)
{
    struct ptl_run_info *run = &shards->results->run;
    if (run->shard_count >= PTL_SHARD_RUNS_LISTED)
        return true;
    size_t most = shards->count < PTL_SHARD_RUNS_LISTED ? shards->count : PTL_SHARD_RUNS_LISTED;
    if (run->shards == NULL && (run->shards = calloc(most, sizeof(*run->shards))) == NULL)
        return false;
    struct ptl_shard_run *one = &run->shards[run->shard_count++];
    *one = (struct ptl_shard_run){
        .index = from->run.shard.index,
        .started_ms = from->run.started_ms,
        .finished_ms = from->run.finished_ms,
        .elapsed_ms = from->run.elapsed_ms,
        .complete = from->run.complete,
        .stopped_by = from->run.stopped_by,
        .targets = from->summary.targets,
        .probes = from->summary.probes,
        .effective_concurrency = from->run.effective_concurrency,
        .workers = from->run.workers,
        .rate = ptl_slice_share(from->run.rate, from->run.shard.index, from->run.shard.count),
        .limit = from->run.path.limit,
        .limited_by = from->run.path.limited_by,
        .answers_per_second = from->run.path.answers_per_second};
    memcpy(one->machine, from->run.shard.machine, sizeof(one->machine));
    memcpy(one->source_address, from->run.source_address, sizeof(one->source_address));
    return true;
}

/* ---- its targets and results ---- */

/* The last target so far, if it is the first of these as well: its ports were cut. */
static bool goes_on(const struct ptl_results *whole, const struct ptl_results *from)
{
    uint32_t count = ptl_stored_count(whole->stored);
    if (count == 0 || ptl_stored_count(from->stored) == 0)
        return false;
    struct ptl_address last = ptl_stored_address(whole->stored, count - 1),
                       first = ptl_stored_address(from->stored, 0);
    return ptl_address_compare(&last, &first) == 0;
}

static void join_counts(struct ptl_target_counts *counts, const struct ptl_target_counts *other)
{
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        counts->states[s] = (uint16_t)(counts->states[s] + other->states[s]);
    counts->flags = (uint8_t)((counts->flags | other->flags) & PTL_TARGET_GAVE_UP);
    counts->flags |= ptl_results_target_flags(counts);
    counts->has_evidence = counts->has_evidence && other->has_evidence;
    ptl_evidence_join(&counts->evidence, &other->evidence);
}

static bool add_targets(struct ptl_results *whole, const struct ptl_results *from, uint32_t base)
{
    for (uint32_t t = ptl_stored_count(whole->stored) - base; t < ptl_stored_count(from->stored);
         t++) {
        struct ptl_target_names names;
        struct ptl_address address = ptl_stored_address(from->stored, t);
        ptl_stored_names(from->stored, t, &names);
        if (ptl_stored_append(whole->stored, &address, names.input[0] != '\0' ? names.input : NULL,
                              names.host) == PTL_STORED_NONE)
            return false;
    }
    for (size_t i = 0; i < from->target_count; i++) {
        struct ptl_target_counts counts = from->targets[i];
        struct ptl_target_counts *last =
            whole->target_count > 0 ? &whole->targets[whole->target_count - 1] : NULL;
        counts.target += base;
        if (last != NULL && last->target == counts.target)
            join_counts(last, &counts);
        else if (ptl_results_add_target(whole, &counts) != PTL_OK)
            return false;
    }
    return true;
}

/* Offsets count from the start of the first shard; what is beyond their 49 days stays there. */
static bool add_results(struct ptl_results *whole, const struct ptl_results *from, uint32_t base,
                        int64_t later_ms)
{
    for (size_t i = 0; i < from->count; i++) {
        struct ptl_result result = from->items[i];
        int64_t offset_ms = result.offset_ms + later_ms;
        ptl_results_rest(from, i);
        result.target += base;
        result.offset_ms = offset_ms < UINT32_MAX ? (uint32_t)offset_ms : UINT32_MAX;
        if (ptl_results_add(whole, &result) != PTL_OK)
            return false;
    }
    return true;
}

static void add_sums(struct ptl_results *whole, const struct ptl_results *from)
{
    struct ptl_summary *sum = &whole->summary;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum->states[s] += from->summary.states[s];
    ptl_sums_add(&sum->sums, &from->summary.sums);
    whole->has_evidence = whole->has_evidence && from->has_evidence;
    ptl_evidence_sum(&whole->evidence, &from->evidence);
}

static bool add(struct ptl_shards *shards, const struct ptl_results *from)
{
    struct ptl_results *whole = shards->results;
    struct ptl_run_info *run = &whole->run;
    bool is_first = whole->run.profile == NULL;
    uint32_t base = ptl_stored_count(whole->stored) - goes_on(whole, from);
    uint32_t known = (uint32_t)whole->unresolved_count;
    if (is_first && !copy_run(run, &from->run))
        return false;
    shards->are_incomplete[from->run.shard.index] = !from->run.complete;
    whole->has_evidence = is_first || whole->has_evidence;
    whole->evidence.resets.is_known = is_first || whole->evidence.resets.is_known;
    ptl_merge_join_run(run, &from->run);
    if (from->run.elapsed_ms > run->elapsed_ms)
        run->elapsed_ms = from->run.elapsed_ms;
    ptl_portset_add(shards->ports, from->run.ports, NULL);
    whole->summary.targets += from->summary.targets - (base < ptl_stored_count(whole->stored));
    shards->probes += from->summary.probes;
    add_sums(whole, from);
    return list_shard(shards, from) && add_targets(whole, from, base) &&
           add_results(whole, from, base, from->run.started_ms - shards->started_ms) &&
           ptl_shards_add_unresolved(shards, from) &&
           ptl_shards_add_expectations(shards, from, base, known) &&
           ptl_shards_add_notes(shards, from);
}

enum ptl_status ptl_shards_add(struct ptl_shards *shards, size_t file,
                               const struct ptl_results *results, struct ptl_error *error)
{
    enum ptl_status status = check(shards, file, results, error);
    if (status == PTL_OK && !add(shards, results))
        status = ptl_error_no_memory(error);
    return status;
}

/* ---- the whole ---- */

/* The plan is a rectangle; what is missing of its targets' ports is unprobed. */
static void count_missing(struct ptl_results *whole, uint32_t ports)
{
    size_t kept = 0;
    for (size_t i = 0; i < whole->target_count; i++) {
        struct ptl_target_counts *counts = &whole->targets[i];
        uint32_t sum = 0;
        ptl_results_rest(whole, i);
        for (int s = 0; s < PTL_STATE_COUNT; s++)
            sum += counts->states[s];
        counts->states[PTL_UNPROBED] = (uint16_t)(counts->states[PTL_UNPROBED] + ports - sum);
        whole->summary.states[PTL_UNPROBED] += ports - sum;
        if (ptl_results_lists_target(whole, counts))
            whole->targets[kept++] = *counts;
    }
    whole->target_count = kept;
}

static bool is_missing(const struct ptl_shards *shards, uint32_t index)
{
    return shards->files[index] == 0;
}

static bool is_incomplete(const struct ptl_shards *shards, uint32_t index)
{
    return shards->are_incomplete[index];
}

/* "3,5-7/8", and how many those are. */
static uint32_t list(const struct ptl_shards *shards,
                     bool (*is)(const struct ptl_shards *shards, uint32_t index),
                     struct ptl_buf *buf)
{
    uint32_t all = 0;
    for (uint32_t first = 1, last; first <= shards->count; first = last + 1) {
        last = first;
        if (!is(shards, first))
            continue;
        while (last < shards->count && is(shards, last + 1))
            last++;
        ptl_buf_printf(buf, all > 0 ? ",%" PRIu32 : "%" PRIu32, first);
        if (last > first)
            ptl_buf_printf(buf, "-%" PRIu32, last);
        all += last - first + 1;
    }
    ptl_buf_printf(buf, "/%" PRIu32, shards->count);
    return all;
}

static bool tell_incomplete(struct ptl_shards *shards)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, PTL_PORTS_BYTES);
    uint32_t count = list(shards, is_incomplete, &buf);
    bool good =
        !buf.failed &&
        (count == 0 ||
         ptl_results_warn(shards->results, "%" PRIu32 " of %" PRIu32 " shards are incomplete: %s",
                          count, shards->count, ptl_buf_text(&buf)) == PTL_OK);
    ptl_buf_free(&buf);
    return good;
}

static bool tell_expectations(struct ptl_shards *shards)
{
    const char *a, *b;
    return ptl_shards_expect_alike(shards, &a, &b) ||
           ptl_results_warn(
               shards->results,
               "%s was run with other expectations than %s: not all of them are judged", b,
               a) == PTL_OK;
}

static bool tell_missing(struct ptl_shards *shards)
{
    struct ptl_results *whole = shards->results;
    struct ptl_buf buf;
    if (shards->missing == 0)
        return true;
    ptl_buf_init(&buf, PTL_PORTS_BYTES);
    list(shards, is_missing, &buf);
    bool good = !buf.failed &&
                ptl_results_warn(whole, "%" PRIu32 " of %" PRIu32 " shards are missing: %s",
                                 shards->missing, shards->count, ptl_buf_text(&buf)) == PTL_OK;
    whole->run.missing_shards = ptl_buf_steal(&buf);
    whole->run.complete = false;
    whole->run.cut = true; /* whoever reads it must not take what is not there for gone */
    return good && whole->run.missing_shards != NULL;
}

static bool finish(struct ptl_shards *shards)
{
    struct ptl_results *whole = shards->results;
    struct ptl_run_info *run = &whole->run;
    run->ports = ptl_portset_text(shards->ports);
    /* No less than the longest of them took: a clock may have been set back meanwhile. */
    double span_ms = (double)(run->finished_ms - run->started_ms);
    if (span_ms > run->elapsed_ms)
        run->elapsed_ms = span_ms;
    whole->started = whole->summary.targets;
    whole->summary.probes = whole->summary.targets * ptl_portset_count(shards->ports);
    count_missing(whole, ptl_portset_count(shards->ports));
    ptl_untouched_join(&whole->untouched);
    if (!whole->has_evidence)
        whole->evidence = (struct ptl_evidence){.sentinels = {.asked = 0}};
    return run->ports != NULL && tell_expectations(shards) && tell_incomplete(shards) &&
           tell_missing(shards) && ptl_shards_settle_expectations(shards);
}

enum ptl_status ptl_shards_finish(struct ptl_shards *shards, struct ptl_results **merged,
                                  struct ptl_error *error)
{
    if (!finish(shards))
        return ptl_error_no_memory(error);
    enum ptl_status status = ptl_results_seal(shards->results, error);
    if (status == PTL_OK) {
        *merged = shards->results;
        shards->results = NULL;
    }
    return status;
}
