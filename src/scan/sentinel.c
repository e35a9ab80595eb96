/*
 * Sentinels: ports that have answered, asked again. nmap calls them port scan pings. What has
 * answered answers again, or something was lost on the way: the only silence that proves anything.
 */
#include "scan/plan_calls.h"

#define EVERY_ALONE 24 /* then, where ports have one attempt: nothing else tells of losses */
#define BACKLOG 8
#define OPEN_EVERY_MS 250 /* a service is bothered no more often */
#define QUIET_EACH_NS                                                                              \
    5000000ULL   /* for each target that is silent: all are not asked more often                   \
                  */
#define MISSES 3 /* of a port, while others answer: it does not answer again */

bool ptl_sentinel_knows(const struct ptl_known *known)
{
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        if (known[i].port != 0 && known[i].trusted)
            return true;
    return false;
}

bool ptl_sentinel_any(const struct ptl_plan *plan)
{
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
        if (ptl_sample_place(plan, i)->active &&
            ptl_sentinel_knows(ptl_sample_place(plan, i)->known))
            return true;
    return false;
}

/* ---- what is known ---- */

void ptl_sentinel_learn(struct ptl_plan *plan, struct ptl_lane *lane, struct ptl_known *room,
                        uint16_t port, bool refuses)
{
    bool is_new = lane->known[0].port == 0;
    *room = (struct ptl_known){.port = port, .refuses = refuses, .trusted = refuses};
    if (lane->path.limit != 0)
        return; /* what it loses is its own */
    ptl_sample_learn(plan, lane, refuses, is_new);
}

/* ---- whose turn it is ---- */

static uint32_t every(const struct ptl_plan *plan, const struct ptl_path *path)
{
    if (path->asked < 32 || path->lost * 8 >= path->asked)
        return PTL_SENTINEL_EVERY;
    return plan->profile->retries == 0 ? EVERY_ALONE : PTL_SENTINEL_EVERY_MOST;
}

/* A backlog, as after the first attempts were overdue together, is not caught up with at once. */
static void pay(const struct ptl_plan *plan, uint32_t *debt, const struct ptl_path *path)
{
    uint32_t each = every(plan, path), left = *debt > each ? *debt - each : 0;
    *debt = left < BACKLOG * each ? left : BACKLOG * each;
}

bool ptl_sentinel_is_due(const struct ptl_plan *plan, bool wanted)
{
    if (plan->path.paused)
        return plan->now_ns >= plan->path.ask_ns;
    if (plan->debt >= every(plan, &plan->path))
        return true;
    return wanted;
}

bool ptl_sentinel_is_due_of(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    bool knows = false;
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        knows = knows || lane->known[i].port != 0;
    if (plan->targets == 1 || !knows)
        return false;
    return lane->path.paused || lane->debt >= every(plan, &lane->path);
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
    uint64_t ceiling_us = plan->profile->timeout_ms * 1000;
    /* Where all is silent it may be that answers only take longer than they did. */
    uint64_t wait_us = path->paused ? ceiling_us : ptl_path_sentinel_us(path);
    struct ptl_tally *tally = path == &plan->path ? &plan->tally : &lane->tally;
    *probe = (struct ptl_probe){.lane = id,
                                .port = known->port,
                                .attempt = 1,
                                .wait_us = (uint32_t)(wait_us < ceiling_us ? wait_us : ceiling_us),
                                .sentinel = true,
                                .stands_for = ptl_tally_asked(tally)};
    if (path->paused)
        ptl_path_asked(path,
                       plan->now_ns + (path == &lane->path ? plan->quiet * QUIET_EACH_NS : 0));
    return true;
}

