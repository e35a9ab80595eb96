/*
 * The sample: the targets whose sentinels stand for what the run as a whole loses, and whether that
 * is what they share or their own.
 */
#include "base/random.h"
#include "scan/plan_calls.h"

#include <string.h>

#define RELIST_NS 250000000ULL
#define FEW_OF_EACH 4 /* sentinels of a target: fewer do not tell whose loss it is */
#define FILL_FROM 256 /* lanes that are looked at for places that are free */
#define MEMORY 16     /* sentinels of a target: what is older fades */

struct ptl_lane *ptl_sample_place(const struct ptl_plan *plan, uint32_t number)
{
    return &plan->schedule.lanes[plan->schedule.window + number];
}

/* ---- who is in it ---- */

/* Of n targets each stands among the k listed with a chance of k/n, whichever answered first
 * (reservoir sampling, Vitter 1985, algorithm R). */
static struct ptl_lane *drawn(struct ptl_plan *plan, bool refuses)
{
    if (plan->answering == 0) /* what is known is known from the run that this one goes on with */
        return NULL;
    uint64_t number = ptl_random_below(&plan->sentinel_draw, plan->answering);
    if (number >= PTL_SENTINEL_TARGETS)
        return NULL;
    struct ptl_lane *place = ptl_sample_place(plan, (uint32_t)number);
    return refuses || !place->known[0].refuses ? place : NULL;
}

static struct ptl_lane *place_of(const struct ptl_plan *plan, uint32_t target)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
        if (ptl_sample_place(plan, i)->active && ptl_sample_place(plan, i)->target == target)
            return ptl_sample_place(plan, i);
    return NULL;
}

/* A place that is free, or is better given to a target whose ports refuse; NULL: none. */
static struct ptl_lane *free_place(const struct ptl_plan *plan, bool refuses)
{
    struct ptl_lane *place = NULL;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        struct ptl_lane *other = ptl_sample_place(plan, i);
        bool better = !other->active || (refuses && !other->known[0].refuses);
        if (other->in_flight == 0 && better && (place == NULL || place->active))
            place = other;
    }
    return place;
}

/* Gives the target that place; NULL: there is none for it. */
static void list(struct ptl_plan *plan, const struct ptl_lane *lane, struct ptl_lane *place)
{
    if (place == NULL || place->in_flight > 0)
        return;
    plan->relist_ns = plan->now_ns + RELIST_NS;
    memset(place, 0, sizeof(*place));
    place->active = true;
    place->place = PTL_PLACE_NOWHERE;
    place->target = lane->target;
    place->address = lane->address;
    memcpy(place->known, lane->known, sizeof(place->known));
}

void ptl_sample_learn(struct ptl_plan *plan, const struct ptl_lane *lane, bool refuses, bool is_new)
{
    struct ptl_lane *place = place_of(plan, lane->target);
    if (place != NULL) {
        memcpy(place->known, lane->known, sizeof(place->known));
        return;
    }
    place = free_place(plan, refuses);
    if (place == NULL && is_new)
        place = drawn(plan, refuses);
    if (place == NULL && plan->now_ns >= plan->relist_ns)
        place = ptl_sample_place(plan, plan->next_sentinel % PTL_SENTINEL_TARGETS);
    list(plan, lane, place);
}

/* ---- whose loss it is ---- */

/*
 * Are the losses spread over the targets, as those of something that they share are? Where each of
 * them lost a share s of its k sentinels, it lost none with a chance of (1 - s)^k. Where many more
 * did so, some targets have a limit of their own.
 */
enum ptl_blame ptl_sample_blame(const struct ptl_plan *plan)
{
    uint32_t asked = 0, lost = 0, asked_of_well = 0, targets = 0;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        const struct ptl_path *own = &ptl_sample_place(plan, i)->path;
        if (!ptl_sample_place(plan, i)->active || own->asked == 0)
            continue;
        targets++;
        asked += own->asked;
        lost += own->lost;
        asked_of_well += own->lost == 0 ? own->asked : 0;
    }
    if (targets < 2)
        return PTL_BLAME_RUN;
    if (asked < FEW_OF_EACH * targets && lost * 2 < asked)
        return PTL_BLAME_UNKNOWN;
    double share = lost / (double)asked, expected = 0;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        double none = 1;
        uint32_t own =
            ptl_sample_place(plan, i)->active ? ptl_sample_place(plan, i)->path.asked : 0;
        for (uint32_t k = 0; k < own; k++)
            none *= 1 - share;
        expected += own * none;
    }
    return asked_of_well < expected + 0.2 * asked ? PTL_BLAME_RUN : PTL_BLAME_TARGETS;
}

/* Places that are free are for whoever has answered, and has no limit of its own. */
static void fill(struct ptl_plan *plan)
{
    const struct ptl_schedule *schedule = &plan->schedule;
    for (uint32_t i = 0; i < FILL_FROM && i < schedule->window; i++) {
        struct ptl_lane *place = free_place(plan, false);
        if (place == NULL)
            return;
        const struct ptl_lane *lane = &schedule->lanes[plan->fill_from++ % schedule->window];
        if (lane->active && lane->path.limit == 0 && lane->known[0].port != 0 &&
            place_of(plan, lane->target) == NULL)
            list(plan, lane, place);
    }
}

/* The evidence so far has been used; who lost how much is remembered, but fades. */
void ptl_sample_forget(struct ptl_plan *plan)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        struct ptl_path *own = &ptl_sample_place(plan, i)->path;
        if (own->asked > MEMORY) {
            own->asked /= 2;
            own->lost /= 2;
        }
    }
}

void ptl_sample_replace(struct ptl_plan *plan)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        struct ptl_lane *place = ptl_sample_place(plan, i);
        if (place->in_flight == 0 && place->path.lost * 4 >= place->path.asked)
            place->active = false;
    }
    ptl_sample_forget(plan);
    fill(plan);
}

void ptl_sample_drop(struct ptl_plan *plan, uint32_t target)
{
    struct ptl_lane *place = place_of(plan, target);
    if (place != NULL && place->in_flight == 0)
        place->active = false;
}
