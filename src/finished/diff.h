/* What changed between two runs that were read back. One thread. */
#ifndef FINISHED_DIFF_H
#define FINISHED_DIFF_H

#include "base/buf.h"
#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"

#include <stdbool.h>

struct ptl_diff;

/*
 * Compares two runs, host by host (by address) and port by port. Only what both runs know is a
 * difference: a port that one of them did not probe, or may not have, or could not ask, is unknown.
 * Results and names (of the files, for people) must outlive the diff, which is the caller's.
 * Errors: PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_diff_new(const struct ptl_results *old, const char *old_name,
                             const struct ptl_results *new, const char *new_name,
                             struct ptl_diff **diff, struct ptl_error *error);
void ptl_diff_free(struct ptl_diff *diff);
bool ptl_diff_is_different(const struct ptl_diff *diff);
/* Something is unknown, or one of the runs has probes or hosts without a verdict. */
bool ptl_diff_has_unknown(const struct ptl_diff *diff);
/* One of the runs did not do all that it was to do: that no difference is known tells little. */
bool ptl_diff_is_incomplete(const struct ptl_diff *diff);
/* What has to be known to judge the diff: incomplete runs and the like. NULL past the end. */
const char *ptl_diff_warning(const struct ptl_diff *diff, size_t number);

/* Writes it as JSON or text, whole or not at all, as a report; "-" is standard output. Errors:
 * PTL_E_OUTPUT, PTL_E_NO_MEMORY. */
enum ptl_status ptl_diff_write(const struct ptl_diff *diff, enum ptl_format format,
                               const char *path, struct ptl_error *error);
/* JSON Schema, draft-07, of the JSON; pretty-printed, with a newline. */
void ptl_diff_schema(struct ptl_buf *buf);
/* Tables of its keys, as Markdown. */
void ptl_diff_reference(struct ptl_buf *buf);

#endif
