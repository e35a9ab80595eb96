#include "base/text.h"
#include "base/clock.h"
#include "report/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const colors[] = {[PTL_OPEN] = "\x1b[32m",
                                     [PTL_CLOSED] = "",
                                     [PTL_FILTERED] = "\x1b[33m",
                                     [PTL_ERROR] = "\x1b[31m"};

static void add_settings(struct ptl_writing *writing)
{
    const struct ptl_run_info *run = &writing->results->run;
    struct ptl_buf *line = &writing->line;
    char time[PTL_RFC3339_SIZE], timeout[PTL_DURATION_SIZE];
    /* Of results read back the version is another's word, too. */
    ptl_text_printf(line, "portolan %s, profile %s (%s)", run->tool_version, run->profile,
                    run->file);
    ptl_buf_printf(line, "\nstarted %s, engine %s, ", ptl_clock_rfc3339(run->started_ms, time),
                   ptl_engine_names[run->engine]);
    const char *word = ptl_concurrency_word(run->concurrency);
    /* Of lines that were cut short, what a run knows only once it lasts is 0. */
    if (word != NULL && run->effective_concurrency > 0)
        ptl_buf_printf(line, "concurrency %s (%u at most)", word, run->effective_concurrency);
    else if (word != NULL)
        ptl_buf_printf(line, "concurrency %s", word);
    else if (run->concurrency != run->effective_concurrency && run->effective_concurrency > 0)
        ptl_buf_printf(line, "concurrency %u (%u in force)", run->concurrency,
                       run->effective_concurrency);
    else
        ptl_buf_printf(line, "concurrency %u", run->concurrency);
    if (run->workers > 0)
        ptl_buf_printf(line, ", %u worker%s", run->workers, run->workers == 1 ? "" : "s");
    ptl_buf_printf(line, ", timeout %s, retries %u\n",
                   ptl_duration_format(run->timeout_ms, timeout), run->retries);
}

/* Before COMPLETE, which is all that many read. */
static void add_unmet(struct ptl_writing *writing)
{
    const uint64_t *counts = writing->results->verdicts;
    enum ptl_verdict verdict = counts[PTL_FAIL] > 0 ? PTL_FAIL : PTL_INCONCLUSIVE;
    if (counts[verdict] == 0)
        return;
    const char *color = verdict == PTL_FAIL ? colors[PTL_ERROR] : colors[PTL_FILTERED];
    ptl_buf_printf(&writing->line, "%s%" PRIu64 " EXPECTATION%s %s%s, ",
                   writing->color ? color : "", counts[verdict], counts[verdict] == 1 ? "" : "S",
                   verdict == PTL_FAIL ? "FAILED" : "INCONCLUSIVE",
                   writing->color ? "\x1b[0m" : "");
}

/* Likewise: what is complete is a part of what somebody planned. */
static void add_shard(struct ptl_writing *writing)
{
    const struct ptl_shard_info *shard = &writing->results->run.shard;
    if (shard->count > 0)
        ptl_buf_printf(&writing->line, "SLICE %" PRIu32 " OF %" PRIu32 ", ", shard->index,
                       shard->count);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    add_settings(writing);
    add_unmet(writing);
    add_shard(writing);
    const char *cause = ptl_report_incomplete(results);
    if (cause == NULL)
        ptl_buf_add(&writing->line, "COMPLETE\n");
    else
        ptl_buf_printf(&writing->line, "INCOMPLETE: %s\n", cause);
    if (ptl_estimate_warn(results, &writing->line))
        ptl_buf_add_char(&writing->line, '\n');
    return ptl_writing_flush(writing) && ptl_changes_write(writing);
}

