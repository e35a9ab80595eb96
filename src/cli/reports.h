/* The --FORMAT PATH options of commands that have results in hand. */
#ifndef CLI_REPORTS_H
#define CLI_REPORTS_H

#include "cli/options.h"
#include "results/results.h"

/* True, said: two of these paths (NULL: none) go to one place, by whatever spelling. */
bool reports_clash(const char *command, const char *const paths[PTL_FORMAT_COUNT]);

/* Writes one report; what it is of is the caller's. */
typedef enum ptl_status write_report(const void *what, enum ptl_format format, const char *path,
                                     struct ptl_error *error);

/*
 * Calls `write` for every --FORMAT PATH of the command line; with standard output in `standard`
 * where none was given. {profile}, {shard} and {started} expand as those of `run`. Prints what goes
 * wrong. Returns an exit status: EXIT_DONE, EXIT_USAGE (a path is wrong; nothing was written),
 * EXIT_OUTPUT.
 */
int reports_write(const char *command, const struct arguments *arguments,
                  const struct ptl_run_info *run, enum ptl_format standard, write_report *write,
                  const void *what);
/* A write_report for results. */
enum ptl_status reports_write_results(const void *results, enum ptl_format format, const char *path,
                                      struct ptl_error *error);

#endif
