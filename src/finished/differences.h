/* The differences of two runs, as they are found and as the writers take them. */
#ifndef FINISHED_DIFFERENCES_H
#define FINISHED_DIFFERENCES_H

#include "finished/diff.h"
#include "finished/view.h"
#include "report/output.h"

enum ptl_side { PTL_OLD, PTL_NEW };

struct ptl_diff_port {
    uint32_t hosts[2]; /* by enum ptl_side; PTL_VIEW_NONE: not named there */
    uint32_t order;    /* of the host, as the shifts have it */
    uint16_t port;
    uint8_t change;    /* enum ptl_difference */
    uint8_t states[2]; /* that it can have been in, a bit each; 0: not known */
    uint8_t why;       /* enum ptl_unknown, where not known */
    bool missed;       /* opened: OLD may have missed it */
};

/* A host of which only one run knows. */
enum ptl_lone { PTL_APPEARED, PTL_VANISHED, PTL_LONE_UNKNOWN };
#define PTL_LONE_COUNT 3
struct ptl_diff_host {
    uint32_t host; /* of the side that has it */
    uint8_t side;  /* enum ptl_side */
    uint8_t lone;  /* enum ptl_lone */
    uint8_t why;   /* enum ptl_unknown: why it may be in the other one all the same */
};

/* Ports that changed without being listed: how many more there are in each state. */
struct ptl_diff_shift {
    uint32_t hosts[2];
    uint32_t order;
    int32_t more[PTL_ERROR]; /* by enum ptl_state, those before error */
    bool perhaps;            /* a run may have missed them */
};

struct ptl_diff {
    struct ptl_view views[2];
    struct ptl_diff_port *ports; /* in the order of the hosts of NEW, then OLD; ports ascending */
    size_t port_count, port_capacity;
    struct ptl_diff_host *hosts;
    size_t host_count, host_capacity;
    struct ptl_diff_shift *shifts;
    size_t shift_count, shift_capacity;
    uint32_t common_ports; /* that both runs probed */
    uint64_t compared;     /* hosts that both runs have */
    uint64_t changed;      /* of these, with a difference */
    uint64_t perhaps;      /* of these, without one that is known, but perhaps with one */
    uint64_t poor[2];      /* of these, those of which a run may well have missed ports */
    uint64_t changes[PTL_DIFFERENCE_COUNT];
    uint64_t lone[PTL_LONE_COUNT];
    char **warnings;
    size_t warning_count;
};

/* Names of a host that may be named in one run only; NEW's where both name it. */
void ptl_diff_names(const struct ptl_diff *diff, const uint32_t hosts[2],
                    struct ptl_target_names *names);
/* The service as NEW names it, else as OLD does; NULL: neither. */
const char *ptl_diff_service(const struct ptl_diff *diff, uint16_t port);
/* The results of a host on one side. */
const struct ptl_result *ptl_diff_results(const struct ptl_diff *diff,
                                          const struct ptl_diff_host *host, uint32_t *count);

/* Fills the warnings (diff_parts.c). False: no memory. */
bool ptl_diff_warn(struct ptl_diff *diff);

/* Each writes the whole diff. False: no memory. */
bool ptl_diff_write_json(const struct ptl_diff *diff, struct ptl_output *output);
bool ptl_diff_write_text(const struct ptl_diff *diff, struct ptl_output *output);

#endif
