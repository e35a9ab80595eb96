/* The verdict on synthetic studies: log-normal noise of 5 %, a fixed seed. */
#include "support/cmocka_all.h"

#include "compare/pace.h"

#include <math.h>
#include <stdio.h>

#define RUNS 7
#define STUDIES 1000
#define NOISE 0.05

static uint64_t state64;

/* splitmix64: the same numbers on every machine */
static double uniform(void)
{
    uint64_t z = (state64 += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double log_normal(double median)
{
    double normal = sqrt(-2 * log(uniform())) * cos(2 * M_PI * uniform());
    return median * exp(NOISE * normal);
}

/* In how many studies do variants 1 to `judged` all get this verdict against variant 0? */
static unsigned count_verdicts(const double *medians, size_t variants, size_t judged,
                               enum ptl_pace wanted)
{
    double values[8][RUNS], p_values[8];
    struct ptl_sample samples[8];
    enum ptl_pace verdicts[8];
    unsigned count = 0;
    state64 = 20260131;
    for (int study = 0; study < STUDIES; study++) {
        for (size_t v = 0; v < variants; v++) {
            samples[v] = (struct ptl_sample){values[v], RUNS};
            for (size_t i = 0; i < RUNS; i++)
                values[v][i] = log_normal(medians[v]);
        }
        assert_true(ptl_pace_judge(samples, variants, 0, verdicts, p_values));
        assert_int_equal(verdicts[0], PTL_PACE_BASELINE);
        bool all = true;
        for (size_t v = 1; v <= judged; v++)
            all = all && verdicts[v] == wanted;
        count += all;
    }
    printf("%u of %d\n", count, STUDIES);
    return count;
}

static void equal_variants_tie(void **state)
{
    (void)state;
    const double equal[] = {100, 100, 100, 100, 100, 100};
    assert_true(count_verdicts(equal, 2, 1, PTL_PACE_TIE) >= 98 * STUDIES / 100);
    assert_true(count_verdicts(equal, 6, 5, PTL_PACE_TIE) >= 98 * STUDIES / 100);
}

static void a_slower_variant_is_called_slower(void **state)
{
    (void)state;
    const double slower[] = {100, 120, 100, 100, 100, 100};
    assert_true(count_verdicts(slower, 2, 1, PTL_PACE_SLOWER) >= 95 * STUDIES / 100);
    assert_true(count_verdicts(slower, 6, 1, PTL_PACE_SLOWER) >= 95 * STUDIES / 100);
    const double faster[] = {120, 100, 120, 120, 120, 120};
    assert_true(count_verdicts(faster, 2, 1, PTL_PACE_FASTER) >= 95 * STUDIES / 100);
}

/* However sure it is that there is one. */
static void a_small_difference_is_a_tie(void **state)
{
    (void)state;
    double a[] = {100, 100.1, 100.2, 100.3, 100.4, 100.5, 100.6};
    double b[] = {104, 104.1, 104.2, 104.3, 104.4, 104.5, 104.6};
    double c[] = {106, 106.1, 106.2, 106.3, 106.4, 106.5, 106.6};
    struct ptl_sample samples[] = {{a, 7}, {b, 7}, {c, 7}};
    enum ptl_pace verdicts[3];
    double p_values[3];
    assert_true(ptl_pace_judge(samples, 3, 0, verdicts, p_values));
    assert_int_equal(verdicts[1], PTL_PACE_TIE);
    assert_true(p_values[1] < 0.01);
    assert_int_equal(verdicts[2], PTL_PACE_SLOWER);
}

static void few_runs_decide_nothing(void **state)
{
    (void)state;
    double a[] = {1, 2, 3, 4, 5}, b[] = {100, 200, 300, 400, 500};
    enum ptl_pace verdicts[4];
    double p_values[4];
    struct ptl_sample four[] = {{a, 4}, {b, 4}};
    assert_true(ptl_pace_judge(four, 2, 0, verdicts, p_values));
    assert_int_equal(verdicts[1], PTL_PACE_UNDECIDED);
    struct ptl_sample five[] = {{a, 5}, {b, 5}};
    assert_true(ptl_pace_judge(five, 2, 0, verdicts, p_values));
    assert_int_equal(verdicts[1], PTL_PACE_SLOWER);
    /* Three comparisons are more than five runs can carry. */
    struct ptl_sample three[] = {{a, 5}, {b, 5}, {b, 5}, {b, 5}};
    assert_true(ptl_pace_judge(three, 4, 0, verdicts, p_values));
    assert_int_equal(verdicts[1], PTL_PACE_UNDECIDED);
    struct ptl_sample none[] = {{a, 5}, {NULL, 0}};
    assert_true(ptl_pace_judge(none, 2, 0, verdicts, p_values));
    assert_int_equal(verdicts[1], PTL_PACE_UNDECIDED);
    assert_true(isnan(p_values[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_variants_tie),
        cmocka_unit_test(a_slower_variant_is_called_slower),
        cmocka_unit_test(a_small_difference_is_a_tie),
        cmocka_unit_test(few_runs_decide_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
