/* JUnit XML: each expectation a test case, and one more that says whether the run is complete. */
#include "base/clock.h"
#include "report/writer.h"
#include "report/xml_text.h"

#include <inttypes.h>

/* What changed fails the run, if that was asked for. */
static bool judges_changes(const struct ptl_results *results)
{
    return results->changes != NULL && results->changes->fails;
}

static const enum ptl_change_kind failing[] = {PTL_CHANGED_OPENED, PTL_CHANGED_CLOSED,
                                               PTL_CHANGED_COME, PTL_CHANGED_GONE};

static size_t count_listed(const struct ptl_results *results)
{
    size_t listed = 0;
    for (size_t i = 0; judges_changes(results) && i < PTL_COUNT(failing); i++)
        listed += results->changes->lists[failing[i]].count;
    return listed;
}

static void add_totals(struct ptl_writing *writing, const char *element)
{
    const struct ptl_results *results = writing->results;
    size_t failures = 0, errors = 0;
    for (size_t i = 0; i < results->expectation_count; i++) {
        failures += results->expectations[i].verdict == PTL_FAIL;
        errors += results->expectations[i].verdict == PTL_INCONCLUSIVE;
    }
    errors += ptl_report_incomplete(results) != NULL;
    /* A test that says whether anything changed, and one for each change that is listed. */
    size_t tests = results->expectation_count + 1;
    if (judges_changes(results)) {
        tests += count_listed(results) + 1;
        failures += count_listed(results) + (ptl_changes_count(results->changes) > 0);
    }
    ptl_buf_printf(&writing->line, "<%s", element);
    ptl_xml_add_attribute(&writing->line, "name", results->run.profile);
    ptl_buf_printf(&writing->line,
                   " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"0\" time=\"%.3f\"",
                   tests, failures, errors, results->run.elapsed_ms / 1000);
}

static void add_completeness(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_buf *line = &writing->line;
    const char *cause = ptl_report_incomplete(results);
    ptl_buf_add(line, "<testcase");
    ptl_xml_add_attribute(line, "classname", results->run.profile);
    ptl_buf_printf(line, " name=\"the run is complete\" time=\"%.3f\">",
                   results->run.elapsed_ms / 1000);
    if (cause != NULL) {
        ptl_buf_add(line, "<error type=\"incomplete\"");
        ptl_xml_add_attribute(line, "message", cause);
        ptl_buf_printf(line, ">%" PRIu64 " of %" PRIu64 " probes unprobed, %" PRIu64 " in error\n",
                       results->summary.states[PTL_UNPROBED], results->summary.probes,
                       results->summary.states[PTL_ERROR]);
        for (size_t i = 0; i < results->unresolved_count; i++) {
            ptl_buf_add(line, "unresolved: ");
            ptl_xml_add_text(line, results->unresolved[i].input);
            ptl_buf_add(line, ": ");
            ptl_xml_add_text(line, results->unresolved[i].message);
            ptl_buf_add_char(line, '\n');
        }
        ptl_buf_add(line, "</error>");
    }
    ptl_buf_add(line, "</testcase>\n");
}

static bool write_expectation(struct ptl_writing *writing, const struct ptl_expectation *one)
{
    struct ptl_buf *line = &writing->line;
    struct ptl_target_names names;
    ptl_results_expectation_names(writing->results, one, &names);
    ptl_buf_add(line, "<testcase");
    ptl_xml_add_attribute(line, "classname", names.host);
    ptl_buf_add(line, " name=\"");
    ptl_xml_add_text(line, names.ip);
    if (one->port != 0)
        ptl_buf_printf(line, " %u/tcp", one->port);
    else
        ptl_buf_add(line, " other ports");
    ptl_buf_printf(line, " %s\" time=\"0\">", ptl_expected_names[one->expected]);
    if (one->verdict != PTL_PASS) {
        const char *element = one->verdict == PTL_FAIL ? "failure" : "error";
        ptl_buf_printf(line, "<%s type=\"%s\" message=\"", element,
                       ptl_verdict_names[one->verdict]);
        ptl_expectation_tell(writing->results, one, line);
        ptl_buf_add(line, "\"/>");
    }
    ptl_buf_add(line, "</testcase>\n");
    return ptl_writing_flush(writing);
}

static bool write_change(struct ptl_writing *writing, enum ptl_change_kind kind,
                         const struct ptl_changed *one)
{
    struct ptl_buf *line = &writing->line;
    ptl_buf_add(line, "<testcase");
    ptl_xml_add_attribute(line, "classname", one->host);
    ptl_buf_add(line, " name=\"");
    ptl_xml_add_text(line, one->ip);
    if (one->port != 0)
        ptl_buf_printf(line, " %u/tcp", one->port);
    ptl_buf_printf(line,
                   " unchanged\" time=\"0\"><failure type=\"changed\" message=\"%s\"/>"
                   "</testcase>\n",
                   ptl_change_word(kind));
    return ptl_writing_flush(writing);
}

static bool write_changes(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_buf *line = &writing->line;
    if (!judges_changes(results))
        return true;
    uint64_t count = ptl_changes_count(results->changes);
    ptl_buf_add(line, "<testcase");
    ptl_xml_add_attribute(line, "classname", results->run.profile);
    ptl_buf_add(line, " name=\"nothing changed\" time=\"0\">");
    if (count > 0) {
        ptl_buf_printf(line, "<failure type=\"changed\" message=\"%" PRIu64 " changed since ",
                       count);
        ptl_xml_add_text(line, results->changes->since);
        ptl_buf_add(line, "\"/>");
    }
    ptl_buf_add(line, "</testcase>\n");
    for (size_t k = 0; k < PTL_COUNT(failing); k++) {
        const struct ptl_changed_list *list = &results->changes->lists[failing[k]];
        for (size_t i = 0; i < list->count; i++)
            if (!write_change(writing, failing[k], &list->items[i]))
                return false;
    }
    return ptl_writing_flush(writing);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    char time[PTL_RFC3339_SIZE];
    ptl_buf_add(&writing->line, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    add_totals(writing, "testsuites");
    ptl_buf_add(&writing->line, ">\n");
    add_totals(writing, "testsuite");
    ptl_buf_printf(&writing->line, " timestamp=\"%.19s\">\n",
                   ptl_clock_rfc3339(results->run.started_ms, time));
    add_completeness(writing);
    if (!ptl_writing_flush(writing) || !write_changes(writing))
        return false;
    for (size_t i = 0; i < results->expectation_count; i++)
        if (!write_expectation(writing, &results->expectations[i]))
            return false;
    return true;
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    (void)writing;
    (void)row;
    return true;
}

static bool end(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    uint64_t judged = 0;
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        judged += results->verdicts[v];
    if (judged > results->expectation_count)
        ptl_buf_printf(&writing->line,
                       "<system-out>%" PRIu64 " more expectations passed</system-out>\n",
                       judged - results->expectation_count);
    ptl_buf_add(&writing->line, "</testsuite>\n</testsuites>\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_junit = {.begin = begin, .result = result, .end = end};
