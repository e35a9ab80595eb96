/* The records of a chunk of data: what was settled, what waits, what was found to be the limit. */
#include "base/array.h"
#include "journal/counters.h"
#include "journal/format.h"
#include "journal/past.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    struct ptl_past *past;
    struct ptl_bytes bytes;
    uint64_t offset_ms; /* of the chunk */
    bool is_old;        /* what it settles is too old to be a verdict */
    bool is_last;       /* of the last segment: what ended in error counts */
    uint64_t position, probes;
    int64_t kept_position, kept_offset;
};

static void note_age(struct ptl_past *past, uint64_t offset_ms)
{
    if (past->oldest_offset_ms > offset_ms)
        past->oldest_offset_ms = offset_ms;
}

/* False: no memory. */
static bool read_run(struct reading *reading, uint64_t tag)
{
    struct ptl_past *past = reading->past;
    struct ptl_bytes *bytes = &reading->bytes;
    struct ptl_parked parked = {.asked = 0};
    uint64_t probes = ptl_ledger_probes(past->ledger);
    uint64_t gap = ptl_bytes_get_most(bytes, probes - reading->position);
    uint64_t count = ptl_bytes_get_most(bytes, probes - reading->position - gap);
    if (tag == PTL_TAG_PARKED) {
        parked.asked = (uint8_t)ptl_bytes_get_most(bytes, 31);
        parked.counted = (uint8_t)ptl_bytes_get_most(bytes, 31);
    }
    if (bytes->failed)
        return true;
    uint64_t position = reading->position + gap;
    reading->position = position + count;
    if (reading->is_old)
        return true;
    if (tag == PTL_TAG_PARKED)
        return ptl_ledger_park(past->ledger, position, count, parked);
    past->segments[past->segment_count - 1].probes += count;
    note_age(past, reading->offset_ms);
    return ptl_ledger_settle(past->ledger, position, count, (enum ptl_state)(tag - PTL_TAG_RUN));
}

static uint32_t to_us(struct ptl_bytes *bytes, uint64_t value)
{
    if (value > PTL_US_NONE)
        bytes->failed = true;
    return value == 0 ? PTL_US_NONE : (uint32_t)(value - 1);
}