static void add_host(struct ptl_writing *writing, uint32_t target,
                     const struct ptl_target_names *names)
{
    struct ptl_estimate estimate = ptl_estimate_find(writing->results, target);
    ptl_buf_add_char(&writing->line, '\n');
    ptl_text_add_printable(&writing->line, names->host);
    if (strcmp(names->host, names->ip) != 0)
        ptl_text_printf(&writing->line, " (%s)", names->ip);
    if (ptl_estimate_is_poor(&estimate) && estimate.known)
        ptl_buf_printf(&writing->line, ": up to %" PRIu64 " more may be open (95 %%)",
                       estimate.missed_at_most);
    else if (ptl_estimate_is_poor(&estimate))
        ptl_buf_add(&writing->line, ": more may be open");
    ptl_buf_printf(&writing->line, "\n%-10s%-10s%-18s%-18s%s\n", "PORT", "STATE", "REASON",
                   "SERVICE", "RTT");
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    /* Targets are numbered from 0; 0 here is "none yet". */
    if (writing->state.text.targets != r->target + 1ULL)
        add_host(writing, r->target, row->names);
    writing->state.text.targets = r->target + 1ULL;

    char port[16], rtt[32] = "-";
    snprintf(port, sizeof(port), "%u/tcp", r->port);
    if (r->rtt_us != PTL_US_NONE)
        snprintf(rtt, sizeof(rtt), "%u.%03u ms", r->rtt_us / 1000, r->rtt_us % 1000);
    bool color = writing->color && colors[r->state][0] != '\0';
    ptl_buf_printf(&writing->line, "%-10s%s%-10s%s%-18s", port, color ? colors[r->state] : "",
                   ptl_state_names[r->state], color ? "\x1b[0m" : "", row->reason);
    struct ptl_buf service;
    ptl_buf_init(&service, 1024);
    ptl_text_add_printable(&service, row->service != NULL ? row->service : "-");
    if (service.failed)
        writing->line.failed = true;
    ptl_buf_printf(&writing->line, "%-18s%s\n", ptl_buf_text(&service), rtt);
    ptl_buf_free(&service);
    return ptl_writing_flush(writing);
}

/* Of many targets, those that the run did not come to. */
static void add_untouched(struct ptl_writing *writing)
{
    const struct ptl_untouched *untouched = &writing->results->untouched;
    char range[PTL_BLOCK_SIZE];
    if (untouched->count == 0)
        return;
    ptl_buf_printf(&writing->line, "\nnot begun: %" PRIu64 " target%s, in %s", untouched->count,
                   untouched->count == 1 ? "" : "s",
                   ptl_block_format(&untouched->ranges[0], range));
    if (untouched->range_count > 1)
        ptl_buf_printf(&writing->line, " and %zu more range%s", untouched->range_count - 1,
                       untouched->range_count == 2 ? "" : "s");
    ptl_buf_add_char(&writing->line, '\n');
}

static void add_notes(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    add_untouched(writing);
    if (results->count == 0)
        ptl_buf_printf(&writing->line, "\n%s\n",
                       !results->run.states[PTL_CLOSED] && !results->run.states[PTL_FILTERED]
                           ? "no open port"
                           : "nothing to list: no port is in one of the states asked for");
    if (results->unresolved_count + results->warning_count > 0)
        ptl_buf_add_char(&writing->line, '\n');
    for (size_t i = 0; i < results->unresolved_count; i++)
        ptl_text_line(&writing->line, "unresolved: %s: %s", results->unresolved[i].input,
                      results->unresolved[i].message);
    for (size_t i = 0; i < results->warning_count; i++)
        ptl_text_line(&writing->line, "warning: %s", results->warnings[i]);
}

/* The runs that the results were merged of, and where they do not agree. */
static bool write_merged(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    char time[PTL_RFC3339_SIZE];
    if (results->merged_count > 0)
        ptl_buf_add_char(&writing->line, '\n');
    for (size_t i = 0; i < results->merged_count; i++) {
        const struct ptl_merged_run *run = &results->merged[i];
        ptl_text_line(&writing->line, "merged: %s, profile %s, started %s, %s", run->file,
                      run->profile, ptl_clock_rfc3339(run->started_ms, time),
                      run->complete ? "complete" : "INCOMPLETE");
    }
    for (size_t i = 0; i < results->disagreement_count; i++) {
        const struct ptl_disagreement *one = &results->disagreements[i];
        struct ptl_target_names names;
        char states[PTL_STATES_SIZE];
        ptl_results_names(results, one->target, &names);
        ptl_text_line(&writing->line, "not agreed: %s %u/tcp: %s in %s", names.host, one->port,
                      ptl_states_tell(one->states, states), results->merged[one->run].file);
        if (!ptl_writing_flush(writing))
            return false;
    }
    return ptl_writing_flush(writing);
}

