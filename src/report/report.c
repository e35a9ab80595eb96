#include "portolan/report.h"

#include "report/output.h"
#include "report/writer.h"

#include <stdlib.h>

#define LINE_MAX_BYTES                                                                             \
    (16U << 20) /* the longest record: a target with 65,535 open ports is 0.4 MiB */

struct ptl_report {
    const struct ptl_writer *writer;
    struct ptl_writing writing;
};

bool ptl_report_has(enum ptl_format format)
{
    return format < PTL_FORMAT_COUNT && ptl_writers[format] != NULL;
}

const char *ptl_report_extension(enum ptl_format format)
{
    return ptl_writers[format]->extension;
}

enum ptl_status ptl_report_open_text(const char *path, struct ptl_report **report,
                                     struct ptl_error *error)
{
    struct ptl_report *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    ptl_buf_init(&new->writing.line, LINE_MAX_BYTES);
    enum ptl_status status = ptl_output_open(path, &new->writing.output, error);
    if (status != PTL_OK) {
        free(new);
        return status;
    }
    *report = new;
    return PTL_OK;
}

enum ptl_status ptl_report_open(enum ptl_format format, const char *path,
                                const struct ptl_report_options *options,
                                struct ptl_report **report, struct ptl_error *error)
{
    enum ptl_status status = ptl_report_open_text(path, report, error);
    if (status != PTL_OK)
        return status;
    (*report)->writer = ptl_writers[format];
    (*report)->writing.color = options->color && ptl_output_is_terminal((*report)->writing.output);
    return PTL_OK;
}

void ptl_report_write_text(struct ptl_report *report, const char *text, size_t length)
{
    ptl_output_write(report->writing.output, text, length);
}

static bool write_results(struct ptl_report *report, const struct ptl_results *results)
{
    struct ptl_target_names names;
    struct ptl_row row = {.names = &names};
    for (size_t i = 0; i < results->count && !ptl_output_failed(report->writing.output); i++) {
        row.result = &results->items[i];
        if (i == 0 || row.result->target != results->items[i - 1].target)
            ptl_results_names(results, row.result->target, &names);
        row.service = ptl_results_service(results, row.result->port);
        ptl_reason_name(row.result->reason, row.reason);
        if (!report->writer->result(&report->writing, &row))
            return false;
        report->writing.written++;
    }
    return true;
}

enum ptl_status ptl_report_write(struct ptl_report *report, const struct ptl_results *results,
                                 struct ptl_error *error)
{
    struct ptl_writing *writing = &report->writing;
    writing->results = results;
    if (report->writer->begin(writing) && write_results(report, results) &&
        report->writer->end(writing))
        return PTL_OK;
    return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory while the %s report was written",
                         report->writer->name);
}

enum ptl_status ptl_report_close(struct ptl_report *report, struct ptl_error *error)
{
    enum ptl_status status = ptl_output_commit(report->writing.output, error);
    ptl_buf_free(&report->writing.line);
    free(report);
    return status;
}

void ptl_report_abandon(struct ptl_report *report)
{
    if (report == NULL)
        return;
    ptl_output_abandon(report->writing.output);
    ptl_buf_free(&report->writing.line);
    free(report);
}
