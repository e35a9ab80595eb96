/* The progress line: one line on standard error, rewritten in place. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "portolan/run.h"

/* The tick of ptl_run_hooks. */
void progress_tick(void *context, const struct ptl_progress *progress);
/* Leaves an empty line behind. */
void progress_clear(void);

#endif
