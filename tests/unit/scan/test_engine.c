/* What both engines share: when they look at an attempt that waits, and what they make of its end.
 */
#include "support/fake_clock.h"

#include "simulation.h"

#include "scan/engine.h"

#define MS PTL_NS_PER_MS

static struct sim_answer never(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                               unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    fail();
    return (struct sim_answer){PTL_OPEN, PTL_REASON_SYN_ACK, 0, false};
}

struct looker {
    struct sim sim;
    struct ptl_worker worker;
    struct ptl_probe probe;
};

static void begin(struct looker *looker, const char *yaml)
{
    sim_open(&looker->sim, yaml, 10, never);
    looker->worker = (struct ptl_worker){
        .profile = looker->sim.profile, .plan = looker->sim.plan, .linger_most = 10};
    looker->probe = (struct ptl_probe){.lane = 0, .port = 1, .attempt = 1};
}

/* Milliseconds after the attempt's start, `waited_ms` after which the question is asked. */
static uint64_t look_ms(const struct looker *looker, uint64_t waited_ms)
{
    const uint64_t started_ns = 7000 * MS;
    return (ptl_engine_look_ns(&looker->worker, &looker->probe, started_ns,
                               started_ns + waited_ms * MS) -
            started_ns) /
           MS;
}

static void a_fixed_wait_is_looked_at_once(void **state)
{
    (void)state;
    static const char *const fixed[] = {
        "hosts: 127.0.0.1\nports: 1\nretries: 0\n",
        "hosts: 127.0.0.1\nports: 1\nadaptive: false\n",
    };
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        struct looker looker;
        begin(&looker, fixed[i]);
        assert_int_equal(look_ms(&looker, 0), 900);
        assert_int_equal(look_ms(&looker, 500), 900);
        sim_close(&looker.sim);
    }
}

static void one_that_may_shrink_is_looked_at_meanwhile(void **state)
{
    (void)state;
    struct looker looker;
    begin(&looker, "hosts: 127.0.0.1\nports: 1\n");
    looker.worker.linger_most = 0;
    assert_int_equal(look_ms(&looker, 0), 100);
    assert_int_equal(look_ms(&looker, 100), 200);
    assert_int_equal(look_ms(&looker, 850), 900);
    assert_int_equal(look_ms(&looker, 1000), 900); /* overdue: at once */
    sim_close(&looker.sim);
}

static void one_that_may_linger_is_looked_at_when_it_is_overdue(void **state)
{
    (void)state;
    struct looker looker;
    begin(&looker, "hosts: 127.0.0.1\nports: 1\nadaptive_timeout: true\n");
    struct ptl_lane *lane = &looker.sim.plan->schedule.lanes[0];
    /* Nothing is known: seldom, and ever more so. */
    assert_int_equal(look_ms(&looker, 0), 5);
    assert_int_equal(look_ms(&looker, 5), 10);
    assert_int_equal(look_ms(&looker, 10), 20);
    assert_int_equal(look_ms(&looker, 400), 500);
    /* Then exactly, and again where it may not linger yet. */
    lane->flight_us = 21000;
    lane->rto_us = 21000;
    assert_int_equal(look_ms(&looker, 0), 21);
    assert_int_equal(look_ms(&looker, 20), 21);
    assert_int_equal(look_ms(&looker, 21), 42);
    assert_int_equal(look_ms(&looker, 90), 100); /* the floor ends it */
    looker.probe.lingers = true;
    assert_int_equal(look_ms(&looker, 21), 100);
    looker.probe.lingers = false;
    looker.worker.linger_most = 0;
    assert_int_equal(look_ms(&looker, 0), 100);
    sim_close(&looker.sim);
}

static void a_time_is_told_where_something_answered(void **state)
{
    (void)state;
    static const struct {
        struct ptl_finding finding;
        bool timed;
    } rows[] = {
        {{.state = PTL_OPEN, .reason = PTL_REASON_SYN_ACK}, true},
        {{.state = PTL_CLOSED, .reason = PTL_REASON_CONN_REFUSED}, true},
        {{.state = PTL_FILTERED, .reason = PTL_REASON_PORT_UNREACH}, true},
        {{.state = PTL_FILTERED, .reason = PTL_REASON_NO_RESPONSE}, false},
        {{.state = PTL_ERROR, .reason = PTL_REASON_ERRNO + EMFILE}, false},
        {{.state = PTL_UNPROBED}, false},
    };
    const struct ptl_probe probe = {.port = 80, .attempt = 2};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct ptl_outcome outcome;
        ptl_engine_outcome(&outcome, &probe, &rows[i].finding, 5 * MS, 8 * MS);
        assert_int_equal(outcome.connect_us, rows[i].timed ? 3000 : PTL_US_NONE);
        assert_int_equal(outcome.state, rows[i].finding.state);
        assert_int_equal(outcome.probe.port, 80);
        assert_true(outcome.at_ns == 8 * MS);
    }
}

static void milliseconds_are_rounded_up(void **state)
{
    (void)state;
    fake_now_ns = 1000 * MS;
    assert_int_equal(ptl_engine_wait_ms(UINT64_MAX), -1);
    assert_int_equal(ptl_engine_wait_ms(0), 0);
    assert_int_equal(ptl_engine_wait_ms(1000 * MS), 0);
    assert_int_equal(ptl_engine_wait_ms(1000 * MS + 1), 1);
    assert_int_equal(ptl_engine_wait_ms(1001 * MS), 1);
    assert_int_equal(ptl_engine_wait_ms(UINT64_MAX - 1), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_wait_is_looked_at_once),
        cmocka_unit_test(one_that_may_shrink_is_looked_at_meanwhile),
        cmocka_unit_test(one_that_may_linger_is_looked_at_when_it_is_overdue),
        cmocka_unit_test(a_time_is_told_where_something_answered),
        cmocka_unit_test(milliseconds_are_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
