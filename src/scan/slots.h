/* The probes in flight of one event loop, and the sockets that it keeps for the next. One thread.
 */
#ifndef SCAN_SLOTS_H
#define SCAN_SLOTS_H

#include "scan/engine.h"

#define PTL_NO_SLOT UINT32_MAX

/* A place for one probe in flight, with the socket it keeps. Its number is epoll's data. */
struct ptl_slot {
    int fd; /* -1: none */
    uint8_t family;
    bool registered; /* in the epoll, once for the socket's life, edge-triggered */
    bool busy;
    uint16_t source; /* its own port, of a connect to this machine; 0: not known */
    bool last;       /* its socket serves no other probe */
    uint32_t next;   /* in the list of free slots */
    struct ptl_attempt attempt;
};

struct ptl_slots {
    struct ptl_slot *items;
    uint32_t capacity;
    uint32_t empty;   /* free slots without a socket */
    uint32_t idle[2]; /* free slots with one: IPv4, IPv6 */
    uint32_t idle_count;
    const struct ptl_address *source; /* to bind sockets to; NULL: none */
};

void ptl_slots_init(struct ptl_slots *slots, const struct ptl_address *source);
/* A free slot with a socket of the family; the array may move. PTL_NO_SLOT: errno says why. */
uint32_t ptl_slots_take(struct ptl_slots *slots, uint8_t family);
/* A free slot for a socket that is connecting already; closed when that is not possible. It serves
 * this probe alone. */
uint32_t ptl_slots_adopt(struct ptl_slots *slots, uint8_t family, int fd);
/* The slot is free; its socket, which it returns, is the caller's. */
int ptl_slots_give(struct ptl_slots *slots, uint32_t id);
/* The slot is free; its socket waits for the next probe. */
void ptl_slots_keep(struct ptl_slots *slots, uint32_t id);
/* The slot is free, and its socket closed. */
void ptl_slots_close(struct ptl_slots *slots, uint32_t id);
/* Closes every socket that waits for a probe. */
void ptl_slots_close_idle(struct ptl_slots *slots);
void ptl_slots_free(struct ptl_slots *slots);

#endif