bool ptl_sentinel_take(struct ptl_plan *plan, struct ptl_probe *probe)
{
    pay(plan, &plan->debt, &plan->path); /* also where nothing can be asked: not again at once */
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++) {
        uint32_t number = plan->next_sentinel++ % PTL_SENTINEL_TARGETS;
        if (!ptl_sample_place(plan, number)->active ||
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
    pay(plan, &lane->debt, &lane->path);
    if (!ask(plan, id, &lane->path, probe))
        return false;
    lane->sentinels_out++;
    return true;
}

/* ---- what they say ---- */

static void judge_shared(struct ptl_plan *plan, struct ptl_lane *place, uint64_t sent_ns,
                         bool answered)
{
    struct ptl_path *path = &plan->path;
    place->path.asked++;
    place->path.lost += !answered;
    enum ptl_blame blame = ptl_sample_blame(plan);
    bool blames = plan->profile->adaptive && blame == PTL_BLAME_RUN;
    if (ptl_path_sentinel(path, sent_ns, answered, blames, plan->now_ns)) {
        ptl_sample_forget(plan);
        for (uint32_t i = 0; i < plan->schedule.window; i++) /* it explains their losses as well */
            if (plan->schedule.lanes[i].active)
                ptl_path_forget(&plan->schedule.lanes[i].path, plan->now_ns);
    } else if (blame == PTL_BLAME_TARGETS && path->asked >= 2 * PTL_SENTINEL_TARGETS) {
        ptl_sample_replace(plan);
        ptl_path_forget(path, plan->now_ns);
    }
}

static void judge_target(struct ptl_plan *plan, struct ptl_lane *lane, uint64_t sent_ns,
                         bool answered)
{
    /* What the run loses as a whole is not this target's fault. */
    bool blames = plan->profile->adaptive && plan->path.lost * 8 <= plan->path.asked;
    ptl_path_lose(&lane->path, plan->path.chance.share);
    if (lane->lossy)
        ptl_uneven_told(&plan->recent_lossy, answered);
    lane->passed += answered;
    if (!answered && plan->path.alive_ns > sent_ns)
        ptl_uneven_lost(plan, lane, 1);
    bool limited = lane->path.limit != 0;
    bool lowered = ptl_path_sentinel(&lane->path, sent_ns, answered, blames, plan->now_ns);
    plan->limited_targets += lowered && !limited;
    if (lowered)
        ptl_sample_drop(plan, lane->target);
    if (!answered && plan->path.lost_in_row == 0 && !plan->path.paused &&
        ptl_path_falls_silent(&lane->path, plan->now_ns)) {
        ptl_path_pause(&lane->path, plan->now_ns);
        plan->quiet++;
    }
}

/* What this machine could not ask is neither an answer nor a loss. An ICMP error is a loss: what
 * has answered does not answer now; and what others are told in these words may be as untrue. */
static bool says_nothing(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_ERROR && ptl_shortage_is(outcome->reason);
}

/* `told_ns`: so many sending times, the latest first. */
static void note_told(uint32_t *disproved, uint64_t *told_ns, int times,
                      const struct ptl_outcome *outcome)
{
    if (ptl_plan_is_refusal(outcome))
        ptl_refusal_disprove(disproved, outcome->reason);
    uint64_t sent_ns = outcome->started_ns;
    for (int i = 0; i < times; i++) {
        if (sent_ns <= told_ns[i])
            continue;
        uint64_t earlier_ns = told_ns[i];
        told_ns[i] = sent_ns;
        sent_ns = earlier_ns;
    }
}

static void clear(struct ptl_lane *lane, uint16_t port)
{
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        if (lane->known[i].port == port)
            lane->known[i] = (struct ptl_known){.port = 0};
}

/* A port that does not answer twice makes room for another. What the sample gives up is not given
 * up by its target, which may have fallen silent and has to tell; but one target alone has no
 * sentinels besides, and would know as many as it may, so that the sample learned of none. */
static void forget(struct ptl_plan *plan, struct ptl_lane *lane, uint16_t port)
{
    clear(lane, port);
    for (uint32_t i = 0; plan->targets == 1 && i < plan->schedule.window; i++)
        clear(&plan->schedule.lanes[i], port);
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
        plan->sentinels_lost += !answered;
    }
    struct ptl_known *known = NULL;
    for (int i = 0; i < PTL_LANE_KNOWN; i++)
        if (lane->known[i].port == outcome->probe.port)
            known = &lane->known[i];
    if (says_nothing(outcome))
        return;
    if (shared)
        note_told(&plan->disproved, plan->told_ns, PTL_TOLD, outcome);
    else
        note_told(&lane->disproved, &lane->told_ns, 1, outcome);
    if (known == NULL)
        return;
    bool meant = known->trusted || answered;
    known->trusted = known->trusted || answered;
    bool is_its_own = !meant || (path->alive_ns > outcome->started_ns && ptl_loss_is_rare(path));
    known->misses = (uint8_t)(answered || !is_its_own ? 0 : known->misses + 1);
    if (known->misses >= MISSES)
        forget(plan, lane, known->port);
    if (!meant)
        return;
    ptl_tally_ended(shared ? &plan->tally : &lane->tally, path, outcome->started_ns,
                    outcome->probe.stands_for, !answered);
    if (!path->paused)
        ptl_uneven_told(&plan->recent, answered);
    if (shared)
        judge_shared(plan, lane, outcome->started_ns, answered);
    else
        judge_target(plan, lane, outcome->started_ns, answered);
}
