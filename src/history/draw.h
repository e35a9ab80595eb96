/* The page and the metrics of a history that was read. One thread. */
#ifndef HISTORY_DRAW_H
#define HISTORY_DRAW_H

#include "history/history.h"
#include "report/output.h"

struct ptl_history_view {
    const struct ptl_history *history;
    const char *profile; /* its name */
    size_t first;        /* runs before it are not told of */
    int64_t now_ms;      /* wall clock: what is overdue by then is */
};

/*
 * Writes the page: each port that was open in one of the runs, and what changed. Of more than
 * PTL_TIMELINE_RUNS_MAX runs, the newest. False: no memory; what `output` failed at it tells
 * itself.
 */
bool ptl_history_write_html(const struct ptl_history_view *view, struct ptl_output *output);

/*
 * Writes metrics for the textfile collector of Prometheus' node exporter: when the last run, and
 * the last complete one, ended, and how far apart runs usually are, so that a missed night is seen
 * though nothing writes any more. Of all runs. False as above.
 */
bool ptl_history_write_prom(const struct ptl_history_view *view, struct ptl_output *output);

/* Seconds from a run's start to the next one's, of half of them at most; 0: fewer than three runs
 * tell nothing. False: no memory. */
bool ptl_history_usual_s(const struct ptl_history *history, uint64_t *seconds);

#endif
