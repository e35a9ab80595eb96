/* A diff for people: the two runs, warnings, a block a host, a summary. */
#include "base/clock.h"
#include "base/text.h"
#include "finished/differences.h"
#include "report/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct text {
    const struct ptl_diff *diff;
    struct ptl_output *output;
    struct ptl_buf line;
};

static bool flush(struct text *text)
{
    return ptl_output_write_line(text->output, &text->line);
}

static void add_run(struct text *text, const char *word, const struct ptl_view *view)
{
    const struct ptl_run_info *run = &view->results->run;
    const char *cause = ptl_report_incomplete(view->results);
    char time[PTL_RFC3339_SIZE];
    ptl_text_line(&text->line, "%s %s: profile %s, started %s, %s%s", word, view->name,
                  run->profile, ptl_clock_rfc3339(run->started_ms, time),
                  cause == NULL ? "COMPLETE" : "INCOMPLETE: ", cause == NULL ? "" : cause);
}

static void add_host(struct text *text, const struct ptl_target_names *names)
{
    ptl_text_add_printable(&text->line, names->host);
    if (strcmp(names->host, names->ip) != 0)
        ptl_buf_printf(&text->line, " (%s)", names->ip);
}

/* "closed or filtered"; where not known, why. */
static const char *cell(unsigned states, enum ptl_unknown why, char text[PTL_STATES_SIZE])
{
    static const char *const whys[6] = {"-",     "not probed",   "no verdict",
                                        "error", "not resolved", "not listed"};
    return states == 0 ? whys[why] : ptl_states_tell(states, text);
}

static void add_port(struct text *text, const struct ptl_diff_port *port)
{
    char number[16], old[PTL_STATES_SIZE], new[PTL_STATES_SIZE];
    const char *service = ptl_diff_service(text->diff, port->port);
    snprintf(number, sizeof(number), "%u/tcp", port->port);
    ptl_buf_printf(&text->line, "%-10s%-16s%-20s%-20s", number, ptl_difference_names[port->change],
                   cell(port->states[PTL_OLD], port->why, old),
                   cell(port->states[PTL_NEW], port->why, new));
    ptl_text_add_printable(&text->line, service != NULL ? service : "-");
    if (port->missed)
        ptl_buf_add(&text->line, "  (OLD may have missed it)");
    ptl_buf_add_char(&text->line, '\n');
}

static void add_shift(struct text *text, const struct ptl_diff_shift *shift)
{
    const char *comma = "ports that are not listed: ";
    for (int s = 0; s < PTL_ERROR; s++) {
        if (shift->more[s] == 0)
            continue;
        ptl_buf_printf(&text->line, "%s%+d %s", comma, shift->more[s], ptl_state_names[s]);
        comma = ", ";
    }
    ptl_buf_add(&text->line, shift->perhaps ? " (or missed)\n" : "\n");
}

static bool is_same(const uint32_t a[2], const uint32_t b[2])
{
    return a[0] == b[0] && a[1] == b[1];
}

/* Ports and shifts of a host stand in one block; both lists have the same order of hosts. */
static bool write_blocks(struct text *text)
{
    const struct ptl_diff *diff = text->diff;
    size_t port = 0, shift = 0;
    while (port < diff->port_count || shift < diff->shift_count) {
        bool by_port =
            port < diff->port_count &&
            (shift == diff->shift_count || diff->ports[port].order <= diff->shifts[shift].order);
        const uint32_t *hosts = by_port ? diff->ports[port].hosts : diff->shifts[shift].hosts;
        struct ptl_target_names names;
        ptl_diff_names(diff, hosts, &names);
        ptl_buf_add_char(&text->line, '\n');
        add_host(text, &names);
        ptl_buf_add_char(&text->line, '\n');
        if (by_port)
            ptl_buf_printf(&text->line, "%-10s%-16s%-20s%-20s%s\n", "PORT", "CHANGE", "OLD", "NEW",
                           "SERVICE");
        for (; port < diff->port_count && is_same(diff->ports[port].hosts, hosts); port++) {
            add_port(text, &diff->ports[port]);
            if (!flush(text))
                return false;
        }
        if (shift < diff->shift_count && is_same(diff->shifts[shift].hosts, hosts))
            add_shift(text, &diff->shifts[shift++]);
    }
    return flush(text);
}

