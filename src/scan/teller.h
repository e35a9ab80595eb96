/*
 * Tells what a run finds, and how far it is, while it lasts: on a thread of its own, for what it
 * calls may wait for whoever reads. Nothing that has to happen in time waits for it.
 */
#ifndef SCAN_TELLER_H
#define SCAN_TELLER_H

#include "base/cancel.h"
#include "base/error.h"
#include "results/live.h"
#include "results/results.h"
#include "scan/permits.h"
#include "scan/plan.h"
#include "scan/run.h"

#include <pthread.h>

/* What it is given outlives it; the rest is zero. */
struct ptl_teller {
    const struct ptl_run_hooks *hooks; /* NULL: there is nothing to tell */
    const struct ptl_results *results;
    struct ptl_plan *plan; /* stopped, once nobody wants to be told */
    const struct ptl_permits *permits;
    const struct ptl_journal *journal; /* NULL: none */

    struct ptl_live live;
    pthread_t id;
    struct ptl_cancel over; /* so that its rests end */
    bool told_trouble;
    bool started;
};

/* Begins to tell, if there is anyone to tell. Errors: PTL_E_SYSTEM: no thread, no descriptor. */
enum ptl_status ptl_teller_start(struct ptl_teller *teller, struct ptl_error *error);
/* Waits until what is being told is told, and tells no more. One that was not started is nothing.
 */
void ptl_teller_end(struct ptl_teller *teller);

#endif
