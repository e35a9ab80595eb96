#include "support/cmocka_all.h"

#include "scan/pipe.h"

#include <string.h>

static struct ptl_pipe pipe;

static void one_leaves_when_it_is_answered_or_overdue(void **state)
{
    (void)state;
    memset(&pipe, 0, sizeof(pipe));
    assert_int_equal(ptl_pipe_next_ms(&pipe), UINT32_MAX);
    uint32_t first = ptl_pipe_enter(&pipe, 0, 20000);
    uint32_t second = ptl_pipe_enter(&pipe, 0, 20000);
    assert_int_equal(first, 22); /* rounded up: none is overdue early */
    assert_int_equal(pipe.count, 2);
    assert_int_equal(ptl_pipe_next_ms(&pipe), 22);
    ptl_pipe_leave(&pipe, first);
    assert_int_equal(pipe.count, 1);
    assert_int_equal(ptl_pipe_advance(&pipe, 21), 0);
    assert_int_equal(ptl_pipe_advance(&pipe, 22), 1);
    assert_int_equal(pipe.count, 0);
    ptl_pipe_leave(&pipe, second); /* it is answered late: it had left before */
    assert_int_equal(pipe.count, 0);
}

static void time_may_jump(void **state)
{
    (void)state;
    memset(&pipe, 0, sizeof(pipe));
    for (uint32_t us = 0; us < 2000000; us += 1000) /* the longest are cut short */
        ptl_pipe_enter(&pipe, 0, us);
    assert_int_equal(pipe.count, 2000);
    assert_int_equal(ptl_pipe_advance(&pipe, 100), 99);
    assert_int_equal(ptl_pipe_advance(&pipe, 1000000), 1901);
    assert_int_equal(pipe.count, 0);
    uint32_t leaves_ms = ptl_pipe_enter(&pipe, 1000000, 5000);
    assert_int_equal(leaves_ms, 1000007);
    assert_int_equal(ptl_pipe_advance(&pipe, 1000007), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_leaves_when_it_is_answered_or_overdue),
        cmocka_unit_test(time_may_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
