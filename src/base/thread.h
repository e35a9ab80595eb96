/* Threads of the library's own: no signal of the process is handled on them. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>

/*
 * As pthread_create, with every signal blocked in the new thread: handlers belong to whoever runs
 * us, on threads of theirs; and a write to a pipe that nobody reads is told by its errno.
 */
int ptl_thread_start(pthread_t *id, const pthread_attr_t *attributes, void *(*work)(void *),
                     void *argument);

#endif
