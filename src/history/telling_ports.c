/* The ports that are told, and in which order. */
#include "history/telling.h"
#include "target/services.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b, void *hosts)
{
    const struct ptl_history_host *all = hosts;
    return ptl_address_compare(&all[*(const size_t *)a].address, &all[*(const size_t *)b].address);
}

size_t *ptl_telling_order(const struct ptl_history *history)
{
    size_t *order = calloc(history->host_count + 1, sizeof(*order));
    for (size_t i = 0; order != NULL && i < history->host_count; i++)
        order[i] = i;
    if (order != NULL)
        qsort_r(order, history->host_count, sizeof(*order), compare, history->hosts);
    return order;
}

static bool fill(const struct ptl_telling *telling, const struct ptl_history_host *host,
                 const struct ptl_history_row *row, struct ptl_telling_port *port)
{
    const struct ptl_history *history = telling->history;
    struct ptl_history_port told = ptl_history_port(history, row, telling->first);
    if (row->port == 0 || told.open == 0)
        return false;
    struct ptl_history_port all = ptl_history_port(history, row, 0);
    *port = (struct ptl_telling_port){.service = ptl_service_name(row->port),
                                      .port = row->port,
                                      .now = (uint8_t)ptl_history_seen(row, history->run_count - 1),
                                      .first_open_ms = history->runs[all.first_open].when_ms,
                                      .last_open_ms = history->runs[all.last_open].when_ms,
                                      .open_runs = told.open,
                                      .known_runs = told.known};
    ptl_address_format(&host->address, port->ip);
    const char *name = host->name != NULL ? host->name : port->ip;
    strncpy(port->host, name, sizeof(port->host) - 1);
    return true;
}

bool ptl_telling_next(const struct ptl_telling *telling, const size_t *order,
                      struct ptl_telling_cursor *cursor, struct ptl_telling_port *port)
{
    const struct ptl_history *history = telling->history;
    for (; cursor->host < history->host_count; cursor->host++, cursor->row = 0) {
        const struct ptl_history_host *host = &history->hosts[order[cursor->host]];
        while (cursor->row < host->row_count)
            if (fill(telling, host, &host->rows[cursor->row++], port))
                return true;
    }
    return false;
}
