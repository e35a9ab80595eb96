#include "support/failing_malloc.h"

#include "base/clock.h"
#include "scan/schedule.h"

#include <stdlib.h>

#define MS PTL_NS_PER_MS

static struct ptl_schedule schedule;

static uint32_t open_lane(void)
{
    uint32_t id = ptl_schedule_open(&schedule, 0);
    ptl_schedule_place(&schedule, id, MS);
    return id;
}

static void start(uint32_t window, uint32_t ports, uint32_t per_target, bool adaptive)
{
    assert_true(ptl_schedule_init(&schedule, window, 2, ports, per_target, adaptive, 0));
}

static enum ptl_place place(uint32_t id, uint32_t now_ms)
{
    ptl_schedule_place(&schedule, id, now_ms * MS);
    return schedule.lanes[id].place;
}

/* Sends the next first attempt of a lane. */
static struct ptl_probe send_first(uint32_t id)
{
    struct ptl_lane *lane = &schedule.lanes[id];
    struct ptl_probe probe = {.lane = id, .port = (uint16_t)++lane->next_port, .attempt = 1};
    ptl_schedule_sent(&schedule, id);
    return probe;
}

static void every_lane_is_opened_once(void **state)
{
    (void)state;
    start(3, 10, 0, true);
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
    start(0, 10, 0, true); /* nothing to scan */
    assert_int_equal(schedule.free_lane, PTL_LANE_NONE);
    ptl_schedule_free(&schedule);
}

/* A lane that is opened again knows nothing of the target before. */
static void a_lane_starts_afresh(void **state)
{
    (void)state;
    start(1, 10, 0, true);
    uint32_t id = open_lane();
    struct ptl_probe probe = send_first(id);
    ptl_schedule_returned(&schedule, id);
    struct ptl_lane *lane = &schedule.lanes[id];
    assert_true(ptl_fifo_push(&lane->again, &probe, 50 * MS));
    lane->answers = lane->silences = 7;
    lane->gave_up = true;
    lane->marks = calloc(10, sizeof(*lane->marks));
    lane->states[PTL_OPEN] = 3;
    ptl_schedule_close(&schedule, id);
    assert_int_equal(open_lane(), id);
    assert_int_equal(lane->answers + lane->silences + lane->next_port + lane->states[PTL_OPEN], 0);
    assert_false(lane->gave_up);
    assert_null(lane->marks);
    assert_int_equal(lane->again.count, 0);
    ptl_schedule_free(&schedule);
}

static void where_a_lane_stands(void **state)
{
    (void)state;
    start(2, 3, 3, true);
    uint32_t id = open_lane();
    struct ptl_lane *lane = &schedule.lanes[id];
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING); /* not asked yet */
    struct ptl_probe probe = send_first(id);
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    lane->silences = 1;
    assert_int_equal(place(id, 1), PTL_PLACE_LAGGING); /* nothing has answered */
    assert_int_equal(schedule.lagging_in_flight, 1);
    lane->answers = 1;
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    assert_int_equal(schedule.lagging_in_flight, 0);
    send_first(id);
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    send_first(id);
    assert_int_equal(place(id, 1), PTL_PLACE_NOWHERE); /* all had their first attempt */
    lane->waiting = 1;
    assert_int_equal(place(id, 1), PTL_PLACE_NOWHERE); /* as many in flight as it may have */
    ptl_schedule_returned(&schedule, id);
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    lane->waiting = 0;
    assert_true(ptl_fifo_push(&lane->again, &probe, 100 * MS));
    assert_int_equal(place(id, 98), PTL_PLACE_ASLEEP);
    assert_int_equal(place(id, 100), PTL_PLACE_FLOWING);
    lane->answers = 0;
    assert_int_equal(place(id, 100), PTL_PLACE_LAST); /* further attempts at what never answered */
    lane->path.paused = true;
    lane->path.ask_ns = 200 * MS;
    assert_int_equal(place(id, 100), PTL_PLACE_ASLEEP); /* it fell silent: sentinels alone */
    lane->gone = true;
    assert_int_equal(place(id, 300), PTL_PLACE_NOWHERE);
    for (int i = 0; i < PTL_RINGS; i++)
        assert_int_equal(schedule.sizes[i], 0);
    ptl_schedule_free(&schedule);
}

