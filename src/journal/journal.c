/* A journal while it is written: its own thread asks the scan for what came, and writes it. */
#include "journal/journal.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/thread.h"
#include "journal/bytes.h"
#include "journal/encode.h"
#include "journal/file.h"
#include "journal/past.h"
#include "journal/walk.h"
#include "results/objects.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define WRITE_NS 200000000ULL /* from one writing to the next: a kill loses no more than 250 ms */
#define SYNC_NS 700000000ULL  /* so that with what is written meanwhile a power cut loses 1 s */
#define IDLE_NS 1000000000ULL /* a word now and then also where nothing was settled */

struct ptl_journal {
    char *path;
    struct ptl_journal_file file;
    struct ptl_past *past;    /* NULL: there is nothing to go on with */
    struct ptl_error refused; /* PTL_OK: nothing is to be set aside */
    struct ptl_places places;
    struct ptl_encoder encoder;
    struct ptl_buf out;
    uint64_t base_ms;  /* from the run's start to the segment's */
    uint64_t begun_ns; /* the segment */
    uint64_t written_ns, synced_ns;
    struct ptl_journal_batch batch;
    uint64_t told_attempts;
    ptl_journal_take *take;
    void *context;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards `stops` and `failure` */
    pthread_cond_t change;
    bool stops;
    atomic_bool failed;
    struct ptl_error failure;
};

bool ptl_journal_add_note(struct ptl_journal_batch *batch, const struct ptl_journal_note *note)
{
    if (batch->note_count == PTL_NOTES_MOST ||
        !ptl_array_room((void **)&batch->notes, &batch->note_capacity, batch->note_count,
                        sizeof(*note)))
        return false;
    batch->notes[batch->note_count++] = *note;
    return true;
}

/* ---- opening ---- */

enum ptl_status ptl_journal_open(const struct ptl_journal_request *request,
                                 const struct ptl_profile *profile, struct ptl_journal **journal,
                                 struct ptl_error *error)
{
    struct ptl_journal *new = calloc(1, sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&new->lock, NULL);
    pthread_cond_init(&new->change, &attributes);
    pthread_condattr_destroy(&attributes);
    new->file.fd = -1;
    new->path = strdup(request->path);
    ptl_buf_init(&new->out, PTL_ENCODE_MAX);
    struct ptl_journal_request own = *request;
    own.path = new->path;
    enum ptl_status status = PTL_OK;
    if (new->path == NULL)
        status = ptl_error_no_memory(error);
    else
        status = ptl_past_find(&own, profile, &new->file, &new->past, &new->refused, error);
    if (status != PTL_OK) {
        ptl_journal_free(new);
        return status;
    }
    *journal = new;
    return PTL_OK;
}

const struct ptl_past *ptl_journal_past(const struct ptl_journal *journal)
{
    return journal->past;
}

const char *ptl_journal_set_aside(const struct ptl_journal *journal)
{
    return journal->refused.code != PTL_OK ? journal->refused.message : NULL;
}

void ptl_journal_free(struct ptl_journal *journal)
{
    if (journal == NULL)
        return;
    ptl_journal_file_close(&journal->file);
    ptl_encoder_free(&journal->encoder);
    ptl_places_free(&journal->places);
    ptl_past_free(journal->past);
    ptl_buf_free(&journal->out);
    free(journal->batch.notes);
    free(journal->batch.results);
    free(journal->batch.limits);
    pthread_cond_destroy(&journal->change);
    pthread_mutex_destroy(&journal->lock);
    free(journal->path);
    free(journal);
}

/* ---- making ---- */

/* What is whole of a damaged file, in a new one that takes its place. */
static enum ptl_status rewrite(struct ptl_journal *journal, struct ptl_error *error)
{
    struct ptl_walk walk;
    struct ptl_chunk chunk;
    enum ptl_status status = ptl_walk_begin(&walk, journal->file.fd, journal->path, error);
    if (status != PTL_OK)
        return status;
    journal->encoder.number = 0;
    ptl_buf_reset(&journal->out);
    ptl_buf_add_bytes(&journal->out, PTL_JOURNAL_MAGIC, PTL_JOURNAL_MAGIC_SIZE);
    while (ptl_walk_next(&walk, &chunk, &status, error)) {
        chunk.head.number = journal->encoder.number++;
        chunk.head.synced = 0;
        ptl_chunk_put(&journal->out, &chunk.head, chunk.payload);
    }
    ptl_walk_end(&walk);
    if (status == PTL_OK && journal->out.failed)
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = ptl_journal_file_make(&journal->file, &journal->out, error);
    ptl_buf_free(&journal->out);
    return status;
}

