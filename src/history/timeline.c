#include "history/timeline.h"

#include "base/array.h"
#include "base/number.h"

#include <stdlib.h>

uint64_t ptl_timeline_usual_s(const struct ptl_timeline *timeline)
{
    uint64_t steps[PTL_TIMELINE_RUNS_MAX];
    size_t count = 0;
    for (size_t i = 1; i < timeline->run_count && count < PTL_TIMELINE_RUNS_MAX; i++) {
        uint64_t from = timeline->runs[i - 1].started_ms, to = timeline->runs[i].started_ms;
        steps[count++] = to > from ? (to - from) / 1000 : 0;
    }
    if (count < 2)
        return 0;
    qsort(steps, count, sizeof(steps[0]), ptl_number_order_64);
    return steps[count / 2];
}

#define NONE UINT16_MAX /* more than there are runs */

void ptl_timeline_put_in_order(struct ptl_timeline_run *runs, size_t count)
{
    /* The most runs whose times follow one another: the last of the best so many, and before each
     * the one that it follows. */
    uint16_t ends[PTL_TIMELINE_RUNS_MAX] = {0}, follows[PTL_TIMELINE_RUNS_MAX];
    size_t most = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at;
        PTL_SEARCH(at, most, runs[ends[at]].started_ms <= runs[i].started_ms);
        follows[i] = at > 0 ? ends[at - 1] : NONE;
        ends[at] = (uint16_t)i;
        most = at == most ? most + 1 : most;
    }
    size_t right = most > 0 ? ends[most - 1] : NONE;
    uint64_t next_ms = UINT64_MAX;
    for (size_t i = count; i-- > 0;) {
        if (i == right) {
            next_ms = runs[i].started_ms;
            right = follows[i];
        } else if (runs[i].started_ms > next_ms) {
            runs[i].started_ms = next_ms;
        }
    }
    for (size_t i = 1; i < count; i++)
        if (runs[i].started_ms < runs[i - 1].started_ms)
            runs[i].started_ms = runs[i - 1].started_ms;
}

void ptl_timeline_find_partial(const struct ptl_timeline *timeline, char *seen, bool *is_partial)
{
    for (size_t run = 0; run < timeline->run_count; run++)
        is_partial[run] = false;
    for (size_t row = 0; row < timeline->row_count; row++) {
        timeline->see(timeline, row, seen);
        for (size_t run = 0; run < timeline->run_count; run++)
            if (seen[run] == PTL_SEEN_NOTHING && !timeline->runs[run].is_complete)
                is_partial[run] = true;
    }
}

/* Of numbers that are not 0 or 1. */
static void add_base_36(size_t number, struct ptl_buf *buf)
{
    char digits[16];
    size_t at = sizeof(digits);
    digits[--at] = '\0';
    for (; number > 0; number /= 36)
        digits[--at] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 36];
    ptl_buf_add(buf, digits + at);
}

void ptl_timeline_pack(const char *seen, size_t runs, const bool *is_partial, struct ptl_buf *buf)
{
    char now = '\0';
    size_t length = 0;
    for (size_t run = 0; run <= runs; run++) {
        char next = run < runs ? seen[run] : '\0';
        if (run < runs && is_partial[run] && next == PTL_SEEN_NOTHING && length > 0)
            next = now;
        if (next != now && length > 0) {
            ptl_buf_add_char(buf, now);
            if (length > 1)
                add_base_36(length, buf);
            length = 0;
        }
        now = next;
        length++;
    }
}
