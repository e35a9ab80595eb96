#include "embed/embed.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t plain;

static void make_plain(void)
{
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Of a write, to the thread that writes. */
static void fill_with_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGPIPE);
    sigaddset(set, SIGXFSZ);
}

struct ptl_embed_thread ptl_embed_enter(void)
{
    struct ptl_embed_thread before;
    sigset_t of_writes;
    fill_with_signals(&of_writes);
    sigpending(&before.pending);
    pthread_sigmask(SIG_BLOCK, &of_writes, &before.blocked);
    pthread_once(&once, make_plain);
    before.locale = uselocale(plain); /* without memory for it this only asks */
    return before;
}

void ptl_embed_leave(const struct ptl_embed_thread *before)
{
    static const int numbers[] = {SIGPIPE, SIGXFSZ};
    static const struct timespec at_once = {0};
    uselocale(before->locale);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, numbers[i]);
        /* A signal that was pending before is the caller's. */
        if (sigismember(&before->pending, numbers[i]) == 0)
            sigtimedwait(&one, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before->blocked, NULL);
}

static_assert((int)PORTOLAN_INVALID == (int)PTL_E_INVALID &&
                  (int)PORTOLAN_SYSTEM == (int)PTL_E_SYSTEM &&
                  (int)PORTOLAN_NO_MEMORY == (int)PTL_E_NO_MEMORY &&
                  (int)PORTOLAN_OUTPUT == (int)PTL_E_OUTPUT &&
                  (int)PORTOLAN_CANCELLED == (int)PTL_E_CANCELLED,
              "a status is handed over as it is");

enum portolan_status ptl_embed_fail(struct portolan_problems *problems,
                                    const struct ptl_error *error)
{
    if (problems != NULL)
        ptl_problems_add(&problems->found, error);
    return (enum portolan_status)error->code;
}

enum portolan_status ptl_embed_no_memory(struct portolan_problems *problems)
{
    return (enum portolan_status)ptl_problems_no_memory(problems != NULL ? &problems->found : NULL);
}

enum portolan_status ptl_embed_tell(struct portolan_problems *problems, struct ptl_problems *found,
                                    enum ptl_status status)
{
    for (size_t i = 0; problems != NULL && i < found->count; i++)
        ptl_problems_add(&problems->found, &found->items[i]);
    if (problems != NULL)
        problems->found.dropped += found->dropped;
    ptl_problems_free(found);
    return (enum portolan_status)status;
}

size_t ptl_embed_size(const void *given)
{
    size_t size;
    memcpy(&size, given, sizeof(size));
    return size > sizeof(size) ? size : 0;
}

static bool is_zero(const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != 0)
            return false;
    return true;
}

enum ptl_status ptl_embed_take(void *own, size_t own_size, const void *given, const char *name,
                               struct portolan_problems *problems)
{
    struct ptl_error error;
    memset(own, 0, own_size);
    if (given == NULL)
        return PTL_OK;
    size_t size = ptl_embed_size(given);
    enum ptl_status status = PTL_OK;
    if (size == 0)
        status = ptl_error_set(&error, PTL_E_INVALID, "%s: size is not set", name);
    else if (size > own_size && !is_zero((const char *)given + own_size, size - own_size))
        status = ptl_error_set(&error, PTL_E_INVALID,
                               "%s asks for what version %s of the library does not know", name,
                               portolan_version());
    if (status == PTL_OK)
        memcpy(own, given, size < own_size ? size : own_size);
    else
        ptl_embed_fail(problems, &error);
    return status;
}

bool ptl_embed_give(void *given, const void *own, size_t own_size)
{
    size_t size = ptl_embed_size(given), known = sizeof(size);
    if (size == 0)
        return false;
    size_t most = size < own_size ? size : own_size;
    memcpy((char *)given + known, (const char *)own + known, most - known);
    return true;
}

const char *portolan_version(void)
{
    return PTL_VERSION;
}

enum portolan_status portolan_stop_new(struct portolan_stop **stop,
                                       struct portolan_problems *problems)
{
    struct ptl_error error;
    struct portolan_stop *new = malloc(sizeof(*new));
    if (new == NULL)
        return ptl_embed_no_memory(problems);
    if (ptl_cancel_init(&new->cancel, &error) != PTL_OK) {
        free(new);
        return ptl_embed_fail(problems, &error);
    }
    *stop = new;
    return PORTOLAN_OK;
}

void portolan_stop_trigger(struct portolan_stop *stop)
{
    ptl_cancel_trigger(&stop->cancel, 1);
}

void portolan_stop_free(struct portolan_stop *stop)
{
    if (stop == NULL)
        return;
    ptl_cancel_free(&stop->cancel);
    free(stop);
}

const struct ptl_cancel *ptl_embed_cancel(const struct portolan_stop *stop)
{
    return stop != NULL ? &stop->cancel : NULL;
}
