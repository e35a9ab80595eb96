#include "finished/differences.h"

#include "base/array.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define OPEN (1U << PTL_OPEN)

/* A host, or one that only one file names, under comparison. */
struct pair {
    struct ptl_diff *diff;
    uint32_t hosts[2];
    const struct ptl_result *next[2]; /* results not yet looked at */
    uint32_t left[2];
    uint32_t both_absent;     /* ports of both runs without a result in either */
    int32_t least[PTL_ERROR]; /* how many more, at least and at most, the ports that were looked */
    int32_t most[PTL_ERROR];  /* at account for */
    bool is_whole;            /* of every port that was looked at the state is known */
    bool is_poor[2];          /* what is silent there may have been missed */
    uint64_t certain, perhaps;
};

static bool add_port(struct ptl_diff *diff, const struct ptl_diff_port *port)
{
    if (!PTL_ROOM(diff->ports, diff->port_capacity, diff->port_count))
        return false;
    diff->ports[diff->port_count++] = *port;
    diff->changes[port->change]++;
    return true;
}

static bool add_host(struct ptl_diff *diff, enum ptl_side side, uint32_t host, enum ptl_lone lone,
                     enum ptl_unknown why)
{
    if (!PTL_ROOM(diff->hosts, diff->host_capacity, diff->host_count))
        return false;
    diff->hosts[diff->host_count++] = (struct ptl_diff_host){
        .host = host, .side = (uint8_t)side, .lone = (uint8_t)lone, .why = (uint8_t)why};
    diff->lone[lone]++;
    return true;
}

static bool has(unsigned states, enum ptl_state state)
{
    return (states >> state & 1) != 0;
}

/* May that run just have missed the port, since nothing answered? Not if an error on the way
 * stopped it. `result` is its result, NULL: it has none. */
static bool is_missed(const struct pair *pair, enum ptl_side side, unsigned states,
                      const struct ptl_result *result)
{
    return pair->is_poor[side] && has(states, PTL_FILTERED) &&
           (result == NULL || result->reason == PTL_REASON_NO_RESPONSE);
}

/* Which change is it, in a run that may have missed what is silent? */
static void doubt(const bool missed[2], struct ptl_diff_port *one)
{
    if (one->change == PTL_DIFFERENCE_OPENED)
        one->missed = missed[PTL_OLD];
    else if (one->change == PTL_DIFFERENCE_CLOSED && missed[PTL_NEW])
        one->change = PTL_DIFFERENCE_PERHAPS_CLOSED;
    else if (one->change == PTL_DIFFERENCE_STATE && (missed[PTL_OLD] || missed[PTL_NEW]))
        one->change = PTL_DIFFERENCE_PERHAPS_STATE;
}

/* True: the two sets of states tell something, in *change. */
static bool judge(unsigned old, unsigned new, enum ptl_difference *change)
{
    if (old == 0 || new == 0) {
        *change = PTL_DIFFERENCE_UNKNOWN;
        return old == OPEN || new == OPEN;
    }
    if ((old & new) != 0) { /* they may be the same */
        *change = PTL_DIFFERENCE_UNKNOWN;
        return (old == OPEN) != (new == OPEN);
    }
    *change = new == OPEN   ? PTL_DIFFERENCE_OPENED
              : old == OPEN ? PTL_DIFFERENCE_CLOSED
                            : PTL_DIFFERENCE_STATE;
    return true;
}

static void account(struct pair *pair, unsigned old, unsigned new)
{
    if (old == 0 || new == 0)
        pair->is_whole = false;
    for (int s = 0; s < PTL_ERROR; s++) {
        unsigned bit = 1U << s;
        pair->least[s] += (new == bit) - ((old & bit) != 0);
        pair->most[s] += ((new &bit) != 0) - (old == bit);
    }
}

/* The next port that has a result in one of the runs; 0: none is left. */
static uint16_t next_port(const struct pair *pair)
{
    uint16_t port = 0;
    for (int side = 0; side < 2; side++)
        if (pair->left[side] > 0 && (port == 0 || pair->next[side]->port < port))
            port = pair->next[side]->port;
    return port;
}

