/* The chunks that tell of segments: where work began, with what, and where it ended. */
#include "base/array.h"
#include "base/json.h"
#include "journal/bytes.h"
#include "journal/past.h"
#include "results/objects.h"

#include <stdlib.h>
#include <string.h>

void ptl_segment_head_write(struct ptl_buf *buf, const struct ptl_segment_head *head)
{
    ptl_bytes_put(buf, (uint64_t)head->started_ms);
    ptl_bytes_put(buf, head->offset_ms);
    ptl_bytes_put(buf, head->forget_before_ms);
    ptl_bytes_put(buf, head->resumed.taken_over);
    ptl_bytes_put(buf, head->resumed.asked_again);
    ptl_bytes_put(buf, (uint64_t)head->resumed.oldest_ms);
    ptl_bytes_put(buf, head->resumed.salvaged);
    ptl_bytes_put(buf, head->effective_concurrency);
    ptl_bytes_put(buf, head->workers);
    ptl_bytes_put_text(buf, head->asked);
}

enum ptl_status ptl_past_asked(const struct ptl_past *past, struct ptl_run_info *info,
                               struct ptl_error *error)
{
    const char *asked = past->last.asked;
    if (asked == NULL)
        return PTL_OK;
    struct ptl_origin place = {.file = "journal"};
    struct ptl_json *json = NULL;
    enum ptl_status status = ptl_json_parse(asked, strlen(asked), &place, &json, error);
    if (status != PTL_OK)
        return status;
    struct ptl_members run = {.json = json, .place = &place, .what = "run", .error = error};
    ptl_object_read(&ptl_object_run, PTL_KEYS_ASKED, &run, info);
    ptl_json_free(json);
    return run.status;
}

void ptl_past_close_segment(struct ptl_past *past)
{
    past->worked_ms += past->last_at_ms;
    if (past->segment_count == 0 || past->ended)
        return;
    struct ptl_segment *last = &past->segments[past->segment_count - 1];
    last->reason = PTL_SEGMENT_KILLED;
    last->finished_ms = last->started_ms + (int64_t)past->last_at_ms;
}

bool ptl_past_read_segment(struct ptl_past *past, struct ptl_bytes *bytes)
{
    struct ptl_segment_head head = {.started_ms = (int64_t)ptl_bytes_get_most(bytes, INT64_MAX)};
    head.offset_ms = ptl_bytes_get_most(bytes, INT64_MAX);
    head.forget_before_ms = ptl_bytes_get(bytes);
    head.resumed.taken_over = ptl_bytes_get(bytes);
    head.resumed.asked_again = ptl_bytes_get(bytes);
    head.resumed.oldest_ms = (int64_t)ptl_bytes_get_most(bytes, INT64_MAX);
    head.resumed.salvaged = ptl_bytes_get_most(bytes, 1) != 0;
    head.effective_concurrency = (uint32_t)ptl_bytes_get_most(bytes, UINT32_MAX);
    head.workers = (uint32_t)ptl_bytes_get_most(bytes, UINT32_MAX);
    head.asked = ptl_bytes_get_text(bytes);
    ptl_past_close_segment(past);
    past->last_at_ms = 0;
    past->ended = past->complete = false;
    bool good = PTL_ROOM(past->segments, past->segment_capacity, past->segment_count);
    good = good && (bytes->failed || head.asked != NULL);
    if (!good || bytes->failed) {
        free(head.asked);
        return good;
    }
    free(past->last.asked);
    head.resumed.salvaged = head.resumed.salvaged || past->last.resumed.salvaged;
    past->last = head;
    past->segments[past->segment_count++] =
        (struct ptl_segment){.started_ms = head.started_ms, .finished_ms = head.started_ms};
    if (past->offset_ms < head.offset_ms)
        past->offset_ms = head.offset_ms;
    return true;
}

bool ptl_past_imply_segment(struct ptl_past *past)
{
    if (past->segment_count > 0)
        return true;
    if (!PTL_ROOM(past->segments, past->segment_capacity, 0))
        return false;
    past->segments[past->segment_count++] =
        (struct ptl_segment){.started_ms = past->started_ms, .finished_ms = past->started_ms};
    return true;
}

void ptl_past_read_end(struct ptl_past *past, struct ptl_bytes *bytes)
{
    enum ptl_stop reason = (enum ptl_stop)ptl_bytes_get_most(bytes, PTL_STOP_OUTPUT);
    bool complete = ptl_bytes_get_most(bytes, 1) != 0;
    int64_t finished_ms = (int64_t)ptl_bytes_get_most(bytes, INT64_MAX);
    uint64_t at_ms = ptl_bytes_get_most(bytes, INT64_MAX);
    if (bytes->failed)
        return;
    struct ptl_segment *last = &past->segments[past->segment_count - 1];
    last->finished_ms = finished_ms;
    last->reason = reason;
    past->reason = reason;
    past->ended = true;
    past->complete = complete;
    past->last_at_ms = at_ms;
}
