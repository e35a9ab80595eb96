/*
 * The short way to this machine's own ports. On loopback the answer is there when connect()
 * returns, so one blocking socket asks port after port with a single system call each, where one
 * that does not block takes two; and what ICMP said is read once for many refusals. Whatever does
 * not end at once goes the long way, through the event loop. One thread.
 */
#ifndef SCAN_LOCAL_H
#define SCAN_LOCAL_H

#include "scan/engine.h"

/* What it is given is borrowed; the rest is zero, but for `fds`. */
struct ptl_local {
    const struct ptl_worker *worker;
    int fds[2];                     /* IPv4, IPv6; -1: none */
    uint16_t ports[2];              /* of these; 0: the kernel chooses one for each connect */
    bool unread[2];                 /* refusals whose error queue was not read yet */
    uint8_t rests[PTL_PLAN_WINDOW]; /* by lane: for how many probes it goes the long way */
};

/* Closes its sockets; what is unread is lost. True: there was one. */
bool ptl_local_close(struct ptl_local *local);

/* What became of asking. */
enum ptl_local_end {
    PTL_LOCAL_DONE,      /* `finding` is the verdict; ptl_local_amend may still change `closed` */
    PTL_LOCAL_WAITS,     /* no answer yet: the socket is the caller's now, and does not block */
    PTL_LOCAL_ELSEWHERE, /* ask the long way */
};

/*
 * Asks a port of a loopback address. outcomes[0..count) are those that are not amended yet; `fd` is
 * set where it waits, and *port is what its own is.
 */
enum ptl_local_end ptl_local_ask(struct ptl_local *local, const struct ptl_probe *probe,
                                 struct ptl_outcome *outcomes, size_t count,
                                 struct ptl_finding *finding, int *fd, uint16_t *port);
/* Reads what ICMP said about the refusals among outcomes[0..count): before they are settled. */
void ptl_local_amend(struct ptl_local *local, struct ptl_outcome *outcomes, size_t count);

#endif
