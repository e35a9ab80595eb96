#include "support/cmocka_all.h"

#include "target/slice.h"

#include <stdlib.h>

/* The slices in their order tile the plan: targets one after the other, and within one its ports.
 */
static void tile(uint64_t targets, uint32_t ports, uint32_t slices)
{
    uint64_t target = 0, probes = 0, least = UINT64_MAX, most = 0;
    uint32_t port = 0;
    for (uint32_t i = 1; i <= slices; i++) {
        struct ptl_slice slice = {.count = 0};
        if (!ptl_slice_of(targets, ports, i, slices, &slice))
            fail_msg("no slice %u/%u of %llu x %u", i, slices, (unsigned long long)targets, ports);
        bool follows = slice.first == target && slice.first_port == port && slice.count > 0 &&
                       slice.port_count > 0 && (slice.count == 1 || slice.port_count == ports);
        if (!follows)
            fail_msg("slice %u/%u of %llu x %u does not follow the one before", i, slices,
                     (unsigned long long)targets, ports);
        probes += slice.count * slice.port_count;
        least = slice.count < least ? slice.count : least;
        most = slice.count > most ? slice.count : most;
        port = (slice.first_port + slice.port_count) % ports;
        target += port == 0 ? slice.count : 0;
    }
    assert_true(target == targets && port == 0 && probes == targets * ports);
    assert_true(most - least <= 1);
    struct ptl_slice none = {.count = 7};
    assert_false(ptl_slice_of(targets, ports, 0, slices, &none));
    assert_false(ptl_slice_of(targets, ports, slices + 1, slices, &none));
    assert_int_equal(none.count, 7);
}

static void every_small_plan_is_tiled(void **state)
{
    (void)state;
    for (uint32_t targets = 1; targets <= 14; targets++)
        for (uint32_t ports = 1; ports <= 14; ports++)
            for (uint32_t slices = 1; slices <= targets * ports; slices++)
                tile(targets, ports, slices);
}

static void large_plans_are_tiled(void **state)
{
    (void)state;
    tile(10000, 1000, 1000); /* ten million probes */
    tile(1000, 10000, 1000);
    tile(153, 65359, 1000);
    tile(1, 65535, 65535);
    tile(2, 65535, 100000);
    tile(1ULL << 32, 65535, 100000);
    tile((1ULL << 32) - 1, 1, 99999);
    srandom(20260131);
    for (int i = 0; i < 2000; i++) {
        uint64_t targets = (uint64_t)random() % 3000 + 1;
        uint32_t ports = (uint32_t)random() % 3000 + 1;
        uint64_t most = targets * ports < 4000 ? targets * ports : 4000;
        tile(targets, ports, (uint32_t)((uint64_t)random() % most + 1));
    }
}

/* So that its congestion control is in one process. */
static void no_target_is_cut_where_there_are_enough(void **state)
{
    (void)state;
    struct ptl_slice slice;
    for (uint32_t i = 1; i <= 7; i++) {
        assert_true(ptl_slice_of(7, 100, i, 7, &slice));
        assert_int_equal(slice.first, i - 1);
        assert_int_equal(slice.count, 1);
        assert_int_equal(slice.port_count, 100);
    }
    assert_true(ptl_slice_of(7, 100, 1, 8, &slice));
    assert_int_equal(slice.port_count, 100);
    assert_true(ptl_slice_of(7, 100, 8, 8, &slice));
    assert_int_equal(slice.first, 6);
    assert_int_equal(slice.first_port, 50);
}

static void more_slices_than_probes_are_refused(void **state)
{
    (void)state;
    struct ptl_slice slice;
    assert_true(ptl_slice_of(3, 4, 12, 12, &slice));
    assert_false(ptl_slice_of(3, 4, 1, 13, &slice));
    assert_false(ptl_slice_of(0, 4, 1, 1, &slice));
    assert_false(ptl_slice_of(1, 1, 0, 0, &slice));
}

static void shares_add_up(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 1, 7, 1000, 9999999, 10000000};
    static const uint32_t slices[] = {1, 2, 3, 7, 64, 1000, 100000};
    for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]); n++) {
        for (size_t s = 0; s < sizeof(slices) / sizeof(slices[0]); s++) {
            uint64_t sum = 0;
            for (uint32_t i = 1; i <= slices[s]; i++) {
                uint64_t share = ptl_slice_share(numbers[n], i, slices[s]);
                assert_in_range(share, numbers[n] / slices[s], numbers[n] / slices[s] + 1);
                sum += share;
            }
            assert_int_equal(sum, numbers[n]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_small_plan_is_tiled),
        cmocka_unit_test(large_plans_are_tiled),
        cmocka_unit_test(no_target_is_cut_where_there_are_enough),
        cmocka_unit_test(more_slices_than_probes_are_refused),
        cmocka_unit_test(shares_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
