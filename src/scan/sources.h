/*
 * The source ports that this run's own sockets have towards this machine. A port that completes a
 * handshake is open, unless it is the source of another probe just then, and the two have met (a
 * simultaneous open, RFC 9293, 3.5): only then is there a doubt. All workers share one.
 */
#ifndef SCAN_SOURCES_H
#define SCAN_SOURCES_H

#include "target/address.h"

#include <stdatomic.h>

struct ptl_sources {
    atomic_uint *held;       /* by port: how many sockets have it */
    atomic_ullong *freed_ns; /* by port: when one that had it was done with it last */
    atomic_uint *turns;      /* by worker: odd while its socket's port is not known yet */
    struct ptl_address *own; /* this machine's addresses, in order */
    uint32_t workers, own_count;
    atomic_bool used; /* an address of this machine was asked */
};

/* False: no memory. Without a list of this machine's addresses, loopback alone is known to be its.
 */
bool ptl_sources_init(struct ptl_sources *sources, uint32_t workers);
void ptl_sources_free(struct ptl_sources *sources);

/* Does the address belong to this machine? Only then is the rest of use. */
bool ptl_sources_is_own(const struct ptl_sources *sources, const struct ptl_address *address);

/* Was an address of this machine asked, by any worker? */
bool ptl_sources_used(struct ptl_sources *sources);

/*
 * Around a worker's connect(): its port is known, and held, when it is over. Returns the port. One
 * that was refused has met nobody: `fd` is -1, and the port 0.
 */
void ptl_sources_begin(struct ptl_sources *sources, uint32_t worker);
uint16_t ptl_sources_end(struct ptl_sources *sources, uint32_t worker, int fd);
/* A socket has the port, or is done with it; 0 is none. */
void ptl_sources_hold(struct ptl_sources *sources, uint16_t port);
void ptl_sources_drop(struct ptl_sources *sources, uint16_t port);

/*
 * May a connect that the worker began at `since_ns`, to this port of this machine, have met another
 * of this run's? Waits for those of other workers whose port is not known yet; they do not block.
 */
bool ptl_sources_met(struct ptl_sources *sources, uint32_t worker, uint16_t port,
                     uint64_t since_ns);

#endif
