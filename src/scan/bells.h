/*
 * One eventfd a worker, and which of them sleep hungry: found nothing to pull. The plan's lock
 * guards all but ptl_bells_clear and ptl_bells_ring_all.
 */
#ifndef SCAN_BELLS_H
#define SCAN_BELLS_H

#include <stdbool.h>
#include <stdint.h>

struct ptl_bell {
    int fd; /* stays what it is */
    bool hungry;
};

struct ptl_bells {
    struct ptl_bell *items;
    uint32_t count;
    uint32_t hungry;
};

/* False: errno says why; ptl_bells_free still has to be called. */
bool ptl_bells_init(struct ptl_bells *bells, uint32_t count);
void ptl_bells_free(struct ptl_bells *bells);
void ptl_bells_clear(const struct ptl_bells *bells, uint32_t worker);
static inline void ptl_bells_set_hungry(struct ptl_bells *bells, uint32_t worker, bool hungry)
{
    bells->hungry += (uint32_t)hungry - bells->items[worker].hungry;
    bells->items[worker].hungry = hungry;
}
void ptl_bells_ring_first(struct ptl_bells *bells);
/* Wakes one hungry worker, if there is one. */
static inline void ptl_bells_ring_hungry(struct ptl_bells *bells)
{
    if (bells->hungry > 0)
        ptl_bells_ring_first(bells);
}
void ptl_bells_ring_all(const struct ptl_bells *bells);

#endif
