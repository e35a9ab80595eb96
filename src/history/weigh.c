#include "history/weigh.h"

#include <stdlib.h>
#include <string.h>

/* Silence is taken for what it is where fewer than one open port in so many would be missed: of a
 * year of nights with many ports, hardly one. */
#define DOUBT_OF_ONE 1e-4
#define SEVERAL 4             /* ports of a host */
#define DOUBT_OF_SEVERAL 1e-1 /* of each of them, where all are silent */
#define NOT_OPEN (1U << PTL_CLOSED | 1U << PTL_FILTERED)

struct weighing {
    const struct ptl_history *history;
    const struct ptl_results *results;
    struct ptl_view view;
    uint32_t after;
    size_t *runs; /* complete ones of the same plan */
    size_t run_count;
    struct ptl_changes *changes;
    struct ptl_sightings *seen;
    struct ptl_run_heard heard;
    size_t new_rows;

    /* The host that is weighed. */
    const struct ptl_history_host *past; /* NULL: it is new */
    uint32_t at;                         /* in the view; PTL_VIEW_NONE: the run does not list it */
    struct ptl_address address;
    struct ptl_target_names names;
    double doubt;      /* the chance that one of its open ports was missed, at most */
    bool is_silent;    /* for sure: so is each of its ports */
    bool may_be_there; /* it is silent, and each of its ports in doubt */
};

/* ---- what the run tells ---- */

/* So many ports of the host answered. */
static unsigned answers(const struct weighing *w)
{
    const struct ptl_target_counts *counts = ptl_view_counts(&w->view, w->at);
    return counts != NULL ? counts->states[PTL_OPEN] + counts->states[PTL_CLOSED] : 0;
}

/* A target that says too little itself is what the run is; where nothing is known, all may be
 * missed. */
static double doubt_of(const struct weighing *w)
{
    struct ptl_estimate estimate = w->results->estimate;
    if (answers(w) > 0)
        estimate = ptl_estimate_target(w->results, ptl_view_counts(&w->view, w->at));
    return estimate.known ? estimate.doubt : 1;
}

static bool is_asked(const struct weighing *w, const struct ptl_history_row *row)
{
    if (w->at != PTL_VIEW_NONE)
        return true;
    /* Of more targets than are listed, one that the plan has. */
    return row != NULL && w->results->summary.targets > PTL_TARGETS_LISTED && w->run_count > 0 &&
           !ptl_results_is_untouched(w->results, &w->address) &&
           ptl_history_seen(row, w->runs[w->run_count - 1]) != PTL_SIGHT_UNKNOWN;
}

static enum ptl_sight sight_of(const struct weighing *w, uint16_t port, unsigned *states)
{
    enum ptl_unknown why;
    const struct ptl_result *result = ptl_view_result(&w->view, w->at, port);
    *states = ptl_view_states(&w->view, w->at, port, result, &why);
    if (*states == 1U << PTL_OPEN)
        return result != NULL && result->confirm_done > 0 &&
                       result->confirm_yes == result->confirm_done
                   ? PTL_SIGHT_CONFIRMED
                   : PTL_SIGHT_OPEN;
    if (*states == 0 || (*states & 1U << PTL_OPEN) != 0)
        return PTL_SIGHT_UNKNOWN;
    if (*states == 1U << PTL_CLOSED)
        return PTL_SIGHT_CLOSED;
    bool is_doubtful = result == NULL || result->reason == PTL_REASON_NO_RESPONSE;
    if (is_doubtful && !w->is_silent && (w->may_be_there || w->doubt > DOUBT_OF_ONE))
        return PTL_SIGHT_PERHAPS;
    return *states == 1U << PTL_FILTERED ? PTL_SIGHT_FILTERED : PTL_SIGHT_SHUT;
}

/* So many ports of the host answered the run before, at least. */
static uint64_t ports_before(const struct weighing *w, bool had_several)
{
    uint64_t open = 0;
    for (size_t i = 0; w->past != NULL && w->run_count > 0 && i < w->past->row_count; i++) {
        const struct ptl_history_row *row = &w->past->rows[i];
        open +=
            row->port != 0 && ptl_sight_is_open(ptl_history_seen(row, w->runs[w->run_count - 1]));
    }
    return had_several && open < SEVERAL ? SEVERAL : open;
}

static enum ptl_sight sight_of_host(const struct weighing *w, const struct ptl_row_course *course)
{
    const struct ptl_target_counts *counts = ptl_view_counts(&w->view, w->at);
    if (counts == NULL)
        return PTL_SIGHT_UNKNOWN;
    if (answers(w) > 0)
        return answers(w) >= SEVERAL ? PTL_SIGHT_CONFIRMED : PTL_SIGHT_OPEN;
    if (counts->states[PTL_UNPROBED] + counts->states[PTL_ERROR] > 0)
        return PTL_SIGHT_UNKNOWN;
    bool had_several = course->last_open == PTL_SIGHT_CONFIRMED;
    uint64_t ports = ports_before(w, had_several);
    bool is_sure = w->doubt <= (had_several ? DOUBT_OF_SEVERAL : DOUBT_OF_ONE) ||
                   ptl_heard_chance(&w->heard, ports) <= DOUBT_OF_ONE;
    if (is_sure && course->is_open && w->past != NULL)
        is_sure = ptl_heard_past_chance(w->past, w->runs, w->run_count, ports > 0 ? ports : 1) <=
                  DOUBT_OF_ONE;
    return is_sure ? PTL_SIGHT_SHUT : PTL_SIGHT_PERHAPS;
}

