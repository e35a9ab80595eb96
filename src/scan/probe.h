/*
 * One attempt at one port: a socket, a connect, and what its end means. The only files that know
 * what an errno or an ICMP kind says about a port.
 */
#ifndef SCAN_PROBE_H
#define SCAN_PROBE_H

#include "results/results.h"
#include "target/address.h"

/* How an attempt ended. */
struct ptl_finding {
    uint8_t state;   /* enum ptl_state */
    uint8_t reason;  /* enum ptl_reason */
    bool reusable;   /* the socket may be connected again */
    bool self;       /* it had connected to itself: ask again, from another port */
    bool doubtful;   /* open; where its port is the source of another probe, they may have met */
    bool resent;     /* the kernel had sent the SYN again */
    uint32_t rtt_us; /* the kernel's, or PTL_US_NONE */
};

/*
 * A non-blocking TCP socket that collects ICMP errors, bound to `source` (no port taken) when it
 * is not NULL. Returns it, or -1 with errno.
 */
int ptl_probe_socket(uint8_t family, const struct ptl_address *source);

/*
 * connect(), non-blocking. The first call starts; a further one collects the verdict, which also
 * resets a refused socket for the next port (getsockopt(SO_ERROR) would leave it half-way).
 * Returns 0 or an errno: EINPROGRESS, EALREADY: no verdict yet.
 */
int ptl_probe_connect(int fd, const struct ptl_address *address, uint16_t port);

/*
 * What an ended connect says. `result` is what ptl_probe_connect returned, not EINPROGRESS or
 * EALREADY. Reads TCP_INFO and the error queue where they matter.
 */
void ptl_probe_judge(int fd, int result, struct ptl_finding *finding);

/* An ICMP error that arrived while the connect still waits. False: there is none. */
bool ptl_probe_icmp(int fd, struct ptl_finding *finding);

/* What is known otherwise; the socket is not connected again. */
void ptl_probe_set(struct ptl_finding *finding, enum ptl_state state, int reason);

/* Has the kernel sent the SYN of a connect under way again? Ask before the verdict is collected. */
bool ptl_probe_resent(int fd);

/* An attempt has ended that found this: ends a connect that waits, so that the socket can be
 * connected again, where it can (`reusable`); else it is to be closed, with RST if it was open. */
void ptl_probe_leave(int fd, struct ptl_finding *finding);

/* Makes close() send RST, so that nothing is left in TIME_WAIT. */
void ptl_probe_reset(int fd);

#endif
