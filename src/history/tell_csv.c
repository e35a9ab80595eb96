#include "history/telling.h"

#include "report/csv.h"

#include <math.h>

static const char *const run_columns[] = {"when",
                                          "complete",
                                          "elapsed_ms",
                                          "targets",
                                          "probes",
                                          "open",
                                          "closed",
                                          "filtered",
                                          "error",
                                          "unprobed",
                                          "changes_opened",
                                          "changes_closed",
                                          "changes_perhaps_closed",
                                          "changes_flapping",
                                          "changes_come",
                                          "changes_gone",
                                          "probes_per_second",
                                          "limit",
                                          "missed_open_at_most",
                                          "rtt_p50_us",
                                          "file",
                                          "plan_sha256",
                                          "changes_perhaps_gone",
                                          "changes_flapping_hosts"};
static const char *const port_columns[] = {
    "host", "ip", "port", "service", "now", "first_open", "last_open", "open_runs", "known_runs"};

static void add_changes(struct ptl_buf *row, const struct ptl_changes *changes,
                        enum ptl_change_kind first, enum ptl_change_kind last)
{
    for (int kind = (int)first; kind <= (int)last; kind++)
        ptl_csv_add_number(row, changes->lists[kind].all);
}

/* Empty where it is not known. */
static void add_known(struct ptl_buf *row, bool is_known, uint64_t number)
{
    ptl_csv_add_decimal(row, is_known ? (double)number : NAN, 0);
}

static void add_run(struct ptl_buf *row, const struct ptl_history_run *run)
{
    ptl_csv_add_time(row, run->when_ms);
    ptl_csv_add(row, run->complete ? "true" : "false");
    ptl_csv_add_decimal(row, run->elapsed_ms, 3);
    ptl_csv_add_number(row, run->targets);
    ptl_csv_add_number(row, run->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_csv_add_number(row, run->states[s]);
    add_changes(row, &run->changes, PTL_CHANGED_OPENED, PTL_CHANGED_GONE);
    ptl_csv_add_decimal(row, run->probes_per_second, 1);
    add_known(row, run->limit > 0, run->limit);
    add_known(row, run->estimate.known, run->estimate.missed_at_most);
    add_known(row, run->rtt.count > 0, run->rtt.p50);
    ptl_csv_add(row, run->file);
    ptl_csv_add(row, run->plan_sha256);
    add_changes(row, &run->changes, PTL_CHANGED_PERHAPS_GONE, PTL_CHANGED_FLAPPING_HOST);
    ptl_csv_end(row);
}

static void add_port(struct ptl_buf *row, const struct ptl_telling_port *port)
{
    ptl_csv_add(row, port->host);
    ptl_csv_add(row, port->ip);
    ptl_csv_add_number(row, port->port);
    ptl_csv_add(row, port->service != NULL ? port->service : "");
    ptl_csv_add(row, ptl_sight_names[port->now]);
    ptl_csv_add_time(row, port->first_open_ms);
    ptl_csv_add_time(row, port->last_open_ms);
    ptl_csv_add_number(row, port->open_runs);
    ptl_csv_add_number(row, port->known_runs);
    ptl_csv_end(row);
}

bool ptl_tell_csv(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                  struct ptl_output *output)
{
    const struct ptl_history *history = telling->history;
    struct ptl_telling_cursor cursor = {.host = 0};
    struct ptl_telling_port port;
    bool good = true;
    if (telling->by_port)
        ptl_csv_row(line, port_columns, PTL_COUNT(port_columns));
    else
        ptl_csv_row(line, run_columns, PTL_COUNT(run_columns));
    while (good && telling->by_port && ptl_telling_next(telling, order, &cursor, &port)) {
        add_port(line, &port);
        good = ptl_output_write_line(output, line);
    }
    for (size_t i = telling->first; good && !telling->by_port && i < history->run_count; i++) {
        add_run(line, &history->runs[i]);
        good = ptl_output_write_line(output, line);
    }
    return good && ptl_output_write_line(output, line);
}
