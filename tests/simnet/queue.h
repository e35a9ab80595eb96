/*
 * Answers on their way: each is due at a time. When all take equally long they leave in the order
 * in which they came, and the queue is a ring; with jitter it is a heap. One thread.
 */
#ifndef SIMNET_QUEUE_H
#define SIMNET_QUEUE_H

#include "packet.h"

#define QUEUE_MAX (UINT32_C(1) << 20) /* answers; 180 MB of them */

enum answer_kind { ANSWER_SYN_ACK, ANSWER_RST, ANSWER_ICMP, ANSWER_OTHER };

struct answer {
    int64_t read_ns; /* when what it answers was read */
    uint16_t length;
    uint8_t kind;
    uint8_t packet[PACKET_ANSWER_MAX];
};

struct queue;

/* NULL: no memory. */
struct queue *queue_new(bool in_order);
void queue_free(struct queue *queue);
/* Room for an answer, borrowed until the next call; NULL: the queue is full. In a queue in order
 * no due_ns lies before the last. */
struct answer *queue_add(struct queue *queue, int64_t due_ns);
/* INT64_MAX: it is empty. */
int64_t queue_next_due(const struct queue *queue);
/* The next one, borrowed until the next call; the queue must not be empty. */
const struct answer *queue_take(struct queue *queue);

#endif
