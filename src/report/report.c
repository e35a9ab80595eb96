#include "report/report.h"

#include "report/output.h"
#include "report/writer.h"
#include "results/live.h"

#include <stdlib.h>

#define LINE_MAX_BYTES                                                                             \
    (16U << 20) /* the longest record: a target with 65,535 open ports is 0.4 MiB */

struct ptl_report {
    enum ptl_format format;
    const struct ptl_writer *writer; /* of the format; NULL: it is a text */
    struct ptl_writing writing;
    bool live;
    bool begun;
    bool failed; /* memory ran out */
};

static enum ptl_status open_report(const char *path, const struct ptl_output_options *options,
                                   struct ptl_report **report, struct ptl_error *error)
{
    struct ptl_report *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    ptl_buf_init(&new->writing.line, LINE_MAX_BYTES);
    new->live = options->is_live;
    enum ptl_status status = ptl_output_open(path, options, &new->writing.output, error);
    if (status != PTL_OK) {
        free(new);
        return status;
    }
    *report = new;
    return PTL_OK;
}

enum ptl_status ptl_report_open_text(const char *path, const struct ptl_report_options *options,
                                     struct ptl_report **report, struct ptl_error *error)
{
    struct ptl_output_options how = {.cancel = options->cancel};
    return open_report(path, &how, report, error);
}

enum ptl_status ptl_report_open(enum ptl_format format, const char *path,
                                const struct ptl_report_options *options,
                                struct ptl_report **report, struct ptl_error *error)
{
    const struct ptl_writer *writer = ptl_writers[format];
    struct ptl_output_options how = {.is_live = options->live && writer->by_time,
                                     .is_compressed = options->compressed,
                                     .cancel = options->cancel};
    enum ptl_status status = open_report(path, &how, report, error);
    if (status != PTL_OK)
        return status;
    (*report)->format = format;
    (*report)->writer = writer;
    (*report)->writing.color = options->color && ptl_output_is_terminal((*report)->writing.output);
    return PTL_OK;
}

bool ptl_report_is_live(const struct ptl_report *report)
{
    return report->live;
}

void ptl_report_limit_wait(struct ptl_report *report, const struct ptl_cancel *cancel,
                           uint64_t deadline_ns)
{
    const struct ptl_sink_limit limit = {.cancel = cancel, .deadline_ns = deadline_ns};
    if (report->live)
        ptl_output_limit_wait(report->writing.output, &limit);
}

bool ptl_report_is_gone(const struct ptl_report *report)
{
    return report->failed || ptl_output_is_gone(report->writing.output);
}

void ptl_report_write_text(struct ptl_report *report, const char *text, size_t length)
{
    ptl_output_write(report->writing.output, text, length);
}

/* The row being written; names are looked up once for each stretch of one target. */
struct rows {
    struct ptl_target_names names;
    struct ptl_row row;
    bool named;
};

static bool write_result(struct ptl_report *report, struct rows *rows,
                         const struct ptl_result *result)
{
    struct ptl_row *row = &rows->row;
    if (!rows->named || row->result->target != result->target)
        ptl_results_names(report->writing.results, result->target, &rows->names);
    rows->named = true;
    row->names = &rows->names;
    row->result = result;
    row->service = ptl_results_service(report->writing.results, result->port);
    ptl_reason_name(result->reason, row->reason);
    if (!report->writer->result(&report->writing, row))
        return false;
    report->writing.written++;
    return true;
}

static bool write_results(struct ptl_report *report, const struct ptl_results *results)
{
    struct rows rows = {.named = false};
    for (size_t i = 0; i < results->count && !ptl_output_failed(report->writing.output); i++) {
        ptl_results_rest(results, i);
        if (!write_result(report, &rows, &results->items[i]))
            return false;
    }
    return true;
}

/* What is below the watermark was written while the run lasted. */
static bool write_by_time(struct ptl_report *report, const struct ptl_results *results,
                          uint32_t watermark_ms)
{
    struct rows rows = {.named = false};
    uint32_t *order = ptl_results_by_time(results);
    bool good = order != NULL || results->count == 0;
    for (size_t i = 0; i < results->count && good; i++) {
        const struct ptl_result *item = &results->items[order[i]];
        if (item->offset_ms < watermark_ms)
            continue;
        if (ptl_output_failed(report->writing.output))
            break;
        good = write_result(report, &rows, item);
    }
    free(order);
    return good;
}

static bool begin(struct ptl_report *report, const struct ptl_results *results)
{
    report->writing.results = results;
    report->begun = true;
    ptl_output_begin(report->writing.output);
    return report->writer->begin(&report->writing);
}

void ptl_report_found(struct ptl_report *report, const struct ptl_results *results,
                      const struct ptl_result *items, size_t count)
{
    struct rows rows = {.named = false};
    if (!report->begun && !begin(report, results))
        report->failed = true;
    for (size_t i = 0; i < count && !report->failed && !ptl_output_failed(report->writing.output);
         i++)
        report->failed = !write_result(report, &rows, &items[i]);
    ptl_output_flush(report->writing.output);
}

enum ptl_status ptl_report_write(struct ptl_report *report, const struct ptl_results *results,
                                 struct ptl_error *error)
{
    uint32_t watermark_ms = report->begun ? results->watermark_ms : 0;
    bool good = !report->failed;
    if (good && !report->begun)
        good = begin(report, results);
    if (good && report->writer->by_time)
        good = write_by_time(report, results, watermark_ms);
    else if (good)
        good = write_results(report, results);
    if (good && report->writer->end(&report->writing))
        return PTL_OK;
    return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory while the %s report was written",
                         ptl_format_names[report->format]);
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

enum ptl_status ptl_report_end(struct ptl_report *report, enum ptl_status status,
                               struct ptl_error *error)
{
    if (status == PTL_OK)
        return ptl_report_close(report, error);
    ptl_report_abandon(report);
    return status;
}

enum ptl_status ptl_report_make(enum ptl_format format, const char *path,
                                const struct ptl_report_options *options,
                                const struct ptl_results *results, struct ptl_error *error)
{
    struct ptl_report *report = NULL;
    enum ptl_status status = ptl_report_open(format, path, options, &report, error);
    if (status != PTL_OK)
        return status;
    return ptl_report_end(report, ptl_report_write(report, results, error), error);
}
