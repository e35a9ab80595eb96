#include "scan/schedule.h"

#include "portolan/clock.h"

#include <stdlib.h>
#include <string.h>

#define CATCH_UP_NS 2000000U /* a lane that was woken late may send so much at once */
#define WAITING_MOST 262144  /* retries in wait before first attempts pause: 5 MB of them */

bool ptl_schedule_init(struct ptl_schedule *schedule, uint32_t window, uint32_t port_count,
                       bool adaptive)
{
    *schedule = (struct ptl_schedule){
        .window = window, .port_count = port_count, .adaptive = adaptive, .wake_ms = UINT32_MAX};
    schedule->lanes = calloc(window > 0 ? window : 1, sizeof(*schedule->lanes));
    if (schedule->lanes == NULL)
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
        free(schedule->lanes[i].retries.items);
        free(schedule->lanes[i].parked);
    }
    free(schedule->lanes);
    schedule->lanes = NULL;
}

uint32_t ptl_schedule_open(struct ptl_schedule *schedule, uint64_t now_ns)
{
    uint32_t id = schedule->free_lane;
    struct ptl_lane *lane = &schedule->lanes[id];
    schedule->free_lane = lane->next;
    struct ptl_retries kept = lane->retries; /* its memory serves the next target too */
    memset(lane, 0, sizeof(*lane));
    kept.head = kept.count = 0;
    lane->retries = kept;
    lane->place = PTL_PLACE_NOWHERE;
    lane->active = true;
    ptl_congestion_init(&lane->congestion, now_ns);
    schedule->active++;
    return id;
}

static void leave(struct ptl_schedule *schedule, uint32_t id)
{
    uint8_t place = schedule->lanes[id].place;
    if (place < PTL_RINGS) {
        ptl_ring_remove(schedule->lanes, &schedule->turns[place], id);
        schedule->sizes[place]--;
    }
    schedule->lanes[id].place = PTL_PLACE_NOWHERE;
}

void ptl_schedule_close(struct ptl_schedule *schedule, uint32_t id)
{
    struct ptl_lane *lane = &schedule->lanes[id];
    leave(schedule, id);
    lane->active = false;
    free(lane->parked);
    lane->parked = NULL;
    lane->next = schedule->free_lane;
    schedule->free_lane = id;
    schedule->active--;
}

bool ptl_schedule_has_first(const struct ptl_schedule *schedule, const struct ptl_lane *lane)
{
    return lane->next_port < schedule->port_count && !lane->gave_up &&
           (lane->retries.count == 0 || schedule->waiting < WAITING_MOST);
}

static bool lags(const struct ptl_schedule *schedule, const struct ptl_lane *lane)
{
    return schedule->adaptive &&
           (lane->congestion.struggles || (lane->answers == 0 && lane->silences > 0));
}

/* When a lane whose target has a limit may send again; 0: at any time. */
static uint32_t send_ms(const struct ptl_schedule *schedule, const struct ptl_lane *lane)
{
    if (lane->congestion.limit == PTL_CONGESTION_NO_LIMIT || lane->send_ns <= schedule->start_ns)
        return 0;
    return (uint32_t)((lane->send_ns - schedule->start_ns) / PTL_NS_PER_MS);
}

static enum ptl_place place_of(const struct ptl_schedule *schedule, const struct ptl_lane *lane,
                               uint32_t now_ms)
{
    bool first = ptl_schedule_has_first(schedule, lane);
    bool waits = lane->retries.count > 0;
    bool due = waits && ptl_retries_first(&lane->retries)->due_ms <= now_ms;
    if (lane->in_flight >= lane->congestion.limit)
        return PTL_PLACE_NOWHERE;
    if (!first && !due)
        return waits ? PTL_PLACE_ASLEEP : PTL_PLACE_NOWHERE;
    if (send_ms(schedule, lane) > now_ms)
        return PTL_PLACE_ASLEEP;
    if (!lags(schedule, lane))
        return PTL_PLACE_FLOWING;
    return lane->answers == 0 && !first ? PTL_PLACE_LAST : PTL_PLACE_LAGGING;
}

