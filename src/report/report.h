/*
 * Reports: one writer a format behind one small vtable, registered in one array
 * (src/report/writers.c), and the outputs they write to.
 *
 * The way of a report: ptl_report_open for every destination before the scan (so that a path that
 * cannot be written is known before anything is sent), ptl_report_write with the sealed results;
 * ptl_report_close commits.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/cancel.h"
#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"

struct ptl_report; /* one destination being written */

struct ptl_report_options {
    bool color; /* text only, and only when the destination is a terminal and NO_COLOR is unset */
    bool live;  /* a format that can be is written while the run lasts, in place */
    bool compressed;                 /* by gzip */
    const struct ptl_cancel *cancel; /* ends the wait for somebody who reads a pipe; may be NULL */
};

/*
 * True for "-", and for any other name of the file or pipe that standard output is (/dev/stdout):
 * that is written through standard output, in place. Not for terminals and other devices, which
 * can be opened by name without harm.
 */
bool ptl_report_is_stdout(const char *path);
/*
 * What a report to this path would replace or write to, links followed: one text for every path
 * that leads there, "-" for standard output under any name. The caller frees it. NULL: a place that
 * several reports may share (a device, a named pipe), one that cannot be reached (opening the
 * report will say so), or no memory.
 */
char *ptl_report_place(const char *path);
/*
 * Opens a destination: "-" is standard output; a regular file (or none yet) is written beside its
 * place, without a name where the file system can (O_TMPFILE), and renamed at close; any other
 * kind of file is written in place, and so is a live report: what it replaces is gone with the
 * first call of ptl_report_found. Folders that are missing are made. Errors: PTL_E_OUTPUT;
 * PTL_E_CANCELLED, where nobody read a pipe until `cancel` was triggered.
 */
enum ptl_status ptl_report_open(enum ptl_format format, const char *path,
                                const struct ptl_report_options *options,
                                struct ptl_report **report, struct ptl_error *error);
/* The same for text that is no report: written with ptl_report_write_text. */
enum ptl_status ptl_report_open_text(const char *path, const struct ptl_report_options *options,
                                     struct ptl_report **report, struct ptl_error *error);
void ptl_report_write_text(struct ptl_report *report, const char *text, size_t length);
/* True for a report that takes results while the run lasts. */
bool ptl_report_is_live(const struct ptl_report *report);
/*
 * Of a live report to a pipe, a terminal or a socket; of others it is nothing. From a cancel or the
 * deadline (by ptl_clock_now_ns; UINT64_MAX: none) on, a reader that takes nothing for a second is
 * not waited for any more: what is left is given up, as ptl_report_close tells. Before the first
 * ptl_report_found. `cancel` outlives the report.
 */
void ptl_report_limit_wait(struct ptl_report *report, const struct ptl_cancel *cancel,
                           uint64_t deadline_ns);
/* The report has failed, or nobody can read it any more: what else is written to it is lost. */
bool ptl_report_is_gone(const struct ptl_report *report);
/*
 * Of a live report: writes results that were found, in the order of ptl_live_ready and with nothing
 * left out between one call and the next, and sees that they are in the file. The first call, which
 * may come without any, writes what the run is. The results need no seal. What goes wrong is told
 * by ptl_report_write and ptl_report_close.
 */
void ptl_report_found(struct ptl_report *report, const struct ptl_results *results,
                      const struct ptl_result *items, size_t count);
/* Writes all of it from sealed results; of a live report, all that lies above the watermark. */
enum ptl_status ptl_report_write(struct ptl_report *report, const struct ptl_results *results,
                                 struct ptl_error *error);
/* Flushes, fsyncs, renames; frees the report in every case. Errors: PTL_E_OUTPUT. */
enum ptl_status ptl_report_close(struct ptl_report *report, struct ptl_error *error);
/* The end of a report that came to `status`: closes it where all is well, else abandons it. Returns
 * the status of both. */
enum ptl_status ptl_report_end(struct ptl_report *report, enum ptl_status status,
                               struct ptl_error *error);
/* All of that for one that is written at once. */
enum ptl_status ptl_report_make(enum ptl_format format, const char *path,
                                const struct ptl_report_options *options,
                                const struct ptl_results *results, struct ptl_error *error);
/* Frees without a trace: the destination is as it was. NULL is nothing. */
void ptl_report_abandon(struct ptl_report *report);

/*
 * Expands {profile}, {started} (20260131T120000Z) and {shard} (03-of-16; of a run that is of the
 * whole plan, 1-of-1) in a report path. *path is yours. PTL_E_INVALID for any other brace
 * expression, and for a name with a slash where it is asked for.
 */
struct ptl_expansion {
    const char *profile; /* its name */
    int64_t started_ms;
    uint32_t shard, shards; /* 0 of 0: the whole plan */
};
enum ptl_status ptl_report_expand(const char *pattern, const struct ptl_expansion *values,
                                  char **path, struct ptl_error *error);

#endif
