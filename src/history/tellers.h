/* The formats of what is told, a file each, and what they share. */
#ifndef HISTORY_TELLERS_H
#define HISTORY_TELLERS_H

#include "history/telling.h"
#include "report/output.h"

/* `order` is that of hosts, `line` an empty buffer for what is put together. False: no memory. */
typedef bool ptl_teller(const struct ptl_telling *telling, const size_t *order,
                        struct ptl_buf *line, struct ptl_output *output);
ptl_teller ptl_tell_json, ptl_tell_csv, ptl_tell_text;
/* The page. Of more than PTL_TIMELINE_RUNS_MAX runs, the newest. */
ptl_teller ptl_tell_html;
/*
 * Metrics for the textfile collector of Prometheus' node exporter, of all runs: when the last one
 * and the last complete one ended, and how far apart they usually are, so that a missed night is
 * seen though nothing writes any more.
 */
ptl_teller ptl_tell_prom;

/* Seconds from a run's start to the next one's, of half of them at most; 0: fewer than three runs
 * tell nothing. False: no memory. */
bool ptl_telling_usual_s(const struct ptl_history *history, uint64_t *seconds);

#endif
