#include "support/cmocka_all.h"

#include "compare/stats.h"

#include <math.h>
#include <string.h>

static void near(double found, double expected)
{
    if (fabs(found - expected) > 1e-9 * fmax(1, fabs(expected)))
        fail_msg("%.12g is not %.12g", found, expected);
}

static void medians(void **state)
{
    (void)state;
    double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, one[] = {7};
    near(ptl_stats_median(odd, 3), 2);
    near(ptl_stats_median(even, 4), 2.5);
    near(ptl_stats_median(one, 1), 7);
    assert_true(isnan(ptl_stats_median(one, 0)));
}

/* The coverages are those of the binomial tables: 1 - 2 * P(X < k), X ~ B(n, 1/2). */
static void intervals_give_their_true_coverage(void **state)
{
    (void)state;
    static const struct {
        size_t count, rank;
        double coverage;
    } rows[] = {{1, 1, 0},
                {2, 1, 0.5},
                {3, 1, 0.75},
                {5, 1, 0.9375},
                {6, 1, 0.96875},
                {7, 1, 0.984375},
                {8, 1, 0.9921875},
                {9, 2, 0.9609375},
                {10, 2, 0.978515625},
                {15, 4, 0.96484375},
                {20, 6, 0.958610534667969}};
    for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
        double values[20];
        for (size_t i = 0; i < rows[r].count; i++)
            values[i] = (double)((i * 7 + 3) % rows[r].count + 1); /* 1 to count, mixed */
        if (rows[r].count == 7) /* where 7 divides nothing into a permutation */
            for (size_t i = 0; i < 7; i++)
                values[i] = (double)(7 - i);
        struct ptl_spread found = ptl_stats_interval(values, rows[r].count);
        near(found.low, (double)rows[r].rank);
        near(found.high, (double)(rows[r].count + 1 - rows[r].rank));
        near(found.coverage, rows[r].coverage);
        near(found.min, 1);
        near(found.max, (double)rows[r].count);
        near(found.median, ((double)rows[r].count + 1) / 2);
    }
}

static void an_empty_sample_has_no_interval(void **state)
{
    (void)state;
    struct ptl_spread found = ptl_stats_interval(NULL, 0);
    assert_true(isnan(found.median) && isnan(found.low) && isnan(found.max));
    near(found.coverage, 0);
}

static void large_samples_do_not_overflow(void **state)
{
    (void)state;
    double values[1000];
    for (size_t i = 0; i < 1000; i++)
        values[i] = (double)i;
    struct ptl_spread found = ptl_stats_interval(values, 1000);
    assert_true(found.coverage >= 0.95 && found.coverage < 0.96);
    assert_true(found.low > 460 && found.high < 540);
}

static void ranks(void **state)
{
    (void)state;
    const uint32_t sorted[] = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
    assert_int_equal(ptl_stats_rank(sorted, 10, 50), 50);
    assert_int_equal(ptl_stats_rank(sorted, 10, 90), 90);
    assert_int_equal(ptl_stats_rank(sorted, 10, 99), 100);
    assert_int_equal(ptl_stats_rank(sorted, 1, 50), 10);
    assert_int_equal(ptl_stats_rank(sorted, 0, 50), 0);
}

/* All C(n+m, n) ways to choose which values are a's, and how far each rank sum is off. */
static double brute_force(const double *a, size_t n, const double *b, size_t m)
{
    double all[16], seen = 0, total = 0, extreme = 0;
    double ranks_of[16], middle = (double)n * (double)(n + m + 1) / 2;
    memcpy(all, a, n * sizeof(*a));
    memcpy(all + n, b, m * sizeof(*b));
    for (size_t i = 0; i < n + m; i++) {
        double below = 0, equal = 0;
        for (size_t j = 0; j < n + m; j++) {
            below += all[j] < all[i];
            equal += all[j] <= all[i] && all[j] >= all[i];
        }
        ranks_of[i] = below + (equal + 1) / 2;
        seen += i < n ? ranks_of[i] : 0;
    }
    for (unsigned mask = 0; mask < 1U << (n + m); mask++) {
        if ((size_t)__builtin_popcount(mask) != n)
            continue;
        double sum = 0;
        for (size_t i = 0; i < n + m; i++)
            sum += mask >> i & 1U ? ranks_of[i] : 0;
        total++;
        extreme += fabs(sum - middle) >= fabs(seen - middle) - 1e-9;
    }
    return extreme / total;
}

