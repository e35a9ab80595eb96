/* The chance that an attempt is lost, as the evidence has it: half of an estimate. Pure; any
 * thread. */
#ifndef RESULTS_LOSS_H
#define RESULTS_LOSS_H

#include "results/estimate.h"

/* Half of what may go wrong is for the chance of a loss, half for how many ports it befell. */
#define PTL_RISK ((1 - PTL_ESTIMATE_LEVEL) / 2)
#define PTL_NORMAL 1.96 /* the normal quantile of that */

struct ptl_loss {
    double expected, at_most;
    double alike; /* how alike losses of one time are: 0 as chance has it, 1 all or none */
    enum ptl_basis basis;
    bool worse;      /* than what is known of the others */
    bool open_apart; /* open ports lose more than others */
};

/* Of ports of which silent ones had so many attempts. `others`: what is known of the run as a
 * whole, for a target that tells too little by itself; NULL: nothing. PTL_BASIS_NO_EVIDENCE:
 * nothing is known, and anything may be lost. */
struct ptl_loss ptl_loss_of(const struct ptl_evidence *evidence, const struct ptl_evidence *others,
                            unsigned tries);

#endif
