/*
 * A run that has ended, or was read back, as seen by address: which of its hosts it is, and what is
 * known of a port there. Constant once made.
 */
#ifndef FINISHED_VIEW_H
#define FINISHED_VIEW_H

#include "results/results.h"
#include "target/address.h"
#include "target/portset.h"

#define PTL_VIEW_NONE UINT32_MAX

struct ptl_view_host {
    struct ptl_address address;
    uint32_t count;  /* of its results */
    uint32_t counts; /* index in results->targets; PTL_VIEW_NONE: not listed */
    size_t first;    /* of its results */
    uint32_t target; /* its number in the results */
    bool untouched;  /* the run did not come to it */
};

struct ptl_view {
    const char *name; /* of its file; borrowed, as are the results */
    const struct ptl_results *results;
    struct ptl_portset *ports;
    uint32_t host_count;
    struct ptl_view_host *hosts; /* those that the results list, by number of the target; of
                                  * results that were read back, all numbers, one after the other */
    uint32_t *by_address;
    const char **unresolved; /* sorted */
};

/* Why the state of a port is not known. */
enum ptl_unknown {
    PTL_UNKNOWN_NOT,        /* it is */
    PTL_UNKNOWN_NOT_PROBED, /* the port is not one of the run's */
    PTL_UNKNOWN_UNPROBED,   /* it may not have been probed: the run or the host was cut short */
    PTL_UNKNOWN_ERROR,      /* this machine could not ask */
    PTL_UNKNOWN_UNRESOLVED, /* the host's name did not resolve */
    PTL_UNKNOWN_NOT_LISTED  /* the results do not list the state it may have, or the host */
};

/* PTL_E_NO_MEMORY. What is half made is freed by ptl_view_free too. */
enum ptl_status ptl_view_init(struct ptl_view *view, const char *name,
                              const struct ptl_results *results, struct ptl_error *error);
void ptl_view_free(struct ptl_view *view);

/* PTL_VIEW_NONE: no host that the file names. */
uint32_t ptl_view_find(const struct ptl_view *view, const struct ptl_address *address);
/* The counts of a host; NULL: the results list none, or `host` is PTL_VIEW_NONE. Borrowed. */
const struct ptl_target_counts *ptl_view_counts(const struct ptl_view *view, uint32_t host);
void ptl_view_names(const struct ptl_view *view, uint32_t host, struct ptl_target_names *names);
/* Did the run fail to resolve this input? */
bool ptl_view_is_unresolved(const struct ptl_view *view, const char *input);
/* The result of a port; NULL: the host has none of it, or is PTL_VIEW_NONE. Borrowed. */
const struct ptl_result *ptl_view_result(const struct ptl_view *view, uint32_t host, uint16_t port);
/*
 * The states, a bit each, that the port can have been in; 0: not known, and *why says why. `result`
 * is its result, NULL: it has none. `host` PTL_VIEW_NONE: a target that the file does not name,
 * being one of more than 65,536.
 */
unsigned ptl_view_states(const struct ptl_view *view, uint32_t host, uint16_t port,
                         const struct ptl_result *result, enum ptl_unknown *why);
/* The same for all ports of the run that have no result there. */
unsigned ptl_view_absent(const struct ptl_view *view, uint32_t host, enum ptl_unknown *why);

#endif
