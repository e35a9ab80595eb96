#include "scan/bells.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

bool ptl_bells_init(struct ptl_bells *bells, uint32_t count)
{
    *bells = (struct ptl_bells){.items = calloc(count, sizeof(*bells->items))};
    if (bells->items == NULL)
        return false;
    for (; bells->count < count; bells->count++) {
        int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (fd < 0)
            return false;
        bells->items[bells->count].fd = fd;
    }
    return true;
}

void ptl_bells_free(struct ptl_bells *bells)
{
    for (uint32_t i = 0; i < bells->count; i++)
        close(bells->items[i].fd);
    free(bells->items);
    *bells = (struct ptl_bells){.items = NULL};
}

void ptl_bells_clear(const struct ptl_bells *bells, uint32_t worker)
{
    uint64_t count;
    ssize_t ignored = read(bells->items[worker].fd, &count, sizeof(count));
    (void)ignored; /* nothing to read is as good */
}

static void ring(const struct ptl_bells *bells, uint32_t worker)
{
    uint64_t one = 1;
    ssize_t ignored = write(bells->items[worker].fd, &one, sizeof(one));
    (void)ignored; /* it can only fail when the counter is full, and then it is readable */
}

void ptl_bells_ring_first(struct ptl_bells *bells)
{
    uint32_t worker = 0;
    while (!bells->items[worker].hungry)
        worker++;
    ptl_bells_set_hungry(bells, worker, false);
    ring(bells, worker);
}

void ptl_bells_ring_all(const struct ptl_bells *bells)
{
    for (uint32_t i = 0; i < bells->count; i++)
        ring(bells, i);
}
