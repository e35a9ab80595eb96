/* The history of a job: looked at before anything is sent, compared with before the reports are
 * written, kept after them. */
#ifndef CLI_JOB_HISTORY_H
#define CLI_JOB_HISTORY_H

#include "cli/jobs.h"

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

#endif
