/* The formats of what is told. `order` is that of hosts. Each false: no memory. */
#ifndef HISTORY_TELLERS_H
#define HISTORY_TELLERS_H

#include "history/telling.h"
#include "report/output.h"

bool ptl_tell_json(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);
bool ptl_tell_csv(const struct ptl_telling *telling, const size_t *order,
                  struct ptl_output *output);
bool ptl_tell_text(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);

/* The page. Of more than PTL_TIMELINE_RUNS_MAX runs, the newest. */
bool ptl_tell_html(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);
/*
 * Metrics for the textfile collector of Prometheus' node exporter, of all runs: when the last one
 * and the last complete one ended, and how far apart they usually are, so that a missed night is
 * seen though nothing writes any more.
 */
bool ptl_tell_prom(const struct ptl_telling *telling, const size_t *order,
                   struct ptl_output *output);

/* Seconds from a run's start to the next one's, of half of them at most; 0: fewer than three runs
 * tell nothing. False: no memory. */
bool ptl_telling_usual_s(const struct ptl_history *history, uint64_t *seconds);

/* Writes the line out and empties it. False: it has failed. */
bool ptl_tell_flush(struct ptl_buf *line, struct ptl_output *output);

#endif
