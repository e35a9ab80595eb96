#include "scan/permits.h"

void ptl_permits_init(struct ptl_permits *permits, uint32_t limit)
{
    atomic_init(&permits->in_use, 0);
    atomic_init(&permits->peak, 0);
    permits->limit = limit;
}

uint32_t ptl_permits_try(struct ptl_permits *permits, uint32_t want)
{
    unsigned used = atomic_load_explicit(&permits->in_use, memory_order_relaxed);
    uint32_t taken;
    do {
        uint32_t left = used < permits->limit ? permits->limit - used : 0;
        taken = want < left ? want : left;
        if (taken == 0)
            return 0;
    } while (!atomic_compare_exchange_weak(&permits->in_use, &used, used + taken));

    unsigned peak = atomic_load_explicit(&permits->peak, memory_order_relaxed);
    while (peak < used + taken &&
           !atomic_compare_exchange_weak(&permits->peak, &peak, used + taken))
        ;
    return taken;
}

void ptl_permits_release(struct ptl_permits *permits, uint32_t count)
{
    if (count > 0)
        atomic_fetch_sub(&permits->in_use, count);
}

uint32_t ptl_permits_peak(const struct ptl_permits *permits)
{
    return atomic_load(&permits->peak);
}
