/* A comparison for people: what was compared, three tables, what flipped, what to use. */
#include "portolan/clock.h"
#include "portolan/compare.h"
#include "portolan/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define FLIPS_SHOWN 20
#define NAME_WIDTH_MAX 48

static void add_outside(struct ptl_buf *buf, const char *text)
{
    ptl_text_add_printable(buf, text);
}

/* Characters of UTF-8, near enough to columns for a table. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static int name_width(const struct ptl_comparison *comparison)
{
    int widest = 7;
    for (size_t i = 0; i < comparison->variant_count; i++) {
        int width = width_of(comparison->variants[i].name);
        widest = width > widest ? width : widest;
    }
    return widest < NAME_WIDTH_MAX ? widest : NAME_WIDTH_MAX;
}

static void add_name(struct ptl_buf *buf, const struct ptl_compared_variant *variant, int width)
{
    size_t before = buf->length;
    add_outside(buf, variant->name);
    for (int i = width_of(ptl_buf_text(buf) + before); i < width; i++)
        ptl_buf_add_char(buf, ' ');
}

/* ---- cells ---- */

#define CELL 32

static const char *time_cell(double ms, char cell[CELL])
{
    if (isnan(ms))
        return "-";
    if (ms < 1000)
        snprintf(cell, CELL, "%.1f ms", ms);
    else
        snprintf(cell, CELL, "%.2f s", ms / 1000);
    return cell;
}

static const char *range_cell(double low, double high, char cell[CELL])
{
    if (isnan(low))
        return "-";
    if (high < 1000)
        snprintf(cell, CELL, "%.1f-%.1f ms", low, high);
    else
        snprintf(cell, CELL, "%.2f-%.2f s", low / 1000, high / 1000);
    return cell;
}

static const char *ratio_cell(const struct ptl_interval *ratio, char cell[CELL])
{
    if (isnan(ratio->median))
        return "-";
    snprintf(cell, CELL, "%.2f (%.2f-%.2f)", ratio->median, ratio->low, ratio->high);
    return cell;
}

/* A share is only 100 % when nothing is missing. */
static const char *share_cell(double share, char cell[CELL])
{
    if (isnan(share))
        return "-";
    double percent = share < 1 && share > 0.9999 ? 99.99 : share * 100;
    snprintf(cell, CELL, share == 1 ? "100 %%" : "%.2f %%", percent);
    return cell;
}

/* A mean of whole numbers: without a point where it is one. */
static const char *mean_cell(double mean, char cell[CELL])
{
    if (isnan(mean))
        return "-";
    snprintf(cell, CELL, mean == floor(mean) ? "%.0f" : "%.1f", mean);
    return cell;
}

static const char *rtt_cell(const struct ptl_latency *rtt, char cell[CELL])
{
    if (rtt->count == 0)
        return "-";
    if (rtt->p99 < 1000)
        snprintf(cell, CELL, "%" PRIu32 "/%" PRIu32 "/%" PRIu32 " us", rtt->p50, rtt->p90,
                 rtt->p99);
    else
        snprintf(cell, CELL, "%.1f/%.1f/%.1f ms", rtt->p50 / 1000.0, rtt->p90 / 1000.0,
                 rtt->p99 / 1000.0);
    return cell;
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
    ptl_buf_printf(buf, "started %s, %u CPU%s, ", ptl_clock_rfc3339(comparison->started_ms, time),
                   comparison->cpus, comparison->cpus == 1 ? "" : "s");
    add_outside(buf, comparison->kernel);
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
        const struct ptl_interval *interval = &comparison->variants[i].elapsed_ms;
        if (!isnan(interval->median) && interval->coverage < least)
            least = interval->coverage;
    }
    return least;
}

static void add_speed(const struct ptl_comparison *comparison, int width, struct ptl_buf *buf)
{
    char a[CELL], b[CELL], c[CELL], d[CELL];
    ptl_buf_printf(buf, "\n%-*s %4s %10s %19s %19s %11s %19s  %s\n", width, "SPEED", "RUNS",
                   "MEDIAN", "INTERVAL", "MIN-MAX", "PROBES/S", "SPEED-UP", "VERDICT");
    for (size_t i = 0; i < comparison->variant_count; i++) {
        const struct ptl_compared_variant *variant = &comparison->variants[i];
        const struct ptl_interval *elapsed = &variant->elapsed_ms;
        add_name(buf, variant, width);
        ptl_buf_printf(buf, " %4zu %10s %19s %19s %11.0f %19s  %s\n", variant->run_count,
                       time_cell(elapsed->median, a), range_cell(elapsed->low, elapsed->high, b),
                       range_cell(elapsed->min, elapsed->max, d),
                       isnan(variant->probes_per_second) ? 0 : variant->probes_per_second,
                       variant->is_baseline ? "1" : ratio_cell(&variant->speedup, c),
                       ptl_pace_names[variant->verdict]);
    }
    ptl_buf_printf(buf,
                   "(the interval holds the median with %.1f %% or more; speed-up and verdict are "
                   "against the baseline, and\nwhat differs by less than %.0f %%, or with p above "
                   "%.2f by Mann-Whitney's test corrected by Holm, is a tie)\n",
                   floor(least_coverage(comparison) * 1000) / 10, PTL_SAME_SPEED * 100,
                   PTL_PACE_LEVEL);
}

