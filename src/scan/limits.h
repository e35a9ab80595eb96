/* What this machine grants: descriptors, threads, CPUs. */
#ifndef SCAN_LIMITS_H
#define SCAN_LIMITS_H

#include <stdint.h>

/* Descriptors that can still be opened, less `reserve`; at least 1. */
uint32_t ptl_limits_descriptors(uint32_t reserve);
/* Threads that the system's settings allow this process; at least 1. */
uint32_t ptl_limits_threads(void);
/* CPUs that this process may run on; at least 1. */
uint32_t ptl_limits_cpus(void);

#endif
