#include "report/csv.h"
#include "compare/compare.h"

#include <math.h>

static const char *const columns[] = {"variant",         "profile",
                                      "settings",        "baseline",
                                      "engine",          "concurrency",
                                      "workers",         "order",
                                      "round",           "started",
                                      "complete",        "failure",
                                      "elapsed_ms",      "probes_per_second",
                                      "probes",          "open",
                                      "closed",          "filtered",
                                      "error",           "unprobed",
                                      "retried",         "attempts",
                                      "found",           "missed",
                                      "extra",           "recall",
                                      "precision",       "rtt_p50_us",
                                      "rtt_p90_us",      "rtt_p99_us",
                                      "peak_in_flight",  "user_ms",
                                      "system_ms",       "peak_rss_kb",
                                      "missed_open",     "missed_open_at_most",
                                      "recall_at_least", "basis"};
static void add_settings(struct ptl_buf *row, const struct ptl_compared_variant *variant)
{
    struct ptl_buf settings;
    ptl_buf_init(&settings, PTL_COMPARISON_MAX);
    for (size_t i = 0; i < variant->setting_count; i++)
        ptl_buf_printf(&settings, "%s%s=%s", i > 0 ? ";" : "", variant->settings[i].key,
                       variant->settings[i].value);
    ptl_csv_add(row, ptl_buf_text(&settings));
    row->failed = row->failed || settings.failed;
    ptl_buf_free(&settings);
}

static void add_head(struct ptl_buf *row, const struct ptl_compared_variant *variant,
                     const struct ptl_compared_run *run)
{
    ptl_csv_add(row, variant->name);
    ptl_csv_add(row, variant->profile);
    add_settings(row, variant);
    ptl_csv_add(row, variant->is_baseline ? "true" : "false");
    ptl_csv_add(row, ptl_engine_names[variant->engine]);
    ptl_csv_add_number(row, variant->effective_concurrency);
    ptl_csv_add_number(row, variant->workers);
    ptl_csv_add_number(row, run->order);
    ptl_csv_add_number(row, run->round);
    ptl_csv_add_time(row, run->started_ms);
    ptl_csv_add(row, run->complete ? "true" : "false");
    ptl_csv_add(row, run->failure != NULL ? run->failure : "");
}

/* Adds a cell, empty where the value is not known. */
static void add_known(struct ptl_buf *row, bool is_known, int decimals, double value)
{
    ptl_csv_add_decimal(row, is_known ? value : NAN, decimals);
}

static void add_run(struct ptl_buf *row, const struct ptl_compared_run *run)
{
    bool has_run = run->failure == NULL, has_rtt = run->rtt.count > 0;
    const uint32_t rtt[] = {run->rtt.p50, run->rtt.p90, run->rtt.p99};
    add_known(row, has_run, 3, run->elapsed_ms);
    add_known(row, has_run, 3, run->probes_per_second);
    ptl_csv_add_number(row, run->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_csv_add_number(row, run->states[s]);
    ptl_csv_add_number(row, run->retried);
    ptl_csv_add_number(row, run->attempts);
    ptl_csv_add_number(row, run->found);
    ptl_csv_add_number(row, run->missed);
    ptl_csv_add_number(row, run->extra);
    add_known(row, has_run, 4, run->recall);
    add_known(row, has_run, 4, run->precision);
    for (int i = 0; i < 3; i++)
        add_known(row, has_rtt, 0, rtt[i]);
    ptl_csv_add_number(row, run->peak_in_flight);
    add_known(row, has_run, 3, run->user_ms);
    add_known(row, has_run, 3, run->system_ms);
    ptl_csv_add_number(row, run->peak_rss_kb);
    add_known(row, run->estimate.known, 2, run->estimate.missed);
    add_known(row, run->estimate.known, 0, (double)run->estimate.missed_at_most);
    add_known(row, run->estimate.known, 4, floor(run->estimate.recall_at_least * 1e4) / 1e4);
    ptl_csv_add(row, has_run ? ptl_basis_names[run->estimate.basis] : "");
}

void ptl_comparison_csv(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    ptl_csv_row(buf, columns, PTL_COUNT(columns));
    for (size_t v = 0; v < comparison->variant_count && !buf->failed; v++) {
        const struct ptl_compared_variant *variant = &comparison->variants[v];
        for (size_t i = 0; i < variant->run_count; i++) {
            add_head(buf, variant, &variant->runs[i]);
            add_run(buf, &variant->runs[i]);
            ptl_csv_end(buf);
        }
    }
}
