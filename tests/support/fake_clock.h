/*
 * Time as the test has it: a test that includes this header is linked so that every look of the
 * library at the monotonic clock sees `fake_now_ns` (tests/CMakeLists.txt sees the include).
 */
#ifndef TESTS_FAKE_CLOCK_H
#define TESTS_FAKE_CLOCK_H

#include "base/clock.h"

#include <stdint.h>

static uint64_t fake_now_ns = 1000 * PTL_NS_PER_S;

uint64_t __wrap_ptl_clock_now_ns(void);
uint64_t __wrap_ptl_clock_now_ns(void)
{
    return fake_now_ns;
}

#endif
