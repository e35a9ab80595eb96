#include "report/csv.h"
#include "base/clock.h"
#include "compare/compare.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

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
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

struct row {
    struct ptl_buf text; /* the fields, each with its NUL */
    size_t starts[COLUMNS];
    size_t count;
};

static void add(struct row *row, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct row *row, const char *format, ...)
{
    va_list args;
    char *field = NULL;
    va_start(args, format);
    int length = vasprintf(&field, format, args);
    va_end(args);
    row->starts[row->count++] = row->text.length;
    if (length < 0) {
        row->text.failed = true;
        return;
    }
    ptl_buf_add_bytes(&row->text, field, (size_t)length + 1);
    free(field);
}

/* Empty where it is not known. */
static void add_known(struct row *row, bool is_known, int decimals, double value)
{
    if (is_known && !isnan(value))
        add(row, "%.*f", decimals, value);
    else
        add(row, "%s", "");
}

static void add_settings(struct row *row, const struct ptl_compared_variant *variant)
{
    row->starts[row->count++] = row->text.length;
    for (size_t i = 0; i < variant->setting_count; i++)
        ptl_buf_printf(&row->text, "%s%s=%s", i > 0 ? ";" : "", variant->settings[i].key,
                       variant->settings[i].value);
    ptl_buf_add_bytes(&row->text, "", 1);
}

static void add_head(struct row *row, const struct ptl_compared_variant *variant,
                     const struct ptl_compared_run *run)
{
    char time[PTL_RFC3339_SIZE];
    add(row, "%s", variant->name);
    add(row, "%s", variant->profile);
    add_settings(row, variant);
    add(row, "%s", variant->is_baseline ? "true" : "false");
    add(row, "%s", ptl_engine_names[variant->engine]);
    add(row, "%" PRIu32, variant->effective_concurrency);
    add(row, "%" PRIu32, variant->workers);
    add(row, "%u", run->order);
    add(row, "%u", run->round);
    add(row, "%s", ptl_clock_rfc3339(run->started_ms, time));
    add(row, "%s", run->complete ? "true" : "false");
    add(row, "%s", run->failure != NULL ? run->failure : "");
}

static void add_run(struct row *row, const struct ptl_compared_run *run)
{
    bool has_run = run->failure == NULL, has_rtt = run->rtt.count > 0;
    const uint32_t rtt[] = {run->rtt.p50, run->rtt.p90, run->rtt.p99};
    add_known(row, has_run, 3, run->elapsed_ms);
    add_known(row, has_run, 3, run->probes_per_second);
    add(row, "%" PRIu64, run->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        add(row, "%" PRIu64, run->states[s]);
    add(row, "%" PRIu64, run->retried);
    add(row, "%" PRIu64, run->attempts);
    add(row, "%" PRIu64, run->found);
    add(row, "%" PRIu64, run->missed);
    add(row, "%" PRIu64, run->extra);
    add_known(row, has_run, 4, run->recall);
    add_known(row, has_run, 4, run->precision);
    for (int i = 0; i < 3; i++)
        add_known(row, has_rtt, 0, rtt[i]);
    add(row, "%" PRIu32, run->peak_in_flight);
    add_known(row, has_run, 3, run->user_ms);
    add_known(row, has_run, 3, run->system_ms);
    add(row, "%" PRIu64, run->peak_rss_kb);
    add_known(row, run->estimate.known, 2, run->estimate.missed);
    add_known(row, run->estimate.known, 0, (double)run->estimate.missed_at_most);
    add_known(row, run->estimate.known, 4, floor(run->estimate.recall_at_least * 1e4) / 1e4);
    add(row, "%s", has_run ? ptl_basis_names[run->estimate.basis] : "");
}

static void write_row(struct ptl_buf *buf, const struct row *row)
{
    const char *fields[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        fields[i] = row->text.data + row->starts[i];
    ptl_csv_row(buf, fields, COLUMNS);
}

void ptl_comparison_csv(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    struct row row = {.count = 0};
    ptl_buf_init(&row.text, PTL_COMPARISON_MAX);
    ptl_csv_row(buf, columns, COLUMNS);
    for (size_t v = 0; v < comparison->variant_count && !buf->failed; v++) {
        const struct ptl_compared_variant *variant = &comparison->variants[v];
        for (size_t i = 0; i < variant->run_count; i++) {
            row.count = 0;
            ptl_buf_reset(&row.text);
            add_head(&row, variant, &variant->runs[i]);
            add_run(&row, &variant->runs[i]);
            if (row.text.failed)
                buf->failed = true;
            else
                write_row(buf, &row);
        }
    }
    ptl_buf_free(&row.text);
}
