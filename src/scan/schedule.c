#include "scan/schedule.h"

#include <stdlib.h>
#include <string.h>

/* ---- lanes ---- */

bool ptl_schedule_init(struct ptl_schedule *schedule, uint32_t window, uint32_t more,
                       uint32_t port_count, uint32_t per_target, bool adaptive, uint64_t now_ns)
{
    *schedule = (struct ptl_schedule){.window = window,
                                      .port_count = port_count,
                                      .per_target = per_target > 0 ? per_target : UINT32_MAX,
                                      .adaptive = adaptive};
    ptl_wheel_init(&schedule->sleepers, now_ns);
    schedule->lanes = calloc((size_t)window + more, sizeof(*schedule->lanes));
    if (schedule->lanes == NULL || !ptl_wheel_reserve(&schedule->sleepers, window + more))
        return false;
    for (uint32_t i = 0; i < window; i++)
        schedule->lanes[i].next = i + 1 < window ? i + 1 : PTL_LANE_NONE;
    schedule->free_lane = window > 0 ? 0 : PTL_LANE_NONE;
    for (int i = 0; i < PTL_RINGS; i++)
        schedule->turns[i] = PTL_LANE_NONE;
    return true;
}

void ptl_schedule_free(struct ptl_schedule *schedule)
{
    for (uint32_t i = 0; schedule->lanes != NULL && i < schedule->window; i++) {
        ptl_fifo_free(&schedule->lanes[i].again);
        ptl_fifo_free(&schedule->lanes[i].doubts);
        ptl_fifo_free(&schedule->lanes[i].refusals);
        ptl_fifo_free(&schedule->lanes[i].silent_lately);
        free(schedule->lanes[i].marks);
        free(schedule->lanes[i].reasons);
    }
    free(schedule->lanes);
    schedule->lanes = NULL;
    ptl_wheel_free(&schedule->sleepers);
}

uint32_t ptl_schedule_open(struct ptl_schedule *schedule, uint64_t now_ns)
{
    uint32_t id = schedule->free_lane;
    struct ptl_lane *lane = &schedule->lanes[id];
    schedule->free_lane = lane->next;
    memset(lane, 0, sizeof(*lane));
    lane->place = PTL_PLACE_NOWHERE;
    lane->active = true;
    lane->pass = 1;
    ptl_path_init(&lane->path, 0, now_ns);
    schedule->active++;
    return id;
}

/* Into a ring, behind all others. */
static void insert(struct ptl_schedule *schedule, enum ptl_place place, uint32_t id)
{
    struct ptl_lane *lanes = schedule->lanes, *lane = &lanes[id];
    uint32_t *turn = &schedule->turns[place];
    schedule->sizes[place]++;
    if (*turn == PTL_LANE_NONE) {
        lane->previous = lane->next = *turn = id;
        return;
    }
    lane->next = *turn;
    lane->previous = lanes[*turn].previous;
    lanes[lane->previous].next = id;
    lanes[*turn].previous = id;
}

/* Out of it: the next lane has the turn if this one had it. */
static void take_out(struct ptl_schedule *schedule, enum ptl_place place, uint32_t id)
{
    struct ptl_lane *lanes = schedule->lanes;
    const struct ptl_lane *lane = &lanes[id];
    uint32_t *turn = &schedule->turns[place];
    lanes[lane->previous].next = lane->next;
    lanes[lane->next].previous = lane->previous;
    if (*turn == id)
        *turn = lane->next;
    if (--schedule->sizes[place] == 0)
        *turn = PTL_LANE_NONE;
}

static void leave(struct ptl_schedule *schedule, uint32_t id)
{
    uint8_t place = schedule->lanes[id].place;
    if (place < PTL_RINGS)
        take_out(schedule, place, id);
    if (place == PTL_PLACE_ASLEEP)
        ptl_wheel_remove(&schedule->sleepers, id);
    schedule->lanes[id].place = PTL_PLACE_NOWHERE;
}

