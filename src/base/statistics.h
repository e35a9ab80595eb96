/*
 * What losses that were seen say of those that were not. Pure functions; any thread. Counts are
 * doubles, so that a sample that is worth less than its size (bursts) can be given as what it is
 * worth. `risk` is the chance that the truth lies beyond the bound.
 *
 * Sources: Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case
 * of the binomial", Biometrika 26 (1934): a share is bounded by a quantile of the beta
 * distribution. Moran, "A mathematical theory of animal trapping", Biometrika 38 (1951), and
 * Zippin, "An evaluation of the removal method of estimating animal populations", Biometrics 12
 * (1956): what is left, from how many were caught at the first, the second, the k-th try. The
 * incomplete beta function: DLMF 8.17.22.
 */
#ifndef BASE_STATISTICS_H
#define BASE_STATISTICS_H

#include <stdint.h>

/* The regularised incomplete beta function I_x(a, b): how likely a beta variable is below x. */
double ptl_beta_below(double x, double a, double b);
/* The x below which it is with that chance. */
double ptl_beta_quantile(double chance, double a, double b);

/* So many of `asked` were lost: their share is at most, and at least, that (Clopper-Pearson). The
 * same bound holds where one asked until `asked - lost` had answered. 1 and 0: nothing was asked.
 */
double ptl_share_at_most(double lost, double asked, double risk);
double ptl_share_at_least(double lost, double asked, double risk);

/* How many tries are lost on average before the one that succeeds, of those that succeed within
 * `tries`, where each is lost with that chance: at most (tries - 1) / 2. */
double ptl_removal_mean(double chance, unsigned tries);
/* The other way: Zippin's estimate of the chance. 1: what was seen does not bound it. */
double ptl_removal_chance(double mean, unsigned tries);

/* `seen` were, and each was missed with that chance: how many were missed, at most. Such is the
 * largest m with P(Binomial(seen + m, 1 - chance) <= seen) >= risk. UINT64_MAX: no bound. */
uint64_t ptl_missed_at_most(double seen, double chance, double risk);

/* Of `asked` that answer `lost` were lost, each with the same chance, of which no more is known:
 * how likely the next `more` are lost all of them (Laplace's rule of succession, as often). */
double ptl_chance_all_lost(double lost, double asked, uint64_t more);

#endif
