#include "support/cmocka_all.h"

#include "scan/lane.h"

#include <stdlib.h>

static void retries_come_out_in_order(void **state)
{
    (void)state;
    struct ptl_retries retries = {.items = NULL};
    uint16_t in = 0, out = 0;
    /* Filled and emptied unevenly, so that the ring wraps while it grows. */
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 13; i++) {
            struct ptl_retry retry = {.probe = {.port = in++}};
            assert_true(ptl_retries_push(&retries, &retry));
        }
        for (int i = 0; i < 7; i++)
            assert_int_equal(ptl_retries_pop(&retries).port, out++);
    }
    while (retries.count > 0)
        assert_int_equal(ptl_retries_pop(&retries).port, out++);
    assert_int_equal(in, out);
    free(retries.items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(retries_come_out_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
