#include "scan/holding.h"

void ptl_holding_init(struct ptl_holding *holding, struct ptl_permits *permits, uint32_t share,
                      uint32_t linger_most)
{
    *holding = (struct ptl_holding){.permits = permits, .share = share, .linger_most = linger_most};
}

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

void ptl_holding_begun(struct ptl_holding *holding, uint32_t count)
{
    holding->in_flight += count;
}

void ptl_holding_ended(struct ptl_holding *holding, bool lingered)
{
    if (lingered)
        holding->lingering--;
    else
        holding->in_flight--;
}

bool ptl_holding_linger(struct ptl_holding *holding)
{
    if (holding->lingering >= holding->linger_most || ptl_permits_are_short(holding->permits))
        return false;
    holding->in_flight--;
    holding->lingering++;
    return true;
}

uint32_t ptl_holding_out(const struct ptl_holding *holding)
{
    return holding->in_flight + holding->lingering;
}

bool ptl_holding_has_room(const struct ptl_holding *holding, uint32_t idle)
{
    return idle + ptl_holding_out(holding) <= holding->share + holding->linger_most;
}
