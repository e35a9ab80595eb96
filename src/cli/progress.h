/* The progress line: one line on standard error, rewritten in place. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/options.h"

#include <portolan.h>

struct progress_line {
    size_t number, count; /* which profile of how many */
    size_t shown;         /* columns in use now */
};

/* Does the command line ask for the line, or, where it does not say, may a terminal show it? */
bool progress_is_wanted(const struct arguments *arguments);
/* How far a run has come. */
void progress_tick(struct progress_line *line, const struct portolan_progress *progress);
/* The tick of ptl_study_hooks; its context is a struct progress_line. */
struct ptl_study_progress;
void progress_study_tick(void *context, const struct ptl_study_progress *progress);
/* Erases the line. */
void progress_clear(struct progress_line *line);

#endif
