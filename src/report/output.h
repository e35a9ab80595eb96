/*
 * Where a report goes. A regular file is written beside its place and renamed when it is whole;
 * anything else (a pipe, a terminal, /dev/null) is written in place, and so is a live output, and a
 * file that is a mount of its own, which nothing can be renamed to. One thread.
 */
#ifndef REPORT_OUTPUT_H
#define REPORT_OUTPUT_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "report/sink.h"

struct ptl_output;

struct ptl_output_options {
    /* A regular file is written in place, locked meanwhile. It is as it was until
     * ptl_output_begin. */
    bool is_live;
    bool is_compressed;              /* by gzip */
    const struct ptl_cancel *cancel; /* ends the wait for somebody who reads a pipe; may be NULL */
};

/*
 * "-" is standard output. Folders that are missing are made. `options` may be NULL. Errors:
 * PTL_E_OUTPUT, PTL_E_NO_MEMORY, PTL_E_CANCELLED.
 */
enum ptl_status ptl_output_open(const char *path, const struct ptl_output_options *options,
                                struct ptl_output **output, struct ptl_error *error);
/* Of a live output: a reader that takes nothing is not waited for beyond the limit. A file has no
 * reader. */
void ptl_output_limit_wait(struct ptl_output *output, const struct ptl_sink_limit *limit);
/* Of a live output, before the first write: what the file held is gone. */
void ptl_output_begin(struct ptl_output *output);
/* What was written so far can be read by others. */
void ptl_output_flush(struct ptl_output *output);
/* Buffered; the first failure is kept and told by ptl_output_commit. */
void ptl_output_write(struct ptl_output *output, const void *bytes, size_t count);
/* Writes the line out and empties it. False: it had failed. */
bool ptl_output_write_line(struct ptl_output *output, struct ptl_buf *line);
/* Flushes, fsyncs, renames; frees in every case. */
enum ptl_status ptl_output_commit(struct ptl_output *output, struct ptl_error *error);
/* Leaves the destination as it was, without the folders that were made for it, and frees. NULL is
 * nothing. */
void ptl_output_abandon(struct ptl_output *output);
/* The one where all of it was written, `good`; else the other, and PTL_E_NO_MEMORY with `why`. */
enum ptl_status ptl_output_end(struct ptl_output *output, bool good, const char *why,
                               struct ptl_error *error);
bool ptl_output_is_terminal(const struct ptl_output *output);
bool ptl_output_failed(const struct ptl_output *output);
/* The output failed, or is sure to: the pipe that standard output is has no reader any more. */
bool ptl_output_is_gone(const struct ptl_output *output);

#endif
