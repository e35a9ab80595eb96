/* How many loops, threads and sockets a run uses. */
#include "scan/draft.h"
#include "scan/limits.h"

#define LOOP_DESCRIPTORS 4 /* an eventfd, an epoll and two sockets for loopback */
#define LOOP_SOCKETS 2     /* with fewer a loop is of no use */
#define AUTO_MOST 32768    /* sockets that `auto` goes up to: 100 MB of the kernel's memory */
#define AUTO_WITHOUT 512   /* what it stands for where nothing is found out */

/* How many loops or threads the engine may use, before it is known what there is to do. */
static bool clamp_workers(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    prepared->workers = 1;
    if (profile->engine != PTL_ENGINE_POOL)
        return true;
    uint32_t asked = profile->workers > 0 ? profile->workers : ptl_limits_cpus();
    uint32_t granted =
        ptl_limits_descriptors(PTL_DESCRIPTORS_RESERVED) / (LOOP_DESCRIPTORS + LOOP_SOCKETS);
    if (granted == 0)
        granted = 1;
    prepared->workers = asked < granted ? asked : granted;
    return asked <= granted ||
           ptl_draft_warn(
               prepared,
               "workers %u are more than the descriptors that this system grants: %u are used",
               asked, granted);
}

static uint32_t asked_concurrency(const struct ptl_profile *profile)
{
    if (profile->engine == PTL_ENGINE_SEQUENTIAL)
        return 1;
    if (profile->concurrency != PTL_CONCURRENCY_AUTO)
        return profile->concurrency;
    return profile->adaptive && profile->engine != PTL_ENGINE_THREADS ? AUTO_MOST : AUTO_WITHOUT;
}

static bool clamp_concurrency(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    uint32_t asked = asked_concurrency(profile);
    /* A thread needs an eventfd beside its socket. */
    uint32_t granted = profile->engine == PTL_ENGINE_THREADS
                           ? ptl_limits_descriptors(PTL_DESCRIPTORS_RESERVED) / 2
                           : ptl_limits_descriptors(PTL_DESCRIPTORS_RESERVED +
                                                    LOOP_DESCRIPTORS * prepared->workers);
    const char *what = "descriptors";
    if (profile->engine == PTL_ENGINE_THREADS && ptl_limits_threads() < granted) {
        granted = ptl_limits_threads();
        what = "threads";
    }
    if (granted == 0)
        granted = 1;
    prepared->effective_concurrency = asked < granted ? asked : granted;
    return asked <= granted || ptl_concurrency_word(profile->concurrency) != NULL ||
           ptl_draft_warn(prepared,
                          "concurrency %u is more than the %s that this system grants: %u are used",
                          asked, what, granted);
}

bool ptl_draft_clamp(struct ptl_prepared *prepared, const struct ptl_profile *profile)
{
    if (!clamp_workers(prepared, profile) || !clamp_concurrency(prepared, profile))
        return false;
    if (profile->engine == PTL_ENGINE_THREADS)
        prepared->workers = prepared->effective_concurrency;
    if (prepared->workers > prepared->probes)
        prepared->workers = prepared->probes > 0 ? (uint32_t)prepared->probes : 1;
    return true;
}
