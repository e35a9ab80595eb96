/* A history as a timeline, which is what the page takes. */
#include "history/telling.h"

#include "base/array.h"
#include "history/timeline.h"
#include "target/services.h"

#include <stdlib.h>
#include <string.h>

static const char letters[PTL_SIGHT_COUNT] = {
    [PTL_SIGHT_UNKNOWN] = PTL_SEEN_NOTHING, [PTL_SIGHT_OPEN] = PTL_SEEN_OPEN,
    [PTL_SIGHT_CONFIRMED] = PTL_SEEN_OPEN,  [PTL_SIGHT_CLOSED] = PTL_SEEN_CLOSED,
    [PTL_SIGHT_FILTERED] = PTL_SEEN_SILENT, [PTL_SIGHT_SHUT] = PTL_SEEN_NOT_OPEN,
    [PTL_SIGHT_PERHAPS] = PTL_SEEN_PERHAPS};

/* What flaps is not among the changes: the matrix shows it. */
static const struct {
    enum ptl_change_kind kind;
    const char *what;
} told[] = {{PTL_CHANGED_OPENED, "opened"},
            {PTL_CHANGED_CLOSED, "closed"},
            {PTL_CHANGED_PERHAPS_CLOSED, "perhaps closed"},
            {PTL_CHANGED_COME, "host came"},
            {PTL_CHANGED_GONE, "host gone"},
            {PTL_CHANGED_PERHAPS_GONE, "host perhaps gone"}};
enum { TOLD = sizeof(told) / sizeof(told[0]) };

struct drawing {
    const struct ptl_history *history;
    size_t first; /* run of the history that is the first of the timeline */
    struct ptl_timeline timeline;
    const size_t *order; /* of hosts, by address */
    char (*ips)[PTL_ADDRESS_SIZE];
    const struct ptl_history_row **origins; /* of rows */
    size_t change_capacity;
};

/*
 * The index names a port when it is open for the first time. Whole runs of the same plan before
 * that asked it as well, and did not find it open.
 */
static void see_before(const struct drawing *drawing, size_t named, char *seen)
{
    const struct ptl_history_run *runs = drawing->history->runs;
    for (size_t run = drawing->first; run < named; run++)
        if (runs[run].complete && strcmp(runs[run].plan_sha256, runs[named].plan_sha256) == 0)
            seen[run - drawing->first] = PTL_SEEN_NOT_OPEN;
}

static void see(const struct ptl_timeline *timeline, size_t row, char *seen)
{
    const struct drawing *drawing = timeline->context;
    const struct ptl_history_row *origin = drawing->origins[row];
    memset(seen, PTL_SEEN_NOTHING, timeline->run_count);
    see_before(drawing, origin->steps[0].run, seen);
    for (size_t i = 0; i < origin->step_count; i++) {
        size_t from = origin->steps[i].run;
        from = from > drawing->first ? from - drawing->first : 0;
        if (i + 1 < origin->step_count && origin->steps[i + 1].run <= drawing->first)
            continue;
        memset(seen + from, letters[origin->steps[i].seen], timeline->run_count - from);
    }
}

static bool add_runs(struct drawing *drawing)
{
    const struct ptl_history *history = drawing->history;
    struct ptl_timeline *timeline = &drawing->timeline;
    size_t count = history->run_count - drawing->first;
    timeline->runs = calloc(count + 1, sizeof(*timeline->runs));
    if (timeline->runs == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct ptl_history_run *run = &history->runs[drawing->first + i];
        timeline->runs[i] =
            (struct ptl_timeline_run){.started_ms = run->when_ms > 0 ? (uint64_t)run->when_ms : 0,
                                      .open = run->states[PTL_OPEN],
                                      .opened = run->changes.lists[PTL_CHANGED_OPENED].all,
                                      .closed = run->changes.lists[PTL_CHANGED_CLOSED].all,
                                      .speed = run->probes_per_second,
                                      .limit = run->limit,
                                      .is_complete = run->complete};
    }
    ptl_timeline_put_in_order(timeline->runs, count);
    timeline->run_count = count;
    return true;
}

