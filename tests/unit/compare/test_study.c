/* The rounds of a study and what is made of them, with runs that are made up. */
#include "unit/compare/helper.h"

#include "support/failing_malloc.h"

#include <math.h>
#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct made_port both[] = {{22, PTL_OPEN, false}, {80, PTL_OPEN, false}};
static const struct made_port one[] = {{22, PTL_OPEN, false}, {80, PTL_FILTERED, false}};

static void near(double found, double expected)
{
    if (fabs(found - expected) > 1e-9)
        fail_msg("%.12g is not %.12g", found, expected);
}

static void each_round_begins_one_further_on(void **state)
{
    (void)state;
    static const size_t expected[] = {0, 1, 2, 1, 2, 0, 2, 0, 1, 0, 1, 2};
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 3, "");
    for (size_t v = 0; v < 3; v++)
        for (unsigned round = 0; round < 4; round++)
            set_run(&made, v, round, 10.0 * (double)(v + 1) + round, both, 2);
    struct ptl_study_options options = {.repeat = 3, .warmup = 1};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_int_equal(made.log_count, COUNT(expected));
    assert_memory_equal(made.log, expected, sizeof(expected));
    assert_true(comparison->complete);
    for (size_t v = 0; v < 3; v++) {
        const struct ptl_compared_variant *variant = &comparison->variants[v];
        assert_int_equal(variant->run_count, 3);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(variant->runs[i].round, i + 1);
            /* the warm-up, round 0, is nowhere */
            near(variant->runs[i].elapsed_ms, 10.0 * (double)(v + 1) + i + 1);
        }
        near(variant->elapsed_ms.median, 10.0 * (double)(v + 1) + 2);
    }
    assert_int_equal(comparison->variants[1].runs[0].order, 1);
    assert_int_equal(comparison->variants[0].runs[0].order, 3);
    assert_int_equal(comparison->variants[1].runs[2].order, 8);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

/* Seen twice, or once and confirmed: then it is in the union. */
static void the_union_is_of_ports_seen_open_more_than_once(void **state)
{
    (void)state;
    static const struct made_port a[] = {
        {22, PTL_OPEN, false}, {80, PTL_OPEN, false}, {90, PTL_OPEN, true}};
    static const struct made_port b[] = {{22, PTL_OPEN, false}, {80, PTL_OPEN, false}};
    static const struct made_port c[] = {{22, PTL_OPEN, false}, {99, PTL_OPEN, false}};
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "");
    set_run(&made, 0, 0, 10, a, COUNT(a));
    set_run(&made, 0, 1, 10, b, COUNT(b));
    set_run(&made, 1, 0, 10, c, COUNT(c));
    set_run(&made, 1, 1, 10, c, 1);
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_int_equal(comparison->reference, PTL_REFERENCE_UNION);
    assert_int_equal(comparison->open_count, 3);
    assert_int_equal(comparison->open[0].port, 22);
    assert_int_equal(comparison->open[1].port, 80);
    assert_int_equal(comparison->open[2].port, 90);
    const struct ptl_compared_run *run = &comparison->variants[1].runs[0];
    assert_int_equal(run->found, 1);
    assert_int_equal(run->missed, 2);
    assert_int_equal(run->extra, 1);
    near(run->recall, 1.0 / 3);
    near(run->precision, 0.5);
    near(comparison->variants[0].found, 2.5);
    near(comparison->variants[0].recall, 5.0 / 6);
    near(comparison->variants[0].agreement, 2.0 / 3);
    near(comparison->variants[1].agreement, 0.5);
    near(comparison->variants[1].precision, 2.0 / 3);
    /* its times: 22 and 99 in the first run, 22 in the second */
    assert_int_equal(comparison->variants[1].rtt.count, 3);
    assert_int_equal(comparison->variants[1].rtt.p50, 22);
    assert_int_equal(comparison->variants[1].rtt.max, 99);
    assert_int_equal(comparison->variants[1].connect.min, 122);
    assert_int_equal(comparison->variants[1].connect.bins[10], 2); /* from 100 to 158 us */
    assert_int_equal(comparison->variants[1].connect.bins[11], 1);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

