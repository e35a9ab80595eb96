/* The --FORMAT PATH options of commands that have results in hand. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include "cli/options.h"
#include "portolan/results.h"

/*
 * Writes the results to every --FORMAT PATH of the command line; to standard output in `standard`
 * where none was given. {profile} and {started} expand. Prints what goes wrong. Returns an exit
 * status: EXIT_DONE, EXIT_USAGE (a path is wrong; nothing was written), EXIT_OUTPUT.
 */
int reports_write(const char *command, const struct arguments *arguments,
                  const struct ptl_results *results, enum ptl_format standard);

#endif
