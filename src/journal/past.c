#include "journal/past.h"

#include "journal/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the file ---- */

static enum ptl_status contradicts(const struct ptl_past *past, const struct ptl_chunk *chunk,
                                   struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_INVALID,
                         "%s is damaged at byte %" PRIu64 ": a chunk that "
                         "contradicts itself",
                         past->path, chunk->at);
}

static enum ptl_status read_plan(struct ptl_past *past, const struct ptl_chunk *chunk,
                                 struct ptl_error *error)
{
    bool without_memory;
    if (!ptl_head_read(chunk->payload, chunk->head.length, &past->head, &without_memory))
        return without_memory ? ptl_error_no_memory(error) : contradicts(past, chunk, error);
    past->started_ms = past->head.started_ms; /* till a segment says when it really was */
    past->ports = ptl_portset_new();
    if (past->ports == NULL)
        return ptl_error_no_memory(error);
    if (ptl_portset_add(past->ports, past->head.ports, NULL) != PTL_OK)
        return contradicts(past, chunk, error);
    const uint16_t *ports = ptl_portset_seal(past->ports);
    uint32_t port_count = ptl_portset_count(past->ports);
    enum ptl_status status = ptl_targets_build(past->head.blocks, past->head.block_count, NULL, 0,
                                               &past->targets, error);
    if (status != PTL_OK)
        return status;
    uint64_t targets = ptl_targets_count(past->targets);
    past->ledger = ptl_ledger_new(targets * port_count);
    if (ports == NULL || past->ledger == NULL ||
        !ptl_places_init(&past->places, targets, ports, port_count, past->head.order,
                         past->head.seed))
        return ptl_error_no_memory(error);
    return PTL_OK;
}

/* What has to be known before anything is read: what is whole, what is too old, where the last
 * segment begins. */
struct survey {
    uint64_t last_segment_at;
    uint64_t synced; /* the most that a chunk behind the first damage knows to be on the disk */
    bool is_damaged;
};

static enum ptl_status look_over(struct ptl_past *past, struct ptl_walk *walk,
                                 struct survey *survey, struct ptl_error *error)
{
    struct ptl_chunk chunk;
    enum ptl_status status;
    bool has_plan = false;
    while (ptl_walk_next(walk, &chunk, &status, error)) {
        if (chunk.at == PTL_JOURNAL_MAGIC_SIZE) {
            has_plan = true;
            status = read_plan(past, &chunk, error);
            if (status != PTL_OK)
                return status;
        }
        if (walk->bad_at != UINT64_MAX && survey->synced < chunk.head.synced)
            survey->synced = chunk.head.synced;
        if (chunk.head.type == PTL_CHUNK_SEGMENT) {
            struct ptl_bytes bytes = {.at = chunk.payload,
                                      .end = chunk.payload + chunk.head.length};
            int64_t started_ms = (int64_t)ptl_bytes_get_most(&bytes, INT64_MAX);
            uint64_t offset_ms = ptl_bytes_get_most(&bytes, INT64_MAX);
            if (survey->last_segment_at == 0) /* the first, or the first that is whole */
                past->started_ms = started_ms - (int64_t)offset_ms;
            survey->last_segment_at = chunk.at;
            uint64_t forget_ms = ptl_bytes_get(&bytes);
            past->cutoff_ms = past->cutoff_ms > forget_ms ? past->cutoff_ms : forget_ms;
        }
    }
    if (status == PTL_OK && !has_plan)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s is damaged, or ends, within the head of the journal: nothing can "
                             "be made of it; remove it to begin anew",
                             past->path);
    survey->is_damaged = walk->bad_at < survey->synced;
    return status;
}

static enum ptl_status replay(struct ptl_past *past, struct ptl_walk *walk,
                              const struct survey *survey, struct ptl_error *error)
{
    struct ptl_chunk chunk;
    enum ptl_status status;
    while (ptl_walk_next(walk, &chunk, &status, error)) {
        if (!survey->is_damaged && walk->bad_at != UINT64_MAX)
            break; /* behind a torn end */
        struct ptl_bytes bytes = {.at = chunk.payload, .end = chunk.payload + chunk.head.length};
        bool good = true;
        if (chunk.head.type == PTL_CHUNK_SEGMENT)
            good = ptl_past_read_segment(past, &bytes);
        else if (chunk.head.type == PTL_CHUNK_DATA)
            good = ptl_past_imply_segment(past) &&
                   ptl_past_read_data(past, &bytes, chunk.at > survey->last_segment_at);
        else if (chunk.head.type == PTL_CHUNK_END && (good = ptl_past_imply_segment(past)))
            ptl_past_read_end(past, &bytes);
        past->done = past->done || chunk.head.type == PTL_CHUNK_DONE;
        if (!good)
            return ptl_error_no_memory(error);
        if (bytes.failed)
            return contradicts(past, &chunk, error);
        past->end = walk->at;
        past->number = chunk.head.number + 1;
    }
    return status;
}

