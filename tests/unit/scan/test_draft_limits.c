#include "support/cmocka_all.h"

#include "scan/draft.h"

#include <sys/resource.h>

static void descriptors_follow_the_limit(void **state)
{
    (void)state;
    struct rlimit saved;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &saved), 0);
    struct rlimit low = {.rlim_cur = 64, .rlim_max = saved.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    uint32_t few = ptl_limits_descriptors(0);
    assert_in_range(few, 1, 63);
    assert_int_equal(ptl_limits_descriptors(10), few - 10);
    assert_int_equal(ptl_limits_descriptors(1000), 1);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &saved), 0);
}

static void there_is_always_one(void **state)
{
    (void)state;
    assert_true(ptl_limits_threads() >= 1);
    assert_true(ptl_limits_cpus() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_follow_the_limit),
        cmocka_unit_test(there_is_always_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
