/*
 * portolan without its estimate of what was missed: all that is noted for it, and worked out from
 * that, does nothing. What ./dev bench estimate compares with. The linker puts these functions in
 * the place of the program's own (--wrap; tests/CMakeLists.txt has the list).
 */
#include "results/estimate.h"
#include "scan/listener.h"
#include "scan/listening.h"
#include "scan/resets.h"
#include "scan/tally.h"

#define INSTEAD(name) __wrap_##name
#define DECLARE(type, name, ...)                                                                   \
    type INSTEAD(name)(__VA_ARGS__);                                                               \
    type INSTEAD(name)(__VA_ARGS__)

DECLARE(void, ptl_evidence_note, uint16_t counts[PTL_TRIES], unsigned attempts)
{
    (void)counts, (void)attempts;
}

DECLARE(uint8_t, ptl_tally_asked, struct ptl_tally *tally)
{
    (void)tally;
    return 0;
}

DECLARE(void, ptl_tally_sent, struct ptl_tally *tally, size_t count)
{
    (void)tally, (void)count;
}

DECLARE(void, ptl_tally_ended, struct ptl_tally *tally, const struct ptl_path *path,
        uint64_t sent_ns, uint8_t stands_for, bool lost)
{
    (void)tally, (void)path, (void)sent_ns, (void)stands_for, (void)lost;
}

DECLARE(struct ptl_sentinels, ptl_tally_end, struct ptl_tally *tally, const struct ptl_path *path)
{
    (void)tally, (void)path;
    return (struct ptl_sentinels){.asked = 0};
}

DECLARE(void, ptl_listening_init, struct ptl_listening *listening, uint64_t probes, uint64_t seed)
{
    (void)probes, (void)seed;
    listening->left = UINT64_MAX; /* with none in the sample nothing else of it is called */
}

DECLARE(void, ptl_resets_begin, struct ptl_resets *resets)
{
    *resets = (struct ptl_resets){.before = 0}; /* they are not known, and not looked at */
}

DECLARE(struct ptl_late, ptl_listening_tell, const struct ptl_listening *listening, uint32_t target,
        uint64_t now_ns)
{
    (void)listening, (void)target, (void)now_ns;
    return (struct ptl_late){.listened = 0};
}

DECLARE(bool, ptl_listener_ended, struct ptl_listener *listener, const struct ptl_permits *permits,
        uint32_t share, bool needs_descriptor, struct ptl_listener_ear *ear)
{
    (void)listener, (void)permits, (void)share, (void)needs_descriptor, (void)ear;
    return false;
}

DECLARE(struct ptl_estimate, ptl_estimate_run, const struct ptl_results *results)
{
    (void)results;
    return (struct ptl_estimate){.basis = PTL_BASIS_NOT_RECORDED};
}

DECLARE(struct ptl_estimate, ptl_estimate_target, const struct ptl_results *results,
        const struct ptl_target_counts *counts)
{
    (void)results, (void)counts;
    return (struct ptl_estimate){.basis = PTL_BASIS_NOT_RECORDED};
}
