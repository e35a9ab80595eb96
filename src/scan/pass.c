/*
 * Further passes over the ports of a target that were silent: whether there is one more, by what
 * was lost, and how far apart its attempts are.
 */
#include "scan/pass.h"

#include "base/random.h"
#include "scan/plan_calls.h"

#define IN_VAIN 3
#define PACED_LEAST 64
#define PASS_NS 2000000000ULL       /* a further pass takes so long at most, for each before */
#define COUNTED_NS 100000000ULL     /* what is found is counted over so long... */
#define LONGEST_NS 1000000000ULL    /* ...or longer, till it is... */
#define ENOUGH 8                    /* ...so much */
#define FULL 0.9                    /* of the most: as much as gets through */
#define LESS 0.7                    /* of it: the ports with a limit are behind us */
#define SHARE 8                     /* a limit: one in so many is found where no more are asked */
#define TRIALS 2                    /* that found none: losses are those of chance */
#define MORE 1.2                    /* times as much gets through: the limit is another by now */
#define FIRST_REST_NS 1000000000ULL /* how often that is looked at: at first... */
#define LAST_REST_NS 8000000000ULL  /* ...and where it is in vain */

/* ---- how fast ---- */

/* Not slower than what gets through, as far as that is known, nor faster than a pass has to be. */
static void set_every(struct ptl_served *served, uint64_t every_ns)
{
    bool known = served->most > 0 && served->by_chance < TRIALS;
    uint64_t longest_ns = known ? PTL_NS_PER_S / served->most : 0;
    served->every_ns = every_ns < longest_ns ? every_ns : longest_ns;
    if (served->every_ns < served->fastest_ns)
        served->every_ns = served->fastest_ns;
}

static void count_from(struct ptl_served *served, uint64_t since_ns)
{
    served->since_ns = since_ns;
    served->asked = served->found = 0;
}

void ptl_served_begin(struct ptl_served *served, uint64_t fastest_ns, uint64_t now_ns)
{
    served->fastest_ns = fastest_ns;
    served->slowed = false;
    served->bursts = true;
    set_every(served, served->limited ? UINT64_MAX : 0);
    count_from(served, now_ns);
}

void ptl_served_found(struct ptl_served *served)
{
    if (served->bursts && served->found == 0 && served->limited)
        set_every(served, UINT64_MAX); /* here they are */
    served->found++;
}

/* Slower, to see whether as much is found: it is a limit if much of what is asked is. */
static void judge_trial(struct ptl_served *served)
{
    served->limited = served->found * SHARE >= served->asked;
    served->by_chance += !served->limited;
}

/* Others may have had their share of the limit, and be done. Twice as fast loses half of what is
 * asked, if not. */
static void look_for_more(struct ptl_served *served, double rate, uint64_t now_ns)
{
    if (served->faster) {
        bool more = rate > MORE * served->before;
        served->rest_ns = more ? 0 : served->rest_ns * 2 + FIRST_REST_NS;
        if (served->rest_ns > LAST_REST_NS)
            served->rest_ns = LAST_REST_NS;
        served->look_ns = now_ns + served->rest_ns;
    }
    served->faster = now_ns >= served->look_ns;
    served->before = served->most;
    if (served->faster)
        served->every_ns /= 2;
}

static void adapt(struct ptl_served *served, bool full, double rate)
{
    if (full)
        set_every(served, served->limited ? served->every_ns * 4 : UINT64_MAX);
    else if (!served->limited)
        set_every(served, 0);
    else if (rate < LESS * served->most)
        set_every(served, served->every_ns * 2 / (served->found > 0 ? 3 : 8));
}

uint64_t ptl_served_rest_ns(struct ptl_served *served, uint64_t trips_ns, uint64_t now_ns)
{
    if (now_ns < served->since_ns) { /* what is found was sent faster */
        served->found = 0;
        return served->every_ns;
    }
    served->asked++;
    uint64_t took_ns = now_ns - served->since_ns + 1;
    bool trial = served->slowed && !served->limited;
    bool many = served->found >= ENOUGH;
    bool told = many || served->found == 0 || (trial && served->asked >= ENOUGH);
    bool over = took_ns >= (trips_ns > COUNTED_NS ? trips_ns : COUNTED_NS) &&
                (told || took_ns >= LONGEST_NS);
    double rate = (double)served->found * (double)PTL_NS_PER_S / (double)took_ns;
    bool full =
        many && served->most > 0 && served->by_chance < TRIALS && rate >= FULL * served->most;
    if (!over && (!full || served->faster)) /* a burst tells nothing of what there is more */
        return served->every_ns;
    if (over && many && !served->bursts && rate > served->most)
        served->most = (uint32_t)rate;
    if (trial)
        judge_trial(served);
    full = full && (!trial || served->limited);
    adapt(served, full, rate);
    if (served->limited && full)
        look_for_more(served, rate, now_ns);
    served->slowed = full && !served->limited;
    served->bursts = (served->bursts && !over) || served->found == 0;
    count_from(served, now_ns + (served->slowed ? trips_ns : 0));
    return served->every_ns;
}

/* ---- is there one more? ---- */

static double share_of(uint64_t answered, uint64_t lost)
{
    return lost > 0 ? (double)lost / (double)(answered + lost) : 0;
}

/* So many answered, and a share of the attempts was lost: how many that answer are to be expected
 * among ports that were silent to `attempts` of them? */
static double expected(uint64_t answered, double share, uint64_t attempts)
{
    double missed = (double)answered;
    for (uint64_t i = 0; i < attempts && missed >= PTL_MISSED_MOST; i++)
        missed *= share;
    return missed;
}

/* A further pass found nothing where losses of that share tell of several that it should have: they
 * do not fall on ports alike, and those that had them have all been found. */
