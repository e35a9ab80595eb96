/* What a run says when it has ended: on standard error, and by its status. */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "cli/options.h"
#include "results/results.h"

/* `text`: where the report for people goes; NULL: there is none. */
void notes_print(const struct ptl_results *results, const char *text);

/* The exit status of a run that was carried out and written, by its results and what the command
 * line makes of them. */
int notes_status(const struct ptl_results *results, const struct arguments *arguments);

#endif
