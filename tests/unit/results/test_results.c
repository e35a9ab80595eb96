#include "model.h"

#include "base/permute.h"

static struct ptl_result result(uint32_t target, uint16_t port, enum ptl_state state)
{
    return (struct ptl_result){.target = target,
                               .port = port,
                               .state = state & 7U,
                               .rtt_us = PTL_US_NONE,
                               .connect_us = PTL_US_NONE};
}

static void add(struct ptl_results *results, uint32_t target, uint16_t port, enum ptl_state state)
{
    struct ptl_result one = result(target, port, state);
    assert_int_equal(ptl_results_add(results, &one), PTL_OK);
}

static void sealing_sorts(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    uint64_t random = 7;
    for (int i = 0; i < 5000; i++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        add(results, (uint32_t)(random >> 60), (uint16_t)(random >> 40), PTL_OPEN);
        struct ptl_target_counts counts = {.target = (uint32_t)(random >> 32)};
        assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
    }
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    assert_int_equal(results->count, 5000);
    for (size_t i = 1; i < results->count; i++) {
        const struct ptl_result *a = &results->items[i - 1], *b = &results->items[i];
        assert_true(a->target < b->target || (a->target == b->target && a->port <= b->port));
        assert_true(results->targets[i - 1].target <= results->targets[i].target);
    }
    ptl_results_free(results);
    ptl_results_free(NULL);
}

static void sealing_sums_up(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    struct ptl_result open = result(0, 1, PTL_OPEN);
    for (uint32_t rtt = 1; rtt <= 10; rtt++) {
        open.rtt_us = rtt & PTL_US_NONE;
        assert_int_equal(ptl_results_add(results, &open), PTL_OK);
    }
    results->summary.probes = 100;
    results->summary.states[PTL_UNPROBED] = 50;
    results->run.elapsed_ms = 300;
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    assert_int_equal(results->summary.rtt.count, 10);
    assert_int_equal(results->summary.rtt.p50, 5);
    assert_true(results->summary.probes_per_second == 166.7); /* of those that were made */
    results->run.elapsed_ms = 0;
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    assert_true(results->summary.probes_per_second == 0);
    ptl_results_free(results);
}

static void warnings_are_told_once(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    assert_int_equal(ptl_results_warn(results, "clamped to %d", 5), PTL_OK);
    assert_int_equal(ptl_results_warn(results, "clamped to %d", 6), PTL_OK);
    assert_int_equal(ptl_results_warn(results, "%s", "clamped to 5"), PTL_OK);
    assert_int_equal(results->warning_count, 2);
    assert_string_equal(results->warnings[0], "clamped to 5");
    assert_string_equal(results->warnings[1], "clamped to 6");
    assert_int_equal(ptl_results_add_unresolved(results, "a", "gone"), PTL_OK);
    assert_int_equal(ptl_results_add_unresolved(results, "a", "gone"), PTL_OK);
    assert_int_equal(results->unresolved_count, 2); /* as the profile has it */
    assert_string_equal(results->unresolved[1].input, "a");
    ptl_results_free(results);
}

static void warnings_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    for (int i = 0; i < PTL_WARNINGS_LISTED; i++)
        assert_int_equal(ptl_results_warn(results, "warning %d", i), PTL_OK);
    assert_string_equal(results->warnings[PTL_WARNINGS_LISTED - 1], "warning 999");
    assert_int_equal(ptl_results_warn(results, "warning 0"), PTL_OK); /* known */
    assert_string_equal(results->warnings[PTL_WARNINGS_LISTED - 1], "warning 999");
    assert_int_equal(ptl_results_warn(results, "one more"), PTL_OK);
    assert_string_equal(results->warnings[PTL_WARNINGS_LISTED - 1], "2 more warnings are left out");
    for (int i = 0; i < 20000; i++)
        assert_int_equal(ptl_results_warn(results, "further %d", i), PTL_OK);
    assert_int_equal(results->warning_count, PTL_WARNINGS_LISTED);
    assert_string_equal(results->warnings[PTL_WARNINGS_LISTED - 2], "warning 998");
    assert_string_equal(results->warnings[PTL_WARNINGS_LISTED - 1],
                        "20002 more warnings are left out");
    ptl_results_free(results);
}

static void open_ports_are_the_union(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    uint8_t bits[8192];
    add(results, 0, 1, PTL_OPEN);
    add(results, 5, 65535, PTL_OPEN);
    add(results, 5, 1, PTL_OPEN);
    add(results, 5, 80, PTL_CLOSED);
    add(results, 5, 81, PTL_ERROR);
    memset(bits, 0xFF, sizeof(bits));
    ptl_results_open_ports(results, bits);
    for (unsigned port = 0; port <= 65535; port++)
        assert_int_equal(bits[port / 8] >> (port % 8) & 1, port == 1 || port == 65535);
    ptl_results_free(results);
}