static bool compare_ports(struct pair *pair)
{
    struct ptl_diff *diff = pair->diff;
    uint16_t port;
    while ((port = next_port(pair)) != 0) {
        struct ptl_diff_port one = {.hosts = {pair->hosts[0], pair->hosts[1]},
                                    .order = (uint32_t)diff->compared,
                                    .port = port};
        enum ptl_unknown whys[2];
        enum ptl_difference change;
        bool missed[2];
        for (int side = 0; side < 2; side++) {
            bool has = pair->left[side] > 0 && pair->next[side]->port == port;
            const struct ptl_result *result = has ? pair->next[side]++ : NULL;
            pair->left[side] -= has;
            one.states[side] = (uint8_t)ptl_view_states(&diff->views[side], pair->hosts[side], port,
                                                        result, &whys[side]);
            missed[side] = is_missed(pair, side, one.states[side], result);
        }
        account(pair, one.states[0], one.states[1]);
        pair->both_absent -= ptl_portset_contains(diff->views[0].ports, port) &&
                             ptl_portset_contains(diff->views[1].ports, port);
        if (!judge(one.states[0], one.states[1], &change))
            continue;
        one.change = (uint8_t)change;
        if (change == PTL_DIFFERENCE_UNKNOWN)
            one.why = (uint8_t)(one.states[0] == 0   ? whys[0]
                                : one.states[1] == 0 ? whys[1]
                                                     : PTL_UNKNOWN_NOT_LISTED);
        doubt(missed, &one);
        pair->certain += one.change <= PTL_DIFFERENCE_STATE;
        pair->perhaps += one.change == PTL_DIFFERENCE_PERHAPS_CLOSED ||
                         one.change == PTL_DIFFERENCE_PERHAPS_STATE;
        if (!add_port(diff, &one))
            return false;
    }
    return true;
}

/* Where both runs probed the same ports, the counts tell what the lists do not: more is what the
 * listed ports cannot account for. */
static bool shift_by_counts(const struct pair *pair, int32_t more[PTL_ERROR])
{
    const struct ptl_diff *diff = pair->diff;
    const struct ptl_target_counts *old = ptl_view_counts(&diff->views[0], pair->hosts[0]),
                                   *new = ptl_view_counts(&diff->views[1], pair->hosts[1]);
    if (!pair->is_whole || old == NULL || new == NULL)
        return false;
    if (strcmp(diff->views[0].results->run.ports, diff->views[1].results->run.ports) != 0)
        return false;
    bool any = false;
    for (int s = 0; s < PTL_ERROR; s++) {
        int32_t all = new->states[s] - old->states[s];
        more[s] = all > pair->most[s]    ? all - pair->most[s]
                  : all < pair->least[s] ? all - pair->least[s]
                                         : 0;
        any = any || more[s] != 0;
    }
    return any;
}

/* Is it no more than what a run would show that missed ports: fewer that answer in NEW, or more
 * closed ones than in OLD? One that is open now is told as such. */
static bool is_shift_of_missed(const struct pair *pair, const int32_t more[PTL_ERROR])
{
    if (pair->is_poor[PTL_NEW] && more[PTL_OPEN] <= 0 && more[PTL_CLOSED] <= 0)
        return true;
    return pair->is_poor[PTL_OLD] && more[PTL_OPEN] == 0 && more[PTL_FILTERED] <= 0;
}

/* Ports that neither lists: all of them changed, if they cannot have been in one state. */
static bool compare_absent(struct pair *pair)
{
    struct ptl_diff *diff = pair->diff;
    enum ptl_unknown why;
    struct ptl_diff_shift shift = {.hosts = {pair->hosts[0], pair->hosts[1]},
                                   .order = (uint32_t)diff->compared};
    unsigned old = ptl_view_absent(&diff->views[0], pair->hosts[0], &why),
             new = ptl_view_absent(&diff->views[1], pair->hosts[1], &why);
    bool any = false;
    if (pair->both_absent == 0)
        return true;
    if (old != 0 && new != 0 && (old & new) == 0) {
        for (int s = 0; s < PTL_ERROR; s++)
            shift.more[s] = (int32_t)pair->both_absent * ((new == 1U << s) - (old == 1U << s));
        any = true;
    } else if (old != 0 && new != 0) {
        any = shift_by_counts(pair, shift.more);
    }
    if (!any)
        return true;
    shift.perhaps = is_shift_of_missed(pair, shift.more);
    pair->certain += !shift.perhaps;
    pair->perhaps += shift.perhaps;
    if (!PTL_ROOM(diff->shifts, diff->shift_capacity, diff->shift_count))
        return false;
    diff->shifts[diff->shift_count++] = shift;
    return true;
}

static bool compare_pair(struct ptl_diff *diff, uint32_t old, uint32_t new)
{
    struct pair pair = {
        .diff = diff, .hosts = {old, new}, .both_absent = diff->common_ports, .is_whole = true};
    for (int side = 0; side < 2; side++) {
        const struct ptl_view *view = &diff->views[side];
        bool is_named = pair.hosts[side] != PTL_VIEW_NONE;
        const struct ptl_view_host *host = is_named ? &view->hosts[pair.hosts[side]] : NULL;
        pair.is_poor[side] =
            ptl_estimate_is_poor_at(view->results, is_named ? host->target : PTL_VIEW_NONE);
        diff->poor[side] += pair.is_poor[side];
        if (!is_named)
            continue;
        pair.next[side] = diff->views[side].results->items + host->first;
        pair.left[side] = host->count;
    }
    if (!compare_ports(&pair) || !compare_absent(&pair))
        return false;
    diff->compared++;
    diff->changed += pair.certain > 0;
    diff->perhaps += pair.certain == 0 && pair.perhaps > 0;
    return true;
}

