/*
 * The frame of an HTML page: a policy that forbids the network, the style, data as JSON that
 * cannot end its own element, and the scripts that draw it. All of it in one file.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/buf.h"
#include "report/output.h"

enum ptl_page { PTL_PAGE_RUN, PTL_PAGE_COMPARE, PTL_PAGE_HISTORY };

/* Everything up to the data. The title is "portolan: ", `what` and `name`, which may come from
 * outside. Through `scratch`, which is emptied. False: memory ran out. */
bool ptl_page_begin(struct ptl_output *output, struct ptl_buf *scratch, enum ptl_page page,
                    const char *what, const char *name);
/* Opens and closes an element of data that the scripts find by its id (a literal of ours). */
void ptl_page_open_data(struct ptl_output *output, const char *id);
void ptl_page_close_data(struct ptl_output *output);
/* Everything after the data. */
void ptl_page_end(struct ptl_output *output, enum ptl_page page);

/*
 * Writes JSON text so that it can stand inside a script element: what could end the element or be
 * taken for markup (<, >, &) and the two line separators that old scripts break at are written as
 * \u escapes. JSON has them in strings only, so the value stays the same.
 */
void ptl_page_write_json(struct ptl_output *output, const char *json, size_t length);
/* Writes what was put together of it, and empties that. False: it had failed. */
bool ptl_page_flush(struct ptl_output *output, struct ptl_buf *line);

#endif
