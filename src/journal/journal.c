/* A journal's files: opened, made, gone on with, finished. */
#include "journal/writing.h"

#include "base/clock.h"
#include "journal/past.h"
#include "journal/walk.h"

#include <stdlib.h>
#include <string.h>

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

const char *ptl_journal_path(const struct ptl_journal *journal)
{
    return journal->path;
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