void ptl_schedule_close(struct ptl_schedule *schedule, uint32_t id)
{
    struct ptl_lane *lane = &schedule->lanes[id];
    leave(schedule, id);
    lane->active = false;
    ptl_fifo_free(&lane->again);
    ptl_fifo_free(&lane->doubts);
    ptl_fifo_free(&lane->refusals);
    ptl_fifo_free(&lane->silent_lately);
    free(lane->marks);
    free(lane->reasons);
    lane->marks = NULL;
    lane->reasons = NULL;
    lane->next = schedule->free_lane;
    schedule->free_lane = id;
    schedule->active--;
}

static bool lags(const struct ptl_schedule *schedule, const struct ptl_lane *lane)
{
    return schedule->adaptive && lane->answers == 0 && lane->silences > 0;
}

/* When the lane may send what it has; UINT64_MAX: it has nothing. */
static uint64_t due_ns(const struct ptl_schedule *schedule, struct ptl_lane *lane, uint64_t now_ns)
{
    if (lane->path.paused)
        return lane->gone ? UINT64_MAX : lane->path.ask_ns;
    if (lane->lookup > PTL_LOOKUP_ASKS)
        return lane->rest_ns;
    if (lane->lookup == PTL_LOOKUP_ASKS && lane->in_flight > 0)
        return UINT64_MAX;
    uint64_t due = UINT64_MAX;
    if (ptl_schedule_has_first(schedule, lane) || lane->waiting > 0 || ptl_lane_owes_sentinel(lane))
        due = lane->rest_ns;
    if (lane->again.count > 0 && ptl_fifo_first(&lane->again)->at_ns < due)
        due = ptl_fifo_first(&lane->again)->at_ns;
    uint64_t paced_ns;
    /* Few targets have a pace of their own. */
    if (due <= now_ns && lane->path.pace.rate != 0 &&
        ptl_path_allow(&lane->path, 1, 0, now_ns, &paced_ns) == 0)
        due = paced_ns;
    return due;
}

static enum ptl_place place_of(const struct ptl_schedule *schedule, const struct ptl_lane *lane,
                               uint64_t due, uint64_t now_ns)
{
    if (due == UINT64_MAX || lane->in_flight >= schedule->per_target)
        return PTL_PLACE_NOWHERE;
    if (due > now_ns)
        return PTL_PLACE_ASLEEP;
    if (!lags(schedule, lane))
        return PTL_PLACE_FLOWING;
    return ptl_schedule_has_first(schedule, lane) ? PTL_PLACE_LAGGING : PTL_PLACE_LAST;
}

void ptl_schedule_place(struct ptl_schedule *schedule, uint32_t id, uint64_t now_ns)
{
    struct ptl_lane *lane = &schedule->lanes[id];
    bool now_lags = lags(schedule, lane);
    if (now_lags != lane->lags) {
        schedule->lagging_in_flight += now_lags ? lane->in_flight : -lane->in_flight;
        lane->lags = now_lags;
    }
    uint64_t due = due_ns(schedule, lane, now_ns);
    enum ptl_place place = place_of(schedule, lane, due, now_ns);
    if (place == lane->place && place != PTL_PLACE_ASLEEP)
        return;
    leave(schedule, id);
    lane->place = (uint8_t)place;
    if (place == PTL_PLACE_ASLEEP)
        ptl_wheel_add(&schedule->sleepers, id, due);
    if (place < PTL_RINGS)
        insert(schedule, place, id);
}

void ptl_schedule_wake(struct ptl_schedule *schedule, uint64_t now_ns)
{
    for (uint32_t id = ptl_wheel_expire(&schedule->sleepers, now_ns); id != PTL_WHEEL_NONE;
         id = ptl_wheel_expire(&schedule->sleepers, now_ns))
        ptl_schedule_place(schedule, id, now_ns);
}
