/* How long a run may take. */
#include "scan/draft.h"
#include "scan/plan.h"

uint64_t ptl_draft_worst_case_ms(const struct ptl_prepared *prepared,
                                 const struct ptl_profile *profile)
{
    double attempts = (double)prepared->probes * (1.0 + profile->retries);
    double waves = attempts / (double)prepared->effective_concurrency;
    double ms = (waves < 1.0 + profile->retries ? 1.0 + profile->retries : waves) *
                    (double)profile->timeout_ms +
                profile->retries * (double)PTL_RETRY_DELAY_MS;
    if (prepared->rate > 0 && ms < attempts * 1000.0 / (double)prepared->rate)
        ms = attempts * 1000.0 / (double)prepared->rate;
    if (prepared->probes == 0)
        ms = 0;
    if (profile->deadline_ms > 0 && ms > (double)profile->deadline_ms)
        ms = (double)profile->deadline_ms;
    return ms < 1e18 ? (uint64_t)ms : UINT64_MAX;
}
