/* Prometheus' text exposition format, for the textfile collector of the node exporter. */
#include "report/prom_text.h"
#include "report/writer.h"

#include <inttypes.h>

static void add_label(struct ptl_buf *line, const char *name, const char *text)
{
    ptl_buf_printf(line, ",%s=\"", name);
    ptl_prom_add_value(line, text);
    ptl_buf_add_char(line, '"');
}

static void add_head(struct ptl_writing *writing, const char *name, const char *help)
{
    ptl_buf_printf(&writing->line, "# HELP portolan_%s %s\n# TYPE portolan_%s gauge\n", name, help,
                   name);
}

/* `portolan_NAME{profile="..."`: the caller adds further labels, then `} VALUE`. */
static void add_series(struct ptl_writing *writing, const char *name)
{
    ptl_buf_printf(&writing->line, "portolan_%s{profile=\"", name);
    ptl_prom_add_value(&writing->line, writing->results->run.profile);
    ptl_buf_add_char(&writing->line, '"');
}

static void add_gauge(struct ptl_writing *writing, const char *name, const char *help, double value)
{
    add_head(writing, name, help);
    add_series(writing, name);
    ptl_buf_printf(&writing->line, "} %.15g\n", value);
}

static void add_info(struct ptl_writing *writing)
{
    const struct ptl_run_info *run = &writing->results->run;
    add_head(writing, "run_info", "What ran: always 1.");
    add_series(writing, "run_info");
    add_label(&writing->line, "version", run->tool_version);
    add_label(&writing->line, "engine", ptl_engine_names[run->engine]);
    ptl_buf_add(&writing->line, "} 1\n");
}

static void add_run(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    add_info(writing);
    add_gauge(writing, "run_start_timestamp_seconds", "When the run started.",
              (double)results->run.started_ms / 1000);
    add_gauge(writing, "run_end_timestamp_seconds", "When the run ended.",
              (double)results->run.finished_ms / 1000);
    add_gauge(writing, "run_duration_seconds", "How long the run took.",
              results->run.elapsed_ms / 1000);
    add_gauge(writing, "run_complete",
              "1 when every host resolved and every probe was made, else 0.",
              ptl_report_incomplete(results) == NULL ? 1 : 0);
    add_gauge(writing, "targets", "Addresses that the run was about.",
              (double)results->summary.targets);
    add_gauge(writing, "unresolved_hosts", "Hosts that did not resolve.",
              (double)results->unresolved_count);
    add_head(writing, "probes", "Probes by the state they ended in.");
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        add_series(writing, "probes");
        add_label(&writing->line, "state", ptl_state_names[s]);
        ptl_buf_printf(&writing->line, "} %" PRIu64 "\n", results->summary.states[s]);
    }
}

static void add_path_gauge(struct ptl_writing *writing, const char *name, const char *help,
                           double value)
{
    add_head(writing, name, help);
    add_series(writing, name);
    add_label(&writing->line, "via", "all");
    ptl_buf_printf(&writing->line, "} %.15g\n", value);
}

/* Of a run with a history, since its last complete run. */
static void add_changes(struct ptl_writing *writing)
{
    const struct ptl_changes *changes = writing->results->changes;
    int64_t since_ms;
    if (changes == NULL || !ptl_clock_parse_rfc3339(changes->since, &since_ms))
        return;
    add_gauge(writing, "changes_since_timestamp_seconds",
              "Start of the run that changes are counted since.", (double)since_ms / 1000);
    add_head(writing, "changes", "What changed since then, by kind.");
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
        add_series(writing, "changes");
        add_label(&writing->line, "kind", ptl_change_kinds[kind]);
        ptl_buf_printf(&writing->line, "} %" PRIu64 "\n", changes->lists[kind].all);
    }
}

/* What may have been missed; nothing where there is no telling. */
static void add_estimate(struct ptl_writing *writing)
{
    const struct ptl_estimate *estimate = &writing->results->estimate;
    if (!estimate->known)
        return;
    add_gauge(writing, "missed_open_ports", "Open ports that were missed, as expected.",
              estimate->missed);
    add_gauge(writing, "missed_open_ports_at_most", "No more were missed, at 95 percent.",
              (double)estimate->missed_at_most);
    add_gauge(writing, "recall_at_least", "Share of the open ports that was found, at 95 percent.",
              estimate->recall_at_least);
}

