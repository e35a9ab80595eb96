#include "support/cmocka_all.h"

#include "base/statistics.h"

#include <math.h>
#include <stdlib.h>

#define near(a, b, by) assert_true(fabs((a) - (b)) <= (by))

/* DLMF 8.17: I_x(1, b) = 1 - (1 - x)^b, I_x(a, b) = 1 - I_(1-x)(b, a), and the binomial sum. */
static void the_beta_function_is_what_it_is(void **state)
{
    (void)state;
    near(ptl_beta_below(0.3, 1, 7), 1 - pow(0.7, 7), 1e-9);
    near(ptl_beta_below(0.3, 2.5, 4), 1 - ptl_beta_below(0.7, 4, 2.5), 1e-9);
    double sum = 0, chance = 0.2; /* P(Binomial(10, 0.2) >= 3) = I_0.2(3, 8) */
    const double choose[] = {1, 10, 45};
    for (int k = 0; k < 3; k++)
        sum += choose[k] * pow(chance, k) * pow(1 - chance, 10 - k);
    near(ptl_beta_below(chance, 3, 8), 1 - sum, 1e-9);
    near(ptl_beta_below(0.5, 50000, 50000), 0.5, 1e-9);
    near(ptl_beta_below(ptl_beta_quantile(0.025, 3, 65000), 3, 65000), 0.025, 1e-7);
    assert_true(ptl_beta_below(0, 2, 3) == 0 && ptl_beta_below(1, 2, 3) == 1);
}

/* The limits that every table of them has: 0, 1 and 10 of n, two-sided 95 %. */
static void shares_are_those_of_clopper_and_pearson(void **state)
{
    (void)state;
    near(ptl_share_at_most(0, 10, 0.025), 0.3085, 5e-5);
    near(ptl_share_at_most(1, 10, 0.025), 0.4450, 5e-5);
    near(ptl_share_at_least(1, 10, 0.025), 0.0025, 5e-5);
    near(ptl_share_at_most(10, 100, 0.025), 0.1762, 5e-5);
    near(ptl_share_at_least(10, 100, 0.025), 0.0490, 5e-5);
    near(ptl_share_at_most(0, 1000, 0.05), 1 - pow(0.05, 0.001), 1e-8); /* the rule of three */
    assert_true(ptl_share_at_most(0, 0, 0.05) == 1 && ptl_share_at_least(0, 9, 0.05) == 0);
    assert_true(ptl_share_at_most(4, 4, 0.05) == 1);
}

/* Zippin's example (Biometrics 12, 1956; J. Wildl. Manage. 22, 1958): 165, 101 and 54 were caught;
 * read off his charts, p is 0.42 and N is 400. */
static void what_is_left_is_what_zippin_found(void **state)
{
    (void)state;
    double mean = (101 + 2 * 54) / 320.0;
    double chance = ptl_removal_chance(mean, 3);
    near(1 - chance, 0.42, 0.005);
    near(320 / (1 - pow(chance, 3)), 400, 5);
    near(ptl_removal_mean(chance, 3), mean, 1e-7);
}

/* Of two tries the estimate has a closed form (Seber and Le Cren, J. Anim. Ecol. 36, 1967): the
 * chance is c2 / c1, N is c1^2 / (c1 - c2). */
static void two_tries_are_those_of_seber_and_le_cren(void **state)
{
    (void)state;
    double chance = ptl_removal_chance(49 / (184.0 + 49), 2);
    near(chance, 49 / 184.0, 1e-8);
    near((184 + 49) / (1 - chance * chance), 184.0 * 184 / (184 - 49), 1e-4);
}

/* Carle and Strub (Biometrics 34, 1978): 5, 7, 8 have no estimate of Zippin's. */
static void what_grows_has_no_estimate(void **state)
{
    (void)state;
    assert_true(ptl_removal_chance((7 + 2 * 8) / 20.0, 3) == 1);
    assert_true(ptl_removal_chance(0, 1) == 1);
    assert_true(ptl_removal_chance(0, 2) < 1e-9);
}

static void the_missed_are_the_largest_that_are_likely(void **state)
{
    (void)state;
    assert_int_equal(ptl_missed_at_most(1000, 0, 0.05), 0);
    assert_true(ptl_missed_at_most(3, 1, 0.05) == UINT64_MAX);
    /* None seen: m were missed with a chance of c^m. 0.5^4 = 0.0625 and 0.5^5 = 0.03125. */
    assert_int_equal(ptl_missed_at_most(0, 0.5, 0.05), 4);
    assert_int_equal(ptl_missed_at_most(10, 1e-6, 0.025), 0);
    for (double seen = 1; seen < 5000; seen *= 7) {
        uint64_t most = ptl_missed_at_most(seen, 0.3, 0.05);
        assert_true(ptl_beta_below(0.3, (double)most, seen + 1) >= 0.05 || most == 0);
        assert_true(ptl_beta_below(0.3, (double)most + 1, seen + 1) < 0.05);
    }
}

static double draw(void)
{
    static uint64_t seed = 42;
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(seed >> 11) / 9007199254740992.0;
}

/* Of 2,000 simulated samples each, a bound of 95 % holds in 93.5 % at least: three standard
 * deviations. */
static void bounds_hold_in_simulation(void **state)
{
    (void)state;
    const double chances[] = {0.001, 0.05, 0.3, 0.7};
    const int sizes[] = {5, 40, 300};
    for (size_t c = 0; c < 4; c++) {
        for (size_t s = 0; s < 3; s++) {
            int share_holds = 0, missed_holds = 0;
            for (int round = 0; round < 2000; round++) {
                int lost = 0;
                for (int i = 0; i < sizes[s]; i++)
                    lost += draw() < chances[c];
                double seen = sizes[s] - lost;
                share_holds += ptl_share_at_most(lost, sizes[s], 0.05) >= chances[c];
                missed_holds += ptl_missed_at_most(seen, chances[c], 0.05) >= (uint64_t)lost;
            }
            assert_true(share_holds >= 1870);
            assert_true(missed_holds >= 1870);
        }
    }
}

/* The integral of p^more over the beta distribution that what was seen leaves of p. */
static void all_are_lost_as_likely_as_succession_says(void **state)
{
    (void)state;
    near(ptl_chance_all_lost(0, 0, 1), 0.5, 1e-12);
    near(ptl_chance_all_lost(3, 8, 1), 0.4, 1e-12);
    double sum = 0, weight = 0, step = 1e-5;
    for (double p = step / 2; p < 1; p += step) {
        double seen = pow(p, 2) * pow(1 - p, 30);
        weight += seen;
        sum += seen * pow(p, 4);
    }
    near(ptl_chance_all_lost(2, 32, 4), sum / weight, 1e-9);
    assert_true(ptl_chance_all_lost(5, 9, 0) == 1);
    assert_true(ptl_chance_all_lost(0, 1e6, UINT64_MAX) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_beta_function_is_what_it_is),
        cmocka_unit_test(shares_are_those_of_clopper_and_pearson),
        cmocka_unit_test(what_is_left_is_what_zippin_found),
        cmocka_unit_test(two_tries_are_those_of_seber_and_le_cren),
        cmocka_unit_test(what_grows_has_no_estimate),
        cmocka_unit_test(the_missed_are_the_largest_that_are_likely),
        cmocka_unit_test(all_are_lost_as_likely_as_succession_says),
        cmocka_unit_test(bounds_hold_in_simulation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
