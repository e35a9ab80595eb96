#include "support/cmocka_all.h"

#include "scan/congestion.h"

#define SECOND 1000000000ULL

/* A window of answers, `retried` of a hundred to retries, with so much in flight. */
static bool window(struct ptl_congestion *congestion, uint64_t *now_ns, unsigned retried,
                   uint32_t in_flight)
{
    bool changed = false;
    ptl_congestion_sent(congestion, in_flight);
    for (unsigned i = 0; i < 100; i++) {
        *now_ns += SECOND / 100;
        changed |= ptl_congestion_answer(congestion, i < retried ? 2 : 1, *now_ns, SECOND);
    }
    return changed;
}

static void silence_and_random_loss_cost_nothing(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    for (int i = 0; i < 50; i++)
        assert_false(window(&congestion, &now_ns, 0, 4000));
    assert_false(congestion.lossy);
    for (int i = 0; i < 50; i++)
        assert_false(window(&congestion, &now_ns, 2, 4000)); /* 1 % each way */
    assert_true(congestion.lossy);
    assert_false(congestion.struggles);
    assert_int_equal(congestion.limit, PTL_CONGESTION_NO_LIMIT);
}

static void one_answered_retry_proves_loss(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    ptl_congestion_init(&congestion, 0);
    ptl_congestion_answer(&congestion, 1, 1, SECOND);
    assert_false(congestion.lossy);
    ptl_congestion_answer(&congestion, 2, 2, SECOND);
    assert_true(congestion.lossy);
}

static void a_quarter_lost_halves_what_is_in_flight(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    assert_true(window(&congestion, &now_ns, 60, 4000));
    assert_int_equal(congestion.limit, 2000);
    assert_true(congestion.struggles);
    assert_true(window(&congestion, &now_ns, 40, 2000));
    assert_int_equal(congestion.limit, 1000);
    /* Between an eighth and a quarter it stays as it is. */
    assert_false(window(&congestion, &now_ns, 20, 1000));
    assert_int_equal(congestion.limit, 1000);
    for (int i = 0; i < 40; i++)
        window(&congestion, &now_ns, 90, congestion.limit);
    assert_int_equal(congestion.limit, 2);
}

static void it_grows_step_by_step_while_answers_do(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    window(&congestion, &now_ns, 60, 200);
    assert_int_equal(congestion.limit, 100);
    assert_true(window(&congestion, &now_ns, 0, 100));
    assert_int_equal(congestion.limit, 112);
    /* Nothing is raised that is not used. */
    assert_false(window(&congestion, &now_ns, 0, 50));
    assert_int_equal(congestion.limit, 112);
}

static void a_step_that_brought_nothing_is_taken_back(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    window(&congestion, &now_ns, 60, 200);
    window(&congestion, &now_ns, 0, 100);
    assert_int_equal(congestion.limit, 112);
    /* As many answers as before, and loss: sending more brings no more. */
    assert_true(window(&congestion, &now_ns, 10, 112));
    assert_int_equal(congestion.limit, 100);
    for (int i = 0; i < 8; i++)
        assert_false(window(&congestion, &now_ns, 0, 100));
    assert_true(window(&congestion, &now_ns, 0, 100));
    assert_int_equal(congestion.limit, 112);
}

static void no_judgement_before_a_loss_could_show(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    ptl_congestion_init(&congestion, 0);
    for (int i = 0; i < 1000; i++)
        assert_false(ptl_congestion_answer(&congestion, 2, SECOND - 1, SECOND));
    assert_true(ptl_congestion_answer(&congestion, 2, SECOND, SECOND));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_and_random_loss_cost_nothing),
        cmocka_unit_test(one_answered_retry_proves_loss),
        cmocka_unit_test(a_quarter_lost_halves_what_is_in_flight),
        cmocka_unit_test(it_grows_step_by_step_while_answers_do),
        cmocka_unit_test(a_step_that_brought_nothing_is_taken_back),
        cmocka_unit_test(no_judgement_before_a_loss_could_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