/* What runs say of themselves stands beside what was measured: of a variant, by the least sure. */
static void runs_say_what_they_may_have_missed(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 3, "");
    for (size_t v = 0; v < 3; v++)
        for (unsigned round = 0; round < 2; round++)
            set_run(&made, v, round, 10, both, 2);
    made.runs[0][0].recall_at_least = 0.75;
    made.runs[0][1].recall_at_least = 0.5;
    made.runs[1][0].recall_at_least = 1;
    made.runs[2][1].failure = "it died";
    made.runs[2][0].recall_at_least = 0.25;
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_true(comparison->variants[0].runs[1].estimate.known);
    near(comparison->variants[0].runs[1].estimate.recall_at_least, 0.5);
    near(comparison->variants[0].recall_at_least, 0.5);
    near(comparison->variants[0].missed_open, 1);
    assert_false(comparison->variants[1].runs[1].estimate.known);
    assert_int_equal(comparison->variants[1].runs[1].estimate.basis, PTL_BASIS_NO_EVIDENCE);
    assert_true(isnan(comparison->variants[1].recall_at_least));
    assert_true(isnan(comparison->variants[1].missed_open));
    near(comparison->variants[2].recall_at_least, 0.25);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static void what_is_expected_is_the_reference(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "expect:\n  - {hosts: 127.0.0.1, only: '80,81'}\n");
    for (size_t v = 0; v < 2; v++)
        set_run(&made, v, 0, 10, both, 2);
    struct ptl_study_options options = {.repeat = 1};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_int_equal(comparison->reference, PTL_REFERENCE_EXPECT);
    assert_int_equal(comparison->open_count, 2);
    const struct ptl_compared_run *run = &comparison->variants[0].runs[0];
    assert_int_equal(run->found, 1);
    assert_int_equal(run->missed, 1);
    assert_int_equal(run->extra, 1);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static void flips_are_named_with_what_was_seen(void **state)
{
    (void)state;
    static const struct made_port quiet[] = {{22, PTL_OPEN, false}, {50, PTL_FILTERED, false}};
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "");
    set_run(&made, 0, 0, 10, both, 2);
    set_run(&made, 0, 1, 10, both, 2);
    set_run(&made, 1, 0, 10, one, 2);
    set_run(&made, 1, 1, 10, quiet, 2);
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_int_equal(comparison->flips_total, 2);
    assert_int_equal(comparison->flips_of_open, 1);
    assert_int_equal(comparison->flip_count, 2);
    const struct ptl_flip *flip = &comparison->flips[0];
    assert_int_equal(flip->at.port, 80);
    assert_string_equal(flip->host, "this host");
    assert_true(flip->in_reference);
    assert_int_equal(flip->seen[PTL_OPEN], 2);
    assert_int_equal(flip->seen[PTL_FILTERED], 1);
    assert_int_equal(flip->seen[PTL_CLOSED], 1);
    assert_int_equal(flip->variant_count, 1);
    assert_string_equal(flip->variants[0], comparison->variants[1].name);
    flip = &comparison->flips[1];
    assert_int_equal(flip->at.port, 50);
    assert_false(flip->in_reference);
    assert_int_equal(flip->seen[PTL_CLOSED], 3);
    assert_int_equal(flip->seen[PTL_FILTERED], 1);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

