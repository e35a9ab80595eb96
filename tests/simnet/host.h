/*
 * The hosts: what each segment from the scanner is answered with, and when. Stateless, as a host
 * with SYN cookies is; a SYN sent again is a new one. One thread.
 */
#ifndef SIMNET_HOST_H
#define SIMNET_HOST_H

#include "delays.h"
#include "limit.h"
#include "queue.h"
#include "truth.h"
#include "wire.h"

#include <stdio.h>

struct hosts {
    const struct options *options; /* borrowed */
    struct truth truth;
    struct limit *limit; /* NULL: none */
    struct wire *wire;
    struct queue *queue;
    struct delays *delays; /* zeroed */
    FILE *log;             /* of every SYN; NULL: none. Borrowed */
    uint64_t loss_below;
    int64_t held_up_ns; /* how long the segment at hand was, before it came to its host */
    uint64_t stream;    /* of the draws that are fresh for each packet: loss, jitter */
};

/* False: no memory. The options are borrowed until the end. */
bool hosts_init(struct hosts *hosts, const struct options *options);
void hosts_free(struct hosts *hosts);
/* A packet that was read at now_ns; its answer, if any, goes into the queue. */
void hosts_receive(struct hosts *hosts, const uint8_t *packet, size_t length, int64_t now_ns);

#endif
