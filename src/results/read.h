/* Reading back what the json and jsonl writers wrote. */
#ifndef RESULTS_READ_H
#define RESULTS_READ_H

#include "base/error.h"
#include "results/results.h"

/*
 * Reads a results file of major version 1, results.json or jsonl (told apart by what is in it);
 * "-" is standard input. A writer given the results writes what it would have written of the run.
 * Streams: memory grows with results and targets (20 and at most 40 bytes each, and their names),
 * not with the file.
 *
 * Strict: everything that the schema requires has to be there and of its type, the sums have to
 * add up, every result belongs to a target, in order and once. Keys that this version does not
 * know are skipped. What is wrong is PTL_E_INVALID with file, line and column (of the record, in
 * bytes). *results is the caller's.
 */
enum ptl_status ptl_results_read(const char *path, struct ptl_results **results,
                                 struct ptl_error *error);
/* The same, with what grows in files once there is much of it (base/spill.h). */
enum ptl_status ptl_results_read_spilled(const char *path, struct ptl_results **results,
                                         struct ptl_error *error);
/* Only as far as what was asked: of results->run, the keys that are known when a run begins. The
 * rest of the file is not looked at. */
enum ptl_status ptl_results_read_head(const char *path, struct ptl_results **results,
                                      struct ptl_error *error);

#endif
