/* Which variant is named, and why none is. */
#include "support/cmocka_all.h"

#include "compare/pace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 7

struct made {
    struct ptl_comparison comparison;
    struct ptl_compared_variant variants[6];
    struct ptl_compared_run runs[6][RUNS];
    char names[6][8];
};

/* Variants that found all ten ports in every run; times spread by 1 % around the median given. */
static void make(struct made *made, const double *medians, const uint32_t *permits, size_t count)
{
    memset(made, 0, sizeof(*made));
    made->comparison.variants = made->variants;
    made->comparison.variant_count = count;
    made->comparison.open_count = 10;
    made->comparison.repeat = RUNS;
    made->comparison.complete = true;
    for (size_t v = 0; v < count; v++) {
        struct ptl_compared_variant *variant = &made->variants[v];
        snprintf(made->names[v], sizeof(made->names[v]), "v%zu", v);
        variant->name = made->names[v];
        variant->is_baseline = v == 0;
        variant->effective_concurrency = permits[v];
        variant->workers = 2;
        variant->runs = made->runs[v];
        variant->run_count = RUNS;
        variant->elapsed_ms.median = medians[v];
        for (int i = 0; i < RUNS; i++)
            made->runs[v][i] = (struct ptl_compared_run){
                .elapsed_ms = medians[v] * (1 + 0.01 * (i - 3) / 3), .complete = true, .found = 10};
    }
}

/* Judges, and frees what the last judgement left; which variant is recommended, SIZE_MAX: none. */
static size_t recommend(struct made *made)
{
    struct ptl_comparison *comparison = &made->comparison;
    free(comparison->why);
    free(comparison->ties);
    comparison->why = NULL;
    comparison->ties = NULL;
    comparison->tie_count = 0;
    comparison->recommended = NULL;
    assert_int_equal(ptl_recommend(comparison, NULL), PTL_OK);
    assert_non_null(comparison->why);
    for (size_t v = 0; comparison->recommended != NULL && v < comparison->variant_count; v++)
        if (strcmp(comparison->recommended, comparison->variants[v].name) == 0)
            return v;
    assert_null(comparison->recommended);
    return SIZE_MAX;
}

static void says(struct made *made, const char *part)
{
    if (strstr(made->comparison.why, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", made->comparison.why, part);
}

static void done(struct made *made)
{
    free(made->comparison.why);
    free(made->comparison.ties);
}

static void the_cheapest_within_five_percent(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){200, 104, 100, 102}, (const uint32_t[]){1, 10, 100, 1000}, 4);
    assert_int_equal(recommend(&made), 1);
    assert_int_equal(made.comparison.tie_count, 3);
    says(&made, "ties in speed with 2 others and is the cheapest");
    done(&made);
    make(&made, (const double[]){200, 107, 100, 102}, (const uint32_t[]){1, 10, 100, 1000}, 4);
    assert_int_equal(recommend(&made), 2);
    assert_int_equal(made.comparison.tie_count, 2);
    done(&made);
    make(&made, (const double[]){200, 150, 100}, (const uint32_t[]){1, 10, 100}, 3);
    assert_int_equal(recommend(&made), 2);
    says(&made, "No other variant that found them all is as fast.");
    done(&made);
}

static void with_equal_permits_the_fewest_workers(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){100, 101, 102}, (const uint32_t[]){50, 50, 50}, 3);
    made.variants[2].workers = 1;
    assert_int_equal(recommend(&made), 2);
    says(&made, "All variants tie");
    made.variants[2].workers = 2;
    assert_int_equal(recommend(&made), 0); /* then the fastest */
    done(&made);
}

/* However fast it is. */
static void what_misses_ports_is_not_recommended(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){100, 50, 10}, (const uint32_t[]){1, 10, 100}, 3);
    made.runs[2][6].found = 9;
    made.runs[2][6].missed = 1;
    assert_int_equal(recommend(&made), 1);
    says(&made, "1 other did not find them all");
    done(&made);
}

