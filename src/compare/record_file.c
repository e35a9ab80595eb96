/* A record's way through a file, and the doubts of whoever reads it. */
#include "compare/record.h"

#include "base/plain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What one part of a record takes in the file. */
struct part {
    void *bytes;
    size_t size;
};

static bool read_at(int fd, void *bytes, size_t size, off_t at)
{
    for (size_t done = 0; done < size;) {
        ssize_t count = pread(fd, (char *)bytes + done, size - done, at + (off_t)done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += (size_t)count;
    }
    return true;
}

static void lay_out(const struct ptl_record *record, struct part parts[4])
{
    const struct ptl_record_head *head = &record->head;
    parts[0] = (struct part){record->targets, head->target_count * sizeof(*record->targets)};
    parts[1] = (struct part){record->spans, head->span_count * sizeof(*record->spans)};
    parts[2] = (struct part){record->times, head->time_count * sizeof(*record->times)};
    parts[3] = (struct part){record->texts, head->text_bytes};
}

bool ptl_record_write(int fd, const struct ptl_record *record)
{
    struct part parts[4];
    off_t at = sizeof(record->head);
    lay_out(record, parts);
    for (int i = 0; i < 4; i++) {
        if (!ptl_plain_write(fd, parts[i].bytes, parts[i].size, at))
            return false;
        at += (off_t)parts[i].size;
    }
    /* Last, so that `finished` is never there without the rest. */
    return ptl_plain_write(fd, &record->head, sizeof(record->head), 0);
}

void ptl_record_write_progress(int fd, uint64_t done, uint64_t probes)
{
    const uint64_t pair[2] = {done, probes};
    ptl_plain_write(fd, pair, sizeof(pair), offsetof(struct ptl_record_head, done));
}

bool ptl_record_read_progress(int fd, uint64_t *done, uint64_t *probes)
{
    uint64_t pair[2];
    if (!read_at(fd, pair, sizeof(pair), offsetof(struct ptl_record_head, done)))
        return false;
    *done = pair[0];
    *probes = pair[1];
    return true;
}

/* ---- what is believed ---- */

static bool is_time(double ms)
{
    return isfinite(ms) && ms >= 0 && ms < 1e12;
}

static bool is_sane_estimate(const struct ptl_record_head *head)
{
    return head->basis < PTL_BASIS_COUNT && head->is_estimated <= 1 && isfinite(head->missed) &&
           head->missed >= 0 && head->recall_at_least >= 0 && head->recall_at_least <= 1;
}

static bool is_sane_head(const struct ptl_record_head *head, uint64_t size)
{
    if (head->magic != PTL_RECORD_MAGIC || head->finished != 1)
        return false;
    uint64_t left = size - sizeof(*head);
    if (head->target_count > left / sizeof(struct ptl_record_target) ||
        head->span_count > left / sizeof(struct ptl_record_span) ||
        head->time_count > left / sizeof(struct ptl_record_times) || head->text_bytes > left)
        return false;
    if (head->target_count * sizeof(struct ptl_record_target) +
            head->span_count * sizeof(struct ptl_record_span) +
            head->time_count * sizeof(struct ptl_record_times) + head->text_bytes !=
        left)
        return false;
    uint64_t sum = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum += head->states[s];
    return is_time(head->elapsed_ms) && is_time(head->user_ms) && is_time(head->system_ms) &&
           head->stopped_by <= PTL_STOP_OUTPUT && head->complete <= 1 && head->failed <= 1 &&
           head->partial_everywhere <= 1 && head->text_bytes >= 1 &&
           head->warnings_at <= head->text_bytes && sum == head->probes && is_sane_estimate(head);
}

static bool is_sane_span(const struct ptl_record *record, uint64_t i)
{
    const struct ptl_record_span *span = &record->spans[i];
    if (span->target >= record->head.target_count || span->first == 0 || span->first > span->last ||
        (span->state != PTL_OPEN && span->state != PTL_FILTERED && span->state != PTL_ERROR) ||
        span->confirmed > 1)
        return false;
    if (i == 0)
        return true;
    const struct ptl_record_span *before = span - 1;
    return before->target < span->target ||
           (before->target == span->target && before->last < span->first);
}

static bool is_sane(const struct ptl_record *record)
{
    const struct ptl_record_head *head = &record->head;
    uint64_t open = 0;
    if (record->texts[head->text_bytes - 1] != '\0')
        return false;
    for (uint64_t i = 0; i < head->target_count; i++) {
        const struct ptl_record_target *target = &record->targets[i];
        if (target->host >= head->text_bytes || (target->family != 4 && target->family != 6) ||
            target->partial > 1)
            return false;
    }
    for (uint64_t i = 0; i < head->span_count; i++) {
        if (!is_sane_span(record, i))
            return false;
        if (record->spans[i].state == PTL_OPEN)
            open += record->spans[i].last - record->spans[i].first + 1U;
    }
    for (uint64_t i = 0; i < head->time_count; i++)
        if (record->times[i].connect_us > PTL_US_NONE || record->times[i].rtt_us > PTL_US_NONE)
            return false;
    return open == head->time_count && open == head->states[PTL_OPEN];
}

/* NULL, or why not. */
static const char *read_parts(int fd, struct ptl_record *record, bool *no_memory)
{
    struct part parts[4];
    off_t at = sizeof(record->head);
    lay_out(record, parts);
    void **places[4] = {(void **)&record->targets, (void **)&record->spans, (void **)&record->times,
                        (void **)&record->texts};
    for (int i = 0; i < 4; i++) {
        *places[i] = malloc(parts[i].size + 1);
        *no_memory = *places[i] == NULL;
        if (*no_memory || !read_at(fd, *places[i], parts[i].size, at))
            return *no_memory ? "out of memory" : "its record could not be read";
        at += (off_t)parts[i].size;
    }
    return is_sane(record) ? NULL : "its record contradicts itself";
}

enum ptl_status ptl_record_read(int fd, struct ptl_record **out, struct ptl_error *error)
{
    struct stat info;
    struct ptl_record *record = calloc(1, sizeof(*record));
    if (record == NULL)
        return ptl_error_no_memory(error);
    const char *fault = NULL;
    bool no_memory = false;
    if (fstat(fd, &info) != 0 || (uint64_t)info.st_size < sizeof(record->head))
        fault = "it left no record";
    else if ((uint64_t)info.st_size > PTL_RECORD_MAX)
        fault = "its record is too large";
    else if (!read_at(fd, &record->head, sizeof(record->head), 0) ||
             !is_sane_head(&record->head, (uint64_t)info.st_size))
        fault = "its record is not whole";
    else
        fault = read_parts(fd, record, &no_memory);
    if (fault == NULL) {
        *out = record;
        return PTL_OK;
    }
    ptl_record_free(record);
    return ptl_error_set(error, no_memory ? PTL_E_NO_MEMORY : PTL_E_INVALID, "%s", fault);
}
