#include "scan/rtt.h"

#define GRANULARITY_US 1000
#define DOUBLINGS 2 /* a wait is four times the first at most */

void ptl_rtt_sample(struct ptl_rtt *rtt, uint32_t us)
{
    if (us == 0)
        us = 1; /* 0 stands for "nothing measured" */
    if (rtt->srtt_us == 0) {
        rtt->srtt_us = us;
        rtt->rttvar_us = us / 2;
        return;
    }
    uint32_t apart = us > rtt->srtt_us ? us - rtt->srtt_us : rtt->srtt_us - us;
    rtt->rttvar_us = (uint32_t)((3ULL * rtt->rttvar_us + apart) / 4);
    rtt->srtt_us = (uint32_t)((7ULL * rtt->srtt_us + us) / 8);
    if (rtt->srtt_us == 0)
        rtt->srtt_us = 1;
}

uint32_t ptl_rtt_timeout_us(const struct ptl_rtt *rtt)
{
    if (rtt->srtt_us == 0)
        return 0;
    uint64_t margin_us = 4ULL * rtt->rttvar_us;
    uint64_t us = rtt->srtt_us + (margin_us > GRANULARITY_US ? margin_us : GRANULARITY_US);
    return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

uint32_t ptl_rtt_flight_us(const struct ptl_rtt *rtt)
{
    uint32_t timeout_us = ptl_rtt_timeout_us(rtt);
    uint64_t flight_us = rtt->srtt_us + (uint64_t)rtt->srtt_us / 4;
    return flight_us < timeout_us ? (uint32_t)flight_us : timeout_us;
}

uint64_t ptl_rtt_wait_us(const struct ptl_rtt *rtt, uint8_t attempt, uint64_t ceiling_us)
{
    if (rtt->srtt_us == 0)
        return ceiling_us;
    unsigned doublings = attempt > 1 ? attempt - 1U : 0;
    uint64_t us = ptl_rtt_timeout_us(rtt);
    if (us < (uint64_t)rtt->srtt_us + PTL_RTT_MARGIN_US)
        us = (uint64_t)rtt->srtt_us + PTL_RTT_MARGIN_US;
    us <<= doublings < DOUBLINGS ? doublings : DOUBLINGS;
    return us < ceiling_us ? us : ceiling_us;
}
