/* What both engines share: whether they were held up, and what they make of an attempt's end.
 */
#include "support/fake_clock.h"

#include "simulation.h"

#include "scan/engine.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define MS PTL_NS_PER_MS

static struct sim_answer never(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                               unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    fail();
    return (struct sim_answer){PTL_OPEN, PTL_REASON_SYN_ACK, 0, false};
}

static bool stood_still(struct sim *sim, struct ptl_engine_clock *clock, uint64_t due_ms,
                        uint64_t now_ms)
{
    return ptl_engine_stood_still(sim->plan, clock, due_ms * MS, now_ms * MS);
}

static void a_worker_that_was_held_up_tells_the_plan(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1\n", 10, never);
    struct ptl_engine_clock clock = {.seen_ns = 0};
    assert_false(stood_still(&sim, &clock, 0, 5000));    /* the first time is the beginning */
    assert_false(stood_still(&sim, &clock, 5000, 5150)); /* slow, no more */
    assert_false(stood_still(&sim, &clock, 9000, 9010)); /* it slept as long as it wanted */
    assert_false(ptl_engine_stood_still(sim.plan, &clock, UINT64_MAX, 20000 * MS));
    assert_true(stood_still(&sim, &clock, 20010, 23000)); /* SIGSTOP, SIGCONT */
    assert_true(ptl_path_is_bad(&sim.plan->path, 21000 * MS));
    assert_false(ptl_path_is_bad(&sim.plan->path, 24000 * MS));
    assert_false(stood_still(&sim, &clock, 23010, 23010));
    sim_close(&sim);
}

static struct sim_answer all_closed(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                    unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return (struct sim_answer){PTL_CLOSED, PTL_REASON_CONN_REFUSED, 100, false};
}

/* A sentinel of the run, or of its first target alone, that was sent then and lost. */
static void lose_sentinel(struct sim *sim, bool shared, uint64_t sent_ns)
{
    struct ptl_probe probe;
    sim->plan->now_ns = sent_ns;
    ptl_tally_sent(shared ? &sim->plan->tally : &sim->plan->schedule.lanes[0].tally, 16);
    assert_true(shared ? ptl_sentinel_take(sim->plan, &probe)
                       : ptl_sentinel_take_of(sim->plan, 0, &probe));
    struct ptl_outcome outcome = {.probe = probe,
                                  .state = PTL_FILTERED,
                                  .reason = PTL_REASON_NO_RESPONSE,
                                  .started_ns = sent_ns};
    sim->plan->now_ns = outcome.at_ns = sent_ns + 50 * MS;
    ptl_sentinel_settle(sim->plan, &outcome);
}

static void sentinels_of_a_time_when_it_stood_still_are_no_evidence(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_probe probes[2];
    struct ptl_outcome outcomes[2] = {{.started_ns = 0}};
    sim_open(&sim, "hosts: 127.0.0.1-2\nports: 1-9\n", 10, never);
    struct ptl_plan *plan = sim.plan;
    assert_int_equal(ptl_plan_exchange(plan, 0, NULL, 0, probes, 2).count, 2);
    for (int i = 0; i < 2; i++)
        outcomes[i] = (struct ptl_outcome){.probe = probes[i],
                                           .state = PTL_CLOSED,
                                           .reason = PTL_REASON_CONN_REFUSED,
                                           .connect_us = 1000,
                                           .started_ns = fake_now_ns,
                                           .at_ns = fake_now_ns + MS};
    ptl_plan_exchange(plan, 0, outcomes, 2, NULL, 0);
    for (int shared = 0; shared < 2; shared++) {
        uint64_t from_ns = fake_now_ns + (shared ? 10000 : 1000) * MS, to_ns = from_ns + 2000 * MS;
        struct ptl_lane *lane = &plan->schedule.lanes[0];
        struct ptl_path *path = shared ? &plan->path : &lane->path;
        struct ptl_tally *tally = shared ? &plan->tally : &lane->tally, copy;
        lose_sentinel(&sim, shared, from_ns - 500 * MS);
        lose_sentinel(&sim, shared, from_ns + 100 * MS); /* another worker's, told before */
        copy = *tally;
        assert_int_equal(ptl_tally_end(&copy, path).lost, 2);
        ptl_plan_stood_still(plan, from_ns, to_ns);
        lose_sentinel(&sim, shared, to_ns - 100 * MS); /* told after */
        lose_sentinel(&sim, shared, to_ns + 500 * MS);
        assert_int_equal(ptl_tally_end(tally, path).lost, 2);
    }
    sim_close(&sim);
}

