#include "support/failing_malloc.h"

#include "scan/schedule.h"

#include <stdlib.h>

static struct ptl_schedule schedule;

static uint32_t open_lane(void)
{
    uint32_t id = ptl_schedule_open(&schedule, 0);
    ptl_schedule_place(&schedule, id, 0);
    return id;
}

static void start(uint32_t window, uint32_t ports, bool adaptive)
{
    assert_true(ptl_schedule_init(&schedule, window, ports, adaptive));
}

static enum ptl_place place(uint32_t id, uint32_t now_ms)
{
    ptl_schedule_place(&schedule, id, now_ms);
    return schedule.lanes[id].place;
}

/* Sends the next first attempt of a lane. */
static struct ptl_probe send_first(uint32_t id)
{
    struct ptl_lane *lane = &schedule.lanes[id];
    struct ptl_probe probe = {.lane = id, .port = (uint16_t)++lane->next_port, .attempt = 1};
    ptl_schedule_sent(&schedule, &probe, 0);
    return probe;
}

static void every_lane_is_opened_once(void **state)
{
    (void)state;
    start(3, 10, true);
    uint32_t ids[3];
    bool seen[3] = {false};
    for (int i = 0; i < 3; i++) {
        assert_int_not_equal(schedule.free_lane, PTL_LANE_NONE);
        ids[i] = open_lane();
        assert_true(ids[i] < 3 && !seen[ids[i]]);
        seen[ids[i]] = true;
    }
    assert_int_equal(schedule.free_lane, PTL_LANE_NONE);
    assert_int_equal(schedule.active, 3);
    assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], 3);
    ptl_schedule_close(&schedule, ids[1]);
    assert_int_equal(schedule.active, 2);
    assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], 2);
    assert_int_equal(open_lane(), ids[1]);
    ptl_schedule_free(&schedule);
    start(0, 10, true); /* nothing to scan */
    assert_int_equal(schedule.free_lane, PTL_LANE_NONE);
    ptl_schedule_free(&schedule);
}

/* A lane that is opened again knows nothing of the target before. */
static void a_lane_starts_afresh(void **state)
{
    (void)state;
    start(1, 10, true);
    uint32_t id = open_lane();
    struct ptl_probe probe = send_first(id);
    ptl_schedule_returned(&schedule, id);
    assert_true(ptl_schedule_retry(&schedule, &probe, 50));
    struct ptl_lane *lane = &schedule.lanes[id];
    lane->answers = lane->silences = 7;
    lane->gave_up = true;
    lane->parked = calloc(2, 1);
    lane->states[PTL_OPEN] = 3;
    ptl_schedule_pop_retry(&schedule, id);
    uint32_t capacity = lane->retries.capacity;
    ptl_schedule_close(&schedule, id);
    assert_int_equal(open_lane(), id);
    assert_int_equal(lane->answers + lane->silences + lane->next_port + lane->states[PTL_OPEN], 0);
    assert_false(lane->gave_up);
    assert_null(lane->parked);
    assert_int_equal(lane->retries.count, 0);
    assert_int_equal(lane->retries.capacity, capacity); /* but for the memory it had */
    assert_int_equal(schedule.waiting, 0);
    ptl_schedule_free(&schedule);
}

static void where_a_lane_stands(void **state)
{
    (void)state;
    start(2, 3, true);
    uint32_t id = open_lane();
    struct ptl_lane *lane = &schedule.lanes[id];
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING); /* not asked yet */
    struct ptl_probe probe = send_first(id);
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING);
    lane->silences = 1;
    assert_int_equal(place(id, 0), PTL_PLACE_LAGGING); /* nothing has answered */
    assert_int_equal(schedule.lagging_in_flight, 1);
    lane->answers = 1;
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING);
    assert_int_equal(schedule.lagging_in_flight, 0);
    lane->congestion.struggles = true;
    assert_int_equal(place(id, 0), PTL_PLACE_LAGGING); /* it loses much */
    lane->congestion.struggles = false;
    lane->congestion.limit = 1;
    assert_int_equal(place(id, 0), PTL_PLACE_NOWHERE); /* as much in flight as it may have */
    lane->congestion.limit = PTL_CONGESTION_NO_LIMIT;
    send_first(id);
    send_first(id);
    assert_int_equal(place(id, 0), PTL_PLACE_NOWHERE); /* all had their first attempt */
    ptl_schedule_returned(&schedule, id);
    assert_true(ptl_schedule_retry(&schedule, &probe, 100));
    assert_int_equal(place(id, 99), PTL_PLACE_ASLEEP);
    assert_int_equal(schedule.wake_ms, 100);
    assert_int_equal(place(id, 100), PTL_PLACE_FLOWING);
    lane->answers = 0;
    assert_int_equal(place(id, 100), PTL_PLACE_LAST); /* further attempts at what never answered */
    lane->gave_up = true;
    assert_int_equal(schedule.waiting, 1);
    ptl_schedule_pop_retry(&schedule, id);
    assert_int_equal(schedule.waiting, 0);
    assert_int_equal(place(id, 100), PTL_PLACE_NOWHERE);
    for (int i = 0; i < PTL_RINGS; i++)
        assert_int_equal(schedule.sizes[i], 0);
    ptl_schedule_free(&schedule);
}

