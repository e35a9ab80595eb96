/* A journal as results, and in a few lines. */
#include "base/clock.h"
#include "journal/past.h"
#include "results/read.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- results ---- */

static bool copy_text(char **text)
{
    if (*text == NULL)
        *text = strdup("");
    return *text != NULL;
}

/* What was asked last: all but what decides verdicts may have changed from segment to segment. */
static enum ptl_status describe(const struct ptl_past *past, struct ptl_run_info *info,
                                struct ptl_error *error)
{
    const struct ptl_head *head = &past->head;
    const struct ptl_segment_head *last = &past->last;
    enum ptl_status status = ptl_past_asked(past, info, error);
    if (status != PTL_OK)
        return status;
    snprintf(info->tool_version, sizeof(info->tool_version), "%s", head->tool_version);
    info->started_ms = info->finished_ms = past->started_ms;
    if (past->segment_count > 0)
        info->finished_ms = past->segments[past->segment_count - 1].finished_ms;
    info->elapsed_ms = (double)past->worked_ms;
    info->complete = past->ended && past->complete;
    info->stopped_by = past->ended ? past->reason : PTL_STOP_NONE;
    memcpy(info->states, head->states, sizeof(info->states));
    info->effective_concurrency = last->effective_concurrency;
    info->workers = last->workers;
    info->order = head->order;
    info->seed = head->seed;
    info->resumed = last->resumed;
    free(info->ports);
    info->ports = strdup(head->ports);
    bool good = info->ports != NULL && copy_text(&info->profile) && copy_text(&info->description) &&
                copy_text(&info->file);
    if (past->segment_count > 1 || last->resumed.salvaged) {
        info->segments = calloc(past->segment_count + 1, sizeof(*info->segments));
        good = good && info->segments != NULL;
        if (info->segments != NULL && past->segment_count > 0)
            memcpy(info->segments, past->segments, past->segment_count * sizeof(*past->segments));
        info->segment_count = past->segment_count;
    }
    return good ? PTL_OK : ptl_error_no_memory(error);
}

/* Where a target begins among the kept verdicts that this machine failed to ask. */
static void count_errors(const struct ptl_past *past, uint32_t *errors)
{
    for (size_t i = 0; i < past->item_count; i++)
        if (past->items[i].state == PTL_ERROR)
            errors[ptl_places_of_target(&past->places, past->items[i].target)]++;
}

/* Ports that had every attempt which the profile grants: silence is what was seen, as where a run
 * is stopped. */
static bool add_silent(const struct ptl_past *past, struct ptl_results *results, uint64_t target,
                       uint64_t position, uint64_t states[PTL_STATE_COUNT])
{
    struct ptl_parked parked = ptl_ledger_parked(past->ledger, position);
    if (parked.counted <= past->head.retries ||
        ptl_ledger_state(past->ledger, position) != PTL_UNPROBED)
        return true;
    states[PTL_FILTERED]++;
    states[PTL_UNPROBED]--;
    if (!past->head.states[PTL_FILTERED])
        return true;
    uint32_t offset_ms = past->offset_ms < UINT32_MAX ? (uint32_t)past->offset_ms : UINT32_MAX;
    struct ptl_result result = {.target = (uint32_t)target,
                                .port = ptl_places_port(&past->places, target, position),
                                .state = PTL_FILTERED,
                                .attempts = parked.asked & 31U,
                                .reason = PTL_REASON_NO_RESPONSE,
                                .rtt_us = PTL_US_NONE,
                                .connect_us = PTL_US_NONE,
                                .offset_ms = offset_ms};
    return ptl_results_add(results, &result) == PTL_OK;
}

