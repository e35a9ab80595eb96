/* Journals without a scan: a profile, its targets, and verdicts that a test makes up. */
#ifndef TESTS_JOURNAL_HELPER_H
#define TESTS_JOURNAL_HELPER_H

#include "support/cmocka_all.h"

#include "base/clock.h"
#include "journal/journal.h"
#include "journal/ledger.h"
#include "journal/past.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct maker {
    struct ptl_profile *profile;
    struct ptl_targets *targets;
    struct ptl_run_info info;
    char ports[8];
    char folder[64], path[96];
    struct ptl_journal *journal;
    struct ptl_journal_batch given; /* what the next `take` hands over */
    atomic_uint takes;
    pthread_mutex_t lock; /* guards `given`: the journal's thread takes it at any time */
};

static inline void maker_open(struct maker *maker, const char *yaml)
{
    struct ptl_problems problems = {0};
    struct ptl_error error = {0};
    *maker = (struct maker){.journal = NULL};
    pthread_mutex_init(&maker->lock, NULL);
    ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", "", NULL, 0, &maker->profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(maker->profile);
    const struct ptl_hosts *hosts = &maker->profile->hosts;
    struct ptl_named_block *blocks = calloc(hosts->count, sizeof(*blocks));
    for (size_t i = 0; i < hosts->count; i++)
        blocks[i] = (struct ptl_named_block){.block = ptl_hosts_get(hosts, i).block,
                                             .input = ptl_hosts_get(hosts, i).text};
    assert_int_equal(ptl_targets_build(blocks, hosts->count, NULL, 0, &maker->targets, &error),
                     PTL_OK);
    free(blocks);
    snprintf(maker->folder, sizeof(maker->folder), "/tmp/ptl-journal.XXXXXX");
    assert_non_null(mkdtemp(maker->folder));
    snprintf(maker->path, sizeof(maker->path), "%s/j", maker->folder);
    snprintf(maker->ports, sizeof(maker->ports), "1-40");
    maker->info = (struct ptl_run_info){.profile = maker->profile->name,
                                        .description = maker->profile->description,
                                        .file = maker->profile->file,
                                        .ports = maker->ports,
                                        .states = {[PTL_OPEN] = true},
                                        .engine = PTL_ENGINE_POOL,
                                        .outage_ms = 60000,
                                        .concurrency = 128,
                                        .effective_concurrency = 100,
                                        .workers = 2};
    snprintf(maker->info.profile_sha256, sizeof(maker->info.profile_sha256), "abc");
}

static inline void maker_close(struct maker *maker)
{
    ptl_journal_free(maker->journal);
    pthread_mutex_destroy(&maker->lock);
    unlink(maker->path);
    rmdir(maker->folder);
    free(maker->given.notes);
    free(maker->given.results);
    free(maker->given.limits);
    ptl_targets_free(maker->targets);
    ptl_profile_free(maker->profile);
}

/* Hands over what was given, and takes the journal's own arrays in exchange, as a scan does. */
static inline bool maker_take(void *context, struct ptl_journal_batch *batch)
{
    struct maker *maker = context;
    pthread_mutex_lock(&maker->lock);
    struct ptl_journal_batch taken = *batch;
    *batch = maker->given;
    taken.note_count = taken.result_count = taken.limit_count = 0;
    taken.has_limits = false;
    taken.counters = maker->given.counters;
    maker->given = taken;
    atomic_fetch_add(&maker->takes, 1);
    pthread_mutex_unlock(&maker->lock);
    return true;
}

static inline void maker_note(struct maker *maker, uint32_t place, uint16_t port, uint16_t code)
{
    struct ptl_journal_note note = {.place = place, .port = port, .code = code};
    pthread_mutex_lock(&maker->lock);
    assert_true(ptl_journal_add_note(&maker->given, &note));
    pthread_mutex_unlock(&maker->lock);
}

static inline uint16_t maker_parked(unsigned asked, unsigned counted)
{
    return (uint16_t)(PTL_NOTE_PARKED + 32 * asked + counted);
}

static inline void maker_keep(struct maker *maker, const struct ptl_result *result)
{
    struct ptl_journal_batch *given = &maker->given;
    pthread_mutex_lock(&maker->lock);
    given->results = reallocarray(given->results, given->result_count + 1, sizeof(*given->results));
    given->result_capacity = given->result_count + 1;
    given->results[given->result_count++] = *result;
    pthread_mutex_unlock(&maker->lock);
}

static inline void maker_limit(struct maker *maker, uint64_t place, uint64_t rate)
{
    struct ptl_journal_batch *given = &maker->given;
    pthread_mutex_lock(&maker->lock);
    given->limits = reallocarray(given->limits, given->limit_count + 1, sizeof(*given->limits));
    given->limit_capacity = given->limit_count + 1;
    given->has_limits = true;
    given->limits[given->limit_count++] =
        (struct ptl_journal_limit){.place = place, .rate = rate, .window = 7};
    pthread_mutex_unlock(&maker->lock);
}

static inline enum ptl_status maker_look(struct maker *maker, bool resume, bool salvage,
                                         struct ptl_error *error)
{
    struct ptl_journal_request request = {
        .path = maker->path, .resume = resume, .past = {.salvage = salvage}};
    assert_null(maker->journal);
    return ptl_journal_open(&request, maker->profile, &maker->journal, error);
}

static inline enum ptl_status maker_create(struct maker *maker, struct ptl_error *error)
{
    uint64_t seed = maker->profile->seed != 0 ? maker->profile->seed : 99;
    struct ptl_journal_plan plan = {.profile = maker->profile,
                                    .targets = maker->targets,
                                    .ports = maker->profile->ports,
                                    .seed = seed};
    return ptl_journal_create(maker->journal, &plan, error);
}

/* Looks at the file, makes or continues it, and begins a segment. */
static inline enum ptl_status maker_begin(struct maker *maker, bool resume, bool salvage,
                                          struct ptl_error *error)
{
    enum ptl_status status = maker_look(maker, resume, salvage, error);
    if (status == PTL_OK)
        status = maker_create(maker, error);
    const struct ptl_past *past = maker->journal != NULL ? ptl_journal_past(maker->journal) : NULL;
    if (status == PTL_OK)
        status = ptl_journal_begin(maker->journal, &maker->info,
                                   past != NULL ? ptl_past_offset_ms(past) : 0, maker_take, maker,
                                   error);
    return status;
}

/* Ends the segment as a killed run leaves it. */
static inline void maker_kill(struct maker *maker)
{
    ptl_journal_drain(maker->journal);
    ptl_journal_free(maker->journal);
    maker->journal = NULL;
}

static inline void maker_end(struct maker *maker, enum ptl_stop reason, bool complete)
{
    ptl_journal_drain(maker->journal);
    ptl_journal_end(maker->journal, reason, complete);
    ptl_journal_free(maker->journal);
    maker->journal = NULL;
}

static inline struct ptl_past *maker_read(const struct maker *maker)
{
    struct ptl_past_request request = {.salvage = false};
    struct ptl_past *past = NULL;
    struct ptl_error error = {0};
    if (ptl_journal_read(maker->path, &request, &past, &error) != PTL_OK)
        fail_msg("%s", error.message);
    return past;
}

static inline void file_put(const char *path, const void *bytes, size_t count)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, count), count);
    close(fd);
}

static inline uint8_t *file_get(const char *path, size_t *count)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &info), 0);
    *count = (size_t)info.st_size;
    uint8_t *bytes = malloc(*count + 1);
    assert_int_equal(read(fd, bytes, *count), *count);
    close(fd);
    return bytes;
}

#endif
