#include "support/cmocka_all.h"

#include "base/clock.h"
#include "scan/listening.h"

#define MS PTL_NS_PER_MS
#define MS_US 1000U

/* A port of the sample that was silent for `wait_ms`, whose attempt began at 0. */
static uint16_t listen_to(struct ptl_listening *listening, uint32_t target, uint16_t port,
                          uint32_t wait_ms)
{
    uint16_t number = ptl_listening_choose(listening, target, port);
    assert_int_not_equal(number, 0);
    ptl_listening_began(listening, number, 0);
    ptl_listening_waited(listening, target, port, wait_ms * MS_US);
    return number;
}

static void the_sample_is_even_and_bounded(void **state)
{
    (void)state;
    struct ptl_listening listening;
    uint32_t chosen = 0, early = 0;
    ptl_listening_init(&listening, 65535, 7);
    for (uint32_t i = 0; i < 200000; i++) { /* more than it was told of */
        bool is_chosen = ptl_listening_choose(&listening, 1, (uint16_t)i) != 0;
        chosen += is_chosen;
        early += is_chosen && i < 32768;
    }
    assert_in_range(chosen, 65535 / 128, PTL_LISTENING_MOST);
    assert_in_range(early, 32768 / 128, 32768 / 128);
    ptl_listening_init(&listening, 1000000, 7);
    for (uint32_t i = chosen = early = 0; i < 3000000; i++) {
        bool is_chosen = ptl_listening_choose(&listening, 1, (uint16_t)i) != 0;
        chosen += is_chosen;
        early += is_chosen && i < 500000;
    }
    assert_int_equal(chosen, PTL_LISTENING_MOST);
    assert_in_range(early, 508, 516);
    ptl_listening_init(&listening, 10000, 7);
    for (uint16_t i = chosen = 0; i < 10000; i++)
        chosen += ptl_listening_choose(&listening, 1, i) != 0;
    assert_in_range(chosen, 126, 128);
    ptl_listening_init(&listening, 20, 7); /* all of so few */
    for (uint16_t i = 1; i <= 20; i++)
        assert_int_equal(ptl_listening_choose(&listening, 1, i), i);
}

static void a_late_answer_of_a_silent_port_is_evidence(void **state)
{
    (void)state;
    struct ptl_listening listening;
    ptl_listening_init(&listening, 5, 1);
    ptl_listening_ended(&listening, listen_to(&listening, 1, 80, 500), PTL_HEARD_OPEN, 700 * MS_US);
    ptl_listening_ended(&listening, listen_to(&listening, 1, 81, 500), PTL_HEARD_CLOSED,
                        690 * MS_US);
    ptl_listening_ended(&listening, listen_to(&listening, 1, 82, 500), PTL_HEARD_NOTHING,
                        980 * MS_US);
    /* Another attempt of it was answered in time. */
    ptl_listening_ended(&listening, listen_to(&listening, 1, 83, 500), PTL_HEARD_OPEN, 650 * MS_US);
    assert_int_equal(ptl_listening_tell(&listening, 1, 0).listened, 0); /* no verdict yet */
    for (uint16_t port = 80; port < 83; port++)
        ptl_listening_verdict(&listening, 1, port);
    struct ptl_late late = ptl_listening_tell(&listening, PTL_LISTENING_ALL, 0);
    assert_int_equal(late.listened, 3);
    assert_int_equal(late.open, 1);
    assert_int_equal(late.closed, 1);
    assert_int_equal(late.waited_ms, 500);
    assert_int_equal(late.slowest_ms, 700);
    assert_int_equal(late.reach_ms, 980);
    assert_int_equal(ptl_listening_tell(&listening, 2, 0).listened, 0);
}

static void what_a_later_attempt_was_waited_for_is_not_late(void **state)
{
    (void)state;
    struct ptl_listening listening;
    ptl_listening_init(&listening, 2, 1);
    ptl_listening_ended(&listening, listen_to(&listening, 0, 80, 60), PTL_HEARD_OPEN, 400 * MS_US);
    ptl_listening_waited(&listening, 0, 80, 900 * MS_US); /* in vain: it was lost */
    ptl_listening_verdict(&listening, 0, 80);
    assert_int_equal(ptl_listening_tell(&listening, 0, 0).listened, 0);
}

static void one_that_was_not_listened_to_for_as_long_does_not_count(void **state)
{
    (void)state;
    struct ptl_listening listening;
    ptl_listening_init(&listening, 8, 1);
    ptl_listening_ended(&listening, listen_to(&listening, 0, 80, 500), PTL_HEARD_CLOSED,
                        800 * MS_US);
    ptl_listening_ended(&listening, listen_to(&listening, 0, 81, 500), PTL_HEARD_NOTHING,
                        790 * MS_US);
    listen_to(&listening, 0, 82, 500); /* it still is */
    listen_to(&listening, 0, 83, 500);
    ptl_listening_choose(&listening, 0, 84); /* it was answered in time */
    for (uint16_t port = 80; port < 84; port++)
        ptl_listening_verdict(&listening, 0, port);
    assert_int_equal(ptl_listening_out(&listening, 9), 2);
    assert_int_equal(ptl_listening_out(&listening, 1), 1);
    assert_int_equal(ptl_listening_tell(&listening, 0, 850 * MS).listened, 3);
    assert_int_equal(ptl_listening_tell(&listening, 0, 799 * MS).listened, 1);
    ptl_listening_ended(&listening, 3, PTL_HEARD_UNTOLD, 990 * MS_US); /* this machine slept */
    assert_int_equal(ptl_listening_tell(&listening, 0, 850 * MS).listened, 2);
}

static void a_port_of_which_nothing_was_told_is_listened_to_again(void **state)
{
    (void)state;
    struct ptl_listening listening;
    ptl_listening_init(&listening, 2, 1);
    uint16_t number = ptl_listening_choose(&listening, 3, 80);
    assert_int_equal(ptl_listening_again(&listening, 3, 80), number); /* there was no permit */
    ptl_listening_began(&listening, number, 0);
    assert_int_equal(ptl_listening_again(&listening, 3, 80), 0);
    ptl_listening_ended(&listening, number, PTL_HEARD_UNTOLD, 980 * MS_US);
    assert_int_equal(ptl_listening_again(&listening, 3, 80), number);
    ptl_listening_ended(&listening, number, PTL_HEARD_NOTHING, 980 * MS_US);
    assert_int_equal(ptl_listening_again(&listening, 3, 80), 0);
    assert_int_equal(ptl_listening_again(&listening, 4, 80), 0); /* it is not in the sample */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_even_and_bounded),
        cmocka_unit_test(a_late_answer_of_a_silent_port_is_evidence),
        cmocka_unit_test(what_a_later_attempt_was_waited_for_is_not_late),
        cmocka_unit_test(one_that_was_not_listened_to_for_as_long_does_not_count),
        cmocka_unit_test(a_port_of_which_nothing_was_told_is_listened_to_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