static void only_what_is_sound_is_recommended(void **state)
{
    (void)state;
    struct made made;
    static char failure[] = "it fell over";
    for (int fault = 0; fault < 6; fault++) {
        static const char *const words[] = {"\"v0\" had probes that ended in error",
                                            "\"v0\" did not ask everything",
                                            "\"v0\" saw ports open that not every run did",
                                            "\"v0\" had a run that failed",
                                            "\"v0\" does not ask for all ports of the reference",
                                            "\"v0\" was not run"};
        make(&made, (const double[]){100, 200}, (const uint32_t[]){1, 10}, 2);
        assert_int_equal(recommend(&made), 0);
        struct ptl_compared_run *run = &made.runs[0][3];
        run->states[PTL_ERROR] = fault == 0;
        run->complete = fault != 1;
        run->extra = fault == 2;
        run->failure = fault == 3 ? failure : NULL;
        run->found = fault == 4 ? 9 : 10;
        if (fault == 5)
            made.variants[0].run_count = 0;
        assert_int_equal(recommend(&made), 1);
        made.runs[1][0].missed = 1;
        assert_true(recommend(&made) == SIZE_MAX);
        says(&made, words[fault]);
        says(&made, "\"v1\" missed open ports");
        assert_int_equal(made.comparison.tie_count, 0);
        done(&made);
    }
}

static void what_every_run_saw_is_no_fault(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){100, 200}, (const uint32_t[]){1, 10}, 2);
    made.comparison.reference = PTL_REFERENCE_EXPECT;
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < RUNS; i++)
            made.runs[v][i].extra = 2;
    assert_int_equal(recommend(&made), 0);
    made.runs[0][2].extra = 3;
    assert_int_equal(recommend(&made), 1);
    done(&made);
}

static void faults_are_told_once_with_a_few_names(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){1, 2, 3, 4, 5, 6}, (const uint32_t[]){1, 2, 3, 4, 5, 6}, 6);
    for (int v = 0; v < 6; v++)
        made.runs[v][0].missed = v != 1;
    made.runs[1][0].complete = false;
    made.comparison.flips_of_open = 1;
    assert_true(recommend(&made) == SIZE_MAX);
    says(&made,
         "\"v0\", \"v2\", \"v3\" and 2 more missed open ports; \"v1\" did not ask everything. "
         "1 open port did not look the same");
    done(&made);
}

static void without_open_ports_none(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){100, 100}, (const uint32_t[]){1, 10}, 2);
    made.comparison.open_count = 0;
    made.variants[1].verdict = PTL_PACE_SLOWER;
    assert_true(recommend(&made) == SIZE_MAX);
    says(&made, "no port was seen open twice");
    assert_null(strstr(made.comparison.why, "tie"));
    made.variants[1].verdict = PTL_PACE_TIE;
    made.comparison.reference = PTL_REFERENCE_EXPECT;
    assert_true(recommend(&made) == SIZE_MAX);
    says(&made, "the profiles expect no port to be open");
    says(&made, "The times of all variants tie.");
    done(&made);
}

static void too_few_runs_are_told(void **state)
{
    (void)state;
    struct made made;
    make(&made, (const double[]){200, 100}, (const uint32_t[]){1, 10}, 2);
    made.variants[0].run_count = made.variants[1].run_count = 3;
    assert_int_equal(recommend(&made), 1);
    says(&made, "So few runs cannot tell a difference from chance");
    made.comparison.stopped_by = 2;
    made.variants[0].run_count = 1;
    made.comparison.open_count = 0;
    assert_true(recommend(&made) == SIZE_MAX);
    says(&made, "stopped too early");
    done(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_within_five_percent),
        cmocka_unit_test(with_equal_permits_the_fewest_workers),
        cmocka_unit_test(what_misses_ports_is_not_recommended),
        cmocka_unit_test(only_what_is_sound_is_recommended),
        cmocka_unit_test(what_every_run_saw_is_no_fault),
        cmocka_unit_test(faults_are_told_once_with_a_few_names),
        cmocka_unit_test(without_open_ports_none),
        cmocka_unit_test(too_few_runs_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