void ptl_schedule_place(struct ptl_schedule *schedule, uint32_t id, uint32_t now_ms)
{
    struct ptl_lane *lane = &schedule->lanes[id];
    bool now_lags = lags(schedule, lane);
    if (now_lags != lane->lags) {
        schedule->lagging_in_flight += now_lags ? lane->in_flight : -lane->in_flight;
        lane->lags = now_lags;
    }
    enum ptl_place place = place_of(schedule, lane, now_ms);
    if (place != lane->place) {
        leave(schedule, id);
        lane->place = (uint8_t)place;
        if (place < PTL_RINGS) {
            ptl_ring_insert(schedule->lanes, &schedule->turns[place], id);
            schedule->sizes[place]++;
        }
    }
    if (place == PTL_PLACE_ASLEEP) {
        uint32_t due_ms = send_ms(schedule, lane);
        if (!ptl_schedule_has_first(schedule, lane) &&
            ptl_retries_first(&lane->retries)->due_ms > due_ms)
            due_ms = ptl_retries_first(&lane->retries)->due_ms;
        if (due_ms < schedule->wake_ms)
            schedule->wake_ms = due_ms;
    }
}

void ptl_schedule_wake(struct ptl_schedule *schedule, uint32_t now_ms)
{
    if (now_ms < schedule->wake_ms)
        return;
    schedule->wake_ms = UINT32_MAX;
    uint32_t id = schedule->turns[PTL_PLACE_ASLEEP];
    for (uint32_t left = schedule->sizes[PTL_PLACE_ASLEEP]; left > 0; left--) {
        uint32_t next = schedule->lanes[id].next;
        ptl_schedule_place(schedule, id, now_ms);
        id = next;
    }
}

/*
 * What a limit grants is not sent at once, for what drops bursts would drop most of it, but at the
 * pace at which permits come back: limit / hold time (Little's law), and a quarter faster, so that
 * the limit is what binds.
 */
static void pace(struct ptl_lane *lane, uint64_t at_ns)
{
    if (lane->congestion.limit == PTL_CONGESTION_NO_LIMIT)
        return;
    uint64_t interval_ns = lane->hold_us * PTL_NS_PER_US * 4 / 5 / lane->congestion.limit;
    uint64_t earliest_ns = at_ns > CATCH_UP_NS ? at_ns - CATCH_UP_NS : 0;
    lane->send_ns = (lane->send_ns > earliest_ns ? lane->send_ns : earliest_ns) + interval_ns;
}

void ptl_schedule_sent(struct ptl_schedule *schedule, struct ptl_probe *probe, uint64_t at_ns)
{
    struct ptl_lane *lane = &schedule->lanes[probe->lane];
    pace(lane, at_ns);
    lane->in_flight++;
    schedule->lagging_in_flight += lane->lags;
    probe->round = ptl_congestion_sent(&lane->congestion, lane->in_flight);
}

void ptl_schedule_returned(struct ptl_schedule *schedule, uint32_t id)
{
    struct ptl_lane *lane = &schedule->lanes[id];
    lane->in_flight--;
    schedule->lagging_in_flight -= lane->lags;
}

bool ptl_schedule_retry(struct ptl_schedule *schedule, const struct ptl_probe *probe,
                        uint32_t due_ms)
{
    struct ptl_retry retry = {.probe = *probe, .due_ms = due_ms};
    if (!ptl_retries_push(&schedule->lanes[probe->lane].retries, &retry))
        return false;
    schedule->waiting++;
    return true;
}

struct ptl_probe ptl_schedule_pop_retry(struct ptl_schedule *schedule, uint32_t id)
{
    schedule->waiting--;
    return ptl_retries_pop(&schedule->lanes[id].retries);
}
