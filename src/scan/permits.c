#include "scan/permits.h"

void ptl_permits_init(struct ptl_permits *permits, uint32_t limit)
{
    atomic_init(&permits->in_use, 0);
    atomic_init(&permits->peak, 0);
    atomic_init(&permits->limit, limit);
    permits->most = limit;
    permits->lowest = limit;
}

uint32_t ptl_permits_try(struct ptl_permits *permits, uint32_t want)
{
    unsigned limit = atomic_load_explicit(&permits->limit, memory_order_relaxed);
    unsigned used = atomic_load_explicit(&permits->in_use, memory_order_relaxed);
    uint32_t taken;
    do {
        uint32_t left = used < limit ? limit - used : 0;
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

void ptl_permits_halve(struct ptl_permits *permits)
{
    unsigned limit = atomic_load(&permits->limit);
    unsigned used = atomic_load(&permits->in_use);
    unsigned base = used < limit ? used : limit;
    unsigned halved = base / 2 > 1 ? base / 2 : 1;
    atomic_store(&permits->limit, halved);
    if (halved < permits->lowest)
        permits->lowest = halved;
}

void ptl_permits_grow(struct ptl_permits *permits)
{
    unsigned limit = atomic_load(&permits->limit);
    unsigned step = limit / 16 > 1 ? limit / 16 : 1;
    atomic_store(&permits->limit, permits->most - limit < step ? permits->most : limit + step);
}

/* ---- what one event loop holds ---- */

uint32_t ptl_holding_reserve(struct ptl_holding *holding, uint32_t block)
{
    uint32_t reserve = holding->held - holding->in_flight;
    if (reserve >= block || holding->held >= holding->share)
        return reserve;
    uint32_t want = block - reserve;
    uint32_t room = holding->share - holding->held;
    uint32_t got = ptl_permits_try(holding->permits, want < room ? want : room);
    holding->held += got;
    return reserve + got;
}

void ptl_holding_release(struct ptl_holding *holding)
{
    ptl_permits_release(holding->permits, holding->held - holding->in_flight);
    holding->held = holding->in_flight;
}
