/*
 * What is lost, as sentinels that have ended tell of it: what share, whether the pace is to blame
 * for it, and what share is lost at any pace.
 */
#include "base/clock.h"
#include "scan/path.h"

#include <string.h>

#define VOID_SHARE 0.25 /* lost: silence says nothing then */
#define BASE_FIRST 0.03 /* put up with, once the pace was to blame */
#define BASE_DRIFT 0.01
#define FRESH_NS 16000000ULL /* of sending: sentinels that are counted together */
#define SHORTEST_US 30000U   /* that a sentinel is waited for */

void ptl_path_forget(struct ptl_path *path, uint64_t now_ns)
{
    path->since_ns = now_ns;
    path->sent = path->silent = path->asked = path->lost = 0;
    path->sent_then = path->silent_then = 0;
    ptl_queue_forget(&path->queue);
    path->held = false;
    memset(path->fresh, 0, sizeof(path->fresh));
    path->fresh_first = now_ns / FRESH_NS;
}

void ptl_path_lose(struct ptl_path *path, double share)
{
    if (path->chance.share < share)
        path->chance.share = share;
    if (path->base_share < share)
        path->base_share = share;
}

/* ---- those that have ended ---- */

uint64_t ptl_path_sentinel_us(const struct ptl_path *path)
{
    uint64_t us = 2ULL * ptl_rtt_timeout_us(&path->rtt);
    return us > SHORTEST_US ? us : SHORTEST_US;
}

/* How fast it is asked: it may not be sending all the time. */
static uint64_t pace_of(const struct ptl_path *path)
{
    uint64_t now = path->slice_sent * (PTL_NS_PER_S / PTL_PATH_SLICE_NS);
    uint64_t pace = path->slice_rate > now ? path->slice_rate : now;
    return pace < path->limit ? pace : path->limit;
}

static void count(struct ptl_path *path, uint32_t answered, uint32_t lost)
{
    path->asked += answered + lost;
    path->lost += lost;
    for (uint32_t i = 0; i < answered + lost && path->limit != 0; i++)
        ptl_chance_count(&path->chance, pace_of(path), i < lost);
}

static void count_first(struct ptl_path *path)
{
    uint8_t *first = path->fresh[path->fresh_first++ % PTL_PATH_FRESH];
    count(path, first[0], first[1]);
    first[0] = first[1] = 0;
}

void ptl_loss_count_old(struct ptl_path *path, uint64_t now_ns)
{
    uint64_t wait_ns = ptl_path_sentinel_us(path) * PTL_NS_PER_US;
    uint64_t until = now_ns > wait_ns ? (now_ns - wait_ns) / FRESH_NS : 0;
    for (int i = 0; i < PTL_PATH_FRESH && path->fresh_first < until; i++)
        count_first(path);
    if (path->fresh_first < until)
        path->fresh_first = until;
}

static void add_fresh(struct ptl_path *path, uint64_t sent_ns, bool lost)
{
    uint64_t number = sent_ns / FRESH_NS;
    while (number >= path->fresh_first + PTL_PATH_FRESH)
        count_first(path);
    uint8_t *slice = path->fresh[number % PTL_PATH_FRESH];
    if (number < path->fresh_first || slice[lost] == UINT8_MAX)
        count(path, !lost, lost);
    else
        slice[lost]++;
}

void ptl_loss_add(struct ptl_path *path, uint64_t sent_ns, bool answered, uint64_t now_ns)
{
    ptl_loss_count_old(path, now_ns);
    add_fresh(path, sent_ns, !answered);
    if (answered)
        return;
    path->sent_then = path->sent;
    path->silent_then = path->silent;
}

/* ---- what they tell ---- */

bool ptl_loss_is_rare(const struct ptl_path *path)
{
    uint32_t asked = path->asked, lost = path->lost;
    for (int i = 0; i < PTL_PATH_FRESH; i++) {
        asked += path->fresh[i][0] + path->fresh[i][1];
        lost += path->fresh[i][1];
    }
    return asked >= PTL_LOSS_ENOUGH / 2 && lost * 8 < asked;
}

double ptl_loss_share(const struct ptl_path *path)
{
    return path->asked > 0 ? path->lost / (double)path->asked : 0;
}

double ptl_loss_beyond_chance(const struct ptl_path *path)
{
    return path->asked >= PTL_LOSS_FEW ? ptl_loss_share(path) - path->chance.share - BASE_FIRST : 0;
}

bool ptl_loss_exceeds_base(const struct ptl_path *path)
{
    return path->base_share <= PTL_LOSS_BASE_MOST ||
           ptl_chance_exceeds(path->base_share, path->asked, path->lost);
}

/* What chance loses is known from many sentinels, and may lessen; else a round or two tell. */
void ptl_loss_learn_base(struct ptl_path *path, double share)
{
    double most = path->chance.share > PTL_LOSS_BASE_MOST ? path->chance.share : PTL_LOSS_BASE_MOST;
    if (path->base_share > PTL_LOSS_BASE_MOST)
        path->base_share += (share - path->base_share) / 8;
    else if (share < path->base_share)
        path->base_share = (share + path->base_share) / 2;
    else
        path->base_share += BASE_DRIFT;
    if (path->base_share > most)
        path->base_share = most;
}

bool ptl_loss_is_of_pace(const struct ptl_path *path)
{
    bool most = (path->asked >= PTL_LOSS_FEW && path->lost * 4 >= path->asked * 3) ||
                (path->asked >= 2 * PTL_LOSS_FEW && path->lost * 2 >= path->asked);
    bool many =
        path->asked >= PTL_LOSS_ENOUGH && ptl_loss_share(path) > path->base_share + PTL_LOSS_EXCESS;
    return (most || many) && ptl_loss_exceeds_base(path);
}

void ptl_loss_blame_pace(struct ptl_path *path, uint64_t now_ns)
{
    double least = path->chance.share > BASE_FIRST ? path->chance.share : BASE_FIRST;
    if (ptl_loss_share(path) >= VOID_SHARE)
        ptl_path_add_bad(path, path->since_ns, now_ns);
    if (path->base_share > least)
        path->base_share = least;
}

bool ptl_loss_is_over(struct ptl_path *path)
{
    uint32_t sent = path->sent - path->sent_then;
    if (sent < PTL_LOSS_ENOUGH)
        return false;
    bool over = (path->silent - path->silent_then) * 16 < sent && path->asked < PTL_LOSS_ENOUGH / 2;
    path->sent_then = path->sent;
    path->silent_then = path->silent;
    return over;
}

bool ptl_path_loses_many(const struct ptl_path *path)
{
    double share = ptl_loss_share(path);
    return path->asked >= PTL_LOSS_FEW / 2 && share >= VOID_SHARE &&
           share > path->base_share + PTL_LOSS_EXCESS && ptl_loss_exceeds_base(path);
}
