#include "history/tellers.h"

#include "base/clock.h"
#include "report/csv.h"

#include <inttypes.h>
#include <stdio.h>

#define CELLS 26
#define CELL_SIZE 64

/* A row that is filled cell by cell. */
struct row {
    char texts[CELLS][CELL_SIZE];
    const char *cells[CELLS];
    size_t count;
};

static void add_text(struct row *row, const char *text)
{
    row->cells[row->count++] = text;
}

static void add_number(struct row *row, uint64_t number)
{
    char *text = row->texts[row->count];
    snprintf(text, CELL_SIZE, "%" PRIu64, number);
    add_text(row, text);
}

static void add_decimal(struct row *row, double number, int decimals)
{
    char *text = row->texts[row->count];
    snprintf(text, CELL_SIZE, "%.*f", decimals, number);
    add_text(row, text);
}

static void add_time(struct row *row, int64_t ms)
{
    add_text(row, ptl_clock_rfc3339(ms, row->texts[row->count]));
}

static bool write_row(struct row *row, struct ptl_buf *line, struct ptl_output *output)
{
    ptl_csv_row(line, row->cells, row->count);
    row->count = 0;
    return ptl_output_write_line(output, line);
}

static void add_changes(struct row *row, const struct ptl_changes *changes,
                        enum ptl_change_kind first, enum ptl_change_kind last)
{
    for (int kind = (int)first; kind <= (int)last; kind++)
        add_number(row, changes->lists[kind].all);
}

static bool write_run(const struct ptl_history_run *run, struct ptl_buf *line,
                      struct ptl_output *output)
{
    struct row row = {.count = 0};
    add_time(&row, run->when_ms);
    add_text(&row, run->complete ? "true" : "false");
    add_decimal(&row, run->elapsed_ms, 3);
    add_number(&row, run->targets);
    add_number(&row, run->probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        add_number(&row, run->states[s]);
    add_changes(&row, &run->changes, PTL_CHANGED_OPENED, PTL_CHANGED_GONE);
    add_decimal(&row, run->probes_per_second, 1);
    if (run->limit > 0)
        add_number(&row, run->limit);
    else
        add_text(&row, "");
    if (run->estimate.known)
        add_number(&row, run->estimate.missed_at_most);
    else
        add_text(&row, "");
    if (run->rtt.count > 0)
        add_number(&row, run->rtt.p50);
    else
        add_text(&row, "");
    add_text(&row, run->file);
    add_text(&row, run->plan_sha256);
    add_changes(&row, &run->changes, PTL_CHANGED_PERHAPS_GONE, PTL_CHANGED_FLAPPING_HOST);
    return write_row(&row, line, output);
}

static bool write_port(const struct ptl_telling_port *port, struct ptl_buf *line,
                       struct ptl_output *output)
{
    struct row row = {.count = 0};
    add_text(&row, port->host);
    add_text(&row, port->ip);
    add_number(&row, port->port);
    add_text(&row, port->service != NULL ? port->service : "");
    add_text(&row, ptl_sight_names[port->now]);
    add_time(&row, port->first_open_ms);
    add_time(&row, port->last_open_ms);
    add_number(&row, port->open_runs);
    add_number(&row, port->known_runs);
    return write_row(&row, line, output);
}

bool ptl_tell_csv(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                  struct ptl_output *output)
{
    static const char *const runs[] = {"when",
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
                                       "changes_flapping_hosts"},
                             *const ports[] = {"host",      "ip",        "port",
                                               "service",   "now",       "first_open",
                                               "last_open", "open_runs", "known_runs"};
    const struct ptl_history *history = telling->history;
    if (telling->by_port) {
        struct ptl_telling_cursor cursor = {.host = 0};
        struct ptl_telling_port port;
        ptl_csv_row(line, ports, PTL_COUNT(ports));
        while (ptl_telling_next(telling, order, &cursor, &port))
            if (!write_port(&port, line, output))
                return false;
        return ptl_output_write_line(output, line);
    }
    ptl_csv_row(line, runs, PTL_COUNT(runs));
    for (size_t i = telling->first; i < history->run_count; i++)
        if (!write_run(&history->runs[i], line, output))
            return false;
    return ptl_output_write_line(output, line);
}
