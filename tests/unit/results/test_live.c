/* The watermark: what was told while a run lasts is the beginning of what the sealed results tell.
 */
#include "support/cmocka_all.h"

#include "results/live.h"

#include <stdlib.h>

static void add(struct ptl_results *results, uint32_t target, uint16_t port, uint32_t offset_ms)
{
    struct ptl_result result = {.target = target, .port = port, .offset_ms = offset_ms};
    assert_int_equal(ptl_results_add(results, &result), PTL_OK);
}

static void told(const struct ptl_result *result, uint32_t target, uint16_t port,
                 uint32_t offset_ms)
{
    assert_int_equal(result->target, target);
    assert_int_equal(result->port, port);
    assert_int_equal(result->offset_ms, offset_ms);
}

static void test_below_the_watermark(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    struct ptl_live live = {.items = NULL};
    assert_true(ptl_live_take(&live, results, 5)); /* nothing there, and nothing is ready */
    assert_int_equal(ptl_live_ready(&live, 5), 0);
    add(results, 1, 22, 9);
    add(results, 0, 80, 10);
    add(results, 0, 22, 9);
    add(results, 0, 443, 7);
    assert_true(ptl_live_take(&live, results, 10));
    assert_int_equal(results->watermark_ms, 10);
    assert_int_equal(ptl_live_ready(&live, 10), 3);
    told(&live.items[0], 0, 443, 7);
    told(&live.items[1], 0, 22, 9);
    told(&live.items[2], 1, 22, 9);
    ptl_live_drop(&live, 3);
    /* The one at the watermark waits: another of the same millisecond may come before it. */
    add(results, 0, 79, 10);
    assert_true(ptl_live_take(&live, results, 11));
    assert_int_equal(ptl_live_ready(&live, 11), 2);
    told(&live.items[0], 0, 79, 10);
    told(&live.items[1], 0, 80, 10);
    ptl_live_drop(&live, 2);
    assert_int_equal(live.count, 0);
    ptl_live_free(&live);
    ptl_results_free(results);
}

static void test_a_late_result_is_told_at_the_watermark(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    struct ptl_live live = {.items = NULL};
    add(results, 0, 1, 3);
    told(&results->items[0], 0, 1, 3); /* no watermark: as it came */
    assert_true(ptl_live_take(&live, results, 200));
    assert_true(ptl_live_take(&live, results, 100)); /* it never falls */
    assert_int_equal(results->watermark_ms, 200);
    add(results, 0, 2, 150);
    add(results, 0, 3, 200);
    add(results, 0, 4, 250);
    told(&results->items[1], 0, 2, 200);
    told(&results->items[2], 0, 3, 200);
    told(&results->items[3], 0, 4, 250);
    ptl_live_free(&live);
    ptl_results_free(results);
}

/* Whatever comes and whenever it is taken: the lines told, and then those that are left, are the
 * sealed results by time, each once. */
static void test_told_and_left_are_all(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int round = 0; round < 50; round++) {
        struct ptl_results *results = ptl_results_new();
        struct ptl_live live = {.items = NULL};
        struct ptl_result *lines = calloc(3000, sizeof(*lines));
        size_t count = 0;
        uint32_t now_ms = 0;
        for (uint16_t port = 1; port <= 2000; port++) {
            now_ms += (uint32_t)rand_r(&seed) % 3 == 0;
            uint32_t late_ms = (uint32_t)rand_r(&seed) % 20;
            add(results, (uint32_t)rand_r(&seed) % 3, port,
                now_ms > late_ms ? now_ms - late_ms : 0);
            if (rand_r(&seed) % 40 != 0)
                continue;
            assert_true(ptl_live_take(&live, results, now_ms));
            size_t ready = ptl_live_ready(&live, now_ms);
            for (size_t i = 0; i < ready; i++)
                lines[count++] = live.items[i];
            ptl_live_drop(&live, ready);
        }
        assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
        uint32_t *order = ptl_results_by_time(results);
        assert_non_null(order);
        for (size_t i = 0; i < results->count; i++) {
            const struct ptl_result *item = &results->items[order[i]];
            if (item->offset_ms >= results->watermark_ms)
                lines[count++] = *item;
            told(&lines[i], item->target, item->port, item->offset_ms);
        }
        assert_int_equal(count, results->count);
        free(order);
        free(lines);
        ptl_live_free(&live);
        ptl_results_free(results);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    assert_null(ptl_results_by_time(results));
    ptl_results_free(results);
    struct ptl_live live = {.items = NULL};
    ptl_live_drop(&live, 0);
    ptl_live_free(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below_the_watermark),
        cmocka_unit_test(test_a_late_result_is_told_at_the_watermark),
        cmocka_unit_test(test_told_and_left_are_all),
        cmocka_unit_test(test_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
