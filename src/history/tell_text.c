#include "history/telling.h"

#include "base/clock.h"
#include "base/text.h"
#include "report/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LISTED 20 /* of each kind of change, in a run */

struct text {
    const struct ptl_telling *telling;
    struct ptl_output *output;
    struct ptl_buf *line;
};

static bool flush(struct text *text)
{
    return ptl_output_write_line(text->output, text->line);
}

/* To the minute, as people read it. */
static const char *tell_time(int64_t ms, char time[PTL_RFC3339_SIZE])
{
    ptl_clock_rfc3339(ms, time);
    time[10] = ' ';
    time[16] = '\0';
    return time;
}

static bool write_head(struct text *text)
{
    const struct ptl_history *history = text->telling->history;
    char first[PTL_RFC3339_SIZE], last[PTL_RFC3339_SIZE];
    size_t count = history->run_count - text->telling->first, complete = 0;
    for (size_t i = text->telling->first; i < history->run_count; i++)
        complete += history->runs[i].complete;
    ptl_text_printf(text->line, "history of %s (%s): %zu run%s", text->telling->name,
                    text->telling->folder, count, count == 1 ? "" : "s");
    if (count > 0)
        ptl_buf_printf(text->line, ", %zu of them complete, from %s to %s UTC", complete,
                       tell_time(history->runs[text->telling->first].when_ms, first),
                       tell_time(history->runs[history->run_count - 1].when_ms, last));
    ptl_buf_add_char(text->line, '\n');
    return flush(text);
}

/* "+2 -1 ?1": what came and went, with the hosts. */
static void add_counts(struct text *text, const struct ptl_changes *changes)
{
    static const char *const marks[PTL_CHANGE_KINDS] = {
        "+", "-", "perhaps -", "~", "+host ", "-host ", "perhaps -host ", "~host "};
    const char *blank = "";
    for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
        if (changes->lists[kind].all == 0)
            continue;
        ptl_buf_printf(text->line, "%s%s%" PRIu64, blank, marks[kind], changes->lists[kind].all);
        blank = " ";
    }
    if (blank[0] == '\0')
        ptl_buf_add(text->line, changes->since[0] != '\0' ? "none" : "-");
}

static bool write_runs(struct text *text)
{
    const struct ptl_history *history = text->telling->history;
    ptl_buf_printf(text->line, "\n%-18s%-12s%8s%8s%8s%12s%10s  %s\n", "WHEN (UTC)", "STATUS",
                   "HOSTS", "OPEN", "MISSED", "PROBES/S", "LIMIT", "CHANGES");
    for (size_t i = text->telling->first; i < history->run_count; i++) {
        const struct ptl_history_run *run = &history->runs[i];
        char time[PTL_RFC3339_SIZE], missed[24] = "?", limit[24] = "-";
        if (run->estimate.known)
            snprintf(missed, sizeof(missed), "%s%" PRIu64,
                     run->estimate.missed_at_most > 0 ? "<=" : "", run->estimate.missed_at_most);
        if (run->limit > 0)
            snprintf(limit, sizeof(limit), "%" PRIu64, run->limit);
        ptl_buf_printf(text->line, "%-18s%-12s%8" PRIu64 "%8" PRIu64 "%8s%12.0f%10s  ",
                       tell_time(run->when_ms, time), run->complete ? "complete" : "INCOMPLETE",
                       run->targets, run->states[PTL_OPEN], missed, run->probes_per_second, limit);
        add_counts(text, &run->changes);
        ptl_buf_add_char(text->line, '\n');
        if (!flush(text))
            return false;
    }
    return true;
}

static bool write_list(struct text *text, const struct ptl_history_run *run,
                       enum ptl_change_kind kind)
{
    const struct ptl_changed_list *list = &run->changes.lists[kind];
    const char *word = ptl_change_word(kind);
    char time[PTL_RFC3339_SIZE];
    size_t listed = list->count < LISTED ? list->count : LISTED;
    tell_time(run->when_ms, time);
    for (size_t i = 0; i < listed; i++) {
        ptl_buf_printf(text->line, "%-18s%-16s", time, word);
        ptl_change_tell(&list->items[i], text->line);
        ptl_buf_add_char(text->line, '\n');
        if (!flush(text))
            return false;
    }
    if (list->all > listed)
        ptl_buf_printf(text->line, "%-18s%-16s%" PRIu64 " more\n", time, word, list->all - listed);
    return flush(text);
}

static bool write_changes(struct text *text)
{
    const struct ptl_history *history = text->telling->history;
    bool any = false;
    for (size_t i = text->telling->first; i < history->run_count; i++) {
        const struct ptl_history_run *run = &history->runs[i];
        for (int kind = 0; kind < PTL_CHANGE_KINDS; kind++) {
            if (run->changes.lists[kind].all == 0)
                continue;
            ptl_buf_add(text->line, any ? "" : "\nCHANGES\n");
            any = true;
            if (!write_list(text, run, (enum ptl_change_kind)kind))
                return false;
        }
    }
    return true;
}

static bool write_ports(struct text *text, const size_t *order)
{
    struct ptl_telling_cursor cursor = {.host = 0};
    struct ptl_telling_port port;
    char host[PTL_NAME_BYTES + 1] = "", first[PTL_RFC3339_SIZE], last[PTL_RFC3339_SIZE];
    while (ptl_telling_next(text->telling, order, &cursor, &port)) {
        if (strcmp(host, port.ip) != 0) {
            ptl_buf_add_char(text->line, '\n');
            struct ptl_changed named = {.host = port.host};
            memcpy(named.ip, port.ip, sizeof(named.ip));
            ptl_change_tell(&named, text->line);
            ptl_buf_printf(text->line, "\n%-10s%-11s%-18s%-18s%-14s%s\n", "PORT", "NOW",
                           "FIRST OPEN", "LAST OPEN", "OPEN IN", "SERVICE");
            memcpy(host, port.ip, sizeof(port.ip));
        }
        char number[16], runs[48];
        snprintf(number, sizeof(number), "%u/tcp", port.port);
        snprintf(runs, sizeof(runs), "%" PRIu64 " of %" PRIu64, port.open_runs, port.known_runs);
        ptl_buf_printf(text->line, "%-10s%-11s%-18s%-18s%-14s", number, ptl_sight_names[port.now],
                       tell_time(port.first_open_ms, first), tell_time(port.last_open_ms, last),
                       runs);
        ptl_text_add_printable(text->line, port.service != NULL ? port.service : "-");
        ptl_buf_add_char(text->line, '\n');
        if (!flush(text))
            return false;
    }
    return true;
}

bool ptl_tell_text(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                   struct ptl_output *output)
{
    struct text text = {.telling = telling, .output = output, .line = line};
    return write_head(&text) && write_runs(&text) && write_changes(&text) &&
           write_ports(&text, order);
}
