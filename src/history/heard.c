#include "history/heard.h"

#include "base/statistics.h"
#include "history/index.h"

static void add_open(struct ptl_heard *heard, const struct ptl_view *view, uint32_t at,
                     const struct ptl_history_host *past, size_t before)
{
    for (size_t i = 0; i < past->row_count; i++) {
        const struct ptl_history_row *row = &past->rows[i];
        enum ptl_unknown why;
        if (row->port == 0 || !ptl_sight_is_open(ptl_history_seen(row, before)))
            continue;
        unsigned states =
            ptl_view_states(view, at, row->port, ptl_view_result(view, at, row->port), &why);
        heard->open += states != 0;
        heard->open_silent += (states & 1U << PTL_FILTERED) != 0;
    }
}

struct ptl_heard ptl_heard_of(const struct ptl_history *history, size_t before,
                              const struct ptl_view *view)
{
    struct ptl_heard heard = {.open = 0};
    for (uint32_t at = 0; at < view->host_count; at++) {
        const struct ptl_view_host *host = &view->hosts[at];
        if (host->counts == PTL_VIEW_NONE)
            continue;
        const uint16_t *states = view->results->targets[host->counts].states;
        const struct ptl_history_host *past = ptl_history_host(history, &host->address);
        uint64_t answers = (uint64_t)states[PTL_OPEN] + states[PTL_CLOSED];
        if (answers == 0)
            continue;
        heard.all += answers + states[PTL_FILTERED];
        heard.all_silent += states[PTL_FILTERED];
        if (past != NULL)
            add_open(&heard, view, at, past, before);
    }
    return heard;
}

/* Of more ports than were heard of, these prove nothing. */
static double chance_of(uint64_t silent, uint64_t all, uint64_t ports)
{
    return ptl_chance_all_lost((double)silent, (double)all, ports < all ? ports : all);
}

double ptl_heard_chance(const struct ptl_heard *heard, uint64_t ports)
{
    double open = chance_of(heard->open_silent, heard->open, ports),
           all = chance_of(heard->all_silent, heard->all, ports);
    return open < all ? open : all;
}
