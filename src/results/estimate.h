/*
 * How many open ports a run may have missed, from its evidence alone, so that a results file that
 * is read back, merged or converted tells the same. docs/estimates.md explains it. Pure; any
 * thread.
 */
#ifndef RESULTS_ESTIMATE_H
#define RESULTS_ESTIMATE_H

#include "base/evidence.h"

struct ptl_results;
struct ptl_target_counts;

#define PTL_ESTIMATE_LEVEL 0.95
/* Where a port that answers may have been missed with that chance, silence proves little. */
#define PTL_ESTIMATE_DOUBT 0.1

/* What an estimate rests on; or why there is none. */
enum ptl_basis {
    PTL_BASIS_ANSWERED, /* no port is silent: there is nothing to miss */
    PTL_BASIS_RETRIES,
    PTL_BASIS_SENTINELS,
    PTL_BASIS_BOTH,
    PTL_BASIS_NO_ANSWER,   /* from here on: none. Nothing ever answered */
    PTL_BASIS_NO_EVIDENCE, /* one attempt a port, and no sentinel */
    PTL_BASIS_LATE,        /* answers came later than was waited for, and how late tells nothing */
    PTL_BASIS_NOT_RECORDED /* a file of an older version */
};
#define PTL_BASIS_COUNT 8
extern const char *const ptl_basis_names[PTL_BASIS_COUNT];

struct ptl_estimate {
    enum ptl_basis basis;
    bool known;              /* false: nothing below means anything */
    double missed;           /* open ports among the silent, as expected */
    uint64_t missed_at_most; /* at the level above, as what follows */
    double recall_at_least;
    bool worse;     /* the target lost more than the run as a whole, and not by chance */
    uint64_t poor;  /* of a run: targets whose bound is poor */
    uint64_t below; /* of a run: targets whose recall is not known to be as high as was asked for */
    double doubt;   /* the chance that a port which answers was missed, at most */
};

/* Of one target, or of all the ports of a run as if they were one target's. `others`: what is known
 * of the run as a whole, for a target that tells too little by itself; NULL: nothing. */
struct ptl_estimate ptl_estimate_of(const struct ptl_evidence *evidence,
                                    const struct ptl_evidence *others);
/* Nothing is known of what was missed, though there was something to miss. */
bool ptl_estimate_is_unknown(const struct ptl_estimate *estimate);
/* Something may well have been missed: more than an open port, each with a chance that counts. */
bool ptl_estimate_is_poor(const struct ptl_estimate *estimate);
/* May a port of that target that is silent well have been missed? Of one that tells nothing by
 * itself (it is not listed, or never answered), the run as a whole says. Of results that are
 * sealed. */
bool ptl_estimate_is_poor_at(const struct ptl_results *results, uint32_t target);
/* Of results that are sealed. */
struct ptl_estimate ptl_estimate_target(const struct ptl_results *results,
                                        const struct ptl_target_counts *counts);
/* Of the target of that number; one that is not listed has none. */
struct ptl_estimate ptl_estimate_find(const struct ptl_results *results, uint32_t target);
struct ptl_estimate ptl_estimate_run(const struct ptl_results *results);

#endif
