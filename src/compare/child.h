/* One run in a process of its own, so that its time and memory are its own. */
#ifndef COMPARE_CHILD_H
#define COMPARE_CHILD_H

#include "compare/study.h"

/*
 * A ptl_study_runner: starts this program anew (/proc/self/exe run-variant). A process that dies
 * is a record that failed. Cancelled: the signal is passed on, PTL_E_CANCELLED when it is gone.
 */
enum ptl_status ptl_child_run(void *context, const struct ptl_profile *profile,
                              const struct ptl_cancel *cancel, const struct ptl_run_ticks *ticks,
                              struct ptl_record **record, struct ptl_error *error);

#endif
