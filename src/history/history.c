#include "history/history.h"

#include "base/array.h"
#include "history/index.h"
#include "results/stored.h"

#include <stdlib.h>
#include <string.h>

void ptl_history_free(struct ptl_history *history)
{
    if (history == NULL)
        return;
    for (size_t i = 0; i < history->run_count; i++)
        ptl_changes_clear(&history->runs[i].changes);
    for (size_t h = 0; h < history->host_count; h++) {
        for (size_t r = 0; r < history->hosts[h].row_count; r++)
            free(history->hosts[h].rows[r].steps);
        free(history->hosts[h].rows);
        free(history->hosts[h].name);
    }
    free(history->runs);
    free(history->hosts);
    ptl_stored_free(history->places);
    free(history);
}

enum ptl_sight ptl_history_seen(const struct ptl_history_row *row, size_t run)
{
    size_t at; /* the steps before it are of that run or before it */
    PTL_SEARCH(at, row->step_count, row->steps[at].run <= run);
    return at > 0 ? (enum ptl_sight)row->steps[at - 1].seen : PTL_SIGHT_UNKNOWN;
}

struct ptl_history_port ptl_history_port(const struct ptl_history *history,
                                         const struct ptl_history_row *row, size_t first)
{
    struct ptl_history_port port = {.first_open = SIZE_MAX, .last_open = SIZE_MAX};
    for (size_t i = 0; i < row->step_count; i++) {
        size_t from = row->steps[i].run,
               to = i + 1 < row->step_count ? row->steps[i + 1].run : history->run_count;
        enum ptl_sight seen = (enum ptl_sight)row->steps[i].seen;
        from = from < first ? first : from;
        if (from >= to || seen == PTL_SIGHT_UNKNOWN)
            continue;
        port.known += to - from;
        if (!ptl_sight_is_open(seen))
            continue;
        port.open += to - from;
        port.last_open = to - 1;
        if (port.first_open == SIZE_MAX)
            port.first_open = from;
    }
    return port;
}

struct ptl_history_host *ptl_history_host(const struct ptl_history *history,
                                          const struct ptl_address *address)
{
    uint32_t at = ptl_stored_find(history->places, address);
    return at != PTL_STORED_NONE ? &history->hosts[at] : NULL;
}

/* The first row that is not before the port. */
static size_t place_of(const struct ptl_history_host *host, uint16_t port)
{
    size_t at;
    PTL_SEARCH(at, host->row_count, host->rows[at].port < port);
    return at;
}

struct ptl_history_row *ptl_history_row(const struct ptl_history_host *host, uint16_t port)
{
    size_t at = place_of(host, port);
    return at < host->row_count && host->rows[at].port == port ? &host->rows[at] : NULL;
}

static struct ptl_history_host *make_host(struct ptl_history *history,
                                          const struct ptl_address *address)
{
    char text[PTL_ADDRESS_SIZE];
    struct ptl_history_host *host = ptl_history_host(history, address);
    if (host != NULL)
        return host;
    if (!PTL_ROOM(history->hosts, history->host_capacity, history->host_count) ||
        ptl_stored_add(history->places, address, NULL, ptl_address_format(address, text)) ==
            PTL_STORED_NONE)
        return NULL;
    host = &history->hosts[history->host_count++];
    *host = (struct ptl_history_host){.address = *address};
    return host;
}

static struct ptl_history_row *make_row(struct ptl_history *history, struct ptl_history_host *host,
                                        uint16_t port)
{
    size_t at = place_of(host, port);
    if (at < host->row_count && host->rows[at].port == port)
        return &host->rows[at];
    if (!PTL_ROOM_FOR_FEW(host->rows, host->row_count))
        return NULL;
    memmove(&host->rows[at + 1], &host->rows[at], (host->row_count - at) * sizeof(*host->rows));
    host->rows[at] = (struct ptl_history_row){.port = port};
    host->row_count++;
    history->row_count++;
    return &host->rows[at];
}

static bool enter_sighting(struct ptl_history *history, const struct ptl_sighting *one)
{
    struct ptl_history_host *host = make_host(history, &one->address);
    struct ptl_history_row *row = host != NULL ? make_row(history, host, one->port) : NULL;
    if (row == NULL || !PTL_ROOM_FOR_FEW(row->steps, row->step_count))
        return false;
    row->steps[row->step_count++] =
        (struct ptl_history_step){.run = (uint32_t)history->run_count, .seen = one->seen};
    return true;
}

static bool enter_name(struct ptl_history *history, struct ptl_sighting_name *one)
{
    struct ptl_history_host *host = make_host(history, &one->address);
    if (host == NULL)
        return false;
    free(host->name);
    host->name = one->name;
    one->name = NULL;
    return true;
}

bool ptl_history_enter(struct ptl_history *history, struct ptl_index_line *line)
{
    for (size_t i = 0; i < line->seen.count; i++)
        if (!enter_sighting(history, &line->seen.items[i]))
            return false;
    for (size_t i = 0; i < line->seen.name_count; i++)
        if (!enter_name(history, &line->seen.names[i]))
            return false;
    if (!PTL_ROOM(history->runs, history->run_capacity, history->run_count))
        return false;
    history->runs[history->run_count++] = line->run;
    line->run.changes = (struct ptl_changes){.after = 0};
    return true;
}