/* A walk over all targets: what comes, against what should. */
static void check_walk(const struct ptl_results *results, const uint32_t *targets, size_t count,
                       uint16_t unprobed)
{
    struct ptl_target_cursor cursor = {0};
    struct ptl_target_counts counts;
    size_t first, length, seen = 0;
    for (size_t i = 0; i < count; i++) {
        assert_true(ptl_results_next_target(results, &cursor, &counts, &first, &length));
        assert_int_equal(counts.target, targets[i]);
        for (size_t k = 0; k < length; k++)
            assert_int_equal(results->items[first + k].target, targets[i]);
        seen += length;
        if (unprobed > 0 && length == 0)
            assert_int_equal(counts.states[PTL_UNPROBED], unprobed);
    }
    assert_false(ptl_results_next_target(results, &cursor, &counts, &first, &length));
    assert_false(ptl_results_next_target(results, &cursor, &counts, &first, &length));
    assert_int_equal(seen, results->count); /* no result is left out */
}

static void all_targets_one_by_one(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    results->summary.targets = results->started = 3;
    for (uint32_t target = 0; target < 3; target++) {
        struct ptl_target_counts counts = {.target = target};
        assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
    }
    add(results, 0, 1, PTL_OPEN);
    add(results, 2, 1, PTL_OPEN);
    add(results, 2, 2, PTL_OPEN);
    check_walk(results, (const uint32_t[]){0, 1, 2}, 3, 0);
    ptl_results_free(results);
    results = ptl_results_new();
    check_walk(results, NULL, 0, 0); /* nothing at all */
    ptl_results_free(results);
}

/* Of more than 65,536 targets only those of interest were kept. */
static void those_of_interest(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    results->summary.targets = results->started = UINT32_MAX;
    static const uint32_t kept[] = {0, 7, 8, 1000000, UINT32_MAX - 1};
    for (size_t i = 0; i < 5; i++) {
        struct ptl_target_counts counts = {.target = kept[i]};
        assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
        add(results, kept[i], 80, PTL_OPEN);
    }
    check_walk(results, kept, 5, 0);
    ptl_results_free(results);
}

/* A run that stopped early: the targets that never started are all unprobed. */
static void those_that_never_started(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    results->summary.targets = 6;
    results->summary.probes = 60;
    results->started = 3;
    struct ptl_target_counts counts = {.target = 1, .states = {[PTL_OPEN] = 10}};
    assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
    add(results, 1, 80, PTL_OPEN);
    check_walk(results, (const uint32_t[]){1, 3, 4, 5}, 4, 10);
    results->started = 0;
    results->count = results->target_count = 0;
    check_walk(results, (const uint32_t[]){0, 1, 2, 3, 4, 5}, 6, 10);
    ptl_results_free(results);
}

static struct ptl_results *many(const char *const *inputs, size_t count, enum ptl_order order,
                                uint64_t started)
{
    struct ptl_named_block blocks[4] = {{.input = ""}};
    struct ptl_results *results = ptl_results_new();
    bool is_block;
    for (size_t i = 0; i < count; i++) {
        blocks[i].input = inputs[i];
        assert_int_equal(ptl_block_parse(inputs[i], &blocks[i].block, &is_block, NULL), PTL_OK);
    }
    assert_int_equal(ptl_targets_build(blocks, count, NULL, 0, &results->live, NULL), PTL_OK);
    results->summary.targets = ptl_targets_count(results->live);
    results->summary.probes = results->summary.states[PTL_UNPROBED] = results->summary.targets;
    results->started = started;
    results->run.order = order;
    results->run.seed = 7;
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    return results;
}

/* Beyond 65,536 they are counted, and told as ranges. */
static void many_that_never_started(void **state)
{
    (void)state;
    static const char *const inputs[] = {"10.2.0.0/16", "2001:2::/112", "10.1.0.0/16"};
    struct ptl_results *results = many(inputs, 3, PTL_ORDER_INTERLEAVED, 5);
    char text[PTL_BLOCK_SIZE];
    check_walk(results, NULL, 0, 0);
    assert_int_equal(results->untouched.count, 3 * 65536 - 5);
    assert_int_equal(results->untouched.range_count, 3);
    assert_string_equal(ptl_block_format(&results->untouched.ranges[0], text),
                        "10.1.0.0-10.1.255.255");
    assert_string_equal(ptl_block_format(&results->untouched.ranges[1], text),
                        "10.2.0.5-10.2.255.255");
    assert_string_equal(ptl_block_format(&results->untouched.ranges[2], text),
                        "2001:2::-2001:2::ffff");
    ptl_results_free(results);
    results = many((const char *const[]){"10.0.0.0/16"}, 1, PTL_ORDER_INTERLEAVED, 5);
    assert_int_equal(results->untouched.count, 0); /* few enough to be listed */
    ptl_results_free(results);
    results = many(inputs, 3, PTL_ORDER_INTERLEAVED, 3 * 65536);
    assert_int_equal(results->untouched.count, 0); /* a whole run */
    ptl_results_free(results);
}

