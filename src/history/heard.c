#include "history/weigh.h"

#include "base/statistics.h"

static void add_open(struct ptl_run_heard *heard, const struct ptl_view *view, uint32_t at,
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

struct ptl_run_heard ptl_heard_of(const struct ptl_history *history, size_t before,
                                  const struct ptl_view *view)
{
    struct ptl_run_heard heard = {.open = 0};
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

double ptl_heard_chance(const struct ptl_run_heard *heard, uint64_t ports)
{
    double open = chance_of(heard->open_silent, heard->open, ports),
           all = chance_of(heard->all_silent, heard->all, ports);
    return open < all ? open : all;
}

static bool is_silent(enum ptl_sight seen)
{
    return seen == PTL_SIGHT_FILTERED || seen == PTL_SIGHT_SHUT || seen == PTL_SIGHT_PERHAPS;
}

double ptl_heard_past_chance(const struct ptl_history_host *host, const size_t *runs, size_t count,
                             uint64_t ports)
{
    uint64_t open = 0, missed = 0;
    for (size_t r = 0; r < host->row_count; r++) {
        enum ptl_sight before = PTL_SIGHT_UNKNOWN, seen = before;
        for (size_t i = 0; i < count; i++) {
            enum ptl_sight next = ptl_history_seen(&host->rows[r], runs[i]);
            open += ptl_sight_is_open(next);
            missed += ptl_sight_is_open(before) && is_silent(seen) && ptl_sight_is_open(next);
            before = seen;
            seen = next;
        }
    }
    if (missed == 0)
        return 0;
    return ptl_chance_all_lost((double)missed, (double)(open + missed), ports);
}
