/*
 * How many attempts a silent port gets, how long each is waited for, and what that is learnt from.
 * With adaptive timeouts every attempt waits as long as its target's round trips suggest. Else an
 * attempt waits the whole timeout, but for those of which another one tells more: where loss is
 * proven all but a port's last, and a few scouts, which are to prove it. The plan's lock guards all
 * of it; what engines may ask without is in plan.h.
 */
#ifndef SCAN_WAIT_H
#define SCAN_WAIT_H

#include "scan/plan_state.h"

/* May a port get more attempts than `retries` where loss is proven? */
bool ptl_wait_grants_more(const struct ptl_plan *plan);
/* How many attempts a port may have that is not answered. */
uint32_t ptl_wait_attempts_granted(const struct ptl_plan *plan, const struct ptl_lane *lane);
/* Is the first attempt to the lane's port of this index a scout? */
bool ptl_wait_scouts(const struct ptl_plan *plan, uint32_t index);
/* What an outcome tells about the target's round trips, and how long a permit is held. */
void ptl_wait_learn(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* After something was answered: which attempts end early, and whether they may linger. */
void ptl_wait_update(struct ptl_plan *plan, struct ptl_lane *lane);
/* Was an attempt lost, as the answer to the one after it is there? Not if that answer took as long
 * as the first was waited for: then the first was given up too soon. */
bool ptl_wait_proves_loss(const struct ptl_outcome *outcome);
/* What it takes until a loss shows itself: the wait of a port's longest attempt, and its retry. */
uint64_t ptl_wait_feedback_ns(const struct ptl_plan *plan, const struct ptl_lane *lane);

#endif
