#include "queue.h"

#include <stdlib.h>

#define FIRST_CAPACITY UINT32_C(1024)

struct entry {
    int64_t due_ns;
    uint32_t slot;
};

struct queue {
    bool in_order;
    uint32_t head, count, capacity; /* capacity is a power of two; a heap has its head at 0 */
    struct entry *entries;
    struct answer *slots;
    uint32_t *unused; /* a stack of slots: capacity - count of them */
};

struct queue *queue_new(bool in_order)
{
    struct queue *queue = calloc(1, sizeof(*queue));
    if (queue != NULL)
        queue->in_order = in_order;
    return queue;
}

void queue_free(struct queue *queue)
{
    if (queue == NULL)
        return;
    free(queue->entries);
    free(queue->slots);
    free(queue->unused);
    free(queue);
}

/* Doubles it; only when it is full, so that no slot is unused. */
static bool grow(struct queue *queue)
{
    uint32_t capacity = queue->capacity == 0 ? FIRST_CAPACITY : queue->capacity * 2;
    if (capacity > QUEUE_MAX)
        return false;
    struct answer *slots = realloc(queue->slots, capacity * sizeof(*slots));
    if (slots == NULL)
        return false;
    queue->slots = slots;
    uint32_t *unused = realloc(queue->unused, capacity * sizeof(*unused));
    if (unused == NULL)
        return false;
    queue->unused = unused;
    struct entry *entries = malloc(capacity * sizeof(*entries));
    if (entries == NULL)
        return false;
    for (uint32_t i = 0; i < queue->count; i++)
        entries[i] = queue->entries[(queue->head + i) & (queue->capacity - 1)];
    free(queue->entries);
    queue->entries = entries;
    queue->head = 0;
    for (uint32_t slot = queue->capacity; slot < capacity; slot++)
        unused[slot - queue->capacity] = slot;
    queue->capacity = capacity;
    return true;
}

static void rise(struct entry *heap, uint32_t at, struct entry entry)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (heap[parent].due_ns <= entry.due_ns)
            break;
        heap[at] = heap[parent];
        at = parent;
    }
    heap[at] = entry;
}

static void sink(struct entry *heap, uint32_t count, struct entry entry)
{
    uint32_t at = 0;
    for (uint32_t child = 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && heap[child + 1].due_ns < heap[child].due_ns)
            child++;
        if (entry.due_ns <= heap[child].due_ns)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = entry;
}

struct answer *queue_add(struct queue *queue, int64_t due_ns)
{
    if (queue->count == queue->capacity && !grow(queue))
        return NULL;
    struct entry entry = {.due_ns = due_ns,
                          .slot = queue->unused[queue->capacity - queue->count - 1]};
    if (queue->in_order)
        queue->entries[(queue->head + queue->count) & (queue->capacity - 1)] = entry;
    else
        rise(queue->entries, queue->count, entry);
    queue->count++;
    return &queue->slots[entry.slot];
}

int64_t queue_next_due(const struct queue *queue)
{
    return queue->count == 0 ? INT64_MAX : queue->entries[queue->head].due_ns;
}

const struct answer *queue_take(struct queue *queue)
{
    struct entry first = queue->entries[queue->head];
    queue->count--;
    if (queue->in_order)
        queue->head = (queue->head + 1) & (queue->capacity - 1);
    else if (queue->count > 0)
        sink(queue->entries, queue->count, queue->entries[queue->count]);
    queue->unused[queue->capacity - queue->count - 1] = first.slot;
    return &queue->slots[first.slot];
}
