/* The parts of results.json as JSON values, for every writer that carries them. The values are the
 * caller's; NULL, or one that fails to print, is a lack of memory. */
#ifndef REPORT_RECORDS_H
#define REPORT_RECORDS_H

#include "portolan/json.h"
#include "portolan/results.h"
#include "report/writer.h"

struct ptl_json *ptl_record_tool(const struct ptl_run_info *run);
struct ptl_json *ptl_record_run(const struct ptl_run_info *run);
/* As far as it is known when the run begins. */
struct ptl_json *ptl_record_run_begun(const struct ptl_run_info *run);
struct ptl_json *ptl_record_summary(const struct ptl_results *results);
/* Appends the list "open_ports". */
void ptl_record_open_ports(const struct ptl_results *results, struct ptl_buf *buf);
/* An element of a list of the results. */
typedef struct ptl_json *ptl_record_nth(const struct ptl_results *results, size_t number);
ptl_record_nth ptl_record_unresolved, ptl_record_warning_text;
ptl_record_nth ptl_record_merged; /* of merged results only */
/* Writes the list's elements and what closes it, each by itself, since there may be many. */
bool ptl_record_write_list(struct ptl_writing *writing, size_t count, ptl_record_nth *nth,
                           bool (*flush)(struct ptl_writing *writing));
/* Of an interrupted run of many targets: "untouched". */
struct ptl_json *ptl_record_untouched(const struct ptl_results *results);
/* One element of "targets"; items[0..count) are the kept results of the target. */
struct ptl_json *ptl_record_target(const struct ptl_results *results,
                                   const struct ptl_target_counts *counts,
                                   const struct ptl_result *items, size_t count);
struct ptl_json *ptl_record_expectation(const struct ptl_results *results,
                                        const struct ptl_expectation *expectation);
/* Of merged results: the element of "disagreements" that begins at *next, which becomes where the
 * following one begins. */
struct ptl_json *ptl_record_disagreement(const struct ptl_results *results, size_t *next);
/* One element of "results". */
struct ptl_json *ptl_record_result(const struct ptl_row *row);

#endif
