#include "support/cmocka_all.h"

#include "scan/holding.h"

static void a_reserve_of_a_block_within_the_share(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_holding holding;
    ptl_permits_init(&permits, 100);
    ptl_holding_init(&holding, &permits, 60);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* it has them */
    assert_int_equal(atomic_load(&permits.in_use), 16);
    ptl_holding_begun(&holding, 10);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* ten more */
    assert_int_equal(atomic_load(&permits.in_use), 26);
    ptl_holding_begun(&holding, 16);
    assert_true(ptl_holding_has_room(&holding, 34));
    assert_false(ptl_holding_has_room(&holding, 35));        /* as many sockets as permits */
    assert_int_equal(ptl_holding_reserve(&holding, 64), 34); /* the share is used up */
    assert_int_equal(atomic_load(&permits.in_use), 60);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 26);
    assert_int_equal(ptl_permits_try(&permits, 70), 70);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 4); /* others hold the rest */
    for (int i = 0; i < 26; i++)
        ptl_holding_ended(&holding);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reserve_of_a_block_within_the_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
