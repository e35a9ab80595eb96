#include "compare/stats.h"

#include <math.h>
#include <stdlib.h>

#define COVERAGE_WANTED 0.95

/* Of numbers, and of structs that begin with one. */
static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

double ptl_stats_median(double *values, size_t count)
{
    if (count == 0)
        return NAN;
    qsort(values, count, sizeof(*values), compare);
    size_t middle = count / 2;
    return count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/* P(fewer than k of n fall below the median) = sum over i < k of C(n, i) / 2^n, by logarithms. */
static double tail(size_t n, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)i + 1) - lgamma((double)(n - i) + 1) -
                   (double)n * log(2));
    return sum;
}

struct ptl_spread ptl_stats_interval(double *values, size_t count)
{
    struct ptl_spread interval = {NAN, NAN, NAN, NAN, NAN, 0};
    if (count == 0)
        return interval;
    interval.median = ptl_stats_median(values, count);
    interval.min = values[0];
    interval.max = values[count - 1];
    size_t k = 1; /* the interval is from the k-th to the k-th from the end */
    while (2 * (k + 1) <= count && 1 - 2 * tail(count, k + 1) >= COVERAGE_WANTED)
        k++;
    interval.low = values[k - 1];
    interval.high = values[count - k];
    interval.coverage = count == 1 ? 0 : 1 - 2 * tail(count, k);
    return interval;
}

uint32_t ptl_stats_rank(const uint32_t *sorted, size_t count, unsigned percent)
{
    if (count == 0)
        return 0;
    size_t nth = (count * percent + 99) / 100;
    return sorted[nth > 0 ? nth - 1 : 0];
}

/* ---- Mann-Whitney ---- */

struct ranked {
    double value;
    bool is_a;
    uint32_t rank2; /* twice the midrank: whole */
};

/* Gives everyone twice its midrank; *ties is the sum of t^3 - t over groups of t equals. */
static struct ranked *rank_all(const double *a, size_t a_count, const double *b, size_t b_count,
                               double *ties)
{
    size_t count = a_count + b_count;
    struct ranked *all = calloc(count, sizeof(*all));
    if (all == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        all[i] = (struct ranked){.value = i < a_count ? a[i] : b[i - a_count], .is_a = i < a_count};
    qsort(all, count, sizeof(*all), compare);
    *ties = 0;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && !(all[i].value < all[end].value);)
            end++;
        for (size_t j = i; j < end; j++)
            all[j].rank2 = (uint32_t)(i + 1 + end);
        double equal = (double)(end - i);
        *ties += equal * equal * equal - equal;
    }
    return all;
}

/*
 * ways[k][s]: in how many ways k of the ranks sum to s. Two-sided: the share of draws whose sum is
 * at least as far from the middle as the one seen.
 */
static double exact_p(const struct ranked *all, size_t count, size_t a_count, size_t seen)
{
    size_t most = 0;
    for (size_t i = 0; i < count; i++)
        most += all[i].rank2;
    size_t width = most + 1;
    double *ways = calloc((a_count + 1) * width, sizeof(*ways));
    if (ways == NULL)
        return NAN;
    ways[0] = 1;
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1 < a_count ? i + 1 : a_count; k > 0; k--)
            for (size_t s = all[i].rank2; s < width; s++)
                ways[k * width + s] += ways[(k - 1) * width + s - all[i].rank2];
    double total = 0, extreme = 0;
    double middle = (double)a_count * (double)(count + 1); /* twice the expected sum */
    double distance = fabs((double)seen - middle);
    for (size_t s = 0; s < width; s++) {
        double here = ways[a_count * width + s];
        total += here;
        if (fabs((double)s - middle) >= distance)
            extreme += here;
    }
    free(ways);
    return extreme / total;
}

static double normal_p(size_t a_count, size_t b_count, size_t seen, double ties)
{
    double n = (double)a_count, m = (double)b_count, both = n + m;
    double middle = n * (both + 1) / 2;
    double variance = n * m / 12 * (both + 1 - ties / (both * (both - 1)));
    if (variance <= 0)
        return 1;
    double distance = fabs((double)seen / 2 - middle) - 0.5;
    return distance <= 0 ? 1 : erfc(distance / sqrt(2 * variance));
}

double ptl_stats_mann_whitney(const double *a, size_t a_count, const double *b, size_t b_count)
{
    if (a_count == 0 || b_count == 0)
        return 1;
    double ties;
    struct ranked *all = rank_all(a, a_count, b, b_count, &ties);
    if (all == NULL)
        return NAN;
    size_t seen = 0;
    for (size_t i = 0; i < a_count + b_count; i++)
        seen += all[i].is_a ? all[i].rank2 : 0;
    double p = a_count <= PTL_EXACT_MAX && b_count <= PTL_EXACT_MAX
                   ? exact_p(all, a_count + b_count, a_count, seen)
                   : normal_p(a_count, b_count, seen, ties);
    free(all);
    return p;
}

double ptl_stats_least_p(size_t a_count, size_t b_count)
{
    if (a_count == 0 || b_count == 0)
        return 1;
    double draws = lgamma((double)(a_count + b_count) + 1) - lgamma((double)a_count + 1) -
                   lgamma((double)b_count + 1);
    double p = 2 * exp(-draws);
    return p < 1 ? p : 1;
}

/* ---- Holm ---- */

struct numbered {
    double p;
    size_t index;
};

bool ptl_stats_holm(double *p_values, size_t count)
{
    struct numbered *order = calloc(count + 1, sizeof(*order));
    if (order == NULL)
        return false;
    size_t tests = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(p_values[i]))
            order[tests++] = (struct numbered){p_values[i], i};
    qsort(order, tests, sizeof(*order), compare);
    double least = 0; /* a corrected p is never below the one before it */
    for (size_t i = 0; i < tests; i++) {
        double corrected = order[i].p * (double)(tests - i);
        least = corrected > least ? corrected : least;
        p_values[order[i].index] = least < 1 ? least : 1;
    }
    free(order);
    return true;
}
