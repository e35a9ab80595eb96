#include "support/cmocka_all.h"

#include "scan/holding.h"

static void a_reserve_of_a_block_within_the_share(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_holding holding;
    ptl_permits_init(&permits, 100);
    ptl_holding_init(&holding, &permits, 60, 0);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* it has them */
    assert_int_equal(atomic_load(&permits.in_use), 16);
    ptl_holding_begun(&holding, 10);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* ten more */
    assert_int_equal(atomic_load(&permits.in_use), 26);
    ptl_holding_begun(&holding, 16);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 34); /* the share is used up */
    assert_int_equal(atomic_load(&permits.in_use), 60);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 26);
    assert_int_equal(ptl_permits_try(&permits, 70), 70);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 4); /* others hold the rest */
    for (int i = 0; i < 26; i++)
        ptl_holding_ended(&holding, false);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 70);
}

static void what_lingers_holds_no_permit(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_holding holding;
    ptl_permits_init(&permits, 4);
    ptl_holding_init(&holding, &permits, 4, 3);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 4);
    ptl_holding_begun(&holding, 4);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 0);
    for (int i = 0; i < 3; i++)
        assert_true(ptl_holding_linger(&holding));
    assert_false(ptl_holding_linger(&holding)); /* enough do */
    assert_int_equal(ptl_holding_out(&holding), 4);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 3);
    assert_int_equal(atomic_load(&permits.in_use), 4); /* never more than there are */
    ptl_holding_begun(&holding, 3);
    assert_int_equal(ptl_holding_out(&holding), 7);
    assert_true(ptl_holding_has_room(&holding, 0));
    assert_false(ptl_holding_has_room(&holding, 1));
    ptl_holding_ended(&holding, true);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 0); /* it had none to give back */
    assert_true(ptl_holding_linger(&holding));
    assert_int_equal(ptl_holding_reserve(&holding, 64), 1);
    for (int i = 0; i < 3; i++)
        ptl_holding_ended(&holding, true);
    for (int i = 0; i < 3; i++)
        ptl_holding_ended(&holding, false);
    assert_int_equal(ptl_holding_out(&holding), 0);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 0);
}

/* What lingers has a descriptor: none is to be had when this machine is short of them. */
static void nothing_lingers_in_a_shortage(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_holding holding;
    ptl_permits_init(&permits, 4);
    ptl_holding_init(&holding, &permits, 4, 100);
    ptl_holding_begun(&holding, ptl_holding_reserve(&holding, 4));
    assert_true(ptl_holding_linger(&holding));
    ptl_permits_halve(&permits);
    assert_false(ptl_holding_linger(&holding));
    ptl_permits_grow(&permits);
    assert_false(ptl_holding_linger(&holding));
    ptl_permits_grow(&permits);
    assert_true(ptl_holding_linger(&holding));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reserve_of_a_block_within_the_share),
        cmocka_unit_test(what_lingers_holds_no_permit),
        cmocka_unit_test(nothing_lingers_in_a_shortage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
