/*
 * The sockets of attempts that were silent for their time and are listened to for longer
 * (listening.h), of one event loop. Each keeps its permit, and gives it up where others need it.
 * One thread.
 */
#ifndef SCAN_LISTENER_H
#define SCAN_LISTENER_H

#include "scan/permits.h"
#include "scan/plan.h"
#include "scan/probe.h"

#define PTL_LISTENER_MOST 512
/* What epoll tells of these sockets: their index from here on, which no slot has. */
#define PTL_LISTENER_BASE (UINT32_MAX - PTL_LISTENER_MOST)

struct ptl_listener_ear {
    struct ptl_address address;
    struct ptl_probe probe;
    uint64_t started_ns, until_ns;
    int fd; /* -1: none */
};

struct ptl_listener {
    struct ptl_listener_ear ears[PTL_LISTENER_MOST];
    uint32_t count, used; /* places: that are taken, that ever were */
    int epoll;
    uint64_t listen_ns; /* from the start of an attempt */
    uint64_t next_ns;   /* when the first has to end; UINT64_MAX: there is none */
    uint64_t turn_ns;   /* where permits are few and short: no socket is taken before */
};

/* For attempts that wait `timeout_ms` in that epoll. */
void ptl_listener_init(struct ptl_listener *listener, int epoll, uint64_t timeout_ms);
/*
 * Is there room, are permits to spare, and is there time left? An attempt under a second is one
 * SYN, so that its socket is closed before the kernel sends another. `share`: permits of this loop:
 * where they are short one in a hundred is to spare, of 8 to 99 one for as much of the time.
 */
bool ptl_listener_may(struct ptl_listener *listener, const struct ptl_permits *permits,
                      uint32_t share, uint64_t started_ns);
/* Takes a socket that is in the epoll, where there is room. False: the caller keeps it. */
bool ptl_listener_take(struct ptl_listener *listener, int fd, const struct ptl_address *address,
                       const struct ptl_probe *probe, uint64_t started_ns);
/* Something came for that index. True: it has ended; `ear` says which it was (its socket is closed)
 * and `finding` what was heard. */
bool ptl_listener_heard(struct ptl_listener *listener, uint32_t index, struct ptl_listener_ear *ear,
                        struct ptl_finding *finding);
/* The next that has to end: its time is over, or permits are short, or a descriptor is needed.
 * False: none has. */
bool ptl_listener_ended(struct ptl_listener *listener, const struct ptl_permits *permits,
                        uint32_t share, bool needs_descriptor, struct ptl_listener_ear *ear);
/* Closes them all. */
void ptl_listener_close(struct ptl_listener *listener);

#endif
