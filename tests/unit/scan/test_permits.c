#include "support/cmocka_all.h"

#include "scan/permits.h"

#include <pthread.h>

static void never_more_than_the_limit(void **state)
{
    (void)state;
    struct ptl_permits permits;
    ptl_permits_init(&permits, 10);
    assert_int_equal(ptl_permits_try(&permits, 4), 4);
    assert_int_equal(ptl_permits_try(&permits, 64), 6);
    assert_int_equal(ptl_permits_try(&permits, 1), 0);
    ptl_permits_release(&permits, 3);
    assert_int_equal(ptl_permits_try(&permits, 5), 3);
    assert_int_equal(atomic_load(&permits.peak), 10);
}

static void *take_and_give(void *argument)
{
    struct ptl_permits *permits = argument;
    for (int i = 0; i < 20000; i++)
        ptl_permits_release(permits, ptl_permits_try(permits, 3));
    return NULL;
}

static void threads_give_back_what_they_took(void **state)
{
    (void)state;
    struct ptl_permits permits;
    ptl_permits_init(&permits, 5);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &permits), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_true(atomic_load(&permits.peak) <= 5);
    assert_int_equal(ptl_permits_try(&permits, 64), 5);
}

/* A limit below what is in use: nobody gets one until enough came back, and none is lost. */
static void a_limit_that_shrinks(void **state)
{
    (void)state;
    struct ptl_permits permits;
    ptl_permits_init(&permits, 100);
    assert_int_equal(ptl_permits_try(&permits, 80), 80);
    ptl_permits_halve(&permits); /* of what is in use */
    assert_int_equal(atomic_load(&permits.limit), 40);
    assert_int_equal(ptl_permits_try(&permits, 1), 0);
    ptl_permits_release(&permits, 40);
    assert_int_equal(ptl_permits_try(&permits, 1), 0);
    ptl_permits_release(&permits, 1);
    assert_int_equal(ptl_permits_try(&permits, 5), 1);
    ptl_permits_release(&permits, 40);
    assert_int_equal(atomic_load(&permits.in_use), 0);
    ptl_permits_halve(&permits); /* of nothing: one at least */
    assert_int_equal(atomic_load(&permits.limit), 1);
    assert_int_equal(permits.lowest, 1);
    assert_int_equal(ptl_permits_try(&permits, 5), 1);
    assert_int_equal(atomic_load(&permits.peak), 80);
}

static void it_grows_back_and_no_further(void **state)
{
    (void)state;
    static const uint32_t limits[] = {1, 2, 7, 100, 5000, 1000000};
    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
        struct ptl_permits permits;
        ptl_permits_init(&permits, limits[i]);
        ptl_permits_halve(&permits);
        uint32_t before = atomic_load(&permits.limit);
        for (unsigned steps = 0; before < limits[i]; steps++) {
            ptl_permits_grow(&permits);
            uint32_t limit = atomic_load(&permits.limit);
            assert_true(limit > before && limit <= limits[i]);
            before = limit;
            assert_true(steps < 1000); /* it gets there */
        }
        ptl_permits_grow(&permits);
        assert_int_equal(atomic_load(&permits.limit), limits[i]);
        assert_int_equal(permits.lowest, 1);
    }
}

static void a_reserve_of_a_block_within_the_share(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_holding holding = {.permits = &permits, .share = 60};
    ptl_permits_init(&permits, 100);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16);
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* it has them */
    assert_int_equal(atomic_load(&permits.in_use), 16);
    holding.in_flight += 10;
    assert_int_equal(ptl_holding_reserve(&holding, 16), 16); /* ten more */
    assert_int_equal(atomic_load(&permits.in_use), 26);
    holding.in_flight += 16;
    assert_int_equal(ptl_holding_reserve(&holding, 64), 34); /* the share is used up */
    assert_int_equal(atomic_load(&permits.in_use), 60);
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 26);
    assert_int_equal(ptl_permits_try(&permits, 70), 70);
    assert_int_equal(ptl_holding_reserve(&holding, 64), 4); /* others hold the rest */
    holding.in_flight -= 26;
    ptl_holding_release(&holding);
    assert_int_equal(atomic_load(&permits.in_use), 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_more_than_the_limit),
        cmocka_unit_test(threads_give_back_what_they_took),
        cmocka_unit_test(a_limit_that_shrinks),
        cmocka_unit_test(it_grows_back_and_no_further),
        cmocka_unit_test(a_reserve_of_a_block_within_the_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
