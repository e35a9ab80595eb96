/* What the writers of a diff share: warnings, names, what is not known. */
#include "base/text.h"
#include "finished/differences.h"
#include "report/writer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const ptl_difference_names[PTL_DIFFERENCE_COUNT] = {
    [PTL_DIFFERENCE_OPENED] = "opened",
    [PTL_DIFFERENCE_CLOSED] = "closed",
    [PTL_DIFFERENCE_STATE] = "changed",
    [PTL_DIFFERENCE_PERHAPS_CLOSED] = "perhaps-closed",
    [PTL_DIFFERENCE_PERHAPS_STATE] = "perhaps-changed",
    [PTL_DIFFERENCE_UNKNOWN] = "unknown"};

static bool warn(struct ptl_diff *diff, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool warn(struct ptl_diff *diff, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool added = ptl_text_list_add(&diff->warnings, &diff->warning_count, format, args);
    va_end(args);
    return added;
}

static bool warn_of_run(struct ptl_diff *diff, const struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    const char *cause = ptl_report_incomplete(results);
    uint64_t unprobed = results->summary.states[PTL_UNPROBED],
             errors = results->summary.states[PTL_ERROR];
    bool good = true;
    if (!results->run.complete)
        good =
            warn(diff, "%s is incomplete: %s; of %" PRIu64 " probes, %" PRIu64 " have no verdict",
                 view->name, cause, results->summary.probes, unprobed);
    else if (unprobed > 0)
        good = warn(diff, "%s: of %" PRIu64 " probes, %" PRIu64 " have no verdict", view->name,
                    results->summary.probes, unprobed);
    if (good && errors > 0)
        good = warn(diff, "%s: %" PRIu64 " probes ended in an error of the machine that scanned",
                    view->name, errors);
    for (size_t i = 0; i < results->unresolved_count && good; i++)
        good = warn(diff, "%s: %s did not resolve", view->name, results->unresolved[i].input);
    return good;
}

static bool warn_of_missed(struct ptl_diff *diff, enum ptl_side side)
{
    uint64_t poor = diff->poor[side];
    return poor == 0 || warn(diff,
                             "%s may well have missed ports of %" PRIu64
                             " host%s: what is silent there need not have changed",
                             diff->views[side].name, poor, poor == 1 ? "" : "s");
}

bool ptl_diff_warn(struct ptl_diff *diff)
{
    const struct ptl_view *old = &diff->views[PTL_OLD], *new = &diff->views[PTL_NEW];
    if (!warn_of_run(diff, old) || !warn_of_run(diff, new) || !warn_of_missed(diff, PTL_OLD) ||
        !warn_of_missed(diff, PTL_NEW))
        return false;
    if (strcmp(old->results->run.ports, new->results->run.ports) != 0 &&
        !warn(diff, "%s and %s did not probe the same ports: only those of both are compared",
              old->name, new->name))
        return false;
    return new->results->run.started_ms >= old->results->run.started_ms ||
           warn(diff, "%s was started before %s: is their order right?", new->name, old->name);
}

bool ptl_diff_is_different(const struct ptl_diff *diff)
{
    return diff->changed + diff->lone[PTL_APPEARED] + diff->lone[PTL_VANISHED] > 0;
}

bool ptl_diff_is_perhaps_different(const struct ptl_diff *diff)
{
    return diff->perhaps + diff->changes[PTL_DIFFERENCE_PERHAPS_CLOSED] +
               diff->changes[PTL_DIFFERENCE_PERHAPS_STATE] >
           0;
}

bool ptl_diff_has_unknown(const struct ptl_diff *diff)
{
    bool any = diff->changes[PTL_DIFFERENCE_UNKNOWN] + diff->lone[PTL_LONE_UNKNOWN] > 0;
    for (int side = 0; side < 2; side++) {
        const struct ptl_results *results = diff->views[side].results;
        any = any || results->unresolved_count > 0 ||
              results->summary.states[PTL_UNPROBED] + results->summary.states[PTL_ERROR] > 0;
    }
    return any;
}

bool ptl_diff_is_incomplete(const struct ptl_diff *diff)
{
    return ptl_report_incomplete(diff->views[PTL_OLD].results) != NULL ||
           ptl_report_incomplete(diff->views[PTL_NEW].results) != NULL;
}

const char *ptl_diff_warning(const struct ptl_diff *diff, size_t number)
{
    return number < diff->warning_count ? diff->warnings[number] : NULL;
}

void ptl_diff_names(const struct ptl_diff *diff, const uint32_t hosts[2],
                    struct ptl_target_names *names)
{
    enum ptl_side side = hosts[PTL_NEW] != PTL_VIEW_NONE ? PTL_NEW : PTL_OLD;
    ptl_view_names(&diff->views[side], hosts[side], names);
}

const char *ptl_diff_service(const struct ptl_diff *diff, uint16_t port)
{
    const char *service = ptl_results_service(diff->views[PTL_NEW].results, port);
    return service != NULL ? service : ptl_results_service(diff->views[PTL_OLD].results, port);
}

const struct ptl_result *ptl_diff_results(const struct ptl_diff *diff,
                                          const struct ptl_diff_host *host, uint32_t *count)
{
    const struct ptl_view *view = &diff->views[host->side];
    const struct ptl_view_host *found = &view->hosts[host->host];
    *count = found->count;
    return view->results->items + found->first;
}
