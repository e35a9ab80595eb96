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
    assert_int_equal(ptl_permits_peak(&permits), 10);
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
    assert_true(ptl_permits_peak(&permits) <= 5);
    assert_int_equal(ptl_permits_try(&permits, 64), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_more_than_the_limit),
        cmocka_unit_test(threads_give_back_what_they_took),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
