/* What `run` keeps of each of its profiles: the profile, where its reports go, the reports. */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "base/cancel.h"
#include "cli/options.h"
#include "report/report.h"
#include "scan/run.h"

/* Where a job writes: a report of each format, the expectations of --save-expect, the
 * profile of --save-profile, the journal. */
#define JOB_EXPECT PTL_FORMAT_COUNT
#define JOB_PROFILE (PTL_FORMAT_COUNT + 1)
#define JOB_JOURNAL (PTL_FORMAT_COUNT + 2) /* written by the run itself: no report */
#define JOB_OUTPUTS (PTL_FORMAT_COUNT + 3)

/* Zero-initialise; job_free frees what is there. */
struct job {
    struct ptl_profile *profile;
    struct ptl_prepared *prepared;
    struct ptl_journal *journal;             /* NULL: none */
    char *history;                           /* the folder; NULL: none is kept */
    struct ptl_report *reports[JOB_OUTPUTS]; /* open; NULL: not asked for */
    char *paths[JOB_OUTPUTS];
};

/* The functions below print what is wrong and return false. */

/* Where each report goes: the options' PATHs, or else the profile's. */
bool job_expand_paths(struct job *job, const struct arguments *arguments, int64_t now_ms);
/*
 * No two reports, of one profile or of two, may go to one file, and none to a profile. Standard
 * output, by any name, may take one report of each profile, one after the other; devices and
 * named pipes take what they are given.
 */
bool jobs_are_apart(const struct job *jobs, size_t count);
/* The PATH of an output before anything is expanded in it: the options', or else the profile's. */
const char *job_pattern(const struct job *job, const struct arguments *arguments, int output);
/* The PATH that the options give an output; NULL: none. */
const char *job_output_pattern(const struct arguments *arguments, int output);
/* "json", ..., "save-expect": the option of an output. */
const char *job_output_name(int output);
/* Opens every report: a path that cannot be written is known before anything is sent. One that
 * waits for a reader when `cancel` is triggered is said, and left out. */
bool job_open_reports(struct job *job, const struct ptl_cancel *cancel);
/* True when a report is written while the run lasts. */
bool job_is_live(const struct job *job);
/* The run begins: how long its live reports wait for readers that take nothing. */
void job_limit_wait(const struct job *job, const struct ptl_cancel *cancel);
/* False: neither a report, a history nor a journal can be written any more. */
bool job_is_wanted(const struct job *job);
/* Writes what was found to the reports that are. */
void job_write_found(const struct job *job, const struct ptl_results *results,
                     const struct ptl_result *items, size_t count);
/* Writes and closes every report, also after one has failed. *unsaved: the expectations could not
 * be told from these results, and are not written. */
bool job_write_reports(struct job *job, const struct ptl_results *results, bool quiet,
                       bool *unsaved);
/* Reports that are still open leave no trace. */
void job_free(struct job *job);

#endif
