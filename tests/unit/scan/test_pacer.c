#include "support/cmocka_all.h"

#include "scan/pacer.h"

#include "base/clock.h"

static void without_a_rate_all_may_go(void **state)
{
    (void)state;
    struct ptl_pacer pacer;
    uint64_t due_ns = 7;
    ptl_pacer_init(&pacer, 0, 5);
    assert_int_equal(ptl_pacer_allow(&pacer, 64, 5, &due_ns), 64);
    ptl_pacer_spend(&pacer, 64);
    assert_int_equal(ptl_pacer_allow(&pacer, SIZE_MAX, 5, &due_ns), SIZE_MAX);
    assert_int_equal(due_ns, 7);
}

/* Whoever asks, and however greedily: no second sees more than the rate and one burst. */
static void check_rate(uint64_t rate, uint64_t step_ns, size_t want)
{
    struct ptl_pacer pacer;
    uint64_t now = 123456789, start = now, sent = 0, burst = rate / 100 > 1 ? rate / 100 : 1;
    ptl_pacer_init(&pacer, rate, now);
    uint64_t end = start + 5 * PTL_NS_PER_S;
    for (uint64_t due_ns = 0; now < end; now += step_ns) {
        size_t may = ptl_pacer_allow(&pacer, want, now, &due_ns);
        assert_true(may <= want);
        if (may == 0) {
            assert_true(due_ns > now);
            now = due_ns - step_ns; /* asks again just then */
            continue;
        }
        ptl_pacer_spend(&pacer, may);
        sent += may;
        uint64_t most = (now - start) * rate / PTL_NS_PER_S + burst + 1;
        if (sent > most)
            fail_msg("%lu of at most %lu", (unsigned long)sent, (unsigned long)most);
    }
    /* And whoever asks in time, and for enough, gets nearly all of it. */
    bool asks_enough = want > PTL_NS_PER_S || want * (PTL_NS_PER_S / step_ns) >= rate;
    assert_true(!asks_enough || sent + burst + 1 >= (now - start) * rate / PTL_NS_PER_S * 99 / 100);
}

static void the_rate_is_kept(void **state)
{
    (void)state;
    static const uint64_t rates[] = {1, 2, 7, 99, 100, 101, 1000, 123456, 10000000};
    for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
        check_rate(rates[i], 100000, 64);
        check_rate(rates[i], 1000000, SIZE_MAX);
    }
}

static void a_pause_brings_no_burst(void **state)
{
    (void)state;
    struct ptl_pacer pacer;
    uint64_t due_ns;
    ptl_pacer_init(&pacer, 1000, 0);
    assert_int_equal(ptl_pacer_allow(&pacer, 64, 3600 * PTL_NS_PER_S, &due_ns),
                     10); /* 10 ms of it */
    ptl_pacer_spend(&pacer, 10);
    assert_int_equal(ptl_pacer_allow(&pacer, 64, 3600 * PTL_NS_PER_S, &due_ns), 0);
    assert_int_equal(ptl_pacer_allow(&pacer, 64, due_ns, &due_ns), 1);
}

static void the_first_waits_its_turn_too(void **state)
{
    (void)state;
    struct ptl_pacer pacer;
    uint64_t due_ns = 0;
    ptl_pacer_init(&pacer, 2, 100);
    assert_int_equal(ptl_pacer_allow(&pacer, 1, 100, &due_ns), 0);
    assert_in_range(due_ns, 100 + PTL_NS_PER_S / 2, 102 + PTL_NS_PER_S / 2);
    assert_int_equal(ptl_pacer_allow(&pacer, 1, due_ns, &due_ns), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rate_all_may_go),
        cmocka_unit_test(the_rate_is_kept),
        cmocka_unit_test(a_pause_brings_no_burst),
        cmocka_unit_test(the_first_waits_its_turn_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