static enum ptl_status make(struct ptl_journal *journal, const struct ptl_journal_plan *plan,
                            struct ptl_error *error)
{
    struct ptl_buf head;
    ptl_buf_init(&head, PTL_CHUNK_FIRST);
    enum ptl_status status = ptl_head_write(&head, plan, ptl_clock_wall_ms(), error);
    ptl_buf_reset(&journal->out);
    ptl_buf_add_bytes(&journal->out, PTL_JOURNAL_MAGIC, PTL_JOURNAL_MAGIC_SIZE);
    if (status == PTL_OK)
        ptl_encode_chunk(&journal->encoder, PTL_CHUNK_PLAN, &head, &journal->out);
    if (status == PTL_OK && journal->out.failed)
        status = ptl_error_no_memory(error);
    ptl_buf_free(&head);
    if (status == PTL_OK)
        status = ptl_journal_file_make(&journal->file, &journal->out, error);
    ptl_buf_free(&journal->out);
    return status;
}

enum ptl_status ptl_journal_create(struct ptl_journal *journal, const struct ptl_journal_plan *plan,
                                   struct ptl_error *error)
{
    if (!ptl_places_init(&journal->places, ptl_targets_count(plan->targets),
                         ptl_portset_seal(plan->ports), ptl_portset_count(plan->ports),
                         plan->profile->order, plan->seed))
        return ptl_error_no_memory(error);
    ptl_encoder_init(&journal->encoder, &journal->places);
    const struct ptl_past *past = journal->past;
    enum ptl_status status = PTL_OK;
    if (journal->refused.code != PTL_OK)
        status = ptl_journal_file_set_aside(&journal->file, error);
    if (status != PTL_OK)
        return status;
    if (past == NULL)
        return make(journal, plan, error);
    if (past->damaged_at != UINT64_MAX)
        return rewrite(journal, error);
    journal->encoder.number = past->number;
    return ptl_journal_file_cut(&journal->file, past->end, error);
}

/* ---- writing ---- */

/* The first thing that goes wrong is the last that is done. */
static void fail(struct ptl_journal *journal, const struct ptl_error *error)
{
    pthread_mutex_lock(&journal->lock);
    journal->failure = *error;
    pthread_mutex_unlock(&journal->lock);
    atomic_store(&journal->failed, true);
}

enum ptl_status ptl_journal_failure(const struct ptl_journal *journal, struct ptl_error *error)
{
    if (!atomic_load(&journal->failed))
        return PTL_OK;
    if (error != NULL)
        *error = journal->failure; /* written once, before `failed` */
    return journal->failure.code;
}

static void tell_time(struct ptl_journal *journal, uint64_t now_ns)
{
    journal->encoder.at_ms = (now_ns - journal->begun_ns) / PTL_NS_PER_MS;
    journal->encoder.offset_ms = journal->base_ms + journal->encoder.at_ms;
    journal->encoder.synced = journal->file.synced;
}

static void put_out(struct ptl_journal *journal, bool sync, uint64_t now_ns)
{
    struct ptl_error error;
    enum ptl_status status = PTL_OK;
    if (journal->out.failed)
        status = ptl_error_no_memory(&error);
    else if (journal->out.length > 0)
        status = ptl_journal_file_append(&journal->file, &journal->out, &error);
    if (status == PTL_OK && sync && journal->file.synced != journal->file.size)
        status = ptl_journal_file_sync(&journal->file, &error);
    if (sync)
        journal->synced_ns = now_ns;
    ptl_buf_reset(&journal->out);
    if (status != PTL_OK)
        fail(journal, &error);
}

static void write_round(struct ptl_journal *journal, bool last)
{
    struct ptl_journal_batch *batch = &journal->batch;
    if (atomic_load(&journal->failed))
        return;
    batch->note_count = batch->result_count = batch->limit_count = 0;
    batch->has_limits = false;
    uint64_t now_ns = ptl_clock_now_ns();
    tell_time(journal, now_ns);
    struct ptl_error error;
    if (!journal->take(journal->context, batch)) {
        ptl_error_no_memory(&error);
        ptl_error_wrap(&error, "the journal %s cannot keep up with the scan", journal->path);
        fail(journal, &error);
        return;
    }
    bool idle = batch->note_count + batch->result_count == 0 &&
                batch->counters.attempts == journal->told_attempts;
    ptl_buf_reset(&journal->out);
    if (!idle || last || now_ns - journal->written_ns >= IDLE_NS) {
        journal->told_attempts = batch->counters.attempts;
        journal->written_ns = now_ns;
        if (!ptl_encode_batch(&journal->encoder, batch, &journal->out))
            journal->out.failed = true;
    }
    put_out(journal, last || now_ns - journal->synced_ns >= SYNC_NS, now_ns);
}

static struct timespec to_time(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / PTL_NS_PER_S),
                             .tv_nsec = (long)(ns % PTL_NS_PER_S)};
}

static void *work(void *argument)
{
    struct ptl_journal *journal = argument;
    uint64_t due_ns = ptl_clock_now_ns() + WRITE_NS;
    pthread_mutex_lock(&journal->lock);
    while (!journal->stops) {
        struct timespec due = to_time(due_ns);
        if (pthread_cond_timedwait(&journal->change, &journal->lock, &due) != ETIMEDOUT)
            continue;
        pthread_mutex_unlock(&journal->lock);
        write_round(journal, false);
        uint64_t now_ns = ptl_clock_now_ns();
        due_ns = due_ns + WRITE_NS > now_ns ? due_ns + WRITE_NS : now_ns + WRITE_NS;
        pthread_mutex_lock(&journal->lock);
    }
    pthread_mutex_unlock(&journal->lock);
    return NULL;
}