static void the_exact_test_is_that_of_all_permutations(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 200; round++) {
        double a[7], b[7];
        size_t n = 2 + (size_t)round % 6, m = 2 + (size_t)round / 6 % 6;
        for (size_t i = 0; i < 7; i++) {
            seed = seed * 1664525U + 1013904223U;
            a[i] = seed >> 28; /* few values: ties */
            seed = seed * 1664525U + 1013904223U;
            b[i] = (seed >> 28) + (round % 3 == 0 ? 6 : 0);
        }
        near(ptl_stats_mann_whitney(a, n, b, m), brute_force(a, n, b, m));
    }
}

static void known_values_of_the_test(void **state)
{
    (void)state;
    const double low[] = {1, 2, 3, 4, 5, 6, 7}, high[] = {8, 9, 10, 11, 12, 13, 14};
    near(ptl_stats_mann_whitney(low, 7, high, 7), 2.0 / 3432);
    near(ptl_stats_mann_whitney(high, 7, low, 7), 2.0 / 3432);
    near(ptl_stats_least_p(7, 7), 2.0 / 3432);
    near(ptl_stats_mann_whitney(low, 5, high, 5), 2.0 / 252);
    near(ptl_stats_mann_whitney(low, 7, low, 7), 1);
    near(ptl_stats_mann_whitney(low, 0, high, 7), 1);
    near(ptl_stats_least_p(1, 1), 1);
}

/* Just beyond where it is exact the approximation must say about the same. */
static void the_approximation_joins_the_exact_test(void **state)
{
    (void)state;
    double a[PTL_EXACT_MAX + 1], b[PTL_EXACT_MAX + 1];
    for (size_t i = 0; i <= PTL_EXACT_MAX; i++) {
        a[i] = (double)i;
        b[i] = (double)i + 9.5;
    }
    double exact = ptl_stats_mann_whitney(a, PTL_EXACT_MAX, b, PTL_EXACT_MAX);
    double normal = ptl_stats_mann_whitney(a, PTL_EXACT_MAX + 1, b, PTL_EXACT_MAX + 1);
    assert_true(exact > 1e-5 && exact < 0.01);
    assert_true(normal > exact / 3 && normal < exact * 3);
    for (size_t i = 0; i <= PTL_EXACT_MAX; i++)
        b[i] = a[i] = 1;
    near(ptl_stats_mann_whitney(a, PTL_EXACT_MAX + 1, b, PTL_EXACT_MAX + 1), 1);
}

static void holm(void **state)
{
    (void)state;
    double p[] = {0.01, NAN, 0.04, 0.03, 0.005};
    assert_true(ptl_stats_holm(p, 5));
    near(p[4], 0.02);
    near(p[0], 0.03);
    near(p[3], 0.06);
    near(p[2], 0.06); /* never below the one before */
    assert_true(isnan(p[1]));
    double large[] = {0.9, 0.8};
    assert_true(ptl_stats_holm(large, 2));
    near(large[0], 1);
    near(large[1], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(medians),
        cmocka_unit_test(intervals_give_their_true_coverage),
        cmocka_unit_test(an_empty_sample_has_no_interval),
        cmocka_unit_test(large_samples_do_not_overflow),
        cmocka_unit_test(ranks),
        cmocka_unit_test(the_exact_test_is_that_of_all_permutations),
        cmocka_unit_test(known_values_of_the_test),
        cmocka_unit_test(the_approximation_joins_the_exact_test),
        cmocka_unit_test(holm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
