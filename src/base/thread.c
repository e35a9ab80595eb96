#include "base/thread.h"

#include <signal.h>

int ptl_thread_start(pthread_t *id, const pthread_attr_t *attributes, void *(*work)(void *),
                     void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* a thread begins with its maker's */
    int failure = pthread_create(id, attributes, work, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}
