/* The journal of a job: opened before names are resolved, made before anything is sent, removed
 * once the reports are written. */
#ifndef CLI_JOB_JOURNAL_H
#define CLI_JOB_JOURNAL_H

#include "cli/jobs.h"

/* The options about journals fit each other, and the jobs; else it is said, and the status is 2. */
bool job_journals_are_asked_well(const struct arguments *arguments, const struct job *jobs,
                                 size_t count);
/* An exit status: EXIT_DONE, or what is wrong was printed. */
int job_open_journal(struct job *job, const struct arguments *arguments);
int job_create_journal(struct job *job);
/* After the reports. `done`: nothing is left to ask, and every report is written. False: said. */
bool job_finish_journal(struct job *job, const struct arguments *arguments, bool done);

#endif
