#include "compare/record.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#define TEXTS_MAX (64U << 20)

void ptl_record_free(struct ptl_record *record)
{
    if (record == NULL)
        return;
    free(record->targets);
    free(record->spans);
    free(record->times);
    free(record->texts);
    free(record);
}

const char *ptl_record_failure(const struct ptl_record *record)
{
    return record->head.failed ? record->texts : NULL;
}

const char *ptl_record_warning(const struct ptl_record *record, const char *previous)
{
    const char *next = previous != NULL ? previous + strlen(previous) + 1
                                        : record->texts + record->head.warnings_at;
    return next < record->texts + record->head.text_bytes ? next : NULL;
}

struct ptl_record *ptl_record_failed(const char *reason)
{
    struct ptl_record *record = calloc(1, sizeof(*record));
    if (record == NULL)
        return NULL;
    record->texts = strdup(reason);
    if (record->texts == NULL) {
        free(record);
        return NULL;
    }
    record->head.magic = PTL_RECORD_MAGIC;
    record->head.finished = record->head.failed = 1;
    record->head.basis = PTL_BASIS_NOT_RECORDED;
    record->head.text_bytes = record->head.warnings_at = strlen(reason) + 1;
    return record;
}

static void mix(uint64_t *hash, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        *hash = (*hash ^ (value & 0xFF)) * 0x100000001B3ULL; /* FNV-1a */
        value >>= 8;
    }
}

uint64_t ptl_record_hash(const struct ptl_targets *targets)
{
    uint64_t hash = 0xCBF29CE484222325ULL;
    struct ptl_block block;
    const char *input;
    for (size_t i = 0; ptl_targets_segment(targets, i, &block, &input); i++) {
        mix(&hash, block.first.family);
        mix(&hash, block.first.high);
        mix(&hash, block.first.low);
        mix(&hash, block.last.high);
        mix(&hash, block.last.low);
    }
    return hash;
}

/* ---- building ---- */

struct draft {
    struct ptl_record *record;
    const struct ptl_results *results;
    size_t target_capacity, span_capacity;
    struct ptl_buf texts;
};

static void add_text(struct draft *draft, const char *text)
{
    ptl_buf_add_bytes(&draft->texts, text, strlen(text) + 1);
}

static bool add_target(struct draft *draft, uint32_t number, bool partial)
{
    struct ptl_record *record = draft->record;
    if (!PTL_ROOM(record->targets, draft->target_capacity, record->head.target_count))
        return false;
    struct ptl_target target;
    struct ptl_target_names names;
    ptl_targets_get(draft->results->live, number, &target);
    ptl_results_names(draft->results, number, &names);
    record->targets[record->head.target_count++] =
        (struct ptl_record_target){.high = target.address.high,
                                   .low = target.address.low,
                                   .family = target.address.family,
                                   .host = (uint32_t)draft->texts.length,
                                   .partial = partial};
    add_text(draft, names.host);
    return !draft->texts.failed;
}

static bool add_result(struct draft *draft, const struct ptl_result *result)
{
    struct ptl_record *record = draft->record;
    uint32_t target = (uint32_t)record->head.target_count - 1;
    bool confirmed = result->state == PTL_OPEN && result->confirm_yes > 0;
    struct ptl_record_span *last =
        record->head.span_count > 0 ? &record->spans[record->head.span_count - 1] : NULL;
    if (result->state == PTL_OPEN)
        record->times[record->head.time_count++] =
            (struct ptl_record_times){.connect_us = result->connect_us, .rtt_us = result->rtt_us};
    if (last != NULL && last->target == target && last->state == result->state &&
        last->confirmed == confirmed && last->last + 1 == result->port) {
        last->last = result->port;
        return true;
    }
    if (!PTL_ROOM(record->spans, draft->span_capacity, record->head.span_count))
        return false;
    record->spans[record->head.span_count++] = (struct ptl_record_span){.target = target,
                                                                        .first = result->port,
                                                                        .last = result->port,
                                                                        .state = result->state,
                                                                        .confirmed = confirmed};
    return true;
}

