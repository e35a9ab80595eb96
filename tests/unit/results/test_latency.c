#include "support/cmocka_all.h"

#include "results/seal.h"

#include <stdlib.h>

static bool summarise(struct ptl_result *items, size_t count, struct ptl_latency *latency)
{
    const struct ptl_results results = {.items = items, .count = count};
    return ptl_latency_summarise(&results, latency);
}

static void nothing_known(void **state)
{
    (void)state;
    struct ptl_latency latency = {.count = 9, .max = 9};
    assert_true(ptl_latency_summarise(&(struct ptl_results){.count = 0}, &latency));
    assert_int_equal(latency.count, 0);
    assert_int_equal(latency.max, 0);
    struct ptl_result items[] = {{.state = PTL_OPEN, .rtt_us = PTL_US_NONE},
                                 {.state = PTL_CLOSED, .rtt_us = 5},
                                 {.state = PTL_FILTERED, .rtt_us = 5}};
    assert_true(summarise(items, 3, &latency)); /* open ports alone shake hands */
    assert_int_equal(latency.count, 0);
}

static void one_is_all_of_them(void **state)
{
    (void)state;
    struct ptl_latency latency;
    struct ptl_result item = {.state = PTL_OPEN, .rtt_us = 7};
    assert_true(summarise(&item, 1, &latency));
    assert_int_equal(latency.count, 1);
    assert_true(latency.min == 7 && latency.p50 == 7 && latency.p90 == 7 && latency.p99 == 7 &&
                latency.max == 7);
}

/* Nearest rank: the smallest value that so many percent do not exceed. */
static void check(uint32_t count, uint32_t p50, uint32_t p90, uint32_t p99)
{
    struct ptl_result *items = calloc(2UL * count, sizeof(*items));
    struct ptl_latency latency;
    assert_non_null(items);
    for (uint32_t i = 0; i < count; i++) { /* 1 to count, downwards, an unknown behind each */
        items[2 * i] = (struct ptl_result){.state = PTL_OPEN, .rtt_us = (count - i) & PTL_US_NONE};
        items[2 * i + 1] = (struct ptl_result){.state = PTL_OPEN, .rtt_us = PTL_US_NONE};
    }
    assert_true(summarise(items, 2UL * count, &latency));
    assert_int_equal(latency.count, count);
    assert_int_equal(latency.min, 1);
    assert_int_equal(latency.p50, p50);
    assert_int_equal(latency.p90, p90);
    assert_int_equal(latency.p99, p99);
    assert_int_equal(latency.max, count);
    assert_int_equal(items[0].rtt_us, count); /* the results stay as they were */
    free(items);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* Whatever the spread: some alike, some in one half of the bits, some over all of them. */
static void as_if_they_were_sorted(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static struct ptl_result items[COUNT];
    static uint32_t times[COUNT];
    uint32_t random = 1;
    for (unsigned bits = 1; bits <= 28; bits += 3) {
        for (size_t i = 0; i < COUNT; i++) {
            random = random * 1664525U + 1013904223U;
            times[i] = random >> (32 - bits) < PTL_US_NONE ? random >> (32 - bits) : 1;
            items[i] = (struct ptl_result){.state = PTL_OPEN, .rtt_us = times[i] & PTL_US_NONE};
        }
        struct ptl_latency latency;
        assert_true(summarise(items, COUNT, &latency));
        qsort(times, COUNT, sizeof(*times), compare);
        assert_int_equal(latency.min, times[0]);
        assert_int_equal(latency.p50, times[COUNT / 2 - 1]);
        assert_int_equal(latency.p90, times[COUNT * 9 / 10 - 1]);
        assert_int_equal(latency.p99, times[COUNT * 99 / 100 - 1]);
        assert_int_equal(latency.max, times[COUNT - 1]);
    }
}

static void nearest_rank(void **state)
{
    (void)state;
    check(2, 1, 2, 2);
    check(3, 2, 3, 3);
    check(10, 5, 9, 10);
    check(99, 50, 90, 99);
    check(100, 50, 90, 99);
    check(101, 51, 91, 100);
    check(1000, 500, 900, 990);
    check(100000, 50000, 90000, 99000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(one_is_all_of_them),
        cmocka_unit_test(nearest_rank),
        cmocka_unit_test(as_if_they_were_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
