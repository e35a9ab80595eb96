/*
 * Memory that runs out at will. A test that includes this header is linked with the wrappers of
 * failing_malloc.c (tests/CMakeLists.txt sees the include): every allocation that portolan's own
 * code asks for goes through them, and libyaml's, whose allocating functions the wrappers take the
 * place of, and cJSON's, by its hooks, once armed. What libc allocates inside (scandir,
 * getaddrinfo, fopen) does not.
 */
#ifndef TESTS_FAILING_MALLOC_H
#define TESTS_FAILING_MALLOC_H

#include "support/cmocka_all.h"

#include <stdbool.h>
#include <stddef.h>

/* From here on the nth allocation (1: the next) fails; `and_after`: and every later one. */
void failing_malloc_arm(unsigned long nth, bool and_after);
/* Allocations succeed again. True: at least one was refused. */
bool failing_malloc_disarm(void);
/* Bytes asked for since it was armed. */
size_t failing_malloc_bytes(void);
/* pthread_create fails with EAGAIN, or works again. */
void failing_threads(bool fail);
/* It works so often, and then fails with EAGAIN, until failing_threads(false). */
void failing_threads_after(unsigned count);

/*
 * Calls again and again, the first, the second, ... allocation failing, then the same with all
 * after it, until the call gets by without one that fails. `call` returns true when it succeeded,
 * checks itself that its error was the right one, and frees all it got. A call that succeeds
 * although memory was refused hides a loss.
 */
static inline void fail_each(bool (*call)(void *context), void *context)
{
    for (int and_after = 0; and_after < 2; and_after++) {
        bool refused = true;
        for (unsigned long nth = 1; refused; nth++) {
            failing_malloc_arm(nth, and_after != 0);
            bool succeeded = call(context);
            refused = failing_malloc_disarm();
            if (succeeded == refused)
                fail_msg("allocation %lu%s: %s", nth, and_after ? " and all after it" : "",
                         refused ? "refused, and the call succeeded" : "the call failed by itself");
            assert_true(nth < 100000);
        }
    }
}

#endif
