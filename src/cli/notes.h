/* What a run says on standard error when it has ended. */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include "results/results.h"

/* `text`: where the report for people goes; NULL: there is none. */
void notes_print(const struct ptl_results *results, const char *text);

#endif
