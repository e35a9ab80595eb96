/* What a history tells Prometheus: when there was a run, and when there should have been one. */
#include "history/telling.h"
#include "report/prom_text.h"

static void add_changes(const struct ptl_prom *prom, const struct ptl_changes *changes)
{
    static const char *const names[PTL_CHANGE_KINDS] = {
        "opened",    "closed",    "perhaps-closed",    "flapping",
        "host-came", "host-gone", "host-perhaps-gone", "host-flapping"};
    ptl_prom_head(prom, "changes", "What changed with the last complete run.");
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++)
        ptl_prom_count(prom, "changes", "change", names[kind], changes->lists[kind].all);
}

/* Of the last complete run; NULL: there is none. */
static void add_complete(const struct ptl_prom *prom, const struct ptl_history_run *run)
{
    /* 0 where there was none: what is always late raises the alarm that nothing at all would not.
     */
    ptl_prom_gauge(prom, "last_complete_timestamp_seconds",
                   "When the last complete run ended; 0: never.",
                   run != NULL ? (double)run->finished_ms / 1000 : 0);
    if (run == NULL)
        return;
    ptl_prom_gauge(prom, "open_ports", "Ports that the last complete run found open.",
                   (double)run->states[PTL_OPEN]);
    if (run->changes.since[0] != '\0')
        add_changes(prom, &run->changes);
}

bool ptl_tell_prom(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                   struct ptl_output *output)
{
    (void)order;
    const struct ptl_history *history = telling->history;
    const struct ptl_prom prom = {line, "portolan_history_", telling->name};
    size_t complete = history->run_count;
    uint64_t usual_s;
    if (!ptl_telling_usual_s(history, &usual_s))
        return false;
    ptl_prom_gauge(&prom, "runs", "Runs in the history.", (double)history->run_count);
    if (history->run_count > 0)
        ptl_prom_gauge(&prom, "last_run_timestamp_seconds", "When the last run ended.",
                       (double)history->runs[history->run_count - 1].finished_ms / 1000);
    if (usual_s > 0)
        ptl_prom_gauge(&prom, "interval_seconds", "How far apart runs usually begin.",
                       (double)usual_s);
    while (complete > 0 && !history->runs[complete - 1].complete)
        complete--;
    add_complete(&prom, complete > 0 ? &history->runs[complete - 1] : NULL);
    return ptl_output_write_line(output, line);
}