/* A port that a run never asked for is neither closed nor missed because of that. */
static void what_was_not_asked_is_no_flip(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "");
    set_run(&made, 0, 0, 10, both, 2);
    set_run(&made, 0, 1, 10, both, 2);
    set_run(&made, 1, 0, 10, both, 1);
    set_run(&made, 1, 1, 10, both, 2);
    made.runs[1][0].partial = true;
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_int_equal(comparison->flips_total, 0);
    assert_false(comparison->variants[1].runs[0].complete);
    assert_string_equal(comparison->recommended, comparison->variants[0].name);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static void speed_up_is_round_by_round(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "");
    for (unsigned round = 0; round < 7; round++) { /* a machine that slows down */
        set_run(&made, 0, round, 50.0 * (round + 1), both, 2);
        set_run(&made, 1, round, 100.0 * (round + 1), both, 2);
    }
    struct ptl_study_options options = {.repeat = 7, .baseline = 1};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    near(comparison->variants[0].speedup.median, 2);
    near(comparison->variants[0].speedup.low, 2);
    near(comparison->variants[0].speedup.high, 2);
    near(comparison->variants[1].speedup.median, 1);
    assert_true(comparison->variants[1].is_baseline);
    assert_int_equal(comparison->variants[1].verdict, PTL_PACE_BASELINE);
    near(comparison->variants[0].elapsed_ms.coverage, 0.984375);
    near(comparison->variants[0].probes_per_second, 100 / 200.0 * 1000);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static void a_failed_run_counts_for_nothing_and_is_told(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    make_variants(&made, 2, "");
    for (size_t v = 0; v < 2; v++)
        for (unsigned round = 0; round < 2; round++)
            set_run(&made, v, round, 10 + round, both, 2);
    made.runs[1][0].failure = "it fell over";
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
    assert_non_null(comparison);
    assert_false(comparison->complete);
    assert_int_equal(comparison->stopped_by, 0);
    assert_string_equal(comparison->variants[1].runs[0].failure, "it fell over");
    near(comparison->variants[1].elapsed_ms.median, 11);
    near(comparison->variants[1].recall, 1);
    assert_true(isnan(comparison->variants[1].agreement)); /* of one run */
    assert_int_equal(comparison->flips_total, 0);
    assert_string_equal(comparison->recommended, comparison->variants[0].name);
    assert_int_equal(comparison->warning_count, 1);
    assert_string_equal(comparison->warnings[0], "v1: a run failed: it fell over");
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static void a_cancelled_study_keeps_what_it_has(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    struct ptl_cancel cancel;
    for (size_t stop = 1; stop < 6; stop++) {
        make_variants(&made, 2, "");
        for (size_t v = 0; v < 2; v++)
            for (unsigned round = 0; round < 3; round++)
                set_run(&made, v, round, 10, both, 2);
        assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
        made.cancel = &cancel;
        made.stop_after = stop;
        struct ptl_study_options options = {.repeat = 3};
        struct ptl_comparison *comparison = compare_made(&made, &options, NULL, &status);
        assert_non_null(comparison);
        assert_false(comparison->complete);
        assert_int_equal(comparison->stopped_by, 2);
        assert_int_equal(comparison->variants[0].run_count + comparison->variants[1].run_count,
                         stop);
        ptl_comparison_free(comparison);
        ptl_variants_free(&made.variants);
        ptl_cancel_free(&cancel);
    }
}

struct seen_ticks {
    unsigned count, warmups;
    uint64_t first_left, later_left_known;
};

static void note_tick(void *context, const struct ptl_study_progress *progress)
{
    struct seen_ticks *seen = context;
    assert_int_equal(progress->runs, 6);
    assert_int_equal(progress->done, seen->count);
    assert_int_equal(progress->probes, 100);
    assert_int_equal(progress->probes_done, 50);
    if (seen->count == 0)
        seen->first_left = progress->left_ms;
    else
        seen->later_left_known += progress->left_ms != UINT64_MAX;
    seen->warmups += progress->is_warmup;
    seen->count++;
}

static void progress_is_over_the_whole_study(void **state)
{
    (void)state;
    struct made_study made;
    enum ptl_status status;
    struct seen_ticks seen = {.count = 0};
    make_variants(&made, 2, "");
    for (size_t v = 0; v < 2; v++)
        for (unsigned round = 0; round < 3; round++)
            set_run(&made, v, round, 10, both, 2);
    struct ptl_study_options options = {.repeat = 2, .warmup = 1};
    struct ptl_study_hooks hooks = {.context = &seen, .tick_ms = 100, .tick = note_tick};
    struct ptl_comparison *comparison = compare_made(&made, &options, &hooks, &status);
    assert_non_null(comparison);
    assert_int_equal(seen.count, 6);
    assert_int_equal(seen.warmups, 2);
    assert_true(seen.first_left == UINT64_MAX); /* of nothing nobody can say how long it takes */
    assert_int_equal(seen.later_left_known, 5);
    ptl_comparison_free(comparison);
    ptl_variants_free(&made.variants);
}

static bool compare_again(void *context)
{
    struct made_study *made = context;
    enum ptl_status status;
    struct ptl_study_options options = {.repeat = 2};
    struct ptl_comparison *comparison = compare_made(made, &options, NULL, &status);
    if (comparison == NULL) {
        assert_int_equal(status, PTL_E_NO_MEMORY);
        return false;
    }
    struct ptl_buf json, csv, text;
    ptl_buf_init(&json, PTL_COMPARISON_MAX);
    ptl_buf_init(&csv, PTL_COMPARISON_MAX);
    ptl_buf_init(&text, PTL_COMPARISON_MAX);
    ptl_comparison_json(comparison, &json);
    ptl_comparison_csv(comparison, &csv);
    ptl_comparison_text(comparison, &text);
    bool good = !json.failed && !csv.failed && !text.failed;
    ptl_buf_free(&json);
    ptl_buf_free(&csv);
    ptl_buf_free(&text);
    ptl_comparison_free(comparison);
    return good;
}

/* No number is lost in silence, and no output either. */
static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    struct made_study made;
    make_variants(&made, 2, "expect:\n  - {hosts: 127.0.0.1, open: '80'}\n");
    for (size_t v = 0; v < 2; v++)
        for (unsigned round = 0; round < 2; round++)
            set_run(&made, v, round, 10, v == 0 ? both : one, 2);
    fail_each(compare_again, &made);
    ptl_variants_free(&made.variants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_round_begins_one_further_on),
        cmocka_unit_test(the_union_is_of_ports_seen_open_more_than_once),
        cmocka_unit_test(runs_say_what_they_may_have_missed),
        cmocka_unit_test(what_is_expected_is_the_reference),
        cmocka_unit_test(flips_are_named_with_what_was_seen),
        cmocka_unit_test(what_was_not_asked_is_no_flip),
        cmocka_unit_test(speed_up_is_round_by_round),
        cmocka_unit_test(a_failed_run_counts_for_nothing_and_is_told),
        cmocka_unit_test(a_cancelled_study_keeps_what_it_has),
        cmocka_unit_test(progress_is_over_the_whole_study),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
