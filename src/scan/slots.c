#include "scan/slots.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void ptl_slots_init(struct ptl_slots *slots, const struct ptl_address *source)
{
    *slots = (struct ptl_slots){
        .empty = PTL_NO_SLOT, .idle = {PTL_NO_SLOT, PTL_NO_SLOT}, .source = source};
}

static uint32_t *list_of(struct ptl_slots *slots, uint8_t family)
{
    return &slots->idle[family == 4 ? 0 : 1];
}

int ptl_slots_give(struct ptl_slots *slots, uint32_t id)
{
    struct ptl_slot *slot = &slots->items[id];
    int fd = slot->fd;
    slot->fd = -1;
    slot->registered = false;
    slot->last = false;
    slot->next = slots->empty;
    slots->empty = id;
    return fd;
}

void ptl_slots_close(struct ptl_slots *slots, uint32_t id)
{
    close(ptl_slots_give(slots, id));
}

void ptl_slots_keep(struct ptl_slots *slots, uint32_t id)
{
    struct ptl_slot *slot = &slots->items[id];
    uint32_t *idle = list_of(slots, slot->family);
    slot->next = *idle;
    *idle = id;
    slots->idle_count++;
}

void ptl_slots_close_idle(struct ptl_slots *slots)
{
    for (int i = 0; i < 2; i++) {
        while (slots->idle[i] != PTL_NO_SLOT) {
            uint32_t id = slots->idle[i];
            slots->idle[i] = slots->items[id].next;
            ptl_slots_close(slots, id);
        }
    }
    slots->idle_count = 0;
}

static bool grow(struct ptl_slots *slots)
{
    uint32_t capacity = slots->capacity == 0 ? 64 : slots->capacity * 2;
    struct ptl_slot *items = reallocarray(slots->items, capacity, sizeof(*items));
    if (items == NULL)
        return false;
    slots->items = items;
    for (uint32_t id = slots->capacity; id < capacity; id++) {
        items[id] = (struct ptl_slot){.fd = -1, .next = slots->empty};
        slots->empty = id;
    }
    slots->capacity = capacity;
    return true;
}

/* There is an empty slot. */
static uint32_t fill(struct ptl_slots *slots, uint8_t family, int fd)
{
    uint32_t id = slots->empty;
    struct ptl_slot *slot = &slots->items[id];
    slots->empty = slot->next;
    slot->fd = fd;
    slot->family = family;
    slot->registered = false;
    return id;
}

uint32_t ptl_slots_take(struct ptl_slots *slots, uint8_t family)
{
    uint32_t *idle = list_of(slots, family);
    uint32_t id = *idle;
    if (id != PTL_NO_SLOT) {
        *idle = slots->items[id].next;
        slots->idle_count--;
        return id;
    }
    if (slots->empty == PTL_NO_SLOT && !grow(slots)) {
        errno = ENOMEM;
        return PTL_NO_SLOT;
    }
    int fd = ptl_probe_socket(family, slots->source);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE) && slots->idle_count > 0) {
        ptl_slots_close_idle(slots); /* sockets of the other family stand in the way */
        fd = ptl_probe_socket(family, slots->source);
    }
    if (fd < 0)
        return PTL_NO_SLOT;
    return fill(slots, family, fd);
}

uint32_t ptl_slots_adopt(struct ptl_slots *slots, uint8_t family, int fd)
{
    if (slots->empty == PTL_NO_SLOT && !grow(slots)) {
        close(fd);
        errno = ENOMEM;
        return PTL_NO_SLOT;
    }
    uint32_t id = fill(slots, family, fd);
    slots->items[id].last = true;
    return id;
}

void ptl_slots_free(struct ptl_slots *slots)
{
    for (uint32_t id = 0; id < slots->capacity; id++)
        if (slots->items[id].fd >= 0)
            close(slots->items[id].fd);
    free(slots->items);
    *slots = (struct ptl_slots){.items = NULL};
}