/* ---- what of it is news ---- */

static unsigned states_before(const struct ptl_row_course *course)
{
    static const uint8_t states[PTL_SIGHT_COUNT] = {
        [PTL_SIGHT_OPEN] = 1U << PTL_OPEN,     [PTL_SIGHT_CONFIRMED] = 1U << PTL_OPEN,
        [PTL_SIGHT_CLOSED] = 1U << PTL_CLOSED, [PTL_SIGHT_FILTERED] = 1U << PTL_FILTERED,
        [PTL_SIGHT_SHUT] = NOT_OPEN,           [PTL_SIGHT_PERHAPS] = NOT_OPEN};
    return states[course->last];
}

/* Before its first step a port was not open in any run that asked it. */
static struct ptl_row_course course_of(const struct weighing *w, const struct ptl_history_row *row)
{
    struct ptl_row_course course = {.is_known = false};
    size_t step = 0, count = row != NULL ? row->step_count : 0;
    for (size_t i = 0; i < w->run_count; i++) {
        while (step < count && row->steps[step].run <= w->runs[i])
            step++;
        ptl_row_course_step(&course,
                            step > 0 ? (enum ptl_sight)row->steps[step - 1].seen : PTL_SIGHT_SHUT,
                            w->after, i);
    }
    return course;
}

static bool tell(struct weighing *w, enum ptl_change_kind kind, uint16_t port, unsigned was,
                 unsigned is)
{
    const char *service = port != 0 ? ptl_results_service(w->results, port) : NULL;
    char *copy = service != NULL ? strdup(service) : NULL;
    struct ptl_changed one = {.host = w->names.host,
                              .service = copy,
                              .port = port,
                              .was = (uint8_t)was,
                              .is = (uint8_t)is};
    memcpy(one.ip, w->names.ip, sizeof(one.ip));
    bool good = (service == NULL || copy != NULL) && ptl_changes_add(w->changes, kind, &one);
    free(copy);
    return good;
}

enum news { CAME, WENT, PERHAPS_WENT, FLAPPING, NEWS };
static const enum ptl_change_kind kinds_of[2][NEWS] = {
    {PTL_CHANGED_OPENED, PTL_CHANGED_CLOSED, PTL_CHANGED_PERHAPS_CLOSED, PTL_CHANGED_FLAPPING},
    {PTL_CHANGED_COME, PTL_CHANGED_GONE, PTL_CHANGED_PERHAPS_GONE, PTL_CHANGED_FLAPPING_HOST}};

static bool tell_news(struct weighing *w, uint16_t port, struct ptl_row_course *course,
                      enum ptl_sight sight, unsigned states)
{
    unsigned was = states_before(course);
    bool is_news = ptl_row_course_step(course, sight, w->after, w->run_count);
    bool is_flapping = ptl_row_course_is_flapping(course, w->run_count);
    const enum ptl_change_kind *kinds = kinds_of[port == 0];
    if (port == 0)
        was = states = 0;
    if (is_flapping)
        return tell(w, kinds[FLAPPING], port, was, states);
    if (is_news)
        return tell(w, kinds[course->is_open ? CAME : WENT], port, was, states);
    return sight != PTL_SIGHT_PERHAPS || !course->is_open ||
           tell(w, kinds[PERHAPS_WENT], port, was, states);
}

static bool note(struct weighing *w, uint16_t port, const struct ptl_history_row *row,
                 enum ptl_sight sight)
{
    struct ptl_sighting one = {.address = w->address, .port = port, .seen = (uint8_t)sight};
    bool is_same =
        row != NULL ? row->steps[row->step_count - 1].seen == sight : !ptl_sight_is_open(sight);
    return is_same || ptl_sightings_add(w->seen, &one);
}

/* A port that was open once, or is; or the host. */
static bool weigh_row(struct weighing *w, uint16_t port, const struct ptl_history_row *row)
{
    struct ptl_row_course course = course_of(w, row);
    unsigned states = 0;
    enum ptl_sight sight = PTL_SIGHT_UNKNOWN;
    if (row == NULL && w->history->row_count + ++w->new_rows > PTL_HISTORY_ROWS_MAX)
        return true; /* more than can be followed */
    if (is_asked(w, row))
        sight = port == 0 ? sight_of_host(w, &course) : sight_of(w, port, &states);
    if (port == 0) {
        w->is_silent = sight == PTL_SIGHT_SHUT;
        w->may_be_there = sight == PTL_SIGHT_PERHAPS;
    }
    if (w->changes != NULL && w->run_count > 0 && !tell_news(w, port, &course, sight, states))
        return false;
    return w->seen == NULL || note(w, port, row, sight);
}