static bool add_target(const struct ptl_past *past, struct ptl_results *results, uint64_t place,
                       uint32_t errors)
{
    uint32_t ports = past->places.port_count;
    uint64_t first = place * ports, target = ptl_places_target(&past->places, place);
    uint64_t states[PTL_STATE_COUNT];
    struct ptl_target_counts counts = {.target = (uint32_t)target};
    ptl_ledger_count(past->ledger, first, ports, states);
    states[PTL_ERROR] += errors;
    states[PTL_UNPROBED] -= errors;
    bool any_silent = states[PTL_UNPROBED] > 0 && ptl_ledger_any_parked(past->ledger, first, ports);
    for (uint64_t position = first; any_silent && position < first + ports; position++)
        if (!add_silent(past, results, target, position, states))
            return false;
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        counts.states[s] = (uint16_t)states[s];
        results->summary.states[s] += s == PTL_UNPROBED ? 0 : states[s];
    }
    counts.flags = ptl_results_target_flags(&counts);
    if (ptl_past_gave_up(past, place))
        counts.flags |= PTL_TARGET_GAVE_UP;
    if (!ptl_results_lists_target(results, &counts))
        return true;
    return ptl_results_add_target(results, &counts) == PTL_OK;
}

static bool fill(const struct ptl_past *past, struct ptl_results *results)
{
    struct ptl_summary *summary = &results->summary;
    uint32_t ports = past->places.port_count;
    uint64_t begun = (ptl_ledger_end(past->ledger) + ports - 1) / ports;
    if (begun < past->counters.begun && past->counters.begun <= past->places.targets)
        begun = past->counters.begun;
    summary->targets = past->places.targets;
    summary->probes = past->places.targets * ports;
    summary->sums = past->counters.sums;
    bool good = true;
    for (size_t i = 0; i < past->item_count && good; i++)
        good = ptl_results_add(results, &past->items[i]) == PTL_OK;
    for (size_t i = 0; i < past->head.unresolved_count && good; i++)
        good = ptl_results_add_unresolved(results, past->head.unresolved[i].input,
                                          past->head.unresolved[i].message) == PTL_OK;
    for (size_t i = 0; i < past->item_count; i++) {
        uint64_t place = ptl_places_of_target(&past->places, past->items[i].target);
        if (begun <= place)
            begun = place + 1;
    }
    uint32_t *errors = calloc(begun + 1, sizeof(*errors));
    good = good && errors != NULL;
    if (good)
        count_errors(past, errors);
    for (uint64_t place = 0; place < begun && good; place++)
        good = add_target(past, results, place, errors[place]);
    free(errors);
    uint64_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += summary->states[s];
    summary->states[PTL_UNPROBED] = summary->probes - known;
    results->started = begun;
    return good;
}

enum ptl_status ptl_past_results(const struct ptl_past *past, struct ptl_results **results,
                                 struct ptl_error *error)
{
    struct ptl_results *new = ptl_results_new();
    enum ptl_status status = PTL_OK;
    if (new == NULL)
        return ptl_error_no_memory(error);
    status =
        ptl_targets_build(past->head.blocks, past->head.block_count, NULL, 0, &new->live, error);
    if (status == PTL_OK)
        status = describe(past, &new->run, error);
    if (status == PTL_OK && !fill(past, new))
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = ptl_results_seal(new, error);
    if (status != PTL_OK) {
        ptl_results_free(new);
        return status;
    }
    new->run.complete = new->run.complete &&new->summary.states[PTL_UNPROBED] == 0;
    *results = new;
    return PTL_OK;
}

/* ---- for people ---- */

static const char *const reasons[] = {[PTL_STOP_NONE] = "came to its end",
                                      [PTL_STOP_SIGNAL] = "was stopped by a signal",
                                      [PTL_STOP_DEADLINE] = "was stopped by its deadline",
                                      [PTL_STOP_MEMORY] = "was stopped, as memory ran out",
                                      [PTL_STOP_OUTAGE] = "was stopped by an outage",
                                      [PTL_STOP_OUTPUT] =
                                          "was stopped, as no report could be written"};

static uint64_t count_parked(const struct ptl_past *past)
{
    uint64_t count = 0, end = ptl_ledger_end(past->ledger);
    for (uint64_t position = 0; position < end; position++)
        count += ptl_ledger_state(past->ledger, position) == PTL_UNPROBED &&
                 ptl_ledger_parked(past->ledger, position).asked > 0;
    return count;
}

