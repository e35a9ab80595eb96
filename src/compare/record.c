#include "compare/record.h"

#include "base/array.h"
#include "base/plain.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WARNINGS_MAX 100
#define PARTIAL_MAX 65536 /* above so many partial targets any may be one */

void ptl_record_free(struct ptl_record *record)
{
    if (record == NULL)
        return;
    for (size_t i = 0; i < record->target_count; i++)
        free(record->targets[i].host);
    free(record->targets);
    free(record->spans);
    free(record->times);
    free(record->run.failure);
    ptl_text_list_free(record->warnings, record->warning_count);
    free(record);
}

struct ptl_record *ptl_record_failed(const char *reason)
{
    struct ptl_record *record = calloc(1, sizeof(*record));
    if (record == NULL)
        return NULL;
    record->run = (struct ptl_compared_run){.failure = strdup(reason),
                                            .recall = NAN,
                                            .precision = NAN,
                                            .estimate.basis = PTL_BASIS_NOT_RECORDED};
    if (record->run.failure != NULL)
        return record;
    free(record);
    return NULL;
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

bool ptl_run_notes_write(int fd, const struct ptl_run_notes *notes)
{
    return ptl_plain_write(fd, notes, sizeof(*notes), 0);
}

bool ptl_run_notes_read(int fd, struct ptl_run_notes *notes)
{
    bool good = pread(fd, notes, sizeof(*notes), 0) == (ssize_t)sizeof(*notes);
    if (!good)
        *notes = (struct ptl_run_notes){.done = 0};
    return good;
}

bool ptl_compare_warn(char ***list, size_t *count, const char *format, ...)
{
    if (*count == WARNINGS_MAX)
        return true;
    va_list arguments;
    va_start(arguments, format);
    bool added = ptl_text_list_add(list, count, format, arguments);
    va_end(arguments);
    return added;
}

/* ---- building ---- */

static bool add_target(struct ptl_record *record, const struct ptl_results *results,
                       uint32_t number, bool partial)
{
    struct ptl_target_names names;
    if (!PTL_ROOM(record->targets, record->target_capacity, record->target_count))
        return false;
    struct ptl_record_target *target = &record->targets[record->target_count];
    ptl_results_names(results, number, &names);
    *target = (struct ptl_record_target){.partial = partial};
    ptl_address_parse(names.ip, &target->address, NULL);
    if (strcmp(names.host, names.ip) != 0) {
        target->host = strdup(names.host);
        if (target->host == NULL)
            return false;
    }
    record->target_count++;
    return true;
}

static bool add_result(struct ptl_record *record, const struct ptl_result *result)
{
    uint32_t target = (uint32_t)record->target_count - 1;
    bool confirmed = result->state == PTL_OPEN && result->confirm_yes > 0;
    struct ptl_record_span *last =
        record->span_count > 0 ? &record->spans[record->span_count - 1] : NULL;
    if (result->state == PTL_OPEN)
        record->times[record->time_count++] =
            (struct ptl_record_times){.connect_us = result->connect_us, .rtt_us = result->rtt_us};
    if (last != NULL && last->target == target && last->state == result->state &&
        last->confirmed == confirmed && last->last + 1 == result->port) {
        last->last = result->port;
        return true;
    }
    if (!PTL_ROOM(record->spans, record->span_capacity, record->span_count))
        return false;
    record->spans[record->span_count++] = (struct ptl_record_span){.target = target,
                                                                   .first = result->port,
                                                                   .last = result->port,
                                                                   .state = result->state,
                                                                   .confirmed = confirmed};
    return true;
}

/*
 * Targets with results, and those that were not asked everything. Beyond 65,536 targets the model
 * names only the interesting ones, which is all that is wanted here.
 */
static bool add_targets(struct ptl_record *record, const struct ptl_results *results)
{
    struct ptl_target_cursor cursor = {0};
    struct ptl_target_counts counts;
    size_t first, count, partials = 0;
    record->partial_everywhere = results->untouched.count > 0;
    while (ptl_results_next_target(results, &cursor, &counts, &first, &count)) {
        bool partial = counts.states[PTL_UNPROBED] > 0;
        if (partial && ++partials > PARTIAL_MAX) {
            record->partial_everywhere = true;
            partial = false;
        }
        if (!partial && count == 0)
            continue;
        if (!add_target(record, results, counts.target, partial))
            return false;
        for (size_t i = first; i < first + count; i++)
            if (!add_result(record, &results->items[i]))
                return false;
    }
    return true;
}

static bool add_warnings(struct ptl_record *record, const struct ptl_results *results)
{
    bool good = true;
    for (size_t i = 0; good && i < results->unresolved_count; i++)
        good = ptl_compare_warn(&record->warnings, &record->warning_count, "%s did not resolve: %s",
                                results->unresolved[i].input, results->unresolved[i].message);
    for (size_t i = 0; good && i < results->warning_count; i++)
        good =
            ptl_compare_warn(&record->warnings, &record->warning_count, "%s", results->warnings[i]);
    return good;
}

static struct ptl_compared_run describe(const struct ptl_results *results,
                                        const struct ptl_run_notes *notes)
{
    const struct ptl_run_info *info = &results->run;
    const struct ptl_summary *summary = &results->summary;
    double done = (double)(summary->probes - summary->states[PTL_UNPROBED]);
    struct ptl_compared_run run = {.complete = info->complete,
                                   .elapsed_ms = info->elapsed_ms,
                                   .probes = summary->probes,
                                   .retried = summary->retried,
                                   .attempts = summary->attempts,
                                   .recall = NAN,
                                   .precision = NAN,
                                   .estimate = results->estimate,
                                   .rtt = summary->rtt,
                                   .peak_in_flight = summary->peak_in_flight,
                                   .effective_concurrency = info->effective_concurrency,
                                   .workers = info->workers,
                                   .user_ms = notes->user_ms,
                                   .system_ms = notes->system_ms,
                                   .peak_rss_kb = notes->peak_rss_kb};
    run.probes_per_second = run.elapsed_ms > 0 ? done / run.elapsed_ms * 1000 : 0;
    memcpy(run.states, summary->states, sizeof(run.states));
    return run;
}

enum ptl_status ptl_record_build(const struct ptl_results *results,
                                 const struct ptl_run_notes *notes, struct ptl_record **out,
                                 struct ptl_error *error)
{
    struct ptl_record *record = calloc(1, sizeof(*record));
    if (record == NULL)
        return ptl_error_no_memory(error);
    record->run = describe(results, notes);
    record->targets_hash = notes->targets_hash;
    record->times = calloc(results->summary.states[PTL_OPEN] + 1, sizeof(*record->times));
    if (record->times != NULL && add_targets(record, results) && add_warnings(record, results)) {
        *out = record;
        return PTL_OK;
    }
    ptl_record_free(record);
    return ptl_error_no_memory(error);
}
