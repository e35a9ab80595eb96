#include "support/cmocka_all.h"

#include "scan/congestion.h"

#define SECOND 1000000000ULL

/* A round of a hundred attempts, of which `lost` are lost, with so much in flight. The loss shows
 * in the round after it, as it does in a scan. */
static bool round_of(struct ptl_congestion *congestion, uint64_t *now_ns, unsigned lost,
                     uint32_t in_flight)
{
    bool changed = false;
    uint8_t round = ptl_congestion_sent(congestion, in_flight);
    for (unsigned i = 0; i < 100 - lost; i++)
        changed |= ptl_congestion_answer(congestion, round, *now_ns, SECOND);
    *now_ns += SECOND;
    changed |= ptl_congestion_answer(congestion, round, *now_ns, SECOND);
    for (unsigned i = 0; i < lost; i++)
        ptl_congestion_loss(congestion, round);
    return changed;
}

static void silence_and_random_loss_cost_nothing(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    for (int i = 0; i < 50; i++)
        assert_false(round_of(&congestion, &now_ns, 0, 4000));
    assert_false(congestion.lossy);
    for (int i = 0; i < 50; i++)
        assert_false(round_of(&congestion, &now_ns, 2, 4000)); /* 1 % each way */
    assert_true(congestion.lossy);
    assert_false(congestion.struggles);
    assert_int_equal(congestion.limit, PTL_CONGESTION_NO_LIMIT);
}

static void one_loss_proves_it(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    ptl_congestion_init(&congestion, 0);
    ptl_congestion_answer(&congestion, 0, 1, SECOND);
    assert_false(congestion.lossy);
    ptl_congestion_loss(&congestion, 77); /* of a round long ago */
    assert_true(congestion.lossy);
}

static void a_quarter_lost_halves_what_is_in_flight(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    assert_false(round_of(&congestion, &now_ns, 40, 4000));
    assert_true(round_of(&congestion, &now_ns, 40, 4000));
    assert_int_equal(congestion.limit, 2000);
    assert_true(congestion.struggles);
    /* What was sent before the limit fell is no reason to lower it again. */
    assert_false(round_of(&congestion, &now_ns, 40, 2000));
    assert_true(round_of(&congestion, &now_ns, 40, 2000));
    assert_int_equal(congestion.limit, 1000);
    assert_int_equal(congestion.lowered, 2);
}

/* As many losses proven as answers: each answer was one to a retry. */
static void half_lost_counts_twice(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    round_of(&congestion, &now_ns, 50, 4000);
    assert_true(round_of(&congestion, &now_ns, 50, 4000));
    assert_int_equal(congestion.limit, 1000);
    assert_int_equal(congestion.lowered, 2);
    for (int i = 0; i < 60; i++)
        round_of(&congestion, &now_ns, 90, congestion.limit);
    assert_int_equal(congestion.limit, 2);
    assert_int_equal(congestion.lowered, PTL_CONGESTION_LOWERED_MOST);
}

/* The others must not wait for it until its round is judged. */
static void it_struggles_as_soon_as_that_is_known(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    ptl_congestion_init(&congestion, 0);
    for (int i = 0; i < 200; i++)
        ptl_congestion_answer(&congestion, 0, 1, SECOND);
    for (int i = 0; i < 7; i++)
        ptl_congestion_loss(&congestion, 0);
    assert_false(congestion.struggles); /* 7 may be chance */
    ptl_congestion_loss(&congestion, 0);
    assert_true(congestion.struggles);
    assert_int_equal(congestion.limit, PTL_CONGESTION_NO_LIMIT);
}

static void between_an_eighth_and_a_quarter_it_stays(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    round_of(&congestion, &now_ns, 40, 200);
    round_of(&congestion, &now_ns, 20, 200);
    assert_int_equal(congestion.limit, 100);
    for (int i = 0; i < 20; i++)
        assert_false(round_of(&congestion, &now_ns, 20, 100));
}

static void it_grows_step_by_step_while_answers_do(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    round_of(&congestion, &now_ns, 40, 200);
    round_of(&congestion, &now_ns, 0, 200);
    assert_int_equal(congestion.limit, 100);
    round_of(&congestion, &now_ns, 0, 100);
    assert_true(round_of(&congestion, &now_ns, 0, 100));
    assert_int_equal(congestion.limit, 112);
    /* Nothing is raised that is not used. */
    for (int i = 0; i < 10; i++)
        round_of(&congestion, &now_ns, 0, 50);
    assert_int_equal(congestion.limit, 112);
}

static void a_step_that_brought_nothing_is_taken_back(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    uint64_t now_ns = SECOND;
    ptl_congestion_init(&congestion, now_ns);
    round_of(&congestion, &now_ns, 40, 200);
    round_of(&congestion, &now_ns, 0, 200);
    round_of(&congestion, &now_ns, 0, 100);
    round_of(&congestion, &now_ns, 0, 100);
    assert_int_equal(congestion.limit, 112);
    /* As many answers as before, and loss: sending more brings no more. */
    bool changed = false;
    for (int i = 0; i < 3; i++)
        changed |= round_of(&congestion, &now_ns, 10, 112);
    assert_true(changed);
    assert_int_equal(congestion.limit, 100);
    /* Left for a while, then tried again. */
    int rounds = 0;
    while (rounds < 20 && !round_of(&congestion, &now_ns, 0, 100))
        rounds++;
    assert_in_range(rounds, 6, 9);
    assert_int_equal(congestion.limit, 112);
}

static void no_judgement_before_a_loss_could_show(void **state)
{
    (void)state;
    struct ptl_congestion congestion;
    ptl_congestion_init(&congestion, 0);
    for (int i = 0; i < 1000; i++) {
        ptl_congestion_loss(&congestion, 0);
        assert_false(ptl_congestion_answer(&congestion, 0, SECOND - 1, SECOND));
    }
    assert_int_equal(congestion.round, 0);
    /* Too few answers make a round longer, but not for ever. */
    ptl_congestion_init(&congestion, 0);
    assert_false(ptl_congestion_answer(&congestion, 0, 2 * SECOND, SECOND));
    assert_int_equal(congestion.round, 0);
    ptl_congestion_answer(&congestion, 0, 4 * SECOND, SECOND);
    assert_int_equal(congestion.round, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_and_random_loss_cost_nothing),
        cmocka_unit_test(one_loss_proves_it),
        cmocka_unit_test(a_quarter_lost_halves_what_is_in_flight),
        cmocka_unit_test(half_lost_counts_twice),
        cmocka_unit_test(it_struggles_as_soon_as_that_is_known),
        cmocka_unit_test(between_an_eighth_and_a_quarter_it_stays),
        cmocka_unit_test(it_grows_step_by_step_while_answers_do),
        cmocka_unit_test(a_step_that_brought_nothing_is_taken_back),
        cmocka_unit_test(no_judgement_before_a_loss_could_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