static bool has_open(const struct ptl_view *view, uint32_t host)
{
    const struct ptl_view_host *h = &view->hosts[host];
    for (uint32_t i = 0; i < h->count; i++)
        if (view->results->items[h->first + i].state == PTL_OPEN)
            return true;
    return false;
}

/* Of many targets those without anything of interest are not listed, but the same profile has the
 * same addresses. A name may have had another one. */
static bool is_same_plan(const struct ptl_diff *diff, const struct ptl_target_names *names)
{
    const struct ptl_results *old = diff->views[0].results, *new = diff->views[1].results;
    return strcmp(old->run.profile_sha256, new->run.profile_sha256) == 0 &&
           old->summary.targets == new->summary.targets &&strcmp(names->host, names->ip) == 0;
}

/* A host that the other file does not name. */
static bool compare_lone(struct ptl_diff *diff, enum ptl_side side, uint32_t host)
{
    const struct ptl_view *other = &diff->views[1 - side];
    struct ptl_target_names names;
    ptl_view_names(&diff->views[side], host, &names);
    if (ptl_view_is_unresolved(other, names.input) || ptl_view_is_unresolved(other, names.host))
        return add_host(diff, side, host, PTL_LONE_UNKNOWN, PTL_UNKNOWN_UNRESOLVED);
    if (other->results->run.cut) /* it may have had the host */
        return !has_open(&diff->views[side], host) ||
               add_host(diff, side, host, PTL_LONE_UNKNOWN, PTL_UNKNOWN_NOT_LISTED);
    if (other->results->summary.targets <= PTL_TARGETS_LISTED)
        return add_host(diff, side, host, side == PTL_NEW ? PTL_APPEARED : PTL_VANISHED,
                        PTL_UNKNOWN_NOT);
    if (ptl_results_is_untouched(other->results, &diff->views[side].hosts[host].address))
        return !has_open(&diff->views[side], host) ||
               add_host(diff, side, host, PTL_LONE_UNKNOWN, PTL_UNKNOWN_NOT_LISTED);
    if (is_same_plan(diff, &names))
        return side == PTL_NEW ? compare_pair(diff, PTL_VIEW_NONE, host)
                               : compare_pair(diff, host, PTL_VIEW_NONE);
    if (!has_open(&diff->views[side], host))
        return true;
    return add_host(diff, side, host, PTL_LONE_UNKNOWN, PTL_UNKNOWN_NOT_LISTED);
}

static bool compare_all(struct ptl_diff *diff)
{
    const struct ptl_view *old = &diff->views[PTL_OLD], *new = &diff->views[PTL_NEW];
    for (unsigned port = 1; port <= 65535; port++)
        diff->common_ports += ptl_portset_contains(old->ports, (uint16_t)port) &&
                              ptl_portset_contains(new->ports, (uint16_t)port);
    for (uint32_t host = 0; host < new->host_count; host++) {
        uint32_t before = ptl_view_find(old, &new->hosts[host].address);
        if (before != PTL_VIEW_NONE ? !compare_pair(diff, before, host)
                                    : !compare_lone(diff, PTL_NEW, host))
            return false;
    }
    for (uint32_t host = 0; host < old->host_count; host++)
        if (ptl_view_find(new, &old->hosts[host].address) == PTL_VIEW_NONE &&
            !compare_lone(diff, PTL_OLD, host))
            return false;
    return true;
}

enum ptl_status ptl_diff_new(const struct ptl_results *old, const char *old_name,
                             const struct ptl_results *new, const char *new_name,
                             struct ptl_diff **diff, struct ptl_error *error)
{
    struct ptl_diff *made = calloc(1, sizeof(*made));
    if (made == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = ptl_view_init(&made->views[PTL_OLD], old_name, old, error);
    if (status == PTL_OK)
        status = ptl_view_init(&made->views[PTL_NEW], new_name, new, error);
    if (status == PTL_OK && (!compare_all(made) || !ptl_diff_warn(made)))
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        *diff = made;
    else
        ptl_diff_free(made);
    return status;
}

void ptl_diff_free(struct ptl_diff *diff)
{
    if (diff == NULL)
        return;
    ptl_view_free(&diff->views[PTL_OLD]);
    ptl_view_free(&diff->views[PTL_NEW]);
    free(diff->ports);
    free(diff->hosts);
    free(diff->shifts);
    ptl_text_list_free(diff->warnings, diff->warning_count);
    free(diff);
}
