/* What `run` keeps of each of its profiles: the profile, where its reports go, the reports. */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "cli/options.h"

#include <portolan.h>

/* Where a job writes: a report of each format, the expectations of --save-expect, the
 * profile of --save-profile, the journal. */
#define JOB_EXPECT REPORTS_MAX
#define JOB_PROFILE (REPORTS_MAX + 1)
#define JOB_JOURNAL (REPORTS_MAX + 2) /* written by the run itself: no report */
#define JOB_OUTPUTS (REPORTS_MAX + 3)

/* Zero-initialise; job_free frees what is there. */
struct job {
    struct portolan_profile *profile;
    struct portolan_profile_info asks; /* the shard is the one in force */
    struct portolan_prepared *prepared;
    bool is_stopped;     /* before it was prepared: it asks nothing, and begins no journal */
    bool journal_failed; /* and that was said */
    char *history;       /* the folder; NULL: none is kept */
    struct portolan_report *reports[JOB_OUTPUTS]; /* open; NULL: not asked for */
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
/* Where the text for people goes; NULL: nowhere. */
const char *job_text(const struct job *job);
/* Opens every report: a path that cannot be written is known before anything is sent. One that
 * waits for a reader when `stop` is triggered is said, and left out. */
bool job_open_reports(struct job *job, struct portolan_stop *stop);
/* Writes and closes every report, also after one has failed. *unsaved: the expectations could not
 * be told from these results, and are not written. */
bool job_write_reports(struct job *job, const struct portolan_results *results, bool quiet,
                       bool *unsaved);
/* Reports that are still open leave no trace. */
void job_free(struct job *job);

/* ---- the history of a job: looked at before anything is sent, compared with before the reports
 * are written, kept after them (job_history.c) ---- */

/* Names the folders. The options fit the jobs; else it is said, and the status is 2. */
bool job_histories_are_asked_well(const struct arguments *arguments, struct job *jobs,
                                  size_t count);
/* An exit status: EXIT_DONE, or what is wrong was printed. */
int job_check_history(const struct job *job);
/* Sets what changed since the last complete run. False: said. */
bool job_compare_history(const struct job *job, const struct arguments *arguments,
                         struct portolan_results *results);
/* Keeps the run, and removes what is kept no longer. False: said. */
bool job_keep_history(const struct job *job, const struct portolan_results *results);

/* ---- the journal of a job: made before anything is sent, removed once the reports are written
 * (job_journal.c) ---- */

/* The options about journals fit each other, and the jobs; else it is said, and the status is 2. */
bool job_journals_are_asked_well(const struct arguments *arguments, const struct job *jobs,
                                 size_t count);
/* What they say of the journal that the run is prepared with. */
void job_ask_for_journal(const struct job *job, const struct arguments *arguments,
                         struct portolan_prepare_options *options);
/* After the reports of a run that is `complete` or not. `done`: it is, and every report is written.
 * False: said. */
bool job_finish_journal(const struct job *job, const struct arguments *arguments,
                        struct portolan_results *results, bool complete, bool done);

#endif