static double outage_seconds(const struct ptl_path_info *path)
{
    uint64_t lasted_ms = 0;
    for (size_t i = 0; i < path->outage_count; i++)
        lasted_ms += path->outages[i].lasted_ms;
    return (double)lasted_ms / 1000;
}

/* run.paths: what held the run back. */
static void add_path(struct ptl_writing *writing)
{
    const struct ptl_path_info *path = &writing->results->run.path;
    if (!writing->results->run.has_path)
        return;
    if (path->limit > 0)
        add_path_gauge(writing, "path_limit", "Attempts a second that were borne, at the end.",
                       (double)path->limit);
    add_head(writing, "path_limited_by", "What held the run back: 1, else 0.");
    for (unsigned by = 0; by < PTL_LIMITED_BY_COUNT; by++) {
        add_series(writing, "path_limited_by");
        add_label(&writing->line, "via", "all");
        add_label(&writing->line, "by", ptl_limited_by_names[by]);
        ptl_buf_printf(&writing->line, "} %d\n", by == path->limited_by);
    }
    add_path_gauge(writing, "path_answers_per_second", "Answers a second over the run.",
                   (double)path->answers_per_second);
    if (path->round_trip_us > 0)
        add_path_gauge(writing, "path_round_trip_seconds", "Smoothed round trip at the end.",
                       path->round_trip_us / 1e6);
    add_path_gauge(writing, "path_sentinels_asked",
                   "Questions to ports that had answered, to tell loss from silence.",
                   (double)path->sentinels_asked);
    add_path_gauge(writing, "path_sentinels_lost", "Of these, those that went unanswered.",
                   (double)path->sentinels_lost);
    add_path_gauge(writing, "path_outages", "Times when what had answered fell silent.",
                   (double)path->outage_count);
    add_path_gauge(writing, "path_outage_seconds", "How long these lasted in all.",
                   outage_seconds(path));
    add_path_gauge(writing, "path_unanswered_peak",
                   "Attempts within 120 seconds that nothing answered, at most.",
                   path->unanswered_peak);
}

static bool write_expectations(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    add_head(writing, "expectations", "Expectations of the profile by verdict.");
    for (int v = 0; v < PTL_VERDICT_COUNT; v++) {
        add_series(writing, "expectations");
        add_label(&writing->line, "verdict", ptl_verdict_names[v]);
        ptl_buf_printf(&writing->line, "} %" PRIu64 "\n", results->verdicts[v]);
    }
    add_head(writing, "expectation_unmet", "An expectation that did not pass: always 1.");
    for (size_t i = 0; i < results->expectation_count; i++) {
        const struct ptl_expectation *one = &results->expectations[i];
        if (one->verdict == PTL_PASS)
            continue;
        struct ptl_target_names names;
        ptl_results_expectation_names(results, one, &names);
        add_series(writing, "expectation_unmet");
        add_label(&writing->line, "host", names.host);
        add_label(&writing->line, "ip", names.ip);
        ptl_buf_add(&writing->line, ",port=\"");
        if (one->port != 0)
            ptl_buf_printf(&writing->line, "%u", one->port);
        ptl_buf_add_char(&writing->line, '"');
        add_label(&writing->line, "expected", ptl_expected_names[one->expected]);
        add_label(&writing->line, "state", ptl_state_names[one->state]);
        add_label(&writing->line, "verdict", ptl_verdict_names[one->verdict]);
        ptl_buf_add(&writing->line, "} 1\n");
        if (!ptl_writing_flush(writing))
            return false;
    }
    return true;
}

static bool begin(struct ptl_writing *writing)
{
    add_run(writing);
    add_changes(writing);
    add_estimate(writing);
    add_path(writing);
    if (!write_expectations(writing))
        return false;
    add_head(writing, "open_port_info", "An open port: always 1.");
    return ptl_writing_flush(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    if (row->result->state != PTL_OPEN)
        return true;
    add_series(writing, "open_port_info");
    add_label(&writing->line, "host", row->names->host);
    add_label(&writing->line, "ip", row->names->ip);
    ptl_buf_printf(&writing->line, ",port=\"%u\"", row->result->port);
    add_label(&writing->line, "service", row->service != NULL ? row->service : "");
    ptl_buf_add(&writing->line, "} 1\n");
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    (void)writing;
    return true;
}

const struct ptl_writer ptl_writer_prom = {
    .name = "prom", .extension = "prom", .begin = begin, .result = result, .end = end};
