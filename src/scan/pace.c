/* How fast it may be asked. What it is told of changes that, and is looked at once a round. */
#include "base/clock.h"
#include "scan/path.h"

#define LEAST_RATE 5U              /* attempts a second */
#define ROUND_NS 100000000ULL      /* the pace is looked at no more often... */
#define ROUND_TRIPS 4              /* ...nor than so many round trips */
#define STEADY_STEPS 3             /* of an eighth, before they grow... */
#define STEPS 5                    /* ...to the whole */
#define HOLD_NS 3000000000ULL      /* after a step up in vain */
#define DRAINS 0.05                /* seconds a second: it does... */
#define DRAINS_US 500000.0         /* ...if it is gone within that */
#define FILL_HOLD_NS 1000000000ULL /* then none is risked again */
#define GROWS 0.03                 /* seconds a second: it does... */
#define GROWS_US 3000U             /* ...and is more than noise */
#define UNSEEN_NS 500000000ULL     /* and no answers tell: no step up meanwhile */
#define FULL_TIMES 4               /* the least round trip */
#define LASTING_MS 2000U           /* an outage that may be the answer to how fast we asked */
#define SPREAD 2                   /* what is left then takes that part of it, at least */
#define CEILING_DOUBLES_NS 500000000ULL
#define CEILING_CREEPS_NS 1000000000ULL

void ptl_path_init(struct ptl_path *path, uint32_t window, uint64_t now_ns)
{
    *path = (struct ptl_path){.window = window,
                              .since_ns = now_ns,
                              .slice_ns = now_ns,
                              .cycle_ns = now_ns,
                              .base_share = PTL_LOSS_BASE_MOST};
    ptl_pacer_init(&path->pace, 0, now_ns);
}

static void set_pace(struct ptl_path *path, uint64_t now_ns)
{
    uint64_t rate = path->limit;
    if (path->ceiling != 0 && (rate == 0 || path->ceiling < rate))
        rate = path->ceiling;
    if (path->pace.rate == 0)
        ptl_pacer_init(&path->pace, rate, now_ns);
    path->pace.rate = rate;
}

static void set_limit(struct ptl_path *path, double rate, uint64_t now_ns)
{
    path->through = 0;
    path->limit = rate > LEAST_RATE ? (uint64_t)rate : LEAST_RATE;
    path->window = 0;
    path->last_limit = 0;
    path->steps = 0;
    set_pace(path, now_ns);
    ptl_path_forget(path, now_ns);
}

void ptl_path_resume(struct ptl_path *path, uint64_t limit, uint64_t now_ns)
{
    if (limit > 0)
        set_limit(path, (double)limit / 2, now_ns);
}

void ptl_path_was_there(struct ptl_path *path, uint64_t now_ns)
{
    path->alive_ns = 1; /* before anything that is sent now */
    path->heard_ns = now_ns;
}

/* To what got through since the last change; what was sent meanwhile is asked again. */
static void lower(struct ptl_path *path, uint64_t now_ns)
{
    double seconds = (double)(now_ns - path->since_ns) / (double)PTL_NS_PER_S;
    double rate = path->sent / (seconds > 0.001 ? seconds : 0.001);
    if (rate < path->slice_rate)
        rate = path->slice_rate; /* it was not sending all the time */
    /* Or there was nothing to send: no round lowers it to less than half. */
    if (rate < (double)path->limit / 2)
        rate = (double)path->limit / 2;
    if (path->pace.rate > 0 && rate > (double)path->pace.rate)
        rate = (double)path->pace.rate;
    uint64_t first = path->chance.suspected;
    if (ptl_chance_is(&path->chance)) { /* then the steps down brought nothing: they are undone */
        path->base_share = path->chance.share;
        set_limit(path, (double)(first > path->limit ? first : path->limit), now_ns);
        return;
    }
    rate *= 1 - ptl_loss_share(path) + path->base_share;
    ptl_loss_blame_pace(path, now_ns);
    set_limit(path, rate, now_ns);
    if (path->chance.suspected == 0)
        path->chance.suspected = path->limit;
    path->hold_until_ns = now_ns + ROUND_NS;
}

