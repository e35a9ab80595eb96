/* The wrappers that ld's --wrap puts in place of the allocating functions. */
#include "support/failing_malloc.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong calls, fail_at; /* fail_at 0: not armed */
static atomic_size_t bytes;
static atomic_bool fails_after, has_refused;
static atomic_uint threads_left = UINT_MAX; /* UINT_MAX: as many as wanted */

static void *allocate(size_t size)
{
    return malloc(size);
}

/* cJSON is a shared library: of its calls ld's --wrap knows nothing. */
static void arm_cjson(void)
{
    cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = free};
    cJSON_InitHooks(&hooks);
}

void failing_malloc_arm(unsigned long nth, bool and_after)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, arm_cjson);
    atomic_store(&calls, 0);
    atomic_store(&bytes, 0);
    atomic_store(&has_refused, false);
    atomic_store(&fails_after, and_after);
    atomic_store(&fail_at, nth);
}

bool failing_malloc_disarm(void)
{
    atomic_store(&fail_at, 0);
    return atomic_load(&has_refused);
}

size_t failing_malloc_bytes(void)
{
    return atomic_load(&bytes);
}

void failing_threads(bool fail)
{
    atomic_store(&threads_left, fail ? 0 : UINT_MAX);
}

void failing_threads_after(unsigned count)
{
    atomic_store(&threads_left, count);
}

static bool refuse(size_t size)
{
    unsigned long at = atomic_load(&fail_at), call = atomic_fetch_add(&calls, 1) + 1;
    atomic_fetch_add(&bytes, size);
    if (at == 0 || call < at || (call > at && !atomic_load(&fails_after)))
        return false;
    atomic_store(&has_refused, true);
    errno = ENOMEM;
    return true;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return refuse(size) ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return refuse(count * size) ? NULL : __real_calloc(count, size);
}

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
    return refuse(size) ? NULL : __real_realloc(old, size);
}

void *__real_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    return refuse(count * size) ? NULL : __real_reallocarray(old, count, size);
}

char *__real_strdup(const char *text);
char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
    return refuse(strlen(text) + 1) ? NULL : __real_strdup(text);
}

char *__real_strndup(const char *text, size_t most);
char *__wrap_strndup(const char *text, size_t most);
char *__wrap_strndup(const char *text, size_t most)
{
    return refuse(strnlen(text, most) + 1) ? NULL : __real_strndup(text, most);
}

int __real_vasprintf(char **text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* On failure the pointer is left undefined, as the manual warns: here it is one that hurts. */
int __wrap_vasprintf(char **text, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    if (!refuse(1))
        return __real_vasprintf(text, format, arguments);
    *text = (char *)(uintptr_t)1;
    return -1;
}

int __wrap_asprintf(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

/* libyaml calls these through the dynamic linker, which finds them here first. */
void *yaml_malloc(size_t size);
void *yaml_malloc(size_t size)
{
    return malloc(size > 0 ? size : 1);
}

void *yaml_realloc(void *old, size_t size);
void *yaml_realloc(void *old, size_t size)
{
    return realloc(old, size > 0 ? size : 1);
}

unsigned char *yaml_strdup(const unsigned char *text);
unsigned char *yaml_strdup(const unsigned char *text)
{
    return text != NULL ? (unsigned char *)strdup((const char *)text) : NULL;
}

int __real_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*start)(void *),
                          void *argument)
{
    unsigned left = atomic_load(&threads_left); /* one thread starts all others */
    if (left == 0)
        return EAGAIN;
    if (left != UINT_MAX)
        atomic_store(&threads_left, left - 1);
    return __real_pthread_create(id, attributes, start, argument);
}
