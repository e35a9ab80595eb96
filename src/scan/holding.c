#include "scan/holding.h"

void ptl_holding_init(struct ptl_holding *holding, struct ptl_permits *permits, uint32_t share)
{
    *holding = (struct ptl_holding){.permits = permits, .share = share};
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

void ptl_holding_ended(struct ptl_holding *holding)
{
    holding->in_flight--;
}

bool ptl_holding_has_room(const struct ptl_holding *holding, uint32_t idle)
{
    return idle + holding->in_flight <= holding->share;
}
