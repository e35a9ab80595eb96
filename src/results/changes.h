/*
 * What changed since the last complete run of the same hosts and ports, as a history tells it. A
 * part of the results; one thread while it is filled, constant afterwards.
 */
#ifndef RESULTS_CHANGES_H
#define RESULTS_CHANGES_H

#include "base/clock.h"
#include "results/keys.h"
#include "target/address.h"

enum ptl_change_kind {
    PTL_CHANGED_OPENED,
    PTL_CHANGED_CLOSED,
    PTL_CHANGED_PERHAPS_CLOSED, /* silent, but so may be one that is open */
    PTL_CHANGED_FLAPPING,       /* changes again and again; in none of the lists above */
    PTL_CHANGED_COME,           /* a host of which a port answers, and none did */
    PTL_CHANGED_GONE,           /* the other way */
    PTL_CHANGED_PERHAPS_GONE,   /* none answers, but so it may be where all were missed */
    PTL_CHANGED_FLAPPING_HOST   /* comes and goes again and again; in none of the other lists */
};
#define PTL_CHANGE_KINDS 8
static inline bool ptl_change_is_of_host(enum ptl_change_kind kind)
{
    return kind >= PTL_CHANGED_COME;
}
/* "opened", ...: the keys of the lists. */
extern const char *const ptl_change_kinds[PTL_CHANGE_KINDS];

/* A port, or a host. */
struct ptl_changed {
    char *host;
    char *service; /* NULL: none known */
    char ip[PTL_ADDRESS_SIZE];
    uint16_t port;   /* 0: a host */
    uint8_t was, is; /* that it can have been in, a bit for each enum ptl_state; 0: not known */
};

struct ptl_changed_list {
    struct ptl_changed *items;
    size_t count;
    uint64_t all; /* with those that are not listed */
};
#define PTL_CHANGES_LISTED 5000 /* in all lists together */

struct ptl_changes {
    char since[PTL_RFC3339_SIZE]; /* start of that run; "": there was none */
    uint32_t after;               /* runs that have to see a change */
    bool fails;                   /* a change ends the run with status 1 */
    struct ptl_changed_list lists[PTL_CHANGE_KINDS];
};

extern const struct ptl_object ptl_object_changes;

/* Counts a change, and lists a copy of it as long as there is room. False: no memory. */
bool ptl_changes_add(struct ptl_changes *changes, enum ptl_change_kind kind,
                     const struct ptl_changed *one);
/* Of ports that opened and closed, of hosts that came and went: what counts as a change. */
uint64_t ptl_changes_count(const struct ptl_changes *changes);
/* Frees what is in it, and leaves it empty. */
void ptl_changes_clear(struct ptl_changes *changes);

#endif