/* In a random order they lie anywhere. None is missed, however many ranges that would take. */
static void many_that_never_started_at_random(void **state)
{
    (void)state;
    static const uint64_t started[] = {0, 1, 1000, 200000, 400000, 524287};
    for (size_t i = 0; i < sizeof(started) / sizeof(*started); i++) {
        struct ptl_results *results =
            many((const char *const[]){"10.0.0.0/13"}, 1, PTL_ORDER_RANDOM, started[i]);
        const struct ptl_untouched *untouched = &results->untouched;
        struct ptl_permute order;
        uint64_t covered = 0;
        ptl_permute_init(&order, 524288, 7);
        assert_int_equal(untouched->count, 524288 - started[i]);
        assert_in_range(untouched->range_count, 1, PTL_UNTOUCHED_LISTED);
        for (uint32_t target = 0; target < 524288; target++) {
            struct ptl_address address = {.low = 0x0A000000U + target, .family = 4};
            bool is_in = ptl_results_is_untouched(results, &address);
            covered += is_in;
            if (ptl_permute_inverse(&order, target) >= started[i])
                assert_true(is_in);
        }
        if (untouched->range_count < PTL_UNTOUCHED_LISTED / 2) /* nothing had to be joined */
            assert_int_equal(covered, untouched->count);
        ptl_results_free(results);
    }
}

/* With a random order the first to start are not the first by number. */
static void those_that_never_started_at_random(void **state)
{
    (void)state;
    struct ptl_results *results = ptl_results_new();
    results->summary.targets = 100;
    results->summary.probes = 200;
    results->started = 40;
    results->run.order = PTL_ORDER_RANDOM;
    results->run.seed = 5;
    struct ptl_permute order;
    ptl_permute_init(&order, 100, 5);
    bool has_started[100] = {false};
    for (uint64_t position = 0; position < 40; position++)
        has_started[ptl_permute_forward(&order, position)] = true;
    uint32_t left[60];
    size_t count = 0;
    for (uint32_t target = 0; target < 100; target++)
        if (!has_started[target])
            left[count++] = target;
    assert_int_equal(count, 60);
    check_walk(results, left, 60, 2);
    ptl_results_free(results);
}

static void names(void **state)
{
    (void)state;
    struct ptl_named_block blocks[] = {
        {.block = {{.low = 0x7F000001, .family = 4}, {.low = 0x7F000001, .family = 4}},
         .input = "web.example",
         .is_name = true},
        {.block = {{.low = 0x7F000100, .family = 4}, {.low = 0x7F0001FF, .family = 4}},
         .input = "127.0.1.0/24"}};
    struct ptl_results *results = ptl_results_new();
    assert_int_equal(ptl_targets_build(blocks, 2, NULL, 0, &results->live, NULL), PTL_OK);
    struct ptl_target_names found;
    ptl_results_names(results, 0, &found);
    assert_string_equal(found.input, "web.example");
    assert_string_equal(found.host, "web.example");
    assert_string_equal(found.ip, "127.0.0.1");
    ptl_results_names(results, 2, &found);
    assert_string_equal(found.input, "127.0.1.0/24");
    assert_string_equal(found.host, "127.0.1.1");
    assert_string_equal(found.ip, "127.0.1.1");
    /* Of an expectation: its target's, or the name alone of a host that did not resolve. */
    assert_int_equal(ptl_results_add_unresolved(results, "gone.example", "no such host"), PTL_OK);
    struct ptl_expectation expectation = {.target = 2};
    ptl_results_expectation_names(results, &expectation, &found);
    assert_string_equal(found.host, "127.0.1.1");
    expectation = (struct ptl_expectation){.target = 0, .is_unresolved = true};
    ptl_results_expectation_names(results, &expectation, &found);
    assert_string_equal(found.input, "gone.example");
    assert_string_equal(found.host, "gone.example");
    assert_string_equal(found.ip, "");
    ptl_results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealing_sorts),
        cmocka_unit_test(sealing_sums_up),
        cmocka_unit_test(warnings_are_told_once),
        cmocka_unit_test(warnings_beyond_the_limit_are_counted),
        cmocka_unit_test(open_ports_are_the_union),
        cmocka_unit_test(all_targets_one_by_one),
        cmocka_unit_test(those_of_interest),
        cmocka_unit_test(those_that_never_started),
        cmocka_unit_test(those_that_never_started_at_random),
        cmocka_unit_test(many_that_never_started),
        cmocka_unit_test(many_that_never_started_at_random),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