static enum ptl_status begin_segment(struct ptl_journal *journal, const struct ptl_run_info *info,
                                     struct ptl_error *error)
{
    /* The run's start, where this is the first one: what offsets are counted from. */
    bool is_first = journal->past == NULL || journal->past->segment_count == 0;
    struct ptl_buf asked, payload;
    ptl_buf_init(&asked, PTL_CHUNK_MOST);
    ptl_buf_init(&payload, PTL_CHUNK_MOST);
    ptl_buf_add_char(&asked, '{');
    ptl_object_print_keys(&ptl_object_run, PTL_KEYS_ASKED, info, &asked);
    ptl_buf_add_char(&asked, '}');
    bool failed = asked.failed;
    char *text = ptl_buf_steal(&asked);
    struct ptl_segment_head head = {.started_ms = is_first ? info->started_ms : ptl_clock_wall_ms(),
                                    .offset_ms = journal->base_ms,
                                    .forget_before_ms =
                                        journal->past != NULL ? journal->past->cutoff_ms : 0,
                                    .resumed = info->resumed,
                                    .effective_concurrency = info->effective_concurrency,
                                    .workers = info->workers,
                                    .asked = text};
    ptl_segment_head_write(&payload, &head);
    free(text);
    ptl_buf_reset(&journal->out);
    ptl_encode_chunk(&journal->encoder, PTL_CHUNK_SEGMENT, &payload, &journal->out);
    ptl_buf_free(&payload);
    if (journal->out.failed || failed)
        return ptl_error_no_memory(error);
    enum ptl_status status = ptl_journal_file_append(&journal->file, &journal->out, error);
    return status == PTL_OK ? ptl_journal_file_sync(&journal->file, error) : status;
}

enum ptl_status ptl_journal_begin(struct ptl_journal *journal, const struct ptl_run_info *info,
                                  uint64_t base_ms, ptl_journal_take *take, void *context,
                                  struct ptl_error *error)
{
    journal->take = take;
    journal->context = context;
    journal->base_ms = base_ms;
    journal->begun_ns = journal->written_ns = journal->synced_ns = ptl_clock_now_ns();
    tell_time(journal, journal->begun_ns);
    enum ptl_status status = begin_segment(journal, info, error);
    if (status != PTL_OK)
        return status;
    int failure = ptl_thread_start(&journal->thread, NULL, work, journal);
    if (failure != 0)
        return ptl_error_errno(error, PTL_E_SYSTEM, failure, "cannot start a thread");
    journal->has_thread = true;
    return PTL_OK;
}

void ptl_journal_drain(struct ptl_journal *journal)
{
    if (!journal->has_thread)
        return;
    pthread_mutex_lock(&journal->lock);
    journal->stops = true;
    pthread_cond_signal(&journal->change);
    pthread_mutex_unlock(&journal->lock);
    pthread_join(journal->thread, NULL);
    journal->has_thread = false;
    write_round(journal, true);
}

void ptl_journal_end(struct ptl_journal *journal, enum ptl_stop reason, bool complete)
{
    struct ptl_buf payload;
    if (atomic_load(&journal->failed))
        return;
    uint64_t now_ns = ptl_clock_now_ns();
    tell_time(journal, now_ns);
    ptl_buf_init(&payload, PTL_CHUNK_PAYLOAD);
    ptl_bytes_put(&payload, reason);
    ptl_bytes_put(&payload, complete);
    ptl_bytes_put(&payload, (uint64_t)ptl_clock_wall_ms());
    ptl_bytes_put(&payload, journal->encoder.at_ms);
    ptl_buf_reset(&journal->out);
    ptl_encode_chunk(&journal->encoder, PTL_CHUNK_END, &payload, &journal->out);
    ptl_buf_free(&payload);
    put_out(journal, true, now_ns);
}

enum ptl_status ptl_journal_finish(struct ptl_journal *journal, bool done, bool keep,
                                   struct ptl_error *error)
{
    enum ptl_status status = PTL_OK;
    if (journal->file.fd < 0 || !done)
        return PTL_OK;
    if (!keep)
        return ptl_journal_file_remove(&journal->file, error);
    if (atomic_load(&journal->failed))
        return PTL_OK;
    struct ptl_buf payload;
    ptl_buf_init(&payload, 1);
    ptl_buf_reset(&journal->out);
    ptl_encode_chunk(&journal->encoder, PTL_CHUNK_DONE, &payload, &journal->out);
    if (journal->out.failed)
        return ptl_error_no_memory(error);
    status = ptl_journal_file_append(&journal->file, &journal->out, error);
    return status == PTL_OK ? ptl_journal_file_sync(&journal->file, error) : status;
}
