/*
 * The XML that nmap writes, by its DTD, so that what reads nmap reads portolan. What nmap has no
 * word for: a port in `error`, or unprobed, is in nmap's state "unknown".
 */
#include "report/writer.h"
#include "report/xml_text.h"
#include "target/portset.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const states[PTL_STATE_COUNT] = {"open", "closed", "filtered", "unknown",
                                                    "unknown"};

/* "Sat Nov 21 07:13:37 2026", UTC: for people, as nmap has it. */
static void add_time(struct ptl_buf *line, const char *name, int64_t ms)
{
    char text[64] = "";
    time_t seconds = (time_t)(ms / 1000);
    struct tm parts;
    if (gmtime_r(&seconds, &parts) != NULL)
        strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &parts);
    ptl_buf_printf(line, " %s=\"%s\"", name, text);
}

/* A comment can hold no "--". */
static void add_comment(struct ptl_buf *line, const char *what, const char *text)
{
    struct ptl_buf escaped;
    ptl_buf_init(&escaped, line->max);
    ptl_xml_add_text(&escaped, text);
    if (escaped.failed)
        line->failed = true;
    ptl_buf_printf(line, "<!-- %s: ", what);
    for (const char *at = ptl_buf_text(&escaped); *at != '\0'; at++)
        ptl_buf_add(line, *at == '-' && at[1] == '-' ? "- " : (char[]){*at, '\0'});
    ptl_buf_add(line, " -->\n");
    ptl_buf_free(&escaped);
}

static void add_port_count(struct ptl_buf *line, const char *text)
{
    struct ptl_portset *set = ptl_portset_new();
    unsigned count = 0;
    if (set == NULL || ptl_portset_add(set, text, NULL) == PTL_E_NO_MEMORY)
        line->failed = true;
    else
        count = ptl_portset_count(set);
    ptl_portset_free(set);
    ptl_buf_printf(line, " numservices=\"%u\"", count);
}

static void advance(struct ptl_writing *writing)
{
    writing->state.xml.has_next = ptl_results_next_target(
        writing->results, &writing->state.xml.cursor, &writing->state.xml.next,
        &writing->state.xml.next_first, &writing->state.xml.next_count);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    const struct ptl_run_info *run = &results->run;
    struct ptl_buf *line = &writing->line;
    ptl_buf_add(line, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nmaprun>\n");
    for (size_t i = 0; i < results->warning_count; i++)
        add_comment(line, "warning", results->warnings[i]);
    ptl_buf_add(line, "<nmaprun scanner=\"nmap\" args=\"portolan run ");
    ptl_xml_add_text(line, run->file);
    ptl_buf_printf(line, "\" start=\"%" PRId64 "\"", run->started_ms / 1000);
    add_time(line, "startstr", run->started_ms);
    ptl_xml_add_attribute(line, "version", run->tool_version);
    ptl_xml_add_attribute(line, "profile_name", run->profile);
    ptl_buf_printf(line,
                   " xmloutputversion=\"1.05\">\n<scaninfo type=\"connect\" protocol=\"tcp\"");
    add_port_count(line, run->ports);
    ptl_xml_add_attribute(line, "services", run->ports);
    ptl_buf_add(line, "/>\n<verbose level=\"0\"/>\n<debugging level=\"0\"/>\n");
    for (size_t i = 0; i < results->unresolved_count; i++) {
        ptl_buf_add(line, "<target");
        ptl_xml_add_attribute(line, "specification", results->unresolved[i].input);
        ptl_buf_add(line, " status=\"skipped\" reason=\"invalid\"/>\n");
    }
    advance(writing);
    return ptl_writing_flush(writing);
}

/* How many ports are in a state and not listed one by one. */
static void add_extraports(struct ptl_writing *writing, const struct ptl_target_counts *counts)
{
    uint32_t listed[PTL_STATE_COUNT] = {0};
    const struct ptl_result *items = writing->results->items + writing->state.xml.next_first;
    for (size_t i = 0; i < writing->state.xml.next_count; i++)
        listed[items[i].state]++;
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        if (counts->states[s] <= listed[s])
            continue;
        uint32_t count = counts->states[s] - listed[s];
        ptl_buf_printf(&writing->line, "<extraports state=\"%s\" count=\"%u\">\n", states[s],
                       count);
        if (s == PTL_UNPROBED)
            ptl_buf_printf(&writing->line, "<extrareasons reason=\"unprobed\" count=\"%u\"/>\n",
                           count);
        ptl_buf_add(&writing->line, "</extraports>\n");
    }
}

/* `counts` NULL: one of very many targets, whose counts are not kept; it has results, though. */
static void open_host(struct ptl_writing *writing, uint32_t target,
                      const struct ptl_target_counts *counts)
{
    struct ptl_buf *line = &writing->line;
    struct ptl_target_names names;
    ptl_results_names(writing->results, target, &names);
    bool asked = counts == NULL;
    for (int s = 0; !asked && s < PTL_UNPROBED; s++)
        asked = counts->states[s] > 0;
    ptl_buf_printf(line, "<host><status state=\"%s\" reason=\"%s\" reason_ttl=\"0\"/>\n<address",
                   asked ? "up" : "unknown", asked ? "user-set" : "unprobed");
    ptl_xml_add_attribute(line, "addr", names.ip);
    ptl_buf_printf(line, " addrtype=\"%s\"/>\n<hostnames>\n",
                   strchr(names.ip, ':') != NULL ? "ipv6" : "ipv4");
    if (strcmp(names.host, names.ip) != 0) {
        ptl_buf_add(line, "<hostname");
        ptl_xml_add_attribute(line, "name", names.host);
        ptl_buf_add(line, " type=\"user\"/>\n");
    }
    ptl_buf_add(line, "</hostnames>\n<ports>");
    if (counts != NULL)
        add_extraports(writing, counts);
    writing->state.xml.in_host = true;
    writing->state.xml.target = target;
}

