/* The queue before a bottleneck: when it is one, whether it grows, and what gets through. */
#include "support/cmocka_all.h"

#include "base/clock.h"
#include "scan/queue.h"

#define MS PTL_NS_PER_MS
#define LEAST_US 20000

static struct ptl_queue queue;
static uint64_t now_ns = 1000 * MS;

/* An answer a millisecond, for so long, each so late. */
static void answers(int count, uint32_t late_us, int32_t more_us)
{
    for (int i = 0; i < count; i++) {
        now_ns += MS;
        ptl_queue_learn(&queue, LEAST_US + (uint32_t)((int32_t)late_us + i * more_us), LEAST_US,
                        LEAST_US, now_ns);
    }
}

static void begin(void)
{
    queue = (struct ptl_queue){.us = 0};
}

static void one_that_lasts_is_a_queue(void **state)
{
    (void)state;
    begin();
    answers(30, 50000, 0);
    assert_false(ptl_queue_stands(&queue, LEAST_US)); /* one round may be a moment's */
    answers(20, 50000, 0);
    assert_true(ptl_queue_stands(&queue, LEAST_US));
    answers(1, 0, 0); /* one that met none says that there is none */
    answers(20, 50000, 0);
    assert_false(ptl_queue_stands(&queue, LEAST_US));
    answers(50, 50000, 0);
    ptl_queue_forget(&queue);
    assert_false(ptl_queue_stands(&queue, LEAST_US));
}

static void what_is_less_than_half_of_the_least_is_none(void **state)
{
    (void)state;
    begin();
    answers(100, 9000, 0);
    assert_false(ptl_queue_stands(&queue, LEAST_US));
    assert_true(ptl_queue_stands(&queue, 2000)); /* on a near network, 8 ms are more than noise */
    begin();
    answers(100, 7000, 0);
    assert_false(ptl_queue_stands(&queue, 2000));
}

static void the_trend_and_what_it_says(void **state)
{
    (void)state;
    double grows;
    begin();
    answers(30, 10000, 0);
    assert_false(ptl_queue_trend(&queue, 0, &grows)); /* one round has none */
    begin();
    answers(200, 10000, 500); /* half a second a second */
    assert_false(ptl_queue_trend(&queue, 1000 * MS, &grows));
    assert_true(ptl_queue_trend(&queue, 100 * MS, &grows));
    assert_true(grows > 0.49 && grows < 0.51);
    /* 6,000 a second make it grow so where 3,000 get through: what came in a second was sent in
     * half of one. */
    assert_true(ptl_queue_through(6000, grows, 0) > 2950);
    assert_true(ptl_queue_through(6000, grows, 0) < 3050);
    begin();
    answers(200, 100000, -100);
    assert_true(ptl_queue_trend(&queue, 100 * MS, &grows));
    assert_true(grows > -0.11 && grows < -0.09);
    assert_true(ptl_queue_through(2700, grows, 0) > 2950); /* it drains by what 2,700 leave free */
    assert_true(ptl_queue_through(2700, grows, 0) < 3050);
    /* A buffer that is full grows no more: what does not get through is lost. */
    assert_true(ptl_queue_through(4000, 0, 0.25) == 3000);
    assert_true(ptl_queue_through(4000, 100, 0) >= 2000);
}

static void it_is_gone_in_a_quarter_of_a_second(void **state)
{
    (void)state;
    begin();
    assert_true(ptl_queue_drain_share(&queue) == 1);
    answers(100, 50000, 0);
    assert_true(ptl_queue_drain_share(&queue) == 0.8);
    answers(100, 900000, 0);
    assert_true(ptl_queue_drain_share(&queue) == 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_that_lasts_is_a_queue),
        cmocka_unit_test(what_is_less_than_half_of_the_least_is_none),
        cmocka_unit_test(the_trend_and_what_it_says),
        cmocka_unit_test(it_is_gone_in_a_quarter_of_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
