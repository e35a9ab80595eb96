#include "target/resolve.h"

#include "base/clock.h"
#include "base/thread.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define POLL_MS 50 /* how often a cancel is looked for */

/* Shared by the caller and the resolving threads; the last of them frees it, so that a resolver
 * that hangs past the deadline can be left behind. */
struct job {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    char **names;
    struct ptl_resolved *resolved;
    bool *done;
    size_t count, next, finished;
    int family;
    unsigned users;
    pthread_t ids[PTL_RESOLVE_THREADS];
    size_t started;
};

static void release(struct job *job) /* the lock is held */
{
    bool last = --job->users == 0;
    pthread_mutex_unlock(&job->lock);
    if (!last)
        return;
    for (size_t i = 0; job->names != NULL && i < job->count; i++)
        free(job->names[i]);
    free(job->names);
    ptl_resolved_free(job->resolved, job->count);
    free(job->done);
    pthread_cond_destroy(&job->changed);
    pthread_mutex_destroy(&job->lock);
    free(job);
}

static bool is_known(const struct ptl_resolved *resolved, const struct ptl_address *address)
{
    for (size_t i = 0; i < resolved->count; i++)
        if (ptl_address_compare(&resolved->addresses[i], address) == 0)
            return true;
    return false;
}

/* 0.0.0.0 and ::, which lists of blocked names resolve to, would reach this machine. */
static bool is_unspecified(const struct ptl_address *address)
{
    return address->high == 0 && address->low == 0;
}

static void look_up(const char *name, int family, struct ptl_resolved *resolved)
{
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM}, *list = NULL;
    memset(resolved, 0, sizeof(*resolved));
    int status = getaddrinfo(name, NULL, &hints, &list);
    if (status != 0) {
        snprintf(resolved->message, sizeof(resolved->message), "%s", gai_strerror(status));
        return;
    }
    size_t most = 0;
    bool unspecified = false;
    for (const struct addrinfo *a = list; a != NULL; a = a->ai_next)
        most++;
    resolved->addresses = calloc(most + 1, sizeof(*resolved->addresses));
    for (const struct addrinfo *a = list; a != NULL && resolved->addresses != NULL;
         a = a->ai_next) {
        struct ptl_address address;
        if (!ptl_address_from_sockaddr(a->ai_addr, &address))
            continue;
        if (is_unspecified(&address))
            unspecified = true;
        else if (!is_known(resolved, &address))
            resolved->addresses[resolved->count++] = address;
    }
    if (resolved->count == 0)
        snprintf(resolved->message, sizeof(resolved->message), "%s",
                 resolved->addresses == NULL ? "out of memory"
                 : unspecified               ? "it resolves to 0.0.0.0 or ::, which is no target"
                                             : "no address");
    freeaddrinfo(list);
}

static void *work(void *argument)
{
    struct job *job = argument;
    pthread_mutex_lock(&job->lock);
    while (job->next < job->count) {
        size_t mine = job->next++;
        pthread_mutex_unlock(&job->lock);
        struct ptl_resolved found;
        look_up(job->names[mine], job->family, &found);
        pthread_mutex_lock(&job->lock);
        job->resolved[mine] = found;
        job->done[mine] = true;
        job->finished++;
        pthread_cond_signal(&job->changed);
    }
    release(job);
    return NULL;
}

static struct job *new_job(const char *const *names, size_t count, enum ptl_family family)
{
    struct job *job = calloc(1, sizeof(*job));
    if (job == NULL)
        return NULL;
    pthread_mutex_init(&job->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    job->users = 1;
    job->count = count;
    job->family = family == PTL_FAMILY_IPV4   ? AF_INET
                  : family == PTL_FAMILY_IPV6 ? AF_INET6
                                              : AF_UNSPEC;
    job->names = calloc(count, sizeof(*job->names));
    job->resolved = calloc(count, sizeof(*job->resolved));
    job->done = calloc(count, sizeof(*job->done));
    bool good = job->names != NULL && job->resolved != NULL && job->done != NULL;
    for (size_t i = 0; i < count && good; i++)
        good = (job->names[i] = strdup(names[i])) != NULL;
    if (good)
        return job;
    pthread_mutex_lock(&job->lock);
    release(job);
    return NULL;
}

static void start_threads(struct job *job) /* the lock is held */
{
    size_t wanted = job->count < PTL_RESOLVE_THREADS ? job->count : PTL_RESOLVE_THREADS;
    while (job->started < wanted &&
           ptl_thread_start(&job->ids[job->started], NULL, work, job) == 0) {
        job->started++;
        job->users++;
    }
}

/* Where every name has its answer, no thread is left. One that hangs in the system's resolver ends
 * when that does: nothing else ends it. Gives the lock up. */
static void part(struct job *job)
{
    bool is_done = job->finished == job->count;
    job->next = job->count; /* those not begun are not begun any more */
    pthread_mutex_unlock(&job->lock);
    for (size_t i = 0; i < job->started; i++)
        if (is_done)
            pthread_join(job->ids[i], NULL);
        else
            pthread_detach(job->ids[i]);
    pthread_mutex_lock(&job->lock);
    release(job);
}

/* Waits for all, the deadline or a cancel. False: cancelled. */
static bool wait_for_all(struct job *job,
                         const struct ptl_resolve_options *options) /* the lock is held */
{
    uint64_t deadline = ptl_clock_now_ns() + options->deadline_ms * PTL_NS_PER_MS;
    while (job->finished < job->count) {
        if (ptl_cancel_cause(options->cancel) != 0)
            return false;
        uint64_t now = ptl_clock_now_ns();
        if (now >= deadline || job->users == 1) /* 1: no thread could be started */
            break;
        uint64_t until = now + POLL_MS * PTL_NS_PER_MS;
        until = until < deadline ? until : deadline;
        struct timespec at = {.tv_sec = (time_t)(until / PTL_NS_PER_S),
                              .tv_nsec = (long)(until % PTL_NS_PER_S)};
        pthread_cond_timedwait(&job->changed, &job->lock, &at);
    }
    return true;
}

enum ptl_status ptl_resolve(const char *const *names, size_t count,
                            const struct ptl_resolve_options *options,
                            struct ptl_resolved **resolved, struct ptl_error *error)
{
    struct ptl_resolved *out = calloc(count + 1, sizeof(*out));
    struct job *job = count > 0 ? new_job(names, count, options->family) : NULL;
    if (out == NULL || (count > 0 && job == NULL)) {
        free(out);
        if (job != NULL) {
            pthread_mutex_lock(&job->lock);
            release(job);
        }
        return ptl_error_no_memory(error);
    }
    if (count == 0) {
        *resolved = out;
        return PTL_OK;
    }
    pthread_mutex_lock(&job->lock);
    start_threads(job);
    bool started = job->started > 0;
    bool completed = wait_for_all(job, options);
    for (size_t i = 0; i < count; i++) {
        if (job->done[i]) {
            out[i] = job->resolved[i];
            job->resolved[i].addresses = NULL; /* ours now */
        } else {
            snprintf(out[i].message, sizeof(out[i].message), "%s",
                     !completed ? "interrupted"
                     : started  ? "timed out"
                                : "no thread could be started");
        }
    }
    part(job);
    *resolved = out;
    return PTL_OK;
}

void ptl_resolved_free(struct ptl_resolved *resolved, size_t count)
{
    if (resolved == NULL)
        return;
    for (size_t i = 0; i < count; i++)
        free(resolved[i].addresses);
    free(resolved);
}