static enum ptl_status read_all(struct ptl_past *past, int fd,
                                const struct ptl_past_request *request, struct ptl_error *error)
{
    struct ptl_walk walk;
    struct survey survey = {.synced = 0};
    enum ptl_status status = ptl_walk_begin(&walk, fd, past->path, error);
    if (status != PTL_OK)
        return status;
    status = look_over(past, &walk, &survey, error);
    uint64_t bad_at = walk.bad_at;
    ptl_walk_end(&walk);
    if (status != PTL_OK)
        return status;
    if (survey.is_damaged && !request->salvage)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s is damaged at byte %" PRIu64
                             "; --salvage takes what is whole, and asks the rest again",
                             past->path, bad_at);
    if (request->max_age_ms > 0) {
        int64_t cutoff_ms = ptl_clock_wall_ms() - (int64_t)request->max_age_ms - past->started_ms;
        if (cutoff_ms > 0 && past->cutoff_ms < (uint64_t)cutoff_ms)
            past->cutoff_ms = (uint64_t)cutoff_ms;
    }
    status = ptl_walk_begin(&walk, fd, past->path, error);
    if (status == PTL_OK)
        status = replay(past, &walk, &survey, error);
    if (status == PTL_OK)
        ptl_past_drop_errors(past);
    past->torn = walk.size - past->end;
    past->damaged_at = survey.is_damaged ? bad_at : UINT64_MAX;
    past->last.resumed.salvaged = past->last.resumed.salvaged || survey.is_damaged;
    if (past->cutoff_ms > 0 || past->last.resumed.salvaged) /* of verdicts that are none any more */
        past->counters.has_evidence = false;
    ptl_walk_end(&walk);
    ptl_past_close_segment(past);
    return status;
}

enum ptl_status ptl_past_read(int fd, const char *path, const struct ptl_past_request *request,
                              bool resumes, struct ptl_past **past, struct ptl_error *error)
{
    struct ptl_past *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    new->oldest_offset_ms = UINT64_MAX;
    new->damaged_at = UINT64_MAX;
    new->resumes = resumes;
    new->path = strdup(path);
    enum ptl_status status =
        new->path != NULL ? read_all(new, fd, request, error) : ptl_error_no_memory(error);
    if (status != PTL_OK) {
        ptl_past_free(new);
        return status;
    }
    *past = new;
    return PTL_OK;
}

enum ptl_status ptl_journal_read(const char *path, const struct ptl_past_request *request,
                                 struct ptl_past **past, struct ptl_error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", path);
    enum ptl_status status = ptl_past_read(fd, path, request, false, past, error);
    close(fd);
    return status;
}

bool ptl_journal_is(const char *path)
{
    char line[sizeof(PTL_JOURNAL_NAME) - 1];
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false; /* opening a pipe may wait for ever */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    ssize_t got = pread(fd, line, sizeof(line), 0);
    close(fd);
    return got == (ssize_t)sizeof(line) && memcmp(line, PTL_JOURNAL_NAME, sizeof(line)) == 0;
}

void ptl_past_free(struct ptl_past *past)
{
    if (past == NULL)
        return;
    ptl_head_free(&past->head);
    free(past->last.asked);
    ptl_portset_free(past->ports);
    ptl_targets_free(past->targets);
    ptl_places_free(&past->places);
    ptl_ledger_free(past->ledger);
    free(past->items);
    free(past->limits);
    free(past->gave_up);
    free(past->segments);
    free(past->path);
    free(past);
}

/* ---- what a journal holds ---- */

const struct ptl_named_block *ptl_past_blocks(const struct ptl_past *past, size_t *count)
{
    *count = past->head.block_count;
    return past->head.blocks;
}

const struct ptl_unresolved *ptl_past_unresolved(const struct ptl_past *past, size_t *count)
{
    *count = past->head.unresolved_count;
    return past->head.unresolved;
}

uint64_t ptl_past_seed(const struct ptl_past *past)
{
    return past->head.seed;
}

const struct ptl_ledger *ptl_past_ledger(const struct ptl_past *past)
{
    return past->ledger;
}

const struct ptl_journal_counters *ptl_past_counters(const struct ptl_past *past)
{
    return &past->counters;
}

const struct ptl_journal_limit *ptl_past_limits(const struct ptl_past *past, size_t *count)
{
    *count = past->limit_count;
    return past->limits;
}

const struct ptl_result *ptl_past_items(const struct ptl_past *past, size_t *count)
{
    *count = past->item_count;
    return past->items;
}

uint64_t ptl_past_worked_ms(const struct ptl_past *past)
{
    return past->worked_ms;
}

int64_t ptl_past_started_ms(const struct ptl_past *past)
{
    return past->started_ms;
}

uint64_t ptl_past_offset_ms(const struct ptl_past *past)
{
    return past->offset_ms;
}

const struct ptl_segment *ptl_past_segments(const struct ptl_past *past, size_t *count)
{
    *count = past->segment_count;
    return past->segments;
}

struct ptl_resumed ptl_past_resumed(const struct ptl_past *past)
{
    uint64_t states[PTL_STATE_COUNT];
    uint64_t end = ptl_ledger_end(past->ledger);
    struct ptl_resumed resumed = {.salvaged = past->last.resumed.salvaged,
                                  .asked_again = past->last.resumed.asked_again};
    ptl_ledger_count(past->ledger, 0, end, states);
    resumed.taken_over = end - states[PTL_UNPROBED];
    resumed.asked_again += past->counters.in_flight + past->errors;
    if (past->oldest_offset_ms != UINT64_MAX)
        resumed.oldest_ms = past->started_ms + (int64_t)past->oldest_offset_ms;
    return resumed;
}
