#include "base/statistics.h"

#include <math.h>

#define TINY 1e-300
#define PRECISION 1e-9
#define ROUNDS 20000 /* of the continued fraction; it takes about the root of the larger count */
#define HALVINGS 100
#define MISSED_MOST 1e15

/* DLMF 8.17.22, by Lentz's algorithm. */
static double fraction(double x, double a, double b)
{
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < TINY ? TINY : d);
    double value = d;
    for (int m = 1; m < ROUNDS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = fabs(c) < TINY ? TINY : c;
        value *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < TINY ? TINY : d);
        c = fabs(c) < TINY ? TINY : c;
        value *= d * c;
        if (fabs(d * c - 1) < PRECISION)
            break;
    }
    return value;
}

/* lgamma() writes to a global variable. */
static double log_gamma(double value)
{
    int sign;
    return lgamma_r(value, &sign);
}

double ptl_beta_below(double x, double a, double b)
{
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(x, a, b) / a;
    return 1 - front * fraction(1 - x, b, a) / b;
}

double ptl_beta_quantile(double chance, double a, double b)
{
    double low = 0, high = 1;
    for (int i = 0; i < HALVINGS && high - low > PRECISION * high; i++) {
        double middle = (low + high) / 2;
        if (ptl_beta_below(middle, a, b) < chance)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

double ptl_share_at_most(double lost, double asked, double risk)
{
    return lost >= asked ? 1 : ptl_beta_quantile(1 - risk, lost + 1, asked - lost);
}

double ptl_share_at_least(double lost, double asked, double risk)
{
    return lost <= 0 ? 0 : ptl_beta_quantile(risk, lost, asked - lost + 1);
}

double ptl_removal_mean(double chance, unsigned tries)
{
    double sum = 0, weight = 0, power = 1;
    for (unsigned i = 0; i < tries; i++, power *= chance) {
        sum += i * power;
        weight += power;
    }
    return sum / weight;
}

double ptl_removal_chance(double mean, unsigned tries)
{
    double low = 0, high = 1;
    if (mean >= (tries - 1) / 2.0)
        return 1;
    for (int i = 0; i < HALVINGS && high - low > PRECISION * high; i++) {
        double middle = (low + high) / 2;
        if (ptl_removal_mean(middle, tries) < mean)
            low = middle;
        else
            high = middle;
    }
    return low;
}

uint64_t ptl_missed_at_most(double seen, double chance, double risk)
{
    double low = 0, high = 1;
    if (chance <= 0)
        return 0;
    if (chance >= 1)
        return UINT64_MAX;
    for (; high < MISSED_MOST && ptl_beta_below(chance, high, seen + 1) >= risk; high *= 2)
        low = high;
    while (high - low > 1) {
        double middle = floor((low + high) / 2);
        if (ptl_beta_below(chance, middle, seen + 1) >= risk)
            low = middle;
        else
            high = middle;
    }
    return (uint64_t)low;
}

double ptl_chance_all_lost(double lost, double asked, uint64_t more)
{
    double chance = 1;
    for (uint64_t i = 0; i < more && chance > 0; i++)
        chance *= (lost + 1 + (double)i) / (asked + 2 + (double)i);
    return chance;
}
