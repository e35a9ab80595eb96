/*
 * Sentinels: ports that have answered, asked again. nmap calls them port scan pings. What has
 * answered answers again, or something was lost on the way: the only silence that proves anything.
 */
#include "base/clock.h"
#include "scan/plan_state.h"

#include <string.h>

#define EVERY 16 /* silent attempts from one to the next while little is known, or much is lost */
#define BACKLOG 8
#define SHORTEST_US 30000U /* that one is waited for */
#define OPEN_EVERY_MS 250  /* a service is bothered no more often */
#define RELIST_NS 250000000ULL
#define FEW_OF_EACH 4 /* sentinels of a target: fewer do not tell whose loss it is */
#define MEMORY 16
#define OTHERS 16 /* sentinels: so many say whether what one lost is its own */
#define MISSES 3  /* of a port, while others answer: it does not answer again */

bool ptl_sentinel_knows(const struct ptl_known *known)
{
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        if (known[i].port != 0 && known[i].trusted)
            return true;
    return false;
}

static struct ptl_lane *listed(const struct ptl_plan *plan, uint32_t number)
{
    return &plan->schedule.lanes[plan->schedule.window + number];
}

bool ptl_sentinel_any(const struct ptl_plan *plan)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
        if (listed(plan, i)->active && ptl_sentinel_knows(listed(plan, i)->known))
            return true;
    return false;
}

/* ---- what is known ---- */

/* The target's place among those that are asked for the run as a whole, or one it may take. */
static struct ptl_lane *place_for(struct ptl_plan *plan, const struct ptl_lane *lane, bool refuses)
{
    struct ptl_lane *place = NULL;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        struct ptl_lane *other = listed(plan, i);
        if (other->active && other->target == lane->target)
            return other;
        bool better = !other->active || (refuses && !other->known[0].refuses);
        if (other->in_flight == 0 && better && (place == NULL || place->active))
            place = other;
    }
    if (place == NULL && plan->now_ns >= plan->relist_ns) {
        place = listed(plan, plan->next_sentinel % PTL_SENTINEL_TARGETS);
        if (place->in_flight > 0)
            return NULL;
    }
    if (place == NULL)
        return NULL;
    plan->relist_ns = plan->now_ns + RELIST_NS;
    memset(place, 0, sizeof(*place));
    place->active = true;
    place->place = PTL_PLACE_NOWHERE;
    place->target = lane->target;
    place->address = lane->address;
    return place;
}

void ptl_sentinel_learn(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    bool refuses = outcome->state == PTL_CLOSED;
    struct ptl_known *known = NULL;
    for (int i = 0; i < PTL_LANE_KNOWN && (known == NULL || known->port != 0); i++)
        if (lane->known[i].port == 0 || (refuses && !lane->known[i].refuses))
            known = &lane->known[i];
    if (known == NULL)
        return; /* those that are known serve as well */
    *known =
        (struct ptl_known){.port = outcome->probe.port, .refuses = refuses, .trusted = refuses};
    if (lane->path.limit != 0)
        return; /* what it loses is its own */
    struct ptl_lane *place = place_for(plan, lane, refuses);
    if (place != NULL)
        memcpy(place->known, lane->known, sizeof(place->known));
}

/* ---- whose turn it is ---- */

static uint32_t every(const struct ptl_path *path)
{
    return path->asked < 32 || path->lost * 8 >= path->asked ? EVERY : PTL_SENTINEL_EVERY_MOST;
}

/* A backlog, as after the first attempts were overdue together, is not caught up with at once. */
static void pay(uint32_t *debt, const struct ptl_path *path)
{
    uint32_t left = *debt > every(path) ? *debt - every(path) : 0;
    *debt = left < BACKLOG * every(path) ? left : BACKLOG * every(path);
}

bool ptl_sentinel_is_due(const struct ptl_plan *plan, bool idle)
{
    if (plan->path.paused)
        return plan->now_ns >= plan->path.ask_ns;
    if (plan->debt >= every(&plan->path))
        return true;
    return idle && plan->doubts.count > 0 && plan->sentinels_out == 0;
}