static bool goes_gently(const struct ptl_path *path)
{
    return path->limit < 2 * path->queued;
}

/* A step of an eighth up, then of a quarter, a half and the whole; taken back where it brought no
 * more than loss. */
static void raise(struct ptl_path *path, uint64_t now_ns)
{
    if (path->heard_ns < path->since_ns)
        return; /* nothing answers, and it may be that no sentinel is left to prove a loss */
    bool over = ptl_loss_is_over(path);
    double share = over ? 0 : ptl_loss_share(path);
    bool well = share <= path->base_share + PTL_LOSS_EXCESS / 2;
    bool known = path->asked >= (well ? PTL_LOSS_ENOUGH / 2 : PTL_LOSS_ENOUGH) ||
                 (path->sent >= PTL_LOSS_ENOUGH && path->silent * 16ULL < path->sent) ||
                 (path->lost == 0 && path->asked >= PTL_LOSS_FEW / 2) || over;
    if (!known && (!well || now_ns - path->since_ns < PTL_NS_PER_S))
        return;
    if (path->asked >= PTL_LOSS_ENOUGH / 2)
        ptl_loss_learn_base(path, share);
    if (path->asked >= PTL_LOSS_ENOUGH / 2 && path->lost == 0)
        ptl_chance_over(&path->chance);
    if (path->last_limit != 0 && path->asked >= PTL_LOSS_ENOUGH / 2 &&
        share > path->last_share + 0.06 && ptl_loss_exceeds_base(path)) {
        set_limit(path, (double)path->last_limit, now_ns);
        path->hold_until_ns = now_ns + HOLD_NS;
        return;
    }
    uint64_t before = path->limit;
    bool may = path->held && well && now_ns >= path->hold_until_ns;
    uint8_t steps = path->steps;
    double eighths = steps < STEADY_STEPS ? 1 : 1U << (steps - STEADY_STEPS + 1);
    if (may)
        set_limit(path, (double)before * (1 + (goes_gently(path) ? 0.5 : eighths) / 8) + 1, now_ns);
    else
        ptl_path_forget(path, now_ns);
    path->steps = (uint8_t)(may && steps < STEPS ? steps + 1 : steps);
    path->last_limit = may ? before : 0;
    path->last_share = share;
}

/* The path is asked so much slower that its queue is soon gone. A queue that drains needs only
 * time. */
static void drain(struct ptl_path *path, uint64_t now_ns)
{
    uint64_t round_ns = (uint64_t)path->rtt.srtt_us * PTL_NS_PER_US;
    double grows;
    if (!ptl_queue_trend(&path->queue, round_ns > ROUND_NS ? round_ns : ROUND_NS, &grows))
        return;
    double through = ptl_queue_through((double)path->limit, grows, ptl_loss_beyond_chance(path));
    double drained_us = -grows * DRAINS_US;
    if (grows >= -DRAINS || path->queue.us > drained_us)
        set_limit(path, through * ptl_queue_drain_share(&path->queue), now_ns);
    else
        ptl_path_forget(path, now_ns);
    path->through = (uint64_t)through;
}

/* The queue is gone: back to nearly what gets through. */
static void fill_again(struct ptl_path *path, uint64_t now_ns)
{
    path->queued = path->through;
    set_limit(path, (double)path->queued * 31 / 32, now_ns);
    path->hold_until_ns = now_ns + FILL_HOLD_NS;
}

/* Near what got through when a queue stood: a step up that lets one grow again is taken back before
 * it stands. */
static bool levels_off(struct ptl_path *path, uint64_t now_ns)
{
    double grows;
    uint64_t before = path->last_limit;
    if (!goes_gently(path) || before == 0)
        return false;
    if (!ptl_queue_trend(&path->queue, ROUND_NS / 2, &grows))
        return now_ns - path->since_ns < UNSEEN_NS;
    if (path->queue.us < GROWS_US || grows < GROWS)
        return false;
    uint64_t through = (uint64_t)ptl_queue_through((double)path->limit, grows, 0);
    path->queued = through > before ? through : before;
    set_limit(path, (double)path->queued * 31 / 32, now_ns);
    path->hold_until_ns = now_ns + FILL_HOLD_NS;
    return true;
}

