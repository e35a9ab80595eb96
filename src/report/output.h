/*
 * Where a report goes. A regular file is written beside its place and renamed when it is whole;
 * anything else (a pipe, a terminal, /dev/null) is written in place. One thread.
 */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include "portolan/error.h"

#include <stdbool.h>
#include <stddef.h>

struct ptl_output;

/* "-" is standard output. Errors: PTL_E_OUTPUT, PTL_E_NO_MEMORY. */
enum ptl_status ptl_output_open(const char *path, struct ptl_output **output,
                                struct ptl_error *error);
/* Buffered; the first failure is kept and told by ptl_output_commit. */
void ptl_output_write(struct ptl_output *output, const void *bytes, size_t count);
/* Flushes, fsyncs, renames; frees in every case. */
enum ptl_status ptl_output_commit(struct ptl_output *output, struct ptl_error *error);
/* Leaves the destination as it was, and frees. NULL is nothing. */
void ptl_output_abandon(struct ptl_output *output);
bool ptl_output_is_terminal(const struct ptl_output *output);
bool ptl_output_failed(const struct ptl_output *output);

#endif
