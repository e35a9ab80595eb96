/* What a history tells Prometheus: when there was a run, and when there should have been one. */
#include "history/tellers.h"
#include "report/prom_text.h"

#include <inttypes.h>

struct metrics {
    struct ptl_buf *text;
    const char *profile;
};

static void add_head(struct metrics *metrics, const char *name, const char *help)
{
    ptl_buf_printf(metrics->text,
                   "# HELP portolan_history_%s %s\n# TYPE portolan_history_%s gauge\n", name, help,
                   name);
}

/* The caller adds further labels, then `} VALUE`. */
static void add_series(struct metrics *metrics, const char *name)
{
    ptl_buf_printf(metrics->text, "portolan_history_%s{profile=\"", name);
    ptl_prom_add_value(metrics->text, metrics->profile);
    ptl_buf_add_char(metrics->text, '"');
}

static void add_gauge(struct metrics *metrics, const char *name, const char *help, double value)
{
    add_head(metrics, name, help);
    add_series(metrics, name);
    ptl_buf_printf(metrics->text, "} %.15g\n", value);
}

static void add_changes(struct metrics *metrics, const struct ptl_changes *changes)
{
    static const char *const names[PTL_CHANGE_KINDS] = {
        "opened",    "closed",    "perhaps-closed",    "flapping",
        "host-came", "host-gone", "host-perhaps-gone", "host-flapping"};
    add_head(metrics, "changes", "What changed with the last complete run.");
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
        add_series(metrics, "changes");
        ptl_buf_printf(metrics->text, ",change=\"%s\"} %" PRIu64 "\n", names[kind],
                       changes->lists[kind].all);
    }
}

/* Of the last complete run; NULL: there is none. */
static void add_complete(struct metrics *metrics, const struct ptl_history_run *run)
{
    /* 0 where there was none: what is always late raises the alarm that nothing at all would not.
     */
    add_gauge(metrics, "last_complete_timestamp_seconds",
              "When the last complete run ended; 0: never.",
              run != NULL ? (double)run->finished_ms / 1000 : 0);
    if (run == NULL)
        return;
    add_gauge(metrics, "open_ports", "Ports that the last complete run found open.",
              (double)run->states[PTL_OPEN]);
    if (run->changes.since[0] != '\0')
        add_changes(metrics, &run->changes);
}

bool ptl_tell_prom(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                   struct ptl_output *output)
{
    (void)order;
    const struct ptl_history *history = telling->history;
    struct metrics metrics = {.text = line, .profile = telling->name};
    size_t complete = history->run_count;
    uint64_t usual_s;
    if (!ptl_telling_usual_s(history, &usual_s))
        return false;
    add_gauge(&metrics, "runs", "Runs in the history.", (double)history->run_count);
    if (history->run_count > 0)
        add_gauge(&metrics, "last_run_timestamp_seconds", "When the last run ended.",
                  (double)history->runs[history->run_count - 1].finished_ms / 1000);
    if (usual_s > 0)
        add_gauge(&metrics, "interval_seconds", "How far apart runs usually begin.",
                  (double)usual_s);
    while (complete > 0 && !history->runs[complete - 1].complete)
        complete--;
    add_complete(&metrics, complete > 0 ? &history->runs[complete - 1] : NULL);
    return ptl_output_write_line(output, line);
}