static void without_adaptivity_none_lags(void **state)
{
    (void)state;
    start(1, 2, false);
    uint32_t id = open_lane();
    schedule.lanes[id].silences = 50;
    schedule.lanes[id].congestion.struggles = true;
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING);
    struct ptl_probe probe = send_first(id);
    send_first(id);
    ptl_schedule_returned(&schedule, id);
    assert_true(ptl_schedule_retry(&schedule, &probe, 0));
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING);
    ptl_schedule_free(&schedule);
}

/* Sleepers wake in time, those alone whose time has come, and none is forgotten. */
static void sleepers(void **state)
{
    (void)state;
    enum { LANES = 50 };
    start(LANES, 1, true);
    for (uint32_t i = 0; i < LANES; i++) {
        uint32_t id = open_lane();
        struct ptl_probe probe = send_first(id);
        schedule.lanes[id].answers = 1;
        ptl_schedule_returned(&schedule, id);
        assert_true(ptl_schedule_retry(&schedule, &probe, (i * 37 % LANES + 1) * 10));
        ptl_schedule_place(&schedule, id, 0);
    }
    assert_int_equal(schedule.sizes[PTL_PLACE_ASLEEP], LANES);
    uint32_t woken = 0;
    while (schedule.wake_ms != UINT32_MAX) {
        uint32_t now_ms = schedule.wake_ms;
        ptl_schedule_wake(&schedule, now_ms - 1); /* too early: nothing */
        assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], woken);
        ptl_schedule_wake(&schedule, now_ms);
        woken++;
        assert_int_equal(now_ms, woken * 10);
        assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], woken);
        assert_int_equal(schedule.sizes[PTL_PLACE_ASLEEP], LANES - woken);
    }
    assert_int_equal(woken, LANES);
    ptl_schedule_free(&schedule);
}

static void without_memory(void **state)
{
    (void)state;
    failing_malloc_arm(1, false);
    assert_false(ptl_schedule_init(&schedule, 5, 5, true));
    failing_malloc_disarm();
    ptl_schedule_free(&schedule);
    start(1, 100, true);
    uint32_t id = open_lane();
    struct ptl_probe probe = send_first(id);
    ptl_schedule_returned(&schedule, id);
    failing_malloc_arm(1, true);
    assert_false(ptl_schedule_retry(&schedule, &probe, 0));
    failing_malloc_disarm();
    assert_int_equal(schedule.waiting, 0); /* what was not taken is not counted */
    assert_int_equal(schedule.lanes[id].retries.count, 0);
    ptl_schedule_free(&schedule);
}

/* Ten permits that an attempt holds for 100 ms: 125 a second, not ten at once. */
static void a_limited_lane_keeps_its_pace(void **state)
{
    (void)state;
    start(1, 1000, true);
    uint32_t id = open_lane();
    struct ptl_lane *lane = &schedule.lanes[id];
    lane->answers = 1;
    lane->hold_us = 100000;
    for (int i = 0; i < 5; i++)
        send_first(id);
    assert_int_equal(place(id, 0), PTL_PLACE_FLOWING); /* it has no limit */
    for (int i = 0; i < 5; i++)
        ptl_schedule_returned(&schedule, id);
    lane->congestion.limit = 10;
    unsigned sent = 0;
    for (uint32_t ms = 1000; ms < 2000; ms++) {
        schedule.wake_ms = UINT32_MAX;
        unsigned at_once = 0;
        while (place(id, ms) == PTL_PLACE_FLOWING) {
            struct ptl_probe probe = {.lane = id, .port = (uint16_t)++lane->next_port};
            ptl_schedule_sent(&schedule, &probe, ms * 1000000ULL);
            ptl_schedule_returned(&schedule, id); /* the limit itself never binds */
            at_once++;
        }
        assert_true(at_once <= 2);
        assert_int_equal(lane->place, PTL_PLACE_ASLEEP);
        assert_true(schedule.wake_ms > ms && schedule.wake_ms <= ms + 9);
        sent += at_once;
    }
    assert_in_range(sent, 120, 130);
    ptl_schedule_free(&schedule);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_lane_is_opened_once),
        cmocka_unit_test(a_lane_starts_afresh),
        cmocka_unit_test(where_a_lane_stands),
        cmocka_unit_test(without_adaptivity_none_lags),
        cmocka_unit_test(sleepers),
        cmocka_unit_test(a_limited_lane_keeps_its_pace),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
