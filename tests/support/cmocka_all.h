/* What cmocka.h wants before it. */
#ifndef TESTS_CMOCKA_ALL_H
#define TESTS_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

/* Where this system cannot do what a test needs. With PTL_NO_SKIP set, as CI has it, that fails. */
static inline void without(const char *reason)
{
    const char *no_skip = getenv("PTL_NO_SKIP");
    fprintf(stderr, "SKIPPED: %s\n", reason);
    if (no_skip != NULL && no_skip[0] != '\0')
        fail_msg("PTL_NO_SKIP forbids to skip");
    skip();
}

#endif
