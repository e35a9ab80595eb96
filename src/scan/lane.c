#include "scan/lane.h"

#include <stdlib.h>

static bool grow(struct ptl_retries *retries)
{
    uint32_t capacity = retries->capacity == 0 ? 16 : retries->capacity * 2;
    struct ptl_retry *items = reallocarray(NULL, capacity, sizeof(*items));
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < retries->count; i++)
        items[i] = retries->items[(retries->head + i) % retries->capacity];
    free(retries->items);
    retries->items = items;
    retries->head = 0;
    retries->capacity = capacity;
    return true;
}

bool ptl_retries_push(struct ptl_retries *retries, const struct ptl_retry *retry)
{
    if (retries->count == retries->capacity && !grow(retries))
        return false;
    retries->items[(retries->head + retries->count) % retries->capacity] = *retry;
    retries->count++;
    return true;
}

const struct ptl_retry *ptl_retries_first(const struct ptl_retries *retries)
{
    return &retries->items[retries->head];
}

struct ptl_probe ptl_retries_pop(struct ptl_retries *retries)
{
    struct ptl_probe probe = retries->items[retries->head].probe;
    retries->head = (retries->head + 1) % retries->capacity;
    retries->count--;
    return probe;
}

void ptl_ring_insert(struct ptl_lane *lanes, uint32_t *turn, uint32_t id)
{
    struct ptl_lane *lane = &lanes[id];
    if (*turn == PTL_LANE_NONE) {
        lane->previous = lane->next = id;
        *turn = id;
        return;
    }
    lane->next = *turn;
    lane->previous = lanes[*turn].previous;
    lanes[lane->previous].next = id;
    lanes[*turn].previous = id;
}

void ptl_ring_remove(struct ptl_lane *lanes, uint32_t *turn, uint32_t id)
{
    const struct ptl_lane *lane = &lanes[id];
    if (lane->next == id) {
        *turn = PTL_LANE_NONE;
        return;
    }
    lanes[lane->previous].next = lane->next;
    lanes[lane->next].previous = lane->previous;
    if (*turn == id)
        *turn = lane->next;
}