/* What the profile expected of the host and did not find, as a host script's finding. */
static void add_expectations(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_buf *line = &writing->line;
    bool any = false;
    size_t *next = &writing->state.xml.expectation;
    for (; *next < results->expectation_count; ++*next) {
        const struct ptl_expectation *one = &results->expectations[*next];
        if (one->is_unresolved || one->target > writing->state.xml.target)
            break;
        if (one->target < writing->state.xml.target || one->verdict == PTL_PASS)
            continue;
        ptl_buf_add(line, any ? "&#10;" : "<hostscript><script id=\"portolan-expect\" output=\"");
        ptl_buf_printf(line, "%s: ", ptl_verdict_names[one->verdict]);
        ptl_expectation_tell(writing->results, one, line);
        any = true;
    }
    if (any)
        ptl_buf_add(line, "\"/></hostscript>\n");
}

static bool close_host(struct ptl_writing *writing)
{
    if (!writing->state.xml.in_host)
        return true;
    ptl_buf_add(&writing->line, "</ports>\n");
    add_expectations(writing);
    ptl_buf_add(&writing->line, "</host>\n");
    writing->state.xml.in_host = false;
    return ptl_writing_flush(writing);
}

/* The target of the next expectation that did not pass; UINT64_MAX: none. */
static uint64_t next_unmet(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    size_t *next = &writing->state.xml.expectation;
    while (*next < results->expectation_count && results->expectations[*next].verdict == PTL_PASS)
        ++*next;
    bool found = *next < results->expectation_count && !results->expectations[*next].is_unresolved;
    return found ? results->expectations[*next].target : UINT64_MAX;
}

/* Hosts before `target`, which have no port listed: for their counts, or for what was expected. */
static bool write_hosts_before(struct ptl_writing *writing, uint64_t target)
{
    for (;;) {
        uint64_t unmet = next_unmet(writing);
        uint64_t listed = writing->state.xml.has_next ? writing->state.xml.next.target : UINT64_MAX;
        uint64_t next = unmet < listed ? unmet : listed;
        if (next >= target)
            return true;
        open_host(writing, (uint32_t)next, next == listed ? &writing->state.xml.next : NULL);
        if (!close_host(writing))
            return false;
        if (next == listed)
            advance(writing);
    }
}

static bool enter_host(struct ptl_writing *writing, uint32_t target)
{
    if (!close_host(writing) || !write_hosts_before(writing, target))
        return false;
    bool counted = writing->state.xml.has_next && writing->state.xml.next.target == target;
    open_host(writing, target, counted ? &writing->state.xml.next : NULL);
    if (counted)
        advance(writing);
    return true;
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    struct ptl_buf *line = &writing->line;
    if ((!writing->state.xml.in_host || writing->state.xml.target != r->target) &&
        !enter_host(writing, r->target))
        return false;
    ptl_buf_printf(line, "<port protocol=\"tcp\" portid=\"%u\"><state state=\"%s\"", r->port,
                   states[r->state]);
    ptl_xml_add_attribute(line, "reason", row->reason);
    ptl_buf_add(line, " reason_ttl=\"0\"/>");
    if (row->service != NULL) {
        ptl_buf_add(line, "<service");
        ptl_xml_add_attribute(line, "name", row->service);
        ptl_buf_add(line, " method=\"table\" conf=\"3\"/>");
    }
    ptl_buf_add(line, "</port>\n");
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_buf *line = &writing->line;
    if (!close_host(writing) || !write_hosts_before(writing, UINT64_MAX))
        return false;
    const char *cause = ptl_report_incomplete(results);
    double seconds = results->run.elapsed_ms / 1000;
    ptl_buf_printf(line, "<runstats><finished time=\"%" PRId64 "\"",
                   results->run.finished_ms / 1000);
    add_time(line, "timestr", results->run.finished_ms);
    ptl_buf_printf(line,
                   " summary=\"portolan done: %" PRIu64 " targets, %" PRIu64
                   " probes in %.2f seconds\" elapsed=\"%.2f\"",
                   results->summary.targets, results->summary.probes, seconds, seconds);
    if (cause == NULL)
        ptl_buf_add(line, " exit=\"success\"/>");
    else
        ptl_buf_printf(line, " exit=\"error\" errormsg=\"%s\"/>", cause);
    ptl_buf_printf(line,
                   "<hosts up=\"%" PRIu64 "\" down=\"0\" total=\"%" PRIu64
                   "\"/>\n</runstats>\n</nmaprun>\n",
                   results->summary.targets, results->summary.targets + results->unresolved_count);
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_xml = {.begin = begin, .result = result, .end = end};
