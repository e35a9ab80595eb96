#include "support/cmocka_all.h"

#include "scan/lane.h"

static void what_waits_comes_out_in_order(void **state)
{
    (void)state;
    struct ptl_fifo fifo = {.items = NULL};
    uint16_t in = 0, out = 0;
    /* Filled and emptied unevenly, so that the ring wraps while it grows. */
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 13; i++) {
            struct ptl_probe probe = {.port = in++};
            assert_true(ptl_fifo_push(&fifo, &probe, 7));
        }
        for (int i = 0; i < 7; i++)
            assert_int_equal(ptl_fifo_pop(&fifo).port, out++);
    }
    assert_true(ptl_fifo_first(&fifo)->at_ns == 7);
    while (fifo.count > 0)
        assert_int_equal(ptl_fifo_pop(&fifo).port, out++);
    assert_int_equal(in, out);
    ptl_fifo_free(&fifo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_waits_comes_out_in_order)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
