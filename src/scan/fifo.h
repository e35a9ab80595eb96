/* Attempts that wait, in the order in which they came. The plan's lock guards them. */
#ifndef SCAN_FIFO_H
#define SCAN_FIFO_H

#include <stdbool.h>
#include <stdint.h>

/* One attempt to be made, as the engines carry it. */
struct ptl_probe {
    uint32_t lane;
    uint32_t confirms; /* the open port that it confirms, as a number of the plan's; 0: none */
    uint32_t wait_us;  /* how long an engine waits for the answer */
    union {
        uint32_t leaves_ms; /* when it is overdue */
        uint32_t took_us;   /* of one that was refused: how long that took */
    };
    uint16_t port;
    uint8_t attempt;     /* 1 for the first; those that say nothing are not counted */
    uint8_t local_tries; /* how often this machine failed to ask */
    bool sentinel;       /* a port that has answered, asked again: never a verdict */
    union {
        uint8_t stands_for; /* of a sentinel: how many attempts, as a code (tally.h) */
        uint8_t refused; /* of an attempt in doubt: the reason of an ICMP error; 0: it is silence */
    };
    uint16_t listens; /* its answer is listened for when its time is over (listening.h); 0: no */
};

/* An attempt with a time: when it is due, or when it was sent. */
struct ptl_timed {
    struct ptl_probe probe;
    uint64_t at_ns;
};

/* First in, first out. Grows with what is in it. */
struct ptl_fifo {
    struct ptl_timed *items;
    uint32_t head, count, capacity;
};

/* False: no memory. */
bool ptl_fifo_push(struct ptl_fifo *fifo, const struct ptl_probe *probe, uint64_t at_ns);
/* The caller knows that there is one. */
static inline const struct ptl_timed *ptl_fifo_first(const struct ptl_fifo *fifo)
{
    return &fifo->items[fifo->head];
}
static inline struct ptl_probe ptl_fifo_pop(struct ptl_fifo *fifo)
{
    struct ptl_probe probe = fifo->items[fifo->head].probe;
    fifo->head = (fifo->head + 1) % fifo->capacity;
    fifo->count--;
    return probe;
}
void ptl_fifo_free(struct ptl_fifo *fifo);

#endif