/* Outages that our pace brings about: that much is safe, and so is what passed of late, an outage
 * and all that came before it taken together. A full table lets as much through as entries of it
 * expire. */
static uint64_t safe_or(const struct ptl_path *path, uint64_t rate)
{
    uint64_t sustained = path->sustained * 9 / 10;
    uint64_t safe = rate > sustained ? rate : sustained;
    return safe > LEAST_RATE ? safe : LEAST_RATE;
}

static void grow_ceiling(struct ptl_path *path, uint64_t now_ns)
{
    if (now_ns < path->raised_ns + (path->ours ? CEILING_CREEPS_NS : CEILING_DOUBLES_NS))
        return;
    path->raised_ns = now_ns;
    uint64_t next = path->ours ? path->ceiling * 9 / 8 + 1 : path->ceiling * 2;
    uint64_t safe = safe_or(path, path->struck / 2);
    if (path->ours)
        path->ceiling = next < safe ? next : safe;
    else
        path->ceiling = next < path->struck ? next : 0;
    set_pace(path, now_ns);
}

/* Looks, once a round, whether the pace fits. */
static void look(struct ptl_path *path, uint64_t now_ns)
{
    if (path->ceiling != 0 && !path->paused)
        grow_ceiling(path, now_ns);
    if (path->limit == 0 || path->paused || now_ns - path->since_ns < ROUND_NS)
        return;
    ptl_loss_count_old(path, now_ns);
    bool queue = ptl_queue_stands(&path->queue, path->least_us);
    if (now_ns - path->since_ns <
        (uint64_t)path->rtt.srtt_us * PTL_NS_PER_US * (queue ? 1 : ROUND_TRIPS))
        return;
    if (queue)
        drain(path, now_ns);
    else if (path->through != 0)
        fill_again(path, now_ns);
    else if (!levels_off(path, now_ns))
        raise(path, now_ns);
}

/* Answers wait, be it in the network or for this program to read them: still more of them on the
 * way bring nothing, and sockets that are many cost more each. */
static bool is_full(const struct ptl_path *path, uint32_t in_pipe)
{
    return in_pipe >= PTL_PATH_FULL &&
           path->rtt.srtt_us > FULL_TIMES * path->least_us + PTL_QUEUE_FLOOR_US;
}

size_t ptl_path_allow(struct ptl_path *path, size_t want, uint32_t in_pipe, uint64_t now_ns,
                      uint64_t *due_ns)
{
    look(path, now_ns);
    size_t may = want;
    if (path->window > 0)
        may = in_pipe < path->window ? path->window - in_pipe : 0;
    if (is_full(path, in_pipe))
        may = 0;
    if (may < want)
        path->held = true;
    if (may > want)
        may = want;
    size_t paced = ptl_pacer_allow(&path->pace, may, now_ns, due_ns);
    if (paced < may)
        path->held = true;
    return paced;
}

void ptl_path_sent(struct ptl_path *path, size_t count, uint64_t now_ns)
{
    ptl_pacer_spend(&path->pace, count);
    path->sent += (uint32_t)count;
    path->cycle_sent += (uint32_t)count;
    if (now_ns - path->slice_ns >= PTL_PATH_SLICE_NS) {
        path->slice_rate = (uint32_t)(path->slice_sent * PTL_NS_PER_S / (now_ns - path->slice_ns));
        path->slice_sent = 0;
        path->slice_ns = now_ns;
    }
    path->slice_sent += (uint32_t)count;
}

static void widen(struct ptl_path *path, uint32_t count, uint32_t most)
{
    if (path->window == 0 || !path->held)
        return;
    uint64_t window = (uint64_t)path->window + count;
    path->window = window < most ? (uint32_t)window : most;
}