static void tell_state(const struct ptl_past *past, struct ptl_buf *buf)
{
    const char *state = "is being written, or its last run was killed";
    if (past->done)
        state = "is finished: --resume would begin a new run";
    else if (past->segment_count == 0)
        state = "was made, and nothing was asked yet";
    else if (past->ended)
        state = reasons[past->reason];
    ptl_buf_printf(buf, "%s: %s\n", past->path, "a journal of portolan, format 1");
    ptl_buf_printf(buf, "  the run %s\n", state);
}

static void tell_progress(const struct ptl_past *past, struct ptl_buf *buf)
{
    uint64_t states[PTL_STATE_COUNT], errors = 0;
    uint64_t probes = ptl_ledger_probes(past->ledger), parked = count_parked(past);
    ptl_ledger_count(past->ledger, 0, ptl_ledger_end(past->ledger), states);
    for (size_t i = 0; i < past->item_count; i++)
        errors += past->items[i].state == PTL_ERROR;
    uint64_t settled = states[PTL_OPEN] + states[PTL_CLOSED] + states[PTL_FILTERED];
    ptl_buf_printf(buf,
                   "  settled: %" PRIu64 " of %" PRIu64 " probes (%.1f%%): %" PRIu64
                   " open, %" PRIu64 " closed, %" PRIu64 " filtered\n",
                   settled, probes, probes > 0 ? (double)settled / (double)probes * 100 : 0.0,
                   states[PTL_OPEN], states[PTL_CLOSED], states[PTL_FILTERED]);
    if (past->done)
        return;
    ptl_buf_printf(buf,
                   "  --resume would still ask %" PRIu64 " probes, of which %" PRIu64
                   " were silent so far and %" PRIu64 " ended in error\n",
                   probes - settled, parked, errors);
}

void ptl_past_tell(const struct ptl_past *past, struct ptl_buf *buf)
{
    char time[PTL_RFC3339_SIZE], text[PTL_DURATION_SIZE];
    int64_t last_ms = past->started_ms + (int64_t)past->offset_ms;
    tell_state(past, buf);
    struct ptl_run_info info = {.profile = NULL};
    if (past->last.asked != NULL && ptl_past_asked(past, &info, NULL) == PTL_OK)
        ptl_buf_printf(buf, "  profile: %s (%s)\n", info.profile, info.file);
    if (info.shard.count > 0)
        ptl_buf_printf(buf, "  shard: %u of %u\n", info.shard.index, info.shard.count);
    ptl_run_info_free(&info);
    ptl_buf_printf(buf, "  ports: %.200s\n", past->head.ports);
    ptl_buf_printf(buf, "  plan %.16s, run %s\n", past->head.plan_sha256, past->head.run_id);
    ptl_buf_printf(buf, "  begun %s", ptl_clock_rfc3339(past->started_ms, time));
    ptl_buf_printf(buf, ", last word %s, %zu %s, %s at work\n", ptl_clock_rfc3339(last_ms, time),
                   past->segment_count, past->segment_count == 1 ? "segment" : "segments",
                   ptl_duration_tell(past->worked_ms, text));
    tell_progress(past, buf);
    if (past->damaged_at != UINT64_MAX)
        ptl_buf_printf(buf, "  damaged at byte %" PRIu64 ": what is whole is told\n",
                       past->damaged_at);
    else if (past->torn > 0)
        ptl_buf_printf(buf, "  the last %" PRIu64 " bytes are torn, and count for nothing\n",
                       past->torn);
}

enum ptl_status ptl_journal_read_results(const char *path, struct ptl_past **past,
                                         struct ptl_results **results, struct ptl_error *error)
{
    struct ptl_past_request request = {.salvage = true};
    struct ptl_past *read = NULL;
    *past = NULL;
    if (!ptl_journal_is(path))
        return ptl_results_read(path, results, error);
    enum ptl_status status = ptl_journal_read(path, &request, &read, error);
    if (status == PTL_OK)
        status = ptl_past_results(read, results, error);
    if (status == PTL_OK)
        *past = read;
    else
        ptl_past_free(read);
    return status;
}
