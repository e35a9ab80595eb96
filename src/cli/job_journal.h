/* The journal of a job: made before anything is sent, removed once the reports are written. */
#ifndef CLI_JOB_JOURNAL_H
#define CLI_JOB_JOURNAL_H

#include "cli/jobs.h"

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