static bool is_refuted(const struct ptl_lane *lane, double share)
{
    double left = expected(lane->answers, share, lane->pass - 1U);
    return lane->pass > 1 && lane->found == 0 && left * (1 - share) >= IN_VAIN;
}

/*
 * As losses of the whole run suggest. They are proven by further attempts; where the pace has a
 * limit, sentinels may have told of them before. That a target with several ports which answer lost
 * the attempts to all of them is less likely: a quarter of what others have on average is reckoned
 * with.
 */
static bool run_expects_more(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    uint64_t attempts = lane->pass;
    double share = share_of(plan->answered, plan->lost);
    double told = share_of(plan->sentinels_asked - plan->sentinels_lost, plan->sentinels_lost);
    if (plan->path.limit != 0 && told > share && !is_refuted(lane, told))
        share = told;
    if (lane->answers == 0 && plan->answered > 4 * plan->answering)
        attempts *= plan->answered / (4 * plan->answering);
    return expected(plan->answered, share, attempts) >= PTL_MISSED_MOST;
}

/* What is left after two passes (the removal method of Zippin, 1956). */
static double removal(uint64_t found_before, uint64_t found)
{
    if (found == 0)
        return 0;
    double rate = found_before > 0 ? (double)found / (double)found_before : 0.9;
    if (rate > 0.9)
        rate = 0.9;
    return (double)found * rate / (1 - rate);
}

/* As those of the target do, or what its further passes found. */
static double target_expects(const struct ptl_lane *lane, uint32_t base)
{
    double left = expected(lane->answers, share_of(lane->answers, lane->lost), lane->pass);
    double removed = lane->pass <= base ? lane->found : removal(lane->found_before, lane->found);
    return left > removed ? left : removed;
}

/* Does a pass in which such targets were asked slowly leave ports to be found? */
static bool leaves_some(const struct ptl_plan *plan, const struct ptl_lane *lane)
{
    return ptl_uneven_loses(plan) &&
           removal(plan->found[lane->pass - 1], plan->found[lane->pass]) >= PTL_MISSED_MOST;
}

static bool wants_pass(struct ptl_plan *plan, const struct ptl_lane *lane)
{
    const struct ptl_profile *profile = plan->profile;
    uint32_t base = profile->retries + 1;
    if (lane->pass < base)
        return true;
    if (!ptl_plan_grants_more(plan) || lane->gave_up ||
        lane->pass >= base + profile->loss_retries || lane->pass >= PTL_ASKED_MOST ||
        (lane->pass > base && is_refuted(lane, share_of(lane->answers, lane->lost))))
        return false;
    if (ptl_uneven_may_share(plan, lane) && (lane->pass == base || leaves_some(plan, lane)))
        return true;
    return target_expects(lane, base) >= PTL_MISSED_MOST || run_expects_more(plan, lane);
}

/* Further attempts than that only where the profile asks for a recall that is not known yet. */
static bool lacks_recall(struct ptl_plan *plan, struct ptl_lane *lane)
{
    return lane->pass < PTL_TRIES && ptl_verdict_misses_too_many(plan, lane);
}

/* How far apart the attempts of the next pass are, at least: more of them are no burst. */
static uint64_t fastest_ns(const struct ptl_plan *plan, const struct ptl_lane *lane, bool may_share)
{
    if (may_share)
        return PASS_NS * (lane->pass - plan->profile->retries) / lane->waiting;
    if (lane->waiting < PACED_LEAST)
        return lane->served.fastest_ns; /* so few are none */
    if (lane->found == 0)
        return 0;
    uint64_t took_ns = plan->now_ns - lane->pass_ns;
    /* Where the limit is known slower is no better, and less so where chance takes them. */
    uint64_t longest_ns = PASS_NS * (lane->pass - plan->profile->retries);
    if (plan->path.chance.share > 0 || lane->path.chance.share > 0)
        longest_ns = PASS_NS / 2;
    else if (lane->served.most > 0)
        longest_ns = PASS_NS;
    uint64_t every_ns = longest_ns / lane->waiting;
    return took_ns / lane->found < every_ns ? took_ns / lane->found : every_ns;
}

void ptl_pass_found(struct ptl_plan *plan, struct ptl_lane *lane)
{
    plan->found[lane->pass]++;
    lane->found++;
    ptl_served_found(&lane->served);
}

void ptl_pass_next(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    uint32_t base = plan->profile->retries + 1;
    bool idle = ptl_lane_is_idle(lane);
    if (lane->pass >= base && !idle)
        return;
    ptl_vouch_review(plan, lane, idle);
    bool doubtful =
        lane->pass >= base && ptl_vouch_suffices(lane, share_of(lane->answers, lane->lost));
    if (!(wants_pass(plan, lane) && ptl_silence_ask_again(plan, lane, doubtful)) &&
        !(lacks_recall(plan, lane) && ptl_silence_ask_again(plan, lane, false))) {
        ptl_silence_verdicts(plan, id, 0);
        return;
    }
    ptl_vouch_pass_begins(lane);
    bool may_share = lane->pass >= base && ptl_uneven_may_share(plan, lane);
    ptl_served_begin(&lane->served,
                     lane->pass >= base ? fastest_ns(plan, lane, may_share)
                                        : lane->served.fastest_ns,
                     plan->now_ns);
    if (lane->pass >= base) {
        lane->found_before = lane->found;
        lane->found = 0;
    }
    lane->pass++;
    lane->pass_ns = plan->now_ns;
    lane->rest_ns = lane->asked_ns + PTL_RETRY_DELAY_NS;
    if (may_share) /* they do not begin together */
        lane->rest_ns += ptl_random_below(&plan->sentinel_draw, lane->served.fastest_ns + 1);
}