static void a_connect_that_was_interrupted_tells_nothing(void **state)
{
    (void)state;
    for (int held_up = 0; held_up < 2; held_up++) {
        struct sim sim;
        struct ptl_probe probes[3];
        sim_open(&sim, "hosts: 127.0.0.1\nports: 1-3\nretries: 0\nadaptive: false\n", 10, never);
        assert_int_equal(ptl_plan_exchange(sim.plan, 0, NULL, 0, probes, 3).count, 3);
        struct ptl_attempt attempt = {.probe = probes[0], .started_ns = fake_now_ns};
        fake_now_ns += (held_up ? 11 : 9) * MS;
        ptl_engine_asked(&attempt);
        assert_int_equal(attempt.held_up, held_up);
        struct ptl_outcome outcomes[2] = {{.probe = probes[1],
                                           .state = PTL_CLOSED,
                                           .reason = PTL_REASON_CONN_REFUSED,
                                           .connect_us = 1000,
                                           .started_ns = fake_now_ns,
                                           .at_ns = fake_now_ns + MS},
                                          {.probe = probes[0],
                                           .state = PTL_FILTERED,
                                           .reason = PTL_REASON_NO_RESPONSE,
                                           .connect_us = PTL_US_NONE,
                                           .held_up = attempt.held_up,
                                           .started_ns = attempt.started_ns,
                                           .at_ns = attempt.started_ns + 900 * MS}};
        fake_now_ns += 900 * MS;
        ptl_plan_exchange(sim.plan, 0, outcomes, 2, NULL, 0);
        const struct ptl_lane *lane = &sim.plan->schedule.lanes[0];
        assert_int_equal(lane->waiting, held_up); /* for another attempt */
        assert_int_equal(lane->silent, !held_up);
        sim_close(&sim);
    }
}

struct held_up {
    struct ptl_plan *plan;
    atomic_bool is_over;
    atomic_uint told;
};

static void *tell_again_and_again(void *argument)
{
    struct held_up *held_up = argument;
    for (; !atomic_load(&held_up->is_over); atomic_fetch_add(&held_up->told, 1))
        ptl_plan_stood_still(held_up->plan, 0, MS);
    return NULL;
}

/* While another settles what it has: what is wrong then, the thread sanitizer sees. */
static void any_worker_may_tell_it(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-2000\n", 10, all_closed);
    struct held_up held_up = {.plan = sim.plan};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, tell_again_and_again, &held_up), 0);
    while (atomic_load(&held_up.told) == 0)
        sched_yield();
    sim_run(&sim);
    assert_true(sim.results->run.stopped_by == PTL_STOP_NONE);
    atomic_store(&held_up.is_over, true);
    pthread_join(thread, NULL);
    sim_close(&sim);
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
        assert_true(outcome.started_ns == 5 * MS && outcome.at_ns == 8 * MS);
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
        cmocka_unit_test(a_worker_that_was_held_up_tells_the_plan),
        cmocka_unit_test(sentinels_of_a_time_when_it_stood_still_are_no_evidence),
        cmocka_unit_test(a_connect_that_was_interrupted_tells_nothing),
        cmocka_unit_test(any_worker_may_tell_it),
        cmocka_unit_test(a_time_is_told_where_something_answered),
        cmocka_unit_test(milliseconds_are_rounded_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