static bool add_slice(struct draft *draft, uint32_t target, bool partial, size_t first,
                      size_t count)
{
    if (!add_target(draft, target, partial))
        return false;
    for (size_t i = first; i < first + count; i++)
        if (draft->results->items[i].state != PTL_CLOSED &&
            !add_result(draft, &draft->results->items[i]))
            return false;
    return true;
}

/*
 * Targets with results, and those that were not asked everything. Beyond 65,536 targets the model
 * names only the interesting ones, which is all that is wanted here.
 */
static bool add_targets(struct draft *draft)
{
    const struct ptl_results *results = draft->results;
    struct ptl_target_cursor cursor = {0};
    struct ptl_target_counts counts;
    size_t first, count, partials = 0;
    draft->record->head.partial_everywhere = results->untouched.count > 0;
    while (ptl_results_next_target(results, &cursor, &counts, &first, &count)) {
        bool partial = counts.states[PTL_UNPROBED] > 0;
        if (partial && ++partials > PTL_PARTIAL_MAX) {
            draft->record->head.partial_everywhere = 1;
            if (count == 0)
                continue;
        }
        if ((partial || count > 0) && !add_slice(draft, counts.target, partial, first, count))
            return false;
    }
    return true;
}

static void fill_head(struct ptl_record_head *head, const struct ptl_results *results)
{
    const struct ptl_summary *summary = &results->summary;
    head->magic = PTL_RECORD_MAGIC;
    head->finished = 1;
    head->started_ms = results->run.started_ms;
    head->elapsed_ms = results->run.elapsed_ms;
    head->probes = summary->probes;
    head->done = summary->probes - summary->states[PTL_UNPROBED];
    memcpy(head->states, summary->states, sizeof(head->states));
    head->retried = summary->retried;
    head->attempts = summary->attempts;
    head->targets = summary->targets;
    head->targets_hash = ptl_record_hash(results->live);
    head->peak_in_flight = summary->peak_in_flight;
    head->effective_concurrency = results->run.effective_concurrency;
    head->workers = results->run.workers;
    head->stopped_by = results->run.stopped_by;
    head->complete = results->run.complete;
    head->unresolved = (uint32_t)results->unresolved_count;
    head->is_estimated = results->estimate.known;
    head->basis = results->estimate.basis;
    head->missed = results->estimate.missed;
    head->missed_at_most = results->estimate.missed_at_most;
    head->recall_at_least = results->estimate.recall_at_least;
}

enum ptl_status ptl_record_build(const struct ptl_results *results, struct ptl_record **record,
                                 struct ptl_error *error)
{
    struct draft draft = {.results = results, .record = calloc(1, sizeof(*draft.record))};
    if (draft.record == NULL)
        return ptl_error_no_memory(error);
    struct ptl_record_head *head = &draft.record->head;
    size_t open = 0;
    for (size_t i = 0; i < results->count; i++)
        open += results->items[i].state == PTL_OPEN;
    ptl_buf_init(&draft.texts, TEXTS_MAX);
    fill_head(head, results);
    add_text(&draft, "");
    draft.record->times = calloc(open + 1, sizeof(*draft.record->times));
    bool good = draft.record->times != NULL && add_targets(&draft);
    head->warnings_at = draft.texts.length;
    for (size_t i = 0; i < results->unresolved_count; i++) {
        ptl_buf_printf(&draft.texts, "%s did not resolve: %s", results->unresolved[i].input,
                       results->unresolved[i].message);
        ptl_buf_add_bytes(&draft.texts, "", 1);
    }
    for (size_t i = 0; i < results->warning_count; i++)
        add_text(&draft, results->warnings[i]);
    head->text_bytes = draft.texts.length;
    good = good && !draft.texts.failed;
    draft.record->texts = ptl_buf_steal(&draft.texts);
    if (good && draft.record->texts != NULL) {
        *record = draft.record;
        return PTL_OK;
    }
    ptl_record_free(draft.record);
    ptl_buf_free(&draft.texts);
    return ptl_error_set(error, PTL_E_NO_MEMORY, "too much was seen to be compared in memory");
}