static void add_truth(const struct ptl_comparison *comparison, int width, struct ptl_buf *buf)
{
    char cell[10][CELL];
    ptl_buf_printf(buf, "\n%-*s %8s %8s %6s %8s %9s %9s %9s %7s %8s\n", width, "OPEN PORTS",
                   "FOUND", "MISSED", "EXTRA", "RECALL", "PRECISION", "AGREEMENT", "FILTERED",
                   "ERROR", "RETRIED");
    for (size_t i = 0; i < comparison->variant_count; i++) {
        const struct ptl_compared_variant *variant = &comparison->variants[i];
        add_name(buf, variant, width);
        ptl_buf_printf(
            buf, " %8s %8s %6s %8s %9s %9s %9s %7s %8s\n", mean_cell(variant->found, cell[0]),
            mean_cell(variant->missed, cell[1]), mean_cell(variant->extra, cell[2]),
            share_cell(variant->recall, cell[3]), share_cell(variant->precision, cell[4]),
            share_cell(variant->agreement, cell[5]), mean_cell(variant->filtered, cell[6]),
            mean_cell(variant->error, cell[7]), mean_cell(variant->retried, cell[8]));
    }
    ptl_buf_add(buf,
                "(counts are means over the runs; agreement: of the ports that any of its runs "
                "saw open, the share that all did)\n");
}

static void add_cost(const struct ptl_comparison *comparison, int width, struct ptl_buf *buf)
{
    char a[CELL], b[CELL], c[CELL];
    ptl_buf_printf(buf, "\n%-*s %-10s %8s %7s %8s %22s %9s %9s %9s\n", width, "COST", "ENGINE",
                   "PERMITS", "WORKERS", "IN USE", "RTT 50/90/99 %", "USER", "SYSTEM", "MEMORY");
    for (size_t i = 0; i < comparison->variant_count; i++) {
        const struct ptl_compared_variant *variant = &comparison->variants[i];
        add_name(buf, variant, width);
        ptl_buf_printf(buf, " %-10s %8" PRIu32 " %7" PRIu32 " %8" PRIu32 " %22s %9s %9s %6.1f MB\n",
                       ptl_engine_names[variant->engine], variant->effective_concurrency,
                       variant->workers, variant->peak_in_flight, rtt_cell(&variant->rtt, a),
                       time_cell(variant->user_ms, b), time_cell(variant->system_ms, c),
                       (double)variant->peak_rss_kb / 1024);
    }
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
        ptl_buf_add(buf, "  ");
        add_outside(buf, flip->host);
        ptl_buf_printf(buf, " %u/tcp: ", flip->at.port);
        for (int s = 0; s < PTL_STATE_COUNT; s++) {
            if (flip->seen[s] == 0)
                continue;
            ptl_buf_printf(buf, "%s%s %" PRIu32, separator, ptl_state_names[s], flip->seen[s]);
            separator = ", ";
        }
        ptl_buf_add(buf, flip->in_reference ? "; missed by " : "; seen otherwise by ");
        for (size_t v = 0; v < flip->variant_count; v++) {
            ptl_buf_add(buf, v > 0 ? ", " : "");
            add_outside(buf, comparison->variants[flip->variants[v]].name);
        }
        ptl_buf_add_char(buf, '\n');
    }
    uint64_t shown = comparison->flip_count < FLIPS_SHOWN ? comparison->flip_count : FLIPS_SHOWN;
    if (comparison->flips_total > shown)
        ptl_buf_printf(buf, "  ... and %" PRIu64 " more\n", comparison->flips_total - shown);
}

void ptl_comparison_text(const struct ptl_comparison *comparison, struct ptl_buf *buf)
{
    int width = name_width(comparison);
    add_head(comparison, buf);
    add_speed(comparison, width, buf);
    add_truth(comparison, width, buf);
    add_cost(comparison, width, buf);
    add_flips(comparison, buf);
    if (comparison->warning_count > 0)
        ptl_buf_add_char(buf, '\n');
    for (size_t i = 0; i < comparison->warning_count; i++) {
        ptl_buf_add(buf, "warning: ");
        add_outside(buf, comparison->warnings[i]);
        ptl_buf_add_char(buf, '\n');
    }
    ptl_buf_add(buf, "\nRECOMMENDED: ");
    if (comparison->recommended < comparison->variant_count)
        add_outside(buf, comparison->variants[comparison->recommended].name);
    else
        ptl_buf_add(buf, "none");
    ptl_buf_add_char(buf, '\n');
    add_outside(buf, comparison->why);
    ptl_buf_add_char(buf, '\n');
}
