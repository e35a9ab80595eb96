#include "scan/wheel.h"

#include <stdlib.h>
#include <string.h>

#define BUCKET(tick) ((uint32_t)((tick) % PTL_WHEEL_BUCKETS))

void ptl_wheel_init(struct ptl_wheel *wheel, uint64_t now_ns)
{
    memset(wheel, 0, sizeof(*wheel));
    memset(wheel->heads, 0xff, sizeof(wheel->heads));
    wheel->now_tick = now_ns / PTL_NS_PER_MS;
}

bool ptl_wheel_reserve(struct ptl_wheel *wheel, uint32_t capacity)
{
    if (capacity <= wheel->capacity)
        return true;
    struct ptl_wheel_node *nodes = reallocarray(wheel->nodes, capacity, sizeof(*nodes));
    if (nodes == NULL)
        return false;
    memset(nodes + wheel->capacity, 0, (capacity - wheel->capacity) * sizeof(*nodes));
    wheel->nodes = nodes;
    wheel->capacity = capacity;
    return true;
}

void ptl_wheel_add(struct ptl_wheel *wheel, uint32_t id, uint64_t deadline_ns)
{
    struct ptl_wheel_node *node = &wheel->nodes[id];
    /* Rounded up: a timeout that fires early would call a slow answer no answer. */
    uint64_t tick = deadline_ns / PTL_NS_PER_MS + 1;
    node->tick = tick > wheel->now_tick ? tick : wheel->now_tick + 1;

    uint32_t bucket = BUCKET(node->tick);
    node->previous = PTL_WHEEL_NONE;
    node->next = wheel->heads[bucket];
    if (node->next != PTL_WHEEL_NONE)
        wheel->nodes[node->next].previous = id;
    wheel->heads[bucket] = id;
    wheel->occupied[bucket / 64] |= 1ULL << (bucket % 64);
    wheel->pending++;
}

void ptl_wheel_remove(struct ptl_wheel *wheel, uint32_t id)
{
    struct ptl_wheel_node *node = &wheel->nodes[id];
    if (node->tick == 0)
        return;
    uint32_t bucket = BUCKET(node->tick);
    if (node->previous != PTL_WHEEL_NONE)
        wheel->nodes[node->previous].next = node->next;
    else
        wheel->heads[bucket] = node->next;
    if (node->next != PTL_WHEEL_NONE)
        wheel->nodes[node->next].previous = node->previous;
    if (wheel->heads[bucket] == PTL_WHEEL_NONE)
        wheel->occupied[bucket / 64] &= ~(1ULL << (bucket % 64));
    node->tick = 0;
    wheel->pending--;
}

/* The first occupied bucket at or after `from`, going round once, as a distance; 4096: none. */
static uint32_t distance_to_occupied(const struct ptl_wheel *wheel, uint32_t from)
{
    uint32_t word = from / 64;
    uint64_t bits = wheel->occupied[word] & (~0ULL << (from % 64));
    for (uint32_t step = 0; step <= PTL_WHEEL_BUCKETS / 64; step++) {
        if (bits != 0) {
            uint32_t bucket = word * 64 + (uint32_t)__builtin_ctzll(bits);
            return (bucket - from) % PTL_WHEEL_BUCKETS;
        }
        word = (word + 1) % (PTL_WHEEL_BUCKETS / 64);
        bits = wheel->occupied[word];
    }
    return PTL_WHEEL_BUCKETS;
}

uint32_t ptl_wheel_expire(struct ptl_wheel *wheel, uint64_t now_ns)
{
    uint64_t target = now_ns / PTL_NS_PER_MS;
    while (wheel->pending > 0 && wheel->now_tick < target) {
        uint64_t tick = wheel->now_tick + 1;
        tick += distance_to_occupied(wheel, BUCKET(tick));
        if (tick > target)
            break;
        uint32_t id = wheel->heads[BUCKET(tick)];
        /* An id of a later round shares the bucket and stays. */
        while (id != PTL_WHEEL_NONE && wheel->nodes[id].tick > tick)
            id = wheel->nodes[id].next;
        if (id != PTL_WHEEL_NONE) {
            ptl_wheel_remove(wheel, id);
            return id;
        }
        wheel->now_tick = tick;
    }
    if (wheel->now_tick < target)
        wheel->now_tick = target;
    return PTL_WHEEL_NONE;
}

uint64_t ptl_wheel_next_ns(const struct ptl_wheel *wheel)
{
    if (wheel->pending == 0)
        return UINT64_MAX;
    uint64_t tick = wheel->now_tick + 1;
    return (tick + distance_to_occupied(wheel, BUCKET(tick))) * PTL_NS_PER_MS;
}

void ptl_wheel_free(struct ptl_wheel *wheel)
{
    free(wheel->nodes);
    wheel->nodes = NULL;
}