static void without_adaptivity_none_lags(void **state)
{
    (void)state;
    start(1, 2, 0, false);
    uint32_t id = open_lane();
    schedule.lanes[id].silences = 50;
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    send_first(id);
    send_first(id);
    schedule.lanes[id].waiting = 1;
    assert_int_equal(place(id, 1), PTL_PLACE_FLOWING);
    ptl_schedule_free(&schedule);
}

/* Sleepers wake in time, those alone whose time has come, and none is forgotten. */
static void sleepers(void **state)
{
    (void)state;
    enum { LANES = 50 };
    start(LANES, 1, 0, true);
    for (uint32_t i = 0; i < LANES; i++) {
        uint32_t id = open_lane();
        send_first(id);
        ptl_schedule_returned(&schedule, id);
        schedule.lanes[id].answers = schedule.lanes[id].waiting = 1;
        schedule.lanes[id].rest_ns = (i * 37 % LANES + 1) * 10 * MS;
        ptl_schedule_place(&schedule, id, MS);
    }
    uint32_t woken = 0;
    while (ptl_wheel_next_ns(&schedule.sleepers) != UINT64_MAX) {
        uint64_t now_ns = ptl_wheel_next_ns(&schedule.sleepers);
        ptl_schedule_wake(&schedule, now_ns - MS); /* too early: nothing */
        assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], woken);
        ptl_schedule_wake(&schedule, now_ns);
        woken++;
        assert_in_range(now_ns / MS, woken * 10, woken * 10 + 1);
        assert_int_equal(schedule.sizes[PTL_PLACE_FLOWING], woken);
    }
    assert_int_equal(woken, LANES);
    ptl_schedule_free(&schedule);
}

static void without_memory(void **state)
{
    (void)state;
    for (unsigned refused = 1; refused <= 2; refused++) {
        failing_malloc_arm(refused, false);
        assert_false(ptl_schedule_init(&schedule, 5, 2, 5, 0, true, 0));
        failing_malloc_disarm();
        ptl_schedule_free(&schedule);
    }
}

/* A hundred attempts a second: not a hundred at once. */
static void a_limited_lane_keeps_its_pace(void **state)
{
    (void)state;
    start(1, 1000, 0, true);
    uint32_t id = open_lane();
    struct ptl_lane *lane = &schedule.lanes[id];
    lane->answers = 1;
    ptl_pacer_init(&lane->path.pace, 100, 1000 * MS);
    unsigned sent = 0;
    for (uint32_t ms = 1000; ms < 2000; ms++) {
        unsigned at_once = 0;
        while (place(id, ms) == PTL_PLACE_FLOWING) {
            send_first(id);
            ptl_path_sent(&lane->path, 1, ms * MS);
            ptl_schedule_returned(&schedule, id);
            at_once++;
        }
        assert_true(at_once <= 2);
        assert_int_equal(lane->place, PTL_PLACE_ASLEEP);
        sent += at_once;
    }
    assert_in_range(sent, 85, 101); /* a late tick is not caught up with */
    ptl_schedule_free(&schedule);
}

/* What a target is sent, at once again a second after its outage: its pace grows as the run's does.
 */
static void a_lane_recovers_from_an_outage(void **state)
{
    (void)state;
    start(1, 1000000, 0, true);
    uint32_t id = open_lane(), lasted_ms;
    struct ptl_lane *lane = &schedule.lanes[id];
    lane->answers = 1;
    ptl_path_heard(&lane->path, MS, MS, 1000, &lasted_ms);
    lane->path.paused = true; /* it had been asked 4,000 times a second */
    lane->path.struck = 4000;
    assert_true(ptl_path_heard(&lane->path, 3000 * MS, 3001 * MS, 1000, &lasted_ms));
    assert_int_equal(lane->path.pace.rate, 1000);
    unsigned sent = 0;
    for (uint32_t ms = 3001; ms < 8001; ms++)
        for (int i = 0; i < 10 && place(id, ms) == PTL_PLACE_FLOWING; i++) {
            send_first(id);
            ptl_path_sent(&lane->path, 1, ms * MS);
            ptl_schedule_returned(&schedule, id);
            sent++;
        }
    assert_int_equal(lane->path.pace.rate, 0);
    assert_true(sent > 20000);
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
        cmocka_unit_test(a_lane_recovers_from_an_outage),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