static bool weigh_name(struct weighing *w)
{
    const char *known = w->past != NULL && w->past->name != NULL ? w->past->name : w->names.ip;
    bool is_listed = ptl_view_counts(&w->view, w->at) != NULL && w->view.hosts[w->at].count > 0;
    if (w->seen == NULL || w->at == PTL_VIEW_NONE || strcmp(known, w->names.host) == 0 ||
        (w->past == NULL && !is_listed))
        return true;
    return ptl_sightings_name(w->seen, &w->address, w->names.host);
}

static void name_host(struct weighing *w)
{
    if (w->at != PTL_VIEW_NONE) {
        ptl_view_names(&w->view, w->at, &w->names);
        return;
    }
    ptl_address_format(&w->address, w->names.ip);
    const char *name = w->past->name != NULL ? w->past->name : w->names.ip;
    memccpy(w->names.host, name, '\0', sizeof(w->names.host));
    w->names.host[sizeof(w->names.host) - 1] = '\0';
}

/* Ports that are open and never were. */
static bool weigh_new_ports(struct weighing *w)
{
    const struct ptl_view_host *host = &w->view.hosts[w->at];
    for (size_t i = host->first; i < host->first + host->count; i++) {
        const struct ptl_result *result = &w->results->items[i];
        if (result->state != PTL_OPEN ||
            (w->past != NULL && ptl_history_row(w->past, result->port) != NULL))
            continue;
        if (!weigh_row(w, result->port, NULL))
            return false;
    }
    return true;
}

static bool weigh_host(struct weighing *w, const struct ptl_history_host *past, uint32_t at)
{
    w->past = past;
    w->at = at;
    w->address = past != NULL ? past->address : w->view.hosts[at].address;
    w->is_silent = w->may_be_there = false;
    w->doubt = doubt_of(w);
    name_host(w);
    bool has_row = past != NULL && past->row_count > 0 && past->rows[0].port == 0;
    if (!has_row && answers(w) > 0 && !weigh_row(w, 0, NULL))
        return false;
    for (size_t i = 0; past != NULL && i < past->row_count; i++)
        if (!weigh_row(w, past->rows[i].port, &past->rows[i]))
            return false;
    return (at == PTL_VIEW_NONE || weigh_new_ports(w)) && weigh_name(w);
}

static bool weigh_all(struct weighing *w)
{
    const struct ptl_history *history = w->history;
    for (size_t h = 0; h < history->host_count; h++)
        if (!weigh_host(w, &history->hosts[h], ptl_view_find(&w->view, &history->hosts[h].address)))
            return false;
    for (uint32_t at = 0; at < w->view.host_count; at++)
        if (ptl_history_host(history, &w->view.hosts[at].address) == NULL &&
            !weigh_host(w, NULL, at))
            return false;
    return true;
}

/* Complete runs of the same plan; the last of them is what is compared with. */
static bool find_runs(struct weighing *w)
{
    const struct ptl_history *history = w->history;
    w->runs = calloc(history->run_count + 1, sizeof(*w->runs));
    for (size_t i = 0; w->runs != NULL && i < history->run_count; i++)
        if (history->runs[i].complete &&
            strcmp(history->runs[i].plan_sha256, w->results->run.plan_sha256) == 0)
            w->runs[w->run_count++] = i;
    return w->runs != NULL;
}

enum ptl_status ptl_history_weigh(const struct ptl_history *history,
                                  const struct ptl_results *results, uint32_t after,
                                  struct ptl_changes *changes, struct ptl_sightings *seen,
                                  struct ptl_error *error)
{
    struct weighing w = {
        .history = history, .results = results, .after = after, .changes = changes, .seen = seen};
    enum ptl_status status = ptl_view_init(&w.view, "the run", results, error);
    if (status == PTL_OK && !find_runs(&w))
        status = ptl_error_no_memory(error);
    if (status == PTL_OK && changes != NULL) {
        changes->after = after;
        if (w.run_count > 0)
            ptl_clock_rfc3339(history->runs[w.runs[w.run_count - 1]].when_ms, changes->since);
    }
    if (status == PTL_OK && w.run_count > 0)
        w.heard = ptl_heard_of(history, w.runs[w.run_count - 1], &w.view);
    if (status == PTL_OK && !weigh_all(&w))
        status = ptl_error_no_memory(error);
    free(w.runs);
    ptl_view_free(&w.view);
    return status;
}

enum ptl_status ptl_history_compare(const struct ptl_history *history,
                                    const struct ptl_results *results, uint32_t after,
                                    struct ptl_changes **changes, struct ptl_error *error)
{
    struct ptl_changes *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = ptl_history_weigh(history, results, after, made, NULL, error);
    if (status == PTL_OK) {
        *changes = made;
    } else {
        ptl_changes_clear(made);
        free(made);
    }
    return status;
}
