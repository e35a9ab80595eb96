/* A journal that is written, for the files that do it. */
#ifndef JOURNAL_WRITING_H
#define JOURNAL_WRITING_H

#include "journal/encode.h"
#include "journal/file.h"
#include "journal/journal.h"

#include <pthread.h>
#include <stdatomic.h>

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

#endif
