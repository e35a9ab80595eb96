/* A run of a study in a process of its own, so that its time and memory are its own. */
#ifndef CLI_VARIANT_PROCESS_H
#define CLI_VARIANT_PROCESS_H

#include "compare/compare.h"

/* Starts this program anew (/proc/self/exe run-variant). A process that dies is a record that
 * failed. Cancelled: the signal is passed on, PTL_E_CANCELLED when it is gone. */
ptl_study_runner run_variant_process;

#endif
