/* The objects of the JSON of a diff, and what each is written from. */
#ifndef FINISHED_DIFF_KEYS_H
#define FINISHED_DIFF_KEYS_H

#include "finished/differences.h"
#include "results/objects.h"

struct ptl_diff_run_keys {
    const char *file, *profile, *profile_sha256, *ports;
    int64_t started_ms, finished_ms;
    bool complete;
    uint64_t targets, probes, states[PTL_STATE_COUNT], unresolved;
};
extern const struct ptl_object ptl_diff_run_object;
extern const struct ptl_object ptl_diff_summary_object; /* of struct ptl_diff */

/* A host that one run has: the other one has it not, or may have it. */
struct ptl_diff_host_keys {
    const char *input, *host, *ip;
    uint8_t side, why;
    struct ptl_open_ports open_ports;
};
extern const struct ptl_object ptl_diff_host_object, ptl_diff_unknown_host_object;

/* A host with ports that changed and that neither file lists. */
struct ptl_diff_shift_keys {
    const char *host, *ip;
    int32_t more[PTL_ERROR];
    bool perhaps;
};
extern const struct ptl_object ptl_diff_shift_object;

/* A port with a difference, with one that may be none, or that one run does not know. */
struct ptl_diff_port_keys {
    const char *host, *ip, *service;
    uint16_t port;
    uint8_t change, why, states[2];
    bool missed;
};
extern const struct ptl_object ptl_diff_change_object, ptl_diff_perhaps_object,
    ptl_diff_unknown_object;

#endif
