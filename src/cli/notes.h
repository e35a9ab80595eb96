/* What a run says when it has ended: on standard error, and by its status. */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "cli/options.h"

#include <portolan.h>

/* `text`: where the report for people goes; NULL: there is none. */
void notes_print(const struct portolan_results *results, const struct portolan_summary *summary,
                 const char *text);

/* The exit status of a run that was carried out and written, by its results and what the command
 * line makes of them. */
int notes_status(const struct portolan_summary *summary, bool is_slice,
                 const struct arguments *arguments);

#endif
