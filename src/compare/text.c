/* A comparison for people: what was compared, three tables, what flipped, what to use. */
#include "base/text.h"
#include "base/clock.h"
#include "compare/compare.h"
#include "compare/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#define FLIPS_SHOWN 20

/* ---- cells ---- */

#define CELL PTL_TABLE_CELL

/* What `format` makes of what stands behind it; of a number that is not known "-". */
static void set_known(char cell[CELL], double number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void set_known(char cell[CELL], double number, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(cell, CELL, isnan(number) ? "-" : format, arguments);
    va_end(arguments);
}

static void set_time(char cell[CELL], double ms)
{
    if (ms < 1000)
        set_known(cell, ms, "%.1f ms", ms);
    else
        set_known(cell, ms, "%.2f s", ms / 1000);
}

static void set_range(char cell[CELL], double low, double high)
{
    if (high < 1000)
        set_known(cell, low, "%.1f-%.1f ms", low, high);
    else
        set_known(cell, low, "%.2f-%.2f s", low / 1000, high / 1000);
}

/* A share is only 100 % when nothing is missing. */
static void set_share(char cell[CELL], double share)
{
    double percent = share < 1 && share > 0.9999 ? 99.99 : share * 100;
    set_known(cell, share, share == 1 ? "%.0f %%" : "%.2f %%", percent);
}

/* A mean of whole numbers: without a point where it is one. */
static void set_mean(char cell[CELL], double mean)
{
    set_known(cell, mean, mean == floor(mean) ? "%.0f" : "%.1f", mean);
}

static void set_rtt(char cell[CELL], const struct ptl_latency *rtt)
{
    if (rtt->count == 0)
        snprintf(cell, CELL, "-");
    else if (rtt->p99 < 1000)
        snprintf(cell, CELL, "%" PRIu32 "/%" PRIu32 "/%" PRIu32 " us", rtt->p50, rtt->p90,
                 rtt->p99);
    else
        snprintf(cell, CELL, "%.1f/%.1f/%.1f ms", rtt->p50 / 1000.0, rtt->p90 / 1000.0,
                 rtt->p99 / 1000.0);
}

/* ---- parts ---- */

static void add_head(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    char time[PTL_RFC3339_SIZE];
    ptl_buf_printf(
        buf, "portolan %s, comparison of %zu variant%s, %u run%s each after %u warm-up%s\n",
        comparison->tool_version, comparison->variant_count,
        comparison->variant_count == 1 ? "" : "s", comparison->repeat,
        comparison->repeat == 1 ? "" : "s", comparison->warmup, comparison->warmup == 1 ? "" : "s");
    ptl_text_printf(buf, "started %s, %u CPU%s, %s",
                    ptl_clock_rfc3339(comparison->started_ms, time), comparison->cpus,
                    comparison->cpus == 1 ? "" : "s", comparison->kernel);
    ptl_buf_add(buf, comparison->complete          ? "\nCOMPLETE\n"
                     : comparison->stopped_by != 0 ? "\nINCOMPLETE: stopped by a signal\n"
                                                   : "\nINCOMPLETE: runs failed\n");
    ptl_buf_printf(buf, "reference: %zu open port%s, %s\n", comparison->open_count,
                   comparison->open_count == 1 ? "" : "s",
                   comparison->reference == PTL_REFERENCE_EXPECT
                       ? "those that the profiles' expect lists name"
                       : "the union of those seen open by two runs or more, or confirmed");
}

static double least_coverage(const struct ptl_comparison *comparison)
{
    double least = 1;
    for (size_t i = 0; i < comparison->variant_count; i++) {
        const struct ptl_spread *interval = &comparison->variants[i].elapsed_ms;
        if (!isnan(interval->median) && interval->coverage < least)
            least = interval->coverage;
    }
    return least;
}

static const char *variant_name(const void *context, size_t row)
{
    const struct ptl_comparison *comparison = context;
    return comparison->variants[row].name;
}

static void add_table(const struct ptl_comparison *comparison, const char *title,
                      const struct ptl_table_column *columns, size_t count,
                      void (*fill)(const void *, size_t, char[][CELL]), struct ptl_buf *buf)
{
    struct ptl_table table = {.title = title,
                              .columns = columns,
                              .column_count = count,
                              .row_count = comparison->variant_count,
                              .context = comparison,
                              .name = variant_name,
                              .fill = fill};
    ptl_table_add(&table, buf);
}

static void fill_speed(const void *context, size_t row, char cells[][CELL])
{
    const struct ptl_comparison *comparison = context;
    const struct ptl_compared_variant *variant = &comparison->variants[row];
    const struct ptl_spread *elapsed = &variant->elapsed_ms, *ratio = &variant->speedup;
    snprintf(cells[0], CELL, "%zu", variant->run_count);
    set_time(cells[1], elapsed->median);
    set_range(cells[2], elapsed->low, elapsed->high);
    set_range(cells[3], elapsed->min, elapsed->max);
    snprintf(cells[4], CELL, "%.0f",
             isnan(variant->probes_per_second) ? 0 : variant->probes_per_second);
    if (variant->is_baseline)
        snprintf(cells[5], CELL, "1");
    else
        set_known(cells[5], ratio->median, "%.2f (%.2f-%.2f)", ratio->median, ratio->low,
                  ratio->high);
    snprintf(cells[6], CELL, "%s", ptl_pace_names[variant->verdict]);
}

static void add_speed(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    static const struct ptl_table_column columns[] = {
        {"RUNS", 3, false},    {"MEDIAN", 0, false},   {"INTERVAL", 1, false},
        {"MIN-MAX", 4, false}, {"PROBES/S", 2, false}, {"SPEED-UP", 0, false},
        {"VERDICT", 0, true},
    };
    add_table(comparison, "SPEED", columns, 7, fill_speed, buf);
    ptl_buf_printf(
        buf,
        "SPEED-UP: how many times as fast as the baseline (2: half its time; below 1:\n"
        "slower), in brackets its interval. An interval holds the median with %.1f %% or\n"
        "more. A tie: times that differ by less than %.0f %%, or with p above %.2f by\n"
        "Mann-Whitney's test corrected by Holm.\n",
        floor(least_coverage(comparison) * 1000) / 10, PTL_SAME_SPEED * 100, PTL_PACE_LEVEL);
}

static void fill_truth(const void *context, size_t row, char cells[][CELL])
{
    const struct ptl_comparison *comparison = context;
    const struct ptl_compared_variant *variant = &comparison->variants[row];
    set_mean(cells[0], variant->found);
    set_mean(cells[1], variant->missed);
    set_mean(cells[2], variant->extra);
    set_share(cells[3], variant->recall);
    set_share(cells[4], variant->recall_at_least);
    set_share(cells[5], variant->precision);
    set_share(cells[6], variant->agreement);
    set_mean(cells[7], variant->filtered);
    set_mean(cells[8], variant->error);
    set_mean(cells[9], variant->retried);
}

static void add_truth(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    static const struct ptl_table_column columns[] = {
        {"FOUND", 0, false},     {"MISSED", 0, false},   {"EXTRA", 1, false},
        {"RECALL", 0, false},    {"AT LEAST", 0, false}, {"PRECISION", 4, false},
        {"AGREEMENT", 3, false}, {"FILTERED", 2, false}, {"ERROR", 1, false},
        {"RETRIED", 5, false},
    };
    add_table(comparison, "OPEN PORTS", columns, 10, fill_truth, buf);
    ptl_buf_add(buf,
                "Counts are means over the runs. AGREEMENT: of the ports that any of its runs saw\n"
                "open, the share that all did. AT LEAST: the recall that the runs say of\n"
                "themselves (95 %), by the least sure of them.\n");
}

static void fill_cost(const void *context, size_t row, char cells[][CELL])
{
    const struct ptl_comparison *comparison = context;
    const struct ptl_compared_variant *variant = &comparison->variants[row];
    snprintf(cells[0], CELL, "%s", ptl_engine_names[variant->engine]);
    snprintf(cells[1], CELL, "%" PRIu32, variant->effective_concurrency);
    snprintf(cells[2], CELL, "%" PRIu32, variant->workers);
    snprintf(cells[3], CELL, "%" PRIu32, variant->peak_in_flight);
    set_rtt(cells[4], &variant->rtt);
    set_time(cells[5], variant->user_ms);
    set_time(cells[6], variant->system_ms);
    snprintf(cells[7], CELL, "%.1f MB", (double)variant->peak_rss_kb / 1024);
}

static void add_cost(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    static const struct ptl_table_column columns[] = {
        {"ENGINE", 2, true},  {"PERMITS", 0, false},        {"WORKERS", 5, false},
        {"IN USE", 3, false}, {"RTT 50/90/99 %", 4, false}, {"USER", 0, false},
        {"SYSTEM", 1, false}, {"MEMORY", 0, false},
    };
    add_table(comparison, "COST", columns, 8, fill_cost, buf);
}

static void add_flips(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    if (comparison->flips_total == 0) {
        ptl_buf_add(buf, "\nno port looked different from one run to another\n");
        return;
    }
    ptl_buf_printf(buf,
                   "\n%" PRIu64 " port%s did not look the same in all runs, %" PRIu64
                   " of them open at times\n",
                   comparison->flips_total, comparison->flips_total == 1 ? "" : "s",
                   comparison->flips_of_open);
    for (size_t i = 0; i < comparison->flip_count && i < FLIPS_SHOWN; i++) {
        const struct ptl_flip *flip = &comparison->flips[i];
        const char *separator = "";
        ptl_text_printf(buf, "  %s %u/tcp: ", flip->host, flip->at.port);
        for (int s = 0; s < PTL_STATE_COUNT; s++) {
            if (flip->seen[s] == 0)
                continue;
            ptl_buf_printf(buf, "%s%s %" PRIu32, separator, ptl_state_names[s], flip->seen[s]);
            separator = ", ";
        }
        ptl_buf_add(buf, flip->in_reference ? "; missed by " : "; seen otherwise by ");
        for (size_t v = 0; v < flip->variant_count; v++)
            ptl_text_line(buf, "%s%s", v > 0 ? ", " : "", flip->variants[v]);
    }
    uint64_t shown = comparison->flip_count < FLIPS_SHOWN ? comparison->flip_count : FLIPS_SHOWN;
    if (comparison->flips_total > shown)
        ptl_buf_printf(buf, "  ... and %" PRIu64 " more\n", comparison->flips_total - shown);
}

void ptl_comparison_text(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    add_head(comparison, buf);
    add_speed(comparison, buf);
    add_truth(comparison, buf);
    add_cost(comparison, buf);
    add_flips(comparison, buf);
    if (comparison->warning_count > 0)
        ptl_buf_add_char(buf, '\n');
    for (size_t i = 0; i < comparison->warning_count; i++)
        ptl_text_line(buf, "warning: %s", comparison->warnings[i]);
    ptl_buf_add_char(buf, '\n');
    ptl_text_line(buf, "RECOMMENDED: %s",
                  comparison->recommended != NULL ? comparison->recommended : "none");
    ptl_text_add_printable(buf, comparison->why);
    ptl_buf_add_char(buf, '\n');
}
