/* Chance or a limit, told from what sentinels lost at which pace. */
#include "support/cmocka_all.h"

#include "scan/chance.h"

static struct ptl_chance chance;

static void count(uint64_t pace, unsigned asked, unsigned lost)
{
    for (unsigned i = 0; i < asked; i++)
        ptl_chance_count(&chance, pace, i < lost);
}

static void begin(void)
{
    chance = (struct ptl_chance){.share = 0};
}

static void as_much_at_an_eighth_of_the_pace_is_chance(void **state)
{
    (void)state;
    begin();
    chance.suspected = 4000;
    count(4000, 50, 18);
    assert_false(ptl_chance_is(&chance)); /* of slower paces nothing is known yet */
    count(1100, 50, 18);
    assert_false(ptl_chance_is(&chance)); /* a quarter of it is too near */
    count(500, 31, 11);
    assert_false(ptl_chance_is(&chance)); /* too few */
    count(500, 1, 0);
    assert_true(ptl_chance_is(&chance));
    assert_true(chance.share > 0.34 && chance.share < 0.35); /* that of the slower pace */
    assert_int_equal(chance.suspected, 0);
    assert_false(ptl_chance_is(&chance)); /* what was counted is used */
}

/* Whatever the limit is: what it takes at one pace and at others is never like chance. */
static void a_limit_is_none(void **state)
{
    (void)state;
    for (uint64_t limit = 1; limit < 100000; limit = limit * 3 / 2 + 1) {
        begin();
        for (uint64_t pace = 1 << 19; pace > 0; pace = pace * 2 / 3) {
            unsigned got = pace > limit ? (unsigned)(100 * limit / pace) : 100;
            count(pace, 100, 100 - got);
            /* Where nothing is lost nobody asks. */
            assert_true(got == 100 || !ptl_chance_is(&chance));
        }
    }
}

static void what_is_lost_nearly_always_is_none(void **state)
{
    (void)state;
    begin();
    count(8000, 50, 40);
    count(1000, 50, 40);
    assert_false(ptl_chance_is(&chance));
}

static void what_is_over_does_not_count(void **state)
{
    (void)state;
    begin();
    chance.share = 0.2;
    count(8000, 50, 18);
    ptl_chance_over(&chance);
    count(1000, 50, 18);
    assert_false(ptl_chance_is(&chance));
    assert_true(chance.share > 0.19); /* but this stays known */
}

static void what_is_old_fades(void **state)
{
    (void)state;
    begin();
    count(1000, 200, 200);
    count(1000, 10000, 0);
    count(9000, 100, 0);
    assert_true(ptl_chance_is(&chance));
    assert_true(chance.share < 0.001);
}

static void every_pace_has_a_place(void **state)
{
    (void)state;
    begin();
    count(UINT64_MAX, 100, 30);
    count(0, 100, 30);
    assert_true(ptl_chance_is(&chance));
}

static void few_draws_vary(void **state)
{
    (void)state;
    assert_false(ptl_chance_exceeds(0.36, 8, 5));
    assert_true(ptl_chance_exceeds(0.36, 8, 8));
    assert_false(ptl_chance_exceeds(0.36, 32, 18));
    assert_true(ptl_chance_exceeds(0.36, 32, 19));
    assert_false(ptl_chance_exceeds(0.36, 32, 0));
    assert_false(ptl_chance_exceeds(0.36, 0, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_much_at_an_eighth_of_the_pace_is_chance),
        cmocka_unit_test(a_limit_is_none),
        cmocka_unit_test(what_is_lost_nearly_always_is_none),
        cmocka_unit_test(what_is_over_does_not_count),
        cmocka_unit_test(what_is_old_fades),
        cmocka_unit_test(every_pace_has_a_place),
        cmocka_unit_test(few_draws_vary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
