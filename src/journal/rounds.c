/* A journal while it is written: its own thread asks the scan for what came, and writes it. */
#include "journal/writing.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/thread.h"
#include "journal/bytes.h"
#include "journal/past.h"
#include "results/objects.h"

#include <errno.h>
#include <stdlib.h>

#define WRITE_NS 200000000ULL /* from one writing to the next: a kill loses no more than 250 ms */
#define SYNC_NS 700000000ULL  /* so that with what is written meanwhile a power cut loses 1 s */
#define IDLE_NS 1000000000ULL /* a word now and then also where nothing was settled */

bool ptl_journal_add_note(struct ptl_journal_batch *batch, const struct ptl_journal_note *note)
{
    if (batch->note_count == PTL_NOTES_MOST ||
        !PTL_ROOM(batch->notes, batch->note_capacity, batch->note_count))
        return false;
    batch->notes[batch->note_count++] = *note;
    return true;
}

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