bool ptl_sentinel_is_due_of(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    bool knows = false;
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        knows = knows || lane->known[i].port != 0;
    if (plan->targets == 1 || !knows)
        return false;
    return lane->path.paused || lane->debt >= every(&lane->path);
}

/* A port that may be asked again, and one that refuses before one that is open; NULL: none. */
static struct ptl_known *choose(const struct ptl_plan *plan, struct ptl_lane *lane)
{
    struct ptl_known *best = NULL;
    uint32_t now_ms = ptl_plan_ms(plan, plan->now_ns);
    for (uint32_t i = 0; i < PTL_LANE_KNOWN; i++) {
        struct ptl_known *known = &lane->known[(lane->next_sentinel + i) % PTL_LANE_KNOWN];
        bool rests =
            !known->refuses && known->asked_ms != 0 && now_ms - known->asked_ms < OPEN_EVERY_MS;
        if (known->port != 0 && !rests && (best == NULL || (known->refuses && !best->refuses)))
            best = known;
    }
    return best;
}

static bool ask(struct ptl_plan *plan, uint32_t id, struct ptl_path *path, struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    struct ptl_known *known = choose(plan, lane);
    if (known == NULL)
        return false;
    lane->next_sentinel++;
    known->asked_ms = ptl_plan_ms(plan, plan->now_ns);
    uint64_t wait_us = 2ULL * ptl_rtt_timeout_us(&path->rtt);
    uint64_t ceiling_us = plan->profile->timeout_ms * 1000;
    if (wait_us < SHORTEST_US)
        wait_us = SHORTEST_US;
    struct ptl_tally *tally = path == &plan->path ? &plan->tally : &lane->tally;
    *probe = (struct ptl_probe){.lane = id,
                                .port = known->port,
                                .attempt = 1,
                                .wait_us = (uint32_t)(wait_us < ceiling_us ? wait_us : ceiling_us),
                                .sentinel = true,
                                .stands_for = ptl_tally_asked(tally)};
    if (path->paused)
        ptl_path_asked(path, plan->now_ns);
    return true;
}

bool ptl_sentinel_take(struct ptl_plan *plan, struct ptl_probe *probe)
{
    pay(&plan->debt, &plan->path); /* also where nothing can be asked: not again at once */
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        uint32_t number = plan->next_sentinel++ % PTL_SENTINEL_TARGETS;
        if (!listed(plan, number)->active ||
            !ask(plan, plan->schedule.window + number, &plan->path, probe))
            continue;
        plan->sentinels_out++;
        return true;
    }
    return false;
}

bool ptl_sentinel_take_of(struct ptl_plan *plan, uint32_t id, struct ptl_probe *probe)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    pay(&lane->debt, &lane->path);
    if (!ask(plan, id, &lane->path, probe))
        return false;
    lane->sentinels_out++;
    return true;
}

/* ---- what they say ---- */

enum blame { BLAME_RUN, BLAME_TARGETS, BLAME_UNKNOWN };

/*
 * Are the losses spread over the targets, as those of something that they share are? Where each of
 * them lost a share s of its k sentinels, it lost none with a chance of (1 - s)^k. Where many more
 * did so, some targets have a limit of their own.
 */
static enum blame blame_of(const struct ptl_plan *plan)
{
    uint32_t asked = 0, lost = 0, asked_of_well = 0, targets = 0;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        const struct ptl_path *own = &listed(plan, i)->path;
        if (!listed(plan, i)->active || own->asked == 0)
            continue;
        targets++;
        asked += own->asked;
        lost += own->lost;
        asked_of_well += own->lost == 0 ? own->asked : 0;
    }
    if (targets < 2)
        return BLAME_RUN;
    if (asked < FEW_OF_EACH * targets && lost * 2 < asked)
        return BLAME_UNKNOWN;
    double share = lost / (double)asked, expected = 0;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        double none = 1;
        uint32_t own = listed(plan, i)->active ? listed(plan, i)->path.asked : 0;
        for (uint32_t k = 0; k < own; k++)
            none *= 1 - share;
        expected += own * none;
    }
    return asked_of_well < expected + 0.2 * asked ? BLAME_RUN : BLAME_TARGETS;
}

