/* Prometheus' text exposition format, for the textfile collector of the node exporter. */
#include "report/prom_text.h"
#include "report/writer.h"

static struct ptl_prom prom_of(struct ptl_writing *writing)
{
    return (struct ptl_prom){&writing->line, "portolan_", writing->results->run.profile};
}

static void add_info(const struct ptl_prom *prom, const struct ptl_run_info *run)
{
    ptl_prom_head(prom, "run_info", "What ran: always 1.");
    ptl_prom_series(prom, "run_info");
    ptl_prom_label(prom, "version", run->tool_version);
    ptl_prom_label(prom, "engine", ptl_engine_names[run->engine]);
    ptl_buf_add(prom->line, "} 1\n");
}

static void add_run(const struct ptl_prom *prom, const struct ptl_results *results)
{
    add_info(prom, &results->run);
    ptl_prom_gauge(prom, "run_start_timestamp_seconds", "When the run started.",
                   (double)results->run.started_ms / 1000);
    ptl_prom_gauge(prom, "run_end_timestamp_seconds", "When the run ended.",
                   (double)results->run.finished_ms / 1000);
    ptl_prom_gauge(prom, "run_duration_seconds", "How long the run took.",
                   results->run.elapsed_ms / 1000);
    ptl_prom_gauge(prom, "run_complete",
                   "1 when every host resolved and every probe was made, else 0.",
                   ptl_report_incomplete(results) == NULL ? 1 : 0);
    ptl_prom_gauge(prom, "targets", "Addresses that the run was about.",
                   (double)results->summary.targets);
    ptl_prom_gauge(prom, "unresolved_hosts", "Hosts that did not resolve.",
                   (double)results->unresolved_count);
    ptl_prom_head(prom, "probes", "Probes by the state they ended in.");
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_prom_count(prom, "probes", "state", ptl_state_names[s], results->summary.states[s]);
}

static void add_path_gauge(const struct ptl_prom *prom, const char *name, const char *help,
                           double value)
{
    ptl_prom_head(prom, name, help);
    ptl_prom_series(prom, name);
    ptl_prom_label(prom, "via", "all");
    ptl_buf_printf(prom->line, "} %.15g\n", value);
}

/* Of a run with a history, since its last complete run. */
static void add_changes(const struct ptl_prom *prom, const struct ptl_changes *changes)
{
    int64_t since_ms;
    if (changes == NULL || !ptl_clock_parse_rfc3339(changes->since, &since_ms))
        return;
    ptl_prom_gauge(prom, "changes_since_timestamp_seconds",
                   "Start of the run that changes are counted since.", (double)since_ms / 1000);
    ptl_prom_head(prom, "changes", "What changed since then, by kind.");
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++)
        ptl_prom_count(prom, "changes", "kind", ptl_change_kinds[kind], changes->lists[kind].all);
}

/* What may have been missed; nothing where there is no telling. */
static void add_estimate(const struct ptl_prom *prom, const struct ptl_estimate *estimate)
{
    if (!estimate->known)
        return;
    ptl_prom_gauge(prom, "missed_open_ports", "Open ports that were missed, as expected.",
                   estimate->missed);
    ptl_prom_gauge(prom, "missed_open_ports_at_most", "No more were missed, at 95 percent.",
                   (double)estimate->missed_at_most);
    ptl_prom_gauge(prom, "recall_at_least",
                   "Share of the open ports that was found, at 95 percent.",
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
static void add_path(const struct ptl_prom *prom, const struct ptl_path_info *path)
{
    if (path->limit > 0)
        add_path_gauge(prom, "path_limit", "Attempts a second that were borne, at the end.",
                       (double)path->limit);
    ptl_prom_head(prom, "path_limited_by", "What held the run back: 1, else 0.");
    for (unsigned by = 0; by < PTL_LIMITED_BY_COUNT; by++) {
        ptl_prom_series(prom, "path_limited_by");
        ptl_prom_label(prom, "via", "all");
        ptl_prom_label(prom, "by", ptl_limited_by_names[by]);
        ptl_buf_printf(prom->line, "} %d\n", by == path->limited_by);
    }
    add_path_gauge(prom, "path_answers_per_second", "Answers a second over the run.",
                   (double)path->answers_per_second);
    if (path->round_trip_us > 0)
        add_path_gauge(prom, "path_round_trip_seconds", "Smoothed round trip at the end.",
                       path->round_trip_us / 1e6);
    add_path_gauge(prom, "path_sentinels_asked",
                   "Questions to ports that had answered, to tell loss from silence.",
                   (double)path->sentinels_asked);
    add_path_gauge(prom, "path_sentinels_lost", "Of these, those that went unanswered.",
                   (double)path->sentinels_lost);
    add_path_gauge(prom, "path_outages", "Times when what had answered fell silent.",
                   (double)path->outage_count);
    add_path_gauge(prom, "path_outage_seconds", "How long these lasted in all.",
                   outage_seconds(path));
    add_path_gauge(prom, "path_unanswered_peak",
                   "Attempts within 120 seconds that nothing answered, at most.",
                   path->unanswered_peak);
}

static bool write_expectations(struct ptl_writing *writing, const struct ptl_prom *prom)
{
    const struct ptl_results *results = writing->results;
    ptl_prom_head(prom, "expectations", "Expectations of the profile by verdict.");
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        ptl_prom_count(prom, "expectations", "verdict", ptl_verdict_names[v], results->verdicts[v]);
    ptl_prom_head(prom, "expectation_unmet", "An expectation that did not pass: always 1.");
    for (size_t i = 0; i < results->expectation_count; i++) {
        const struct ptl_expectation *one = &results->expectations[i];
        if (one->verdict == PTL_PASS)
            continue;
        struct ptl_target_names names;
        ptl_results_expectation_names(results, one, &names);
        ptl_prom_series(prom, "expectation_unmet");
        ptl_prom_label(prom, "host", names.host);
        ptl_prom_label(prom, "ip", names.ip);
        ptl_buf_add(&writing->line, ",port=\"");
        if (one->port != 0)
            ptl_buf_printf(&writing->line, "%u", one->port);
        ptl_buf_add_char(&writing->line, '"');
        ptl_prom_label(prom, "expected", ptl_expected_names[one->expected]);
        ptl_prom_label(prom, "state", ptl_state_names[one->state]);
        ptl_prom_label(prom, "verdict", ptl_verdict_names[one->verdict]);
        ptl_buf_add(&writing->line, "} 1\n");
        if (!ptl_writing_flush(writing))
            return false;
    }
    return true;
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    const struct ptl_prom prom = prom_of(writing);
    add_run(&prom, results);
    add_changes(&prom, results->changes);
    add_estimate(&prom, &results->estimate);
    if (results->run.has_path)
        add_path(&prom, &results->run.path);
    if (!write_expectations(writing, &prom))
        return false;
    ptl_prom_head(&prom, "open_port_info", "An open port: always 1.");
    return ptl_writing_flush(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    if (row->result->state != PTL_OPEN)
        return true;
    const struct ptl_prom prom = prom_of(writing);
    ptl_prom_series(&prom, "open_port_info");
    ptl_prom_label(&prom, "host", row->names->host);
    ptl_prom_label(&prom, "ip", row->names->ip);
    ptl_buf_printf(&writing->line, ",port=\"%u\"", row->result->port);
    ptl_prom_label(&prom, "service", row->service != NULL ? row->service : "");
    ptl_buf_add(&writing->line, "} 1\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_prom = {
    .begin = begin, .result = result, .end = ptl_writing_nothing};
