#include "journal/counters.h"

#define SUMS 9
#define LISTS 3
#define SENTINELS 5
#define LATE 6
#define LEAST (SUMS + 1 + LISTS * PTL_TRIES + SENTINELS) /* with evidence, of any version */
#define COUNT (LEAST + LATE)

void ptl_counters_put(struct ptl_buf *buf, const struct ptl_journal_counters *counters)
{
    const struct ptl_evidence *evidence = &counters->evidence;
    const struct ptl_sentinels *sentinels = &evidence->sentinels;
    const uint64_t sums[SUMS] = {
        counters->attempts, counters->retried,         counters->syn_resent,
        counters->lost,     counters->sentinels_asked, counters->sentinels_lost,
        counters->begun,    counters->in_flight,       counters->peak_in_flight};
    const uint64_t *const lists[LISTS] = {evidence->open, evidence->closed, evidence->silent};
    const uint64_t told[SENTINELS] = {sentinels->asked, sentinels->lost, sentinels->slices,
                                      sentinels->alike, sentinels->blind};
    const struct ptl_late *late = &evidence->late;
    const uint64_t later[LATE] = {late->listened,  late->open,       late->closed,
                                  late->waited_ms, late->slowest_ms, late->reach_ms};
    ptl_bytes_put(buf, counters->has_evidence ? COUNT : SUMS);
    for (int i = 0; i < SUMS; i++)
        ptl_bytes_put(buf, sums[i]);
    if (!counters->has_evidence)
        return;
    ptl_bytes_put(buf, 1);
    for (int i = 0; i < LISTS * PTL_TRIES; i++)
        ptl_bytes_put(buf, lists[i / PTL_TRIES][i % PTL_TRIES]);
    for (int i = 0; i < SENTINELS; i++)
        ptl_bytes_put(buf, told[i]);
    for (int i = 0; i < LATE; i++)
        ptl_bytes_put(buf, later[i]);
}

static bool read_late(const uint64_t numbers[LATE], struct ptl_late *late)
{
    for (int i = 0; i < LATE; i++)
        if (numbers[i] > UINT16_MAX)
            return false;
    *late = (struct ptl_late){.listened = (uint16_t)numbers[0],
                              .open = (uint16_t)numbers[1],
                              .closed = (uint16_t)numbers[2],
                              .waited_ms = (uint16_t)numbers[3],
                              .slowest_ms = (uint16_t)numbers[4],
                              .reach_ms = (uint16_t)numbers[5]};
    return numbers[1] + numbers[2] <= numbers[0];
}

/* Nothing of the file is believed unchecked: no more than there are ports and attempts. */
static bool read_evidence(const uint64_t numbers[COUNT - SUMS], struct ptl_evidence *evidence)
{
    const uint64_t *told = &numbers[1 + LISTS * PTL_TRIES];
    uint64_t *const lists[LISTS] = {evidence->open, evidence->closed, evidence->silent};
    for (int i = 0; i < LISTS * PTL_TRIES; i++) {
        if (numbers[1 + i] > UINT32_MAX)
            return false;
        lists[i / PTL_TRIES][i % PTL_TRIES] = numbers[1 + i];
    }
    if (told[0] > UINT32_MAX || told[1] > told[0] || told[2] > UINT32_MAX ||
        told[3] > PTL_SHARE_ALL || told[4] > PTL_SHARE_ALL)
        return false;
    evidence->sentinels = (struct ptl_sentinels){.asked = told[0],
                                                 .lost = told[1],
                                                 .slices = (uint32_t)told[2],
                                                 .alike = (uint16_t)told[3],
                                                 .blind = (uint16_t)told[4]};
    return numbers[0] == 1 && read_late(&numbers[LEAST - SUMS], &evidence->late);
}

void ptl_counters_get(struct ptl_bytes *bytes, struct ptl_journal_counters *counters)
{
    uint64_t *const sums[SUMS] = {
        &counters->attempts, &counters->retried,         &counters->syn_resent,
        &counters->lost,     &counters->sentinels_asked, &counters->sentinels_lost,
        &counters->begun,    &counters->in_flight,       &counters->peak_in_flight};
    uint64_t count = ptl_bytes_get(bytes), more[COUNT - SUMS] = {0};
    for (uint64_t i = 0; i < count && !bytes->failed; i++) {
        uint64_t value = ptl_bytes_get(bytes);
        if (bytes->failed)
            break;
        if (i < SUMS)
            *sums[i] = value;
        else if (i < COUNT)
            more[i - SUMS] = value;
    }
    struct ptl_evidence evidence = {.sentinels = {.asked = 0}};
    counters->has_evidence = count >= LEAST && !bytes->failed && read_evidence(more, &evidence);
    counters->evidence =
        counters->has_evidence ? evidence : (struct ptl_evidence){.sentinels = {.asked = 0}};
}
