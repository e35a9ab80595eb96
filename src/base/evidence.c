#include "base/evidence.h"

double ptl_evidence_ports(const uint64_t counts[PTL_TRIES])
{
    double sum = 0;
    for (int i = 0; i < PTL_TRIES; i++)
        sum += (double)counts[i];
    return sum;
}

void ptl_evidence_note(uint16_t counts[PTL_TRIES], unsigned attempts)
{
    counts[ptl_evidence_place(attempts)]++;
}

struct ptl_evidence ptl_evidence_of(const struct ptl_target_evidence *target)
{
    struct ptl_evidence evidence = {.sentinels = {.asked = target->asked,
                                                  .lost = target->lost,
                                                  .slices = target->slices,
                                                  .alike = target->alike,
                                                  .blind = target->blind},
                                    .late = target->late};
    ptl_evidence_add(&evidence, target);
    return evidence;
}

void ptl_evidence_set_sentinels(struct ptl_target_evidence *target,
                                const struct ptl_sentinels *sentinels)
{
    target->asked = (uint32_t)sentinels->asked;
    target->lost = (uint32_t)sentinels->lost;
    target->slices = sentinels->slices;
    target->alike = sentinels->alike;
    target->blind = sentinels->blind;
}

struct ptl_target_evidence ptl_evidence_of_target(const struct ptl_evidence *evidence)
{
    struct ptl_target_evidence target = {.late = evidence->late};
    ptl_evidence_set_sentinels(&target, &evidence->sentinels);
    for (int i = 0; i < PTL_TRIES; i++) {
        target.open[i] = (uint16_t)evidence->open[i];
        target.closed[i] = (uint16_t)evidence->closed[i];
        target.silent[i] = (uint16_t)evidence->silent[i];
    }
    return target;
}

void ptl_evidence_add(struct ptl_evidence *run, const struct ptl_target_evidence *target)
{
    for (int i = 0; i < PTL_TRIES; i++) {
        run->open[i] += target->open[i];
        run->closed[i] += target->closed[i];
        run->silent[i] += target->silent[i];
    }
}

static uint16_t sum_of(uint16_t a, uint16_t b)
{
    return (uint16_t)(a + b < UINT16_MAX ? a + b : UINT16_MAX);
}

void ptl_sentinels_join(struct ptl_sentinels *sum, const struct ptl_sentinels *other)
{
    sum->asked += other->asked;
    sum->lost += other->lost;
    sum->slices += other->slices;
    sum->alike = sum->alike > other->alike ? sum->alike : other->alike;
    sum->blind = sum->blind > other->blind ? sum->blind : other->blind;
}

void ptl_late_join(struct ptl_late *sum, const struct ptl_late *other)
{
    bool has_less = sum->listened == 0 || (other->listened > 0 && other->reach_ms < sum->reach_ms);
    sum->reach_ms = has_less ? other->reach_ms : sum->reach_ms;
    if (sum->listened == 0 || (other->listened > 0 && other->waited_ms < sum->waited_ms))
        sum->waited_ms = other->waited_ms;
    sum->slowest_ms = sum->slowest_ms > other->slowest_ms ? sum->slowest_ms : other->slowest_ms;
    if (sum->listened + other->listened > UINT16_MAX)
        return; /* as many as that are enough */
    sum->listened = (uint16_t)(sum->listened + other->listened);
    sum->open = (uint16_t)(sum->open + other->open);
    sum->closed = (uint16_t)(sum->closed + other->closed);
}

void ptl_resets_join(struct ptl_resets_sent *sum, const struct ptl_resets_sent *other)
{
    sum->is_known = sum->is_known && other->is_known;
    sum->count = sum->is_known ? sum->count + other->count : 0;
    sum->apart = sum->is_known ? sum->apart + other->apart : 0;
}

void ptl_evidence_sum(struct ptl_evidence *run, const struct ptl_evidence *other)
{
    for (int i = 0; i < PTL_TRIES; i++) {
        run->open[i] += other->open[i];
        run->closed[i] += other->closed[i];
        run->silent[i] += other->silent[i];
    }
    ptl_sentinels_join(&run->sentinels, &other->sentinels);
    ptl_late_join(&run->late, &other->late);
    ptl_resets_join(&run->resets, &other->resets);
}

void ptl_evidence_join(struct ptl_target_evidence *target, const struct ptl_target_evidence *other)
{
    for (int i = 0; i < PTL_TRIES; i++) {
        target->open[i] = sum_of(target->open[i], other->open[i]);
        target->closed[i] = sum_of(target->closed[i], other->closed[i]);
        target->silent[i] = sum_of(target->silent[i], other->silent[i]);
    }
    struct ptl_sentinels sum = ptl_evidence_of(target).sentinels,
                         more = ptl_evidence_of(other).sentinels;
    ptl_sentinels_join(&sum, &more);
    ptl_evidence_set_sentinels(target, &sum);
    ptl_late_join(&target->late, &other->late);
}

bool ptl_evidence_fits(const struct ptl_evidence *evidence, uint64_t open, uint64_t closed,
                       uint64_t filtered)
{
    return ptl_evidence_ports(evidence->open) <= (double)open &&
           ptl_evidence_ports(evidence->closed) <= (double)closed &&
           ptl_evidence_ports(evidence->silent) <= (double)filtered;
}
