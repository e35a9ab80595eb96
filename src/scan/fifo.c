#include "scan/fifo.h"

#include <stdlib.h>

static bool grow(struct ptl_fifo *fifo)
{
    uint32_t capacity = fifo->capacity == 0 ? 16 : fifo->capacity * 2;
    struct ptl_timed *items = reallocarray(NULL, capacity, sizeof(*items));
    if (items == NULL)
        return false;
    for (uint32_t i = 0; i < fifo->count; i++)
        items[i] = fifo->items[(fifo->head + i) % fifo->capacity];
    free(fifo->items);
    fifo->items = items;
    fifo->head = 0;
    fifo->capacity = capacity;
    return true;
}

bool ptl_fifo_push(struct ptl_fifo *fifo, const struct ptl_probe *probe, uint64_t at_ns)
{
    if (fifo->count == fifo->capacity && !grow(fifo))
        return false;
    fifo->items[(fifo->head + fifo->count) % fifo->capacity] =
        (struct ptl_timed){.probe = *probe, .at_ns = at_ns};
    fifo->count++;
    return true;
}

void ptl_fifo_free(struct ptl_fifo *fifo)
{
    free(fifo->items);
    *fifo = (struct ptl_fifo){.items = NULL};
}
