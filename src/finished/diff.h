/* What changed between two runs that were read back, or that ended in this process. One thread. */
#ifndef FINISHED_DIFF_H
#define FINISHED_DIFF_H

#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"

struct ptl_diff;

/* What became of a port. Perhaps: the run that has it silent may have missed it, since its bound of
 * what it missed there is poor (ptl_estimate_is_poor_at). A port that is open has opened, whatever
 * the run before may have missed. */
enum ptl_difference {
    PTL_DIFFERENCE_OPENED,         /* open, and was not */
    PTL_DIFFERENCE_CLOSED,         /* was open, and is not */
    PTL_DIFFERENCE_STATE,          /* neither was nor is open, or may be either */
    PTL_DIFFERENCE_PERHAPS_CLOSED, /* was open, and is silent */
    PTL_DIFFERENCE_PERHAPS_STATE,  /* neither was nor is open, and was or is silent */
    PTL_DIFFERENCE_UNKNOWN         /* open in one run, not known in the other */
};
#define PTL_DIFFERENCE_COUNT 6
/* "opened", "closed", "changed", "perhaps-closed", "perhaps-changed", "unknown". */
extern const char *const ptl_difference_names[PTL_DIFFERENCE_COUNT];

/*
 * Compares two runs, host by host (by address) and port by port. Only what both runs know is a
 * difference: a port that one of them did not probe, or may not have, or could not ask, is unknown.
 * Results, sealed, and names (of the files, for people) must outlive the diff, which is the
 * caller's. Errors: PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_diff_new(const struct ptl_results *old, const char *old_name,
                             const struct ptl_results *new, const char *new_name,
                             struct ptl_diff **diff, struct ptl_error *error);
void ptl_diff_free(struct ptl_diff *diff);
/* A difference is known. */
bool ptl_diff_is_different(const struct ptl_diff *diff);
/* There may be one: a run may have missed what it has silent. */
bool ptl_diff_is_perhaps_different(const struct ptl_diff *diff);
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
/* The root of the JSON. */
extern const struct ptl_object ptl_object_diff;

#endif
