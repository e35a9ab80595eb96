#include "support/cmocka_all.h"

#include "base/clock.h"
#include "scan/wheel.h"

#define START (1000 * PTL_NS_PER_S)

static void expires_in_time_never_early(void **state)
{
    (void)state;
    static struct ptl_wheel wheel;
    ptl_wheel_init(&wheel, START);
    assert_true(ptl_wheel_reserve(&wheel, 8));
    uint64_t deadline = START + 5 * PTL_NS_PER_MS + 1;
    ptl_wheel_add(&wheel, 3, deadline);
    assert_int_equal(ptl_wheel_expire(&wheel, deadline - 1), PTL_WHEEL_NONE);
    assert_true(ptl_wheel_next_ns(&wheel) >= deadline);
    assert_int_equal(ptl_wheel_expire(&wheel, deadline + PTL_NS_PER_MS), 3);
    assert_int_equal(ptl_wheel_expire(&wheel, deadline + PTL_NS_PER_S), PTL_WHEEL_NONE);
    assert_true(ptl_wheel_next_ns(&wheel) == UINT64_MAX);
    ptl_wheel_free(&wheel);
}

static void later_rounds_stay(void **state)
{
    (void)state;
    static struct ptl_wheel wheel;
    ptl_wheel_init(&wheel, START);
    assert_true(ptl_wheel_reserve(&wheel, 4));
    /* The same bucket, one round of 4,096 ms apart. */
    ptl_wheel_add(&wheel, 0, START + 10 * PTL_NS_PER_MS);
    ptl_wheel_add(&wheel, 1, START + (10 + PTL_WHEEL_BUCKETS) * PTL_NS_PER_MS);
    assert_int_equal(ptl_wheel_expire(&wheel, START + 20 * PTL_NS_PER_MS), 0);
    assert_int_equal(ptl_wheel_expire(&wheel, START + 20 * PTL_NS_PER_MS), PTL_WHEEL_NONE);
    assert_int_equal(ptl_wheel_expire(&wheel, START + 4000 * PTL_NS_PER_MS), PTL_WHEEL_NONE);
    assert_int_equal(ptl_wheel_expire(&wheel, START + 4200 * PTL_NS_PER_MS), 1);
    ptl_wheel_free(&wheel);
}

static void removing_is_exact(void **state)
{
    (void)state;
    static struct ptl_wheel wheel;
    ptl_wheel_init(&wheel, START);
    assert_true(ptl_wheel_reserve(&wheel, 3));
    for (uint32_t id = 0; id < 3; id++)
        ptl_wheel_add(&wheel, id, START + PTL_NS_PER_MS);
    ptl_wheel_remove(&wheel, 1);
    ptl_wheel_remove(&wheel, 1);
    uint32_t seen = 0;
    for (uint32_t id = ptl_wheel_expire(&wheel, START + PTL_NS_PER_S); id != PTL_WHEEL_NONE;
         id = ptl_wheel_expire(&wheel, START + PTL_NS_PER_S)) {
        assert_int_not_equal(id, 1);
        seen++;
    }
    assert_int_equal(seen, 2);
    ptl_wheel_free(&wheel);
}

/* Many ids at pseudo-random deadlines: each comes out once, in its millisecond or the next. */
static void agrees_with_a_plain_list(void **state)
{
    (void)state;
    enum { IDS = 5000 };
    static struct ptl_wheel wheel;
    static uint64_t deadlines[IDS];
    ptl_wheel_init(&wheel, START);
    assert_true(ptl_wheel_reserve(&wheel, IDS));
    uint64_t random = 12345;
    for (uint32_t id = 0; id < IDS; id++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        deadlines[id] = START + (random >> 33) % (20 * PTL_NS_PER_S);
        ptl_wheel_add(&wheel, id, deadlines[id]);
    }
    uint32_t out = 0;
    for (uint64_t now = START; now <= START + 21 * PTL_NS_PER_S; now += 7 * PTL_NS_PER_MS) {
        for (uint32_t id = ptl_wheel_expire(&wheel, now); id != PTL_WHEEL_NONE;
             id = ptl_wheel_expire(&wheel, now)) {
            assert_true(deadlines[id] <= now);
            assert_true(now - deadlines[id] <= 9 * PTL_NS_PER_MS);
            out++;
        }
    }
    assert_int_equal(out, IDS);
    ptl_wheel_free(&wheel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expires_in_time_never_early),
        cmocka_unit_test(later_rounds_stay),
        cmocka_unit_test(removing_is_exact),
        cmocka_unit_test(agrees_with_a_plain_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
