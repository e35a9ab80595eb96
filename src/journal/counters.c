#include "journal/counters.h"
#include "results/keys.h"

/* With evidence, of any version. */
#define LEAST 39

/* The numbers, in their order: `count` of them lie side by side from `offset` on. Evidence of which
 * one is beyond `max` (0: beyond what the member holds) is none. */
static const struct row {
    size_t offset, bytes, count;
    uint64_t max;
} rows[] = {
#define AT(member) PTL_AT(struct ptl_journal_counters, member)
#define NUMBER(member) AT(member), .count = 1
#define TRIES(member) AT(member[0]), .count = PTL_TRIES, .max = UINT32_MAX
    {NUMBER(attempts)},
    {NUMBER(retried)},
    {NUMBER(syn_resent)},
    {NUMBER(lost)},
    {NUMBER(sentinels_asked)},
    {NUMBER(sentinels_lost)},
    {NUMBER(begun)},
    {NUMBER(in_flight)},
    {NUMBER(peak_in_flight)},
    {NUMBER(has_evidence), .max = 1},
    {TRIES(evidence.open)},
    {TRIES(evidence.closed)},
    {TRIES(evidence.silent)},
    {NUMBER(evidence.sentinels.asked), .max = UINT32_MAX},
    {NUMBER(evidence.sentinels.lost)},
    {NUMBER(evidence.sentinels.slices)},
    {NUMBER(evidence.sentinels.alike), .max = PTL_SHARE_ALL},
    {NUMBER(evidence.sentinels.blind), .max = PTL_SHARE_ALL},
    {NUMBER(evidence.late.listened)},
    {NUMBER(evidence.late.open)},
    {NUMBER(evidence.late.closed)},
    {NUMBER(evidence.late.waited_ms)},
    {NUMBER(evidence.late.slowest_ms)},
    {NUMBER(evidence.late.reach_ms)},
};

/* The number that stands at `place` of the file; NULL: this version knows of none. */
static const struct row *row_of(uint64_t place, size_t *offset)
{
    for (size_t i = 0; i < PTL_COUNT(rows); i++) {
        *offset = rows[i].offset + (size_t)place * rows[i].bytes;
        if (place < rows[i].count)
            return &rows[i];
        place -= rows[i].count;
    }
    return NULL;
}

void ptl_counters_put(struct ptl_buf *buf, const struct ptl_journal_counters *counters)
{
    uint64_t count = 0;
    size_t offset;
    while (row_of(count, &offset) != NULL)
        count++;
    ptl_bytes_put(buf, count);
    for (uint64_t place = 0; place < count; place++) {
        const struct row *row = row_of(place, &offset);
        ptl_bytes_put(buf, ptl_key_load(counters, offset, row->bytes));
    }
}

/* Nothing of the file is believed unchecked: no more than there are ports and attempts. */
static bool is_sound(const struct ptl_evidence *evidence)
{
    const struct ptl_late *late = &evidence->late;
    return evidence->sentinels.lost <= evidence->sentinels.asked &&
           late->open + late->closed <= late->listened;
}

void ptl_counters_get(struct ptl_bytes *bytes, struct ptl_journal_counters *counters)
{
    static const struct ptl_evidence none;
    uint64_t count = ptl_bytes_get(bytes);
    bool fits = count >= LEAST;
    counters->has_evidence = false;
    counters->evidence = none;
    for (uint64_t place = 0; place < count && !bytes->failed; place++) {
        size_t offset;
        const struct row *row = row_of(place, &offset);
        uint64_t value = ptl_bytes_get(bytes);
        if (row == NULL || bytes->failed)
            continue;
        uint64_t most = row->max > 0 ? row->max : UINT64_MAX >> (64 - 8 * row->bytes);
        fits = fits && value <= most;
        ptl_key_store(counters, offset, row->bytes, value <= most ? value : most);
    }
    counters->has_evidence =
        counters->has_evidence && fits && !bytes->failed && is_sound(&counters->evidence);
    if (!counters->has_evidence)
        counters->evidence = none;
}
