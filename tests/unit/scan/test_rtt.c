#include "support/cmocka_all.h"

#include "scan/rtt.h"

static void the_first_sample_is_rfc_6298_2_2(void **state)
{
    (void)state;
    struct ptl_rtt rtt = {.srtt_us = 0};
    assert_int_equal(ptl_rtt_timeout_us(&rtt), 0);
    ptl_rtt_sample(&rtt, 200000);
    assert_int_equal(rtt.srtt_us, 200000);
    assert_int_equal(rtt.rttvar_us, 100000);
    assert_int_equal(ptl_rtt_timeout_us(&rtt), 600000);
}

static void further_samples_are_rfc_6298_2_3(void **state)
{
    (void)state;
    struct ptl_rtt rtt = {.srtt_us = 0};
    ptl_rtt_sample(&rtt, 80000);
    ptl_rtt_sample(&rtt, 160000);
    /* rttvar = 3/4 * 40 + 1/4 * |80 - 160|, srtt = 7/8 * 80 + 1/8 * 160 */
    assert_int_equal(rtt.rttvar_us, 50000);
    assert_int_equal(rtt.srtt_us, 90000);
    for (int i = 0; i < 1000; i++)
        ptl_rtt_sample(&rtt, 300000);
    assert_in_range(rtt.srtt_us, 299000, 300000);
    assert_in_range(ptl_rtt_timeout_us(&rtt), 299000, 301001);
}

static void a_quick_target_gets_the_margin(void **state)
{
    (void)state;
    struct ptl_rtt rtt = {.srtt_us = 0};
    for (int i = 0; i < 100; i++)
        ptl_rtt_sample(&rtt, 0);
    assert_int_equal(rtt.srtt_us, 1);
    assert_int_equal(ptl_rtt_timeout_us(&rtt), 1001); /* RFC 6298's G keeps it off the round trip */
    assert_int_equal(ptl_rtt_wait_us(&rtt, 1, 900000), PTL_RTT_MARGIN_US + 1);
    assert_int_equal(ptl_rtt_wait_us(&rtt, 3, 900000), 4 * (PTL_RTT_MARGIN_US + 1));
}

static void a_flight_is_little_longer_than_a_round_trip(void **state)
{
    (void)state;
    struct ptl_rtt rtt = {.srtt_us = 0};
    assert_int_equal(ptl_rtt_flight_us(&rtt), 0);
    ptl_rtt_sample(&rtt, 20000);
    assert_int_equal(ptl_rtt_timeout_us(&rtt), 60000);
    assert_int_equal(ptl_rtt_flight_us(&rtt), 25000);
    for (int i = 0; i < 100; i++)
        ptl_rtt_sample(&rtt, 20000);
    assert_int_equal(ptl_rtt_flight_us(&rtt), ptl_rtt_timeout_us(&rtt));
    assert_in_range(ptl_rtt_flight_us(&rtt), 21000, 21010);
}

static void the_largest_samples_do_not_wrap(void **state)
{
    (void)state;
    struct ptl_rtt rtt = {.srtt_us = 0};
    for (int i = 0; i < 10; i++) {
        ptl_rtt_sample(&rtt, UINT32_MAX);
        ptl_rtt_sample(&rtt, 1);
    }
    assert_true(ptl_rtt_timeout_us(&rtt) > UINT32_MAX / 2);
}

static void a_retry_waits_longer_up_to_the_ceiling(void **state)
{
    (void)state;
    const struct ptl_rtt rtt = {.srtt_us = 50000, .rttvar_us = 40000};
    assert_int_equal(ptl_rtt_timeout_us(&rtt), 210000);
    assert_int_equal(ptl_rtt_wait_us(&rtt, 1, 900000), 210000);
    assert_int_equal(ptl_rtt_wait_us(&rtt, 2, 900000), 420000);
    assert_int_equal(ptl_rtt_wait_us(&rtt, 3, 900000), 840000);
    assert_int_equal(ptl_rtt_wait_us(&rtt, 31, 900000), 840000); /* four times, and no more */
    assert_int_equal(ptl_rtt_wait_us(&rtt, 3, 500000), 500000);
    const struct ptl_rtt none = {.srtt_us = 0};
    assert_int_equal(ptl_rtt_wait_us(&none, 1, 900000), 900000);
    /* A ceiling below the margin is still the ceiling. */
    assert_int_equal(ptl_rtt_wait_us(&rtt, 1, 5000), 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_sample_is_rfc_6298_2_2),
        cmocka_unit_test(further_samples_are_rfc_6298_2_3),
        cmocka_unit_test(a_quick_target_gets_the_margin),
        cmocka_unit_test(a_flight_is_little_longer_than_a_round_trip),
        cmocka_unit_test(the_largest_samples_do_not_wrap),
        cmocka_unit_test(a_retry_waits_longer_up_to_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