static bool add_hosts(struct drawing *drawing)
{
    const struct ptl_history *history = drawing->history;
    struct ptl_timeline *timeline = &drawing->timeline;
    size_t count = history->host_count;
    timeline->hosts = calloc(count + 1, sizeof(*timeline->hosts));
    drawing->ips = calloc(count + 1, sizeof(*drawing->ips));
    if (timeline->hosts == NULL || drawing->ips == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct ptl_history_host *host = &history->hosts[drawing->order[i]];
        ptl_address_format(&host->address, drawing->ips[i]);
        timeline->hosts[i].ip = drawing->ips[i];
        timeline->hosts[i].name = host->name != NULL ? host->name : drawing->ips[i];
    }
    timeline->host_count = count;
    return true;
}

static bool add_rows(struct drawing *drawing)
{
    struct ptl_timeline *timeline = &drawing->timeline;
    timeline->rows = calloc(drawing->history->row_count + 1, sizeof(*timeline->rows));
    drawing->origins =
        calloc(drawing->history->row_count + 1, sizeof(const struct ptl_history_row *));
    if (timeline->rows == NULL || drawing->origins == NULL)
        return false;
    for (size_t h = 0; h < timeline->host_count; h++) {
        const struct ptl_history_host *host = &drawing->history->hosts[drawing->order[h]];
        for (size_t r = 0; r < host->row_count; r++) {
            const struct ptl_history_row *row = &host->rows[r];
            if (row->port == 0 || ptl_history_port(drawing->history, row, drawing->first).open == 0)
                continue;
            drawing->origins[timeline->row_count] = row;
            timeline->rows[timeline->row_count++] = (struct ptl_timeline_row){
                .host = h, .port = row->port, .service = ptl_service_name(row->port)};
        }
    }
    return true;
}

static bool add_changes(struct drawing *drawing)
{
    struct ptl_timeline *timeline = &drawing->timeline;
    for (size_t i = 0; i < timeline->run_count; i++) {
        const struct ptl_changes *changes = &drawing->history->runs[drawing->first + i].changes;
        for (size_t k = 0; k < TOLD; k++) {
            const struct ptl_changed_list *list = &changes->lists[told[k].kind];
            for (size_t c = 0; c < list->count; c++) {
                if (!PTL_ROOM(timeline->changes, drawing->change_capacity, timeline->change_count))
                    return false;
                timeline->changes[timeline->change_count++] =
                    (struct ptl_timeline_change){.run = i,
                                                 .host = list->items[c].host,
                                                 .port = list->items[c].port,
                                                 .what = told[k].what};
            }
        }
    }
    return true;
}

static size_t drawn_from(const struct ptl_history *history, size_t first)
{
    bool is_long = history->run_count - first > PTL_TIMELINE_RUNS_MAX;
    return is_long ? history->run_count - PTL_TIMELINE_RUNS_MAX : first;
}

bool ptl_telling_usual_s(const struct ptl_history *history, uint64_t *seconds)
{
    struct drawing drawing = {.history = history, .first = drawn_from(history, 0)};
    if (!add_runs(&drawing))
        return false;
    *seconds = ptl_timeline_usual_s(&drawing.timeline);
    free(drawing.timeline.runs);
    return true;
}

bool ptl_tell_html(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                   struct ptl_output *output)
{
    (void)line;
    struct drawing drawing = {.history = telling->history,
                              .order = order,
                              .first = drawn_from(telling->history, telling->first)};
    drawing.timeline.profile = telling->name;
    drawing.timeline.written_ms = (uint64_t)telling->now_ms;
    drawing.timeline.see = see;
    drawing.timeline.context = &drawing;
    bool good = add_runs(&drawing) && add_hosts(&drawing) && add_rows(&drawing) &&
                add_changes(&drawing) && ptl_timeline_write_html(&drawing.timeline, output);
    free(drawing.timeline.changes);
    free(drawing.origins);
    free(drawing.timeline.rows);
    free(drawing.ips);
    free(drawing.timeline.hosts);
    free(drawing.timeline.runs);
    return good;
}