/* Of numbers that a file may have chosen. */
static int64_t sum(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

/* False: no memory. */
static bool read_kept(struct reading *reading)
{
    struct ptl_past *past = reading->past;
    struct ptl_bytes *bytes = &reading->bytes;
    struct ptl_result result = {.target = 0};
    int64_t position = sum(reading->kept_position, ptl_bytes_get_signed(bytes));
    uint64_t state = ptl_bytes_get_most(bytes, 255);
    result.reason = (uint8_t)ptl_bytes_get_most(bytes, 255);
    uint64_t rtt = ptl_bytes_get_most(bytes, PTL_US_NONE);
    result.rtt_us = to_us(bytes, rtt) & PTL_US_NONE;
    result.connect_us = to_us(bytes, rtt + (uint64_t)ptl_bytes_get_signed(bytes)) & PTL_US_NONE;
    int64_t offset_ms = sum(reading->kept_offset, ptl_bytes_get_signed(bytes));
    uint64_t confirmed = ptl_bytes_get_most(bytes, 255);
    result.state = state & 7U;
    result.attempts = state >> 3 & 31U;
    result.confirm_done = confirmed & 15U;
    result.confirm_yes = confirmed >> 4 & 15U;
    if (position < 0 || (uint64_t)position >= ptl_ledger_probes(past->ledger) || offset_ms < 0 ||
        offset_ms > UINT32_MAX || result.state > PTL_ERROR || !past->head.states[result.state])
        bytes->failed = true;
    if (bytes->failed)
        return true;
    reading->kept_position = position;
    reading->kept_offset = offset_ms;
    bool is_error = result.state == PTL_ERROR;
    if (is_error && reading->is_last && past->resumes)
        past->errors++;
    if ((uint64_t)offset_ms < past->cutoff_ms ||
        (is_error && (!reading->is_last || past->resumes)) ||
        ptl_ledger_state(past->ledger, (uint64_t)position) != PTL_UNPROBED)
        return true;
    uint64_t place = (uint64_t)position / past->places.port_count;
    uint64_t target = ptl_places_target(&past->places, place);
    result.offset_ms = (uint32_t)offset_ms;
    result.target = (uint32_t)target;
    result.port = ptl_places_port(&past->places, target, (uint64_t)position);
    past->segments[past->segment_count - 1].probes++;
    note_age(past, (uint64_t)offset_ms);
    if (!PTL_ROOM(past->items, past->item_capacity, past->item_count))
        return false;
    past->items[past->item_count++] = result;
    return is_error || ptl_ledger_settle(past->ledger, (uint64_t)position, 1, result.state);
}

static bool read_limit(struct reading *reading)
{
    struct ptl_past *past = reading->past;
    uint64_t place = ptl_bytes_get_most(&reading->bytes, past->places.targets);
    struct ptl_journal_limit limit = {.place = place > 0 ? place - 1 : PTL_JOURNAL_RUN};
    limit.rate = ptl_bytes_get(&reading->bytes);
    limit.window = (uint32_t)ptl_bytes_get_most(&reading->bytes, UINT32_MAX);
    if (reading->bytes.failed)
        return true;
    if (!PTL_ROOM(past->limits, past->limit_capacity, past->limit_count))
        return false;
    past->limits[past->limit_count++] = limit;
    return true;
}

/* What a limited target lost: the record follows that of its limit. */
static void read_loss(struct reading *reading)
{
    struct ptl_past *past = reading->past;
    uint64_t place = ptl_bytes_get_most(&reading->bytes, past->places.targets);
    struct ptl_journal_limit *limit =
        past->limit_count > 0 ? &past->limits[past->limit_count - 1] : NULL;
    uint32_t lost = (uint32_t)ptl_bytes_get_most(&reading->bytes, UINT32_MAX);
    uint32_t found = (uint32_t)ptl_bytes_get_most(&reading->bytes, UINT32_MAX);
    uint32_t found_before = (uint32_t)ptl_bytes_get_most(&reading->bytes, UINT32_MAX);
    if (limit == NULL || limit->place + 1 != place)
        reading->bytes.failed = true;
    if (reading->bytes.failed)
        return;
    limit->lost = lost;
    limit->found = found;
    limit->found_before = found_before;
}

static size_t find_gave_up(const struct ptl_past *past, uint64_t place)
{
    size_t at;
    PTL_SEARCH(at, past->gave_up_count, past->gave_up[at] < place);
    return at;
}

bool ptl_past_gave_up(const struct ptl_past *past, uint64_t place)
{
    size_t at = find_gave_up(past, place);
    return at < past->gave_up_count && past->gave_up[at] == place;
}

static bool read_gave_up(struct reading *reading, bool lives)
{
    struct ptl_past *past = reading->past;
    uint64_t place = ptl_bytes_get_most(&reading->bytes, past->places.targets - 1);
    size_t at = find_gave_up(past, place);
    bool known = ptl_past_gave_up(past, place);
    if (reading->bytes.failed || reading->is_old || known != lives)
        return true;
    if (!PTL_ROOM(past->gave_up, past->gave_up_capacity, past->gave_up_count))
        return false;
    uint64_t *here = past->gave_up + at;
    size_t behind = past->gave_up_count - at;
    if (lives)
        memmove(here, here + 1, (behind - 1) * sizeof(*here));
    else
        memmove(here + 1, here, behind * sizeof(*here));
    if (!lives)
        *here = place;
    past->gave_up_count = lives ? past->gave_up_count - 1 : past->gave_up_count + 1;
    return true;
}

static bool read_record(struct reading *reading)
{
    uint64_t tag = ptl_bytes_get(&reading->bytes);
    switch (tag) {
    case PTL_TAG_RUN + PTL_OPEN:
    case PTL_TAG_RUN + PTL_CLOSED:
    case PTL_TAG_RUN + PTL_FILTERED:
    case PTL_TAG_PARKED:
        return read_run(reading, tag);
    case PTL_TAG_KEPT:
        return read_kept(reading);
    case PTL_TAG_LIMITS:
        reading->past->limit_count = 0;
        return true;
    case PTL_TAG_LIMIT:
        return read_limit(reading);
    case PTL_TAG_LOSS:
        read_loss(reading);
        return true;
    case PTL_TAG_GAVE_UP:
    case PTL_TAG_LIVES:
        return read_gave_up(reading, tag == PTL_TAG_LIVES);
    default:
        reading->bytes.failed = true;
        return true;
    }
}

bool ptl_past_read_data(struct ptl_past *past, struct ptl_bytes *bytes, bool is_last)
{
    struct reading reading = {.past = past, .bytes = *bytes, .is_last = is_last};
    uint64_t at_ms = ptl_bytes_get_most(&reading.bytes, INT64_MAX);
    reading.offset_ms = ptl_bytes_get_most(&reading.bytes, INT64_MAX);
    reading.is_old = reading.offset_ms < past->cutoff_ms;
    reading.kept_offset = (int64_t)reading.offset_ms;
    ptl_counters_get(&reading.bytes, &past->counters);
    bool good = true;
    while (good && !reading.bytes.failed && reading.bytes.at < reading.bytes.end)
        good = read_record(&reading);
    *bytes = reading.bytes;
    if (!bytes->failed) {
        past->last_at_ms = at_ms;
        if (past->offset_ms < reading.offset_ms)
            past->offset_ms = reading.offset_ms;
    }
    return good;
}

/* Errors first, of each port the last one last. */
static int compare_errors(const void *a, const void *b)
{
    const struct ptl_result *x = a, *y = b;
    bool x_is = x->state == PTL_ERROR, y_is = y->state == PTL_ERROR;
    if (x_is != y_is)
        return x_is ? -1 : 1;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return x->offset_ms < y->offset_ms ? -1 : x->offset_ms > y->offset_ms;
}

static bool is_settled(const struct ptl_past *past, const struct ptl_result *item)
{
    uint64_t place = ptl_places_of_target(&past->places, item->target);
    uint64_t position = ptl_places_position(&past->places, item->target, place, item->port);
    return ptl_ledger_state(past->ledger, position) != PTL_UNPROBED;
}

void ptl_past_drop_errors(struct ptl_past *past)
{
    size_t errors = 0, kept = 0;
    for (size_t i = 0; i < past->item_count; i++)
        errors += past->items[i].state == PTL_ERROR;
    if (errors == 0)
        return;
    qsort(past->items, past->item_count, sizeof(*past->items), compare_errors);
    for (size_t i = 0; i < past->item_count; i++) {
        const struct ptl_result *item = &past->items[i];
        bool again = i + 1 < errors && item[1].target == item->target && item[1].port == item->port;
        if (i >= errors || (!again && !is_settled(past, item)))
            past->items[kept++] = *item;
    }
    past->item_count = kept;
}