void ptl_path_overdue(struct ptl_path *path, uint32_t count, uint32_t most)
{
    path->silent += count;
    if (path->paused || path->lost_in_row > 0)
        return;
    if (path->alive_ns == 0)
        widen(path, count, most < PTL_PATH_UNHEARD ? most : PTL_PATH_UNHEARD);
    else if (path->asked > 0 && path->lost * 8 < path->asked)
        widen(path, count, most);
}

/* ---- round trips ---- */

void ptl_path_round_trip(struct ptl_path *path, uint32_t us, uint32_t least_us, bool prompt,
                         uint32_t in_pipe, uint64_t now_ns)
{
    ptl_rtt_sample(&path->rtt, us);
    path->least_us =
        path->least_us == 0 ? least_us : (uint32_t)((15ULL * path->least_us + least_us) / 16);
    /* What was sent before the pace was changed met the queue of that. */
    if (!prompt || now_ns - us * PTL_NS_PER_US < path->since_ns)
        return;
    ptl_queue_learn(&path->queue, us, least_us, path->least_us, now_ns);
    /* Little's law: what is in the pipe, over the time that it takes, is what gets through. */
    if (path->window > 0 && in_pipe >= path->window / 4 && path->held &&
        ptl_queue_stands(&path->queue, path->least_us)) {
        set_limit(path, 0.8 * in_pipe * 1e6 / (us + 1.0), now_ns);
        path->queued = path->limit;
    }
}

/* ---- is it there? ---- */

/* An outage is over that our own pace may have brought about. */
static void restart(struct ptl_path *path, uint64_t now_ns)
{
    path->sustained = path->passed * PTL_NS_PER_S / (now_ns - path->cycle_ns + 1);
    path->cycle_ns = now_ns;
    path->cycle_sent = path->passed = 0;
    path->raised_ns = now_ns;
    path->ours = path->struck_before; /* what struck twice will strike again at that speed */
    path->struck_before = true;
    path->ceiling = path->ours ? safe_or(path, path->struck / 4) : path->struck / 4;
    set_pace(path, now_ns);
}

void ptl_path_spread(struct ptl_path *path, uint64_t left, uint32_t lasted_ms, uint64_t now_ns)
{
    if (!path->struck_at_once || lasted_ms < LASTING_MS)
        return;
    uint32_t spread_ms = lasted_ms / SPREAD;
    uint64_t rate = safe_or(path, left * 1000 / spread_ms);
    if (rate >= 2 * path->ceiling)
        return;
    path->ours = true;
    if (rate < path->ceiling)
        path->ceiling = rate;
    path->raised_ns = now_ns + spread_ms * PTL_NS_PER_MS;
    set_pace(path, now_ns);
}

bool ptl_path_heard(struct ptl_path *path, uint64_t sent_ns, uint64_t now_ns, uint32_t most,
                    uint32_t *lasted_ms)
{
    bool over = path->paused;
    /* Till now: when it was sent is not known to the microsecond, and it may be an answer that was
     * read late, of what was sent before. */
    if (over || ptl_path_is_silent(path))
        ptl_path_add_bad(path, path->alive_ns + 1, now_ns);
    *lasted_ms = (uint32_t)((now_ns - path->heard_ns) / PTL_NS_PER_MS);
    if (over) {
        path->paused = false;
        if (path->window > 2 * PTL_PATH_START)
            path->window /= 2;
        if (*lasted_ms >= LASTING_MS)
            restart(path, now_ns);
        ptl_path_forget(path, now_ns);
    }
    path->passed = path->cycle_sent;
    ptl_path_note_alive(path, sent_ns);
    path->heard_ns = now_ns;
    widen(path, 1, most);
    return over;
}

bool ptl_path_sentinel(struct ptl_path *path, uint64_t sent_ns, bool answered, bool blames,
                       uint64_t now_ns)
{
    if (!answered)
        ptl_path_note_lost(path, sent_ns);
    if (path->paused || sent_ns < path->since_ns)
        return false;
    ptl_loss_add(path, sent_ns, answered, now_ns);
    /* Where nothing at all is heard, it is not the pace that is in question. */
    if (!blames || !ptl_loss_is_of_pace(path) || ptl_path_is_silent(path))
        return false;
    lower(path, now_ns);
    return true;
}
