/*
 * Commits the fault that it is named: fault overflow|leak|undefined|race. The tests of a build with
 * sanitizers run it to see that they are at work.
 */
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;
static atomic_bool has_written;

static void *write_shared(void *argument)
{
    shared += *(int *)argument;
    atomic_store_explicit(&has_written, true, memory_order_relaxed);
    return NULL;
}

/*
 * One write after the other, and relaxed atomics put nothing in order: a race whatever the
 * scheduler does. Of two threads that write at the same moment the sanitizer may see none, as it
 * looks without a lock.
 */
static int race(int one)
{
    pthread_t other;
    if (pthread_create(&other, NULL, write_shared, &one) != 0)
        return 2;
    while (!atomic_load_explicit(&has_written, memory_order_relaxed))
        sched_yield();
    shared += one;
    pthread_join(other, NULL);
    return 0;
}

/* Volatile, so that no compiler sees the fault and takes it out. */
int main(int count, char **arguments)
{
    const char *name = count == 2 ? arguments[1] : "";
    volatile int one = count - 1;
    char *volatile bytes = malloc(4);
    if (bytes == NULL)
        return 2;
    memset(bytes, one, 4);
    if (strcmp(name, "overflow") == 0)
        printf("%d\n", bytes[3 + one]);
    else if (strcmp(name, "undefined") == 0)
        printf("%d\n", INT_MAX - 1 + one + one);
    else if (strcmp(name, "race") == 0)
        return race(one);
    if (strcmp(name, "leak") == 0)
        bytes = NULL;
    free(bytes);
    return 0;
}