static bool write_lone(struct text *text)
{
    static const char *const words[PTL_LONE_COUNT] = {"appeared", "vanished", "unknown"};
    const struct ptl_diff *diff = text->diff;
    if (diff->host_count > 0)
        ptl_buf_add_char(&text->line, '\n');
    for (size_t i = 0; i < diff->host_count; i++) {
        const struct ptl_diff_host *host = &diff->hosts[i];
        struct ptl_target_names names;
        uint32_t count;
        ptl_view_names(&diff->views[host->side], host->host, &names);
        ptl_buf_printf(&text->line, "%s: ", words[host->lone]);
        add_host(text, &names);
        if (host->lone == PTL_LONE_UNKNOWN)
            ptl_buf_printf(&text->line, ", in %s only: %s", host->side == PTL_NEW ? "NEW" : "OLD",
                           host->why == PTL_UNKNOWN_UNRESOLVED
                               ? "the other run could not resolve it"
                               : "the other file need not list it");
        const struct ptl_result *results = ptl_diff_results(diff, host, &count);
        const char *comma = "; open: ";
        for (uint32_t r = 0; r < count; r++) {
            if (results[r].state != PTL_OPEN)
                continue;
            ptl_buf_printf(&text->line, "%s%u", comma, results[r].port);
            comma = ", ";
        }
        ptl_buf_add_char(&text->line, '\n');
        if (!flush(text))
            return false;
    }
    return true;
}

static void add_summary(struct text *text)
{
    const struct ptl_diff *diff = text->diff;
    ptl_buf_printf(&text->line,
                   "\n%s: %" PRIu64 " host%s compared, %" PRIu64 " changed, %" PRIu64
                   " appeared, %" PRIu64 " vanished",
                   ptl_diff_is_different(diff)           ? "DIFFERENT"
                   : ptl_diff_is_perhaps_different(diff) ? "PERHAPS DIFFERENT"
                                                         : "no difference is known",
                   diff->compared, diff->compared == 1 ? "" : "s", diff->changed,
                   diff->lone[PTL_APPEARED], diff->lone[PTL_VANISHED]);
    ptl_buf_printf(&text->line,
                   "; ports: %" PRIu64 " opened, %" PRIu64 " closed, %" PRIu64
                   " changed between other states",
                   diff->changes[PTL_DIFFERENCE_OPENED], diff->changes[PTL_DIFFERENCE_CLOSED],
                   diff->changes[PTL_DIFFERENCE_STATE]);
    uint64_t closed = diff->changes[PTL_DIFFERENCE_PERHAPS_CLOSED],
             changed = diff->changes[PTL_DIFFERENCE_PERHAPS_STATE];
    if (closed > 0)
        ptl_buf_printf(&text->line,
                       "; perhaps closed: %" PRIu64 " (the new run may have missed %s)", closed,
                       closed == 1 ? "it" : "them");
    if (changed > 0)
        ptl_buf_printf(&text->line, "; perhaps changed otherwise: %" PRIu64, changed);
    if (diff->changes[PTL_DIFFERENCE_UNKNOWN] + diff->lone[PTL_LONE_UNKNOWN] > 0)
        ptl_buf_printf(&text->line, "; unknown: %" PRIu64 " port%s, %" PRIu64 " host%s",
                       diff->changes[PTL_DIFFERENCE_UNKNOWN],
                       diff->changes[PTL_DIFFERENCE_UNKNOWN] == 1 ? "" : "s",
                       diff->lone[PTL_LONE_UNKNOWN], diff->lone[PTL_LONE_UNKNOWN] == 1 ? "" : "s");
    ptl_buf_add_char(&text->line, '\n');
}

bool ptl_diff_write_text(const struct ptl_diff *diff, struct ptl_output *output)
{
    struct text text = {.diff = diff, .output = output};
    ptl_buf_init(&text.line, 16U << 20);
    add_run(&text, "OLD", &diff->views[PTL_OLD]);
    add_run(&text, "NEW", &diff->views[PTL_NEW]);
    for (size_t i = 0; i < diff->warning_count; i++)
        ptl_text_line(&text.line, "warning: %s", diff->warnings[i]);
    bool good = write_blocks(&text) && write_lone(&text);
    if (good) {
        add_summary(&text);
        good = flush(&text);
    }
    ptl_buf_free(&text.line);
    return good;
}
