/*
 * System calls that fail at will. A test that includes this header is linked with the wrappers of
 * failing_calls.c (tests/CMakeLists.txt sees the include).
 */
#ifndef TESTS_FAILING_CALLS_H
#define TESTS_FAILING_CALLS_H

#include <stdbool.h>
#include <stdint.h>

enum failing_call {
    FAILING_SOCKET,
    FAILING_CONNECT,
    FAILING_EPOLL_CREATE,
    FAILING_EPOLL_CTL,
    FAILING_EVENTFD,
    FAILING_CALLS
};

/* From here on so many of a thousand calls fail with `error`: which ones follows from the seed. */
void failing_calls_at_random(enum failing_call call, int error, unsigned per_thousand,
                             uint64_t seed);
/* From here on the nth call (1: the next) fails with `error`; `and_after`: every later one, too. */
void failing_calls_arm(enum failing_call call, int error, unsigned long nth, bool and_after);
/* All calls work, and in the midst of the nth from here on, whichever thread makes it, `then` is
 * called. */
void failing_calls_then(enum failing_call call, unsigned long nth, void (*then)(void));
/* All calls work again. Returns how many were refused since they were armed. */
unsigned long failing_calls_disarm(void);

#endif
