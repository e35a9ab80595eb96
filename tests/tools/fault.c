/*
 * Commits the fault that it is named: fault overflow|leak|undefined|race. The tests of a build with
 * sanitizers run it to see that they are at work.
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *write_shared(void *argument)
{
    for (int i = 0; i < 100000; i++)
        shared += *(int *)argument;
    return NULL;
}

static int race(int one)
{
    pthread_t other;
    if (pthread_create(&other, NULL, write_shared, &one) != 0)
        return 2;
    write_shared(&one);
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