/* The evidence so far has been used; who lost how much is remembered, but fades. */
static void forget(struct ptl_plan *plan, bool evict)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        struct ptl_lane *place = listed(plan, i);
        if (evict && place->in_flight == 0 && place->path.lost * 4 >= place->path.asked)
            place->active = false;
        if (place->path.asked > MEMORY) {
            place->path.asked /= 2;
            place->path.lost /= 2;
        }
    }
}

static void judge_shared(struct ptl_plan *plan, struct ptl_lane *place, uint64_t sent_ns,
                         bool answered)
{
    struct ptl_path *path = &plan->path;
    place->path.asked++;
    place->path.lost += !answered;
    enum blame blame = blame_of(plan);
    bool blames = plan->profile->adaptive && blame == BLAME_RUN;
    if (ptl_path_sentinel(path, sent_ns, answered, blames, plan->now_ns)) {
        forget(plan, false);
        for (uint32_t i = 0; i < plan->schedule.window; i++) /* it explains their losses as well */
            if (plan->schedule.lanes[i].active)
                ptl_path_forget(&plan->schedule.lanes[i].path, plan->now_ns);
    } else if (blame == BLAME_TARGETS && path->asked >= 2 * PTL_SENTINEL_TARGETS) {
        forget(plan, true);
        ptl_path_forget(path, plan->now_ns);
    }
}

static void judge_target(struct ptl_plan *plan, struct ptl_lane *lane, uint64_t sent_ns,
                         bool answered)
{
    /* What the run loses as a whole is not this target's fault. */
    bool blames = plan->profile->adaptive && plan->path.lost * 8 <= plan->path.asked;
    bool limited = lane->path.limit != 0;
    bool lowered = ptl_path_sentinel(&lane->path, sent_ns, answered, blames, plan->now_ns);
    plan->limited_targets += lowered && !limited;
    if (lowered)
        for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
            if (listed(plan, i)->target == lane->target && listed(plan, i)->in_flight == 0)
                listed(plan, i)->active = false;
    if (!answered && plan->path.lost_in_row == 0 && !plan->path.paused &&
        ptl_path_falls_silent(&lane->path, plan->now_ns))
        ptl_path_pause(&lane->path, plan->now_ns);
}

/* What ICMP says, and what this machine could not ask, is neither an answer nor a loss. */
static bool says_nothing(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_ERROR
               ? ptl_shortage_is(outcome->reason)
               : !ptl_plan_is_answer(outcome) && !ptl_plan_is_silence(outcome);
}

void ptl_sentinel_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome)
{
    struct ptl_lane *lane = ptl_plan_lane(plan, &outcome->probe);
    bool shared = outcome->probe.lane >= plan->schedule.window;
    bool answered = ptl_plan_is_answer(outcome);
    struct ptl_path *path = shared ? &plan->path : &lane->path;
    if (shared)
        plan->sentinels_out--;
    else
        lane->sentinels_out--;
    if (outcome->state != PTL_ERROR) {
        plan->sentinels_asked++;
        plan->sentinels_lost += ptl_plan_is_silence(outcome);
    }
    struct ptl_known *known = NULL;
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        if (lane->known[i].port == outcome->probe.port)
            known = &lane->known[i];
    if (known == NULL || says_nothing(outcome))
        return;
    bool meant = known->trusted || answered;
    known->trusted = known->trusted || answered;
    bool others_answer = path->alive_ns > outcome->started_ns && path->asked >= OTHERS &&
                         path->lost * 8 < path->asked;
    known->misses = (uint8_t)(answered || (meant && !others_answer) ? 0 : known->misses + 1);
    if (known->misses >= MISSES)
        *known = (struct ptl_known){.port = 0}; /* it does not answer twice */
    if (!meant)
        return;
    ptl_tally_ended(shared ? &plan->tally : &lane->tally, path, outcome->started_ns,
                    outcome->probe.stands_for, !answered);
    if (shared)
        judge_shared(plan, lane, outcome->started_ns, answered);
    else
        judge_target(plan, lane, outcome->started_ns, answered);
}