/* Every failure by name, with what was expected and what was seen. */
static bool write_expectations(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    const uint64_t *counts = results->verdicts;
    if (counts[PTL_PASS] + counts[PTL_FAIL] + counts[PTL_INCONCLUSIVE] == 0)
        return true;
    ptl_buf_printf(&writing->line,
                   "\nexpectations: %" PRIu64 " passed, %" PRIu64 " failed, %" PRIu64
                   " inconclusive\n",
                   counts[PTL_PASS], counts[PTL_FAIL], counts[PTL_INCONCLUSIVE]);
    for (size_t i = 0; i < results->expectation_count; i++) {
        const struct ptl_expectation *one = &results->expectations[i];
        if (one->verdict == PTL_PASS)
            continue;
        struct ptl_target_names names;
        ptl_results_expectation_names(results, one, &names);
        bool failed = one->verdict == PTL_FAIL;
        ptl_buf_printf(&writing->line, "%s%s%s: ", writing->color && failed ? "\x1b[31m" : "",
                       failed ? "FAILED" : "INCONCLUSIVE",
                       writing->color && failed ? "\x1b[0m" : "");
        ptl_text_printf(&writing->line, "%s ", names.host);
        ptl_expectation_tell(results, one, &writing->line);
        ptl_buf_add_char(&writing->line, '\n');
        if (!ptl_writing_flush(writing))
            return false;
    }
    return true;
}

/* What held the run back, in one line, and when nothing answered. */
static void add_path(struct ptl_writing *writing)
{
    static const char *const by[PTL_LIMITED_BY_COUNT] = {
        [PTL_LIMITED_BY_LOCAL] = "this machine",
        [PTL_LIMITED_BY_TARGET] = "what targets answer",
        [PTL_LIMITED_BY_PATH] = "the path that all targets share",
        [PTL_LIMITED_BY_CEILING] = "the profile's concurrency or rate"};
    const struct ptl_path_info *path = &writing->results->run.path;
    struct ptl_buf *line = &writing->line;
    if (!writing->results->run.has_path)
        return;
    if (by[path->limited_by] != NULL) {
        ptl_buf_printf(line, "limited by %s", by[path->limited_by]);
        if (path->limit > 0)
            ptl_buf_printf(line, ": about %" PRIu64 " attempts a second", path->limit);
        ptl_buf_add_char(line, '\n');
    }
    uint64_t silent_ms = 0;
    for (size_t i = 0; i < path->outage_count; i++)
        silent_ms += path->outages[i].lasted_ms;
    if (path->outage_count > 0)
        ptl_buf_printf(line,
                       "fell silent %zu time%s, for %.1f s in all; what was asked meanwhile was "
                       "asked again\n",
                       path->outage_count, path->outage_count == 1 ? "" : "s",
                       (double)silent_ms / 1000);
}

/* A run that was resumed is of several times. */
static void add_resumed(struct ptl_writing *writing)
{
    const struct ptl_run_info *run = &writing->results->run;
    const struct ptl_resumed *resumed = &run->resumed;
    char text[PTL_DURATION_SIZE];
    if (run->segment_count == 0)
        return;
    ptl_buf_printf(&writing->line,
                   "resumed: %zu segments; %" PRIu64 " verdicts of those before, %" PRIu64
                   " probes asked again",
                   run->segment_count, resumed->taken_over, resumed->asked_again);
    if (resumed->oldest_ms > 0 && resumed->oldest_ms <= run->finished_ms)
        ptl_buf_printf(&writing->line, "; the oldest verdict is %s older than the end",
                       ptl_duration_tell((uint64_t)(run->finished_ms - resumed->oldest_ms), text));
    ptl_buf_add(&writing->line, "\n");
    if (resumed->salvaged)
        ptl_buf_add(&writing->line,
                    "salvaged from a damaged journal: what was lost in it was asked "
                    "again, or is unprobed\n");
}

static bool end(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    const struct ptl_summary *summary = &results->summary;
    if (!write_expectations(writing))
        return false;
    add_notes(writing);
    if (!write_merged(writing))
        return false;
    ptl_buf_add_char(&writing->line, '\n');
    add_path(writing);
    add_resumed(writing);
    if (results->estimate.basis != PTL_BASIS_NOT_RECORDED) {
        ptl_estimate_tell(results, &writing->line);
        ptl_buf_add_char(&writing->line, '\n');
    }
    ptl_buf_printf(&writing->line, "%" PRIu64 " target%s, %" PRIu64 " probe%s:", summary->targets,
                   summary->targets == 1 ? "" : "s", summary->probes,
                   summary->probes == 1 ? "" : "s");
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        if (s <= PTL_FILTERED || summary->states[s] > 0)
            ptl_buf_printf(&writing->line, "%s %" PRIu64 " %s", s == 0 ? "" : ",",
                           summary->states[s], ptl_state_names[s]);
    ptl_buf_printf(&writing->line, "; %.3f s, %.1f probes/s\n", results->run.elapsed_ms / 1000,
                   summary->probes_per_second);
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_text = {.begin = begin, .result = result, .end = end};
