/* How long attempts are waited for: the whole timeout, or what the target's round trips suggest. */
#include "support/fake_clock.h"

#include "simulation.h"

#include "scan/wait.h"

#define ROUND_TRIP_US 20000U
#define PORTS 2000

static const struct sim_answer is_closed = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, ROUND_TRIP_US,
                                            false};

/* Attempts that were sent, by number and by whole milliseconds of waiting. */
static unsigned waits[32][2000];
static unsigned scouts;

static unsigned waited(unsigned attempt, unsigned ms)
{
    return waits[attempt][ms];
}

static unsigned attempts(unsigned attempt)
{
    unsigned sum = 0;
    for (size_t ms = 0; ms < sizeof(waits[0]) / sizeof(*waits[0]); ms++)
        sum += waits[attempt][ms];
    return sum;
}

/* Silence, for as long as the plan says that it is waited for. */
static struct sim_answer silence(struct sim *sim, const struct ptl_probe *probe)
{
    uint64_t ns = ptl_plan_wait_ns(sim->plan, probe);
    return (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, (uint32_t)(ns / PTL_NS_PER_US),
                               false};
}

static void note(struct sim *sim, const struct ptl_probe *probe)
{
    uint64_t ms = ptl_plan_wait_ns(sim->plan, probe) / PTL_NS_PER_MS;
    assert_true(ms > 0 && ms < sizeof(waits[0]) / sizeof(*waits[0]));
    waits[probe->attempt][ms]++;
    scouts += probe->scouts;
}

/* Every tenth port is silent; of the others none is lost. */
static struct sim_answer some_silent(struct sim *sim, uint32_t target,
                                     const struct ptl_probe *probe, unsigned tries)
{
    (void)target, (void)tries;
    note(sim, probe);
    return probe->port % 10 == 7 ? silence(sim, probe) : is_closed;
}

/* Every tenth port is silent, and every seventh attempt to the others is lost. */
static struct sim_answer some_lost(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                   unsigned tries)
{
    (void)target, (void)tries;
    note(sim, probe);
    return probe->port % 10 == 7 || sim_random(sim, 7) == 0 ? silence(sim, probe) : is_closed;
}

static void run(const char *more, sim_script *script, struct ptl_summary *summary)
{
    struct sim sim;
    char yaml[256];
    memset(waits, 0, sizeof(waits));
    scouts = 0;
    snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\nports: 1-%d\n%s", PORTS, more);
    sim_open(&sim, yaml, 50, script);
    sim_run(&sim);
    *summary = sim.results->summary;
    sim_close(&sim);
}

static void without_loss_scouts_alone_are_early(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("retries: 2\n", some_silent, &summary);
    assert_int_equal(scouts, PORTS / 16);
    /* The very first ones were sent before there was a round trip to go by. */
    assert_in_range(waited(1, 100), PORTS / 16 - 4, PORTS / 16);
    assert_int_equal(waited(1, 900), PORTS - waited(1, 100));
    assert_int_equal(waited(2, 900), PORTS / 10);
    assert_int_equal(waited(3, 900), PORTS / 10);
    assert_int_equal(attempts(4), 0);
    assert_int_equal(summary.states[PTL_FILTERED], PORTS / 10);
}

static void where_loss_is_proven_only_the_last_attempt_waits_the_whole_timeout(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("retries: 1\n", some_lost, &summary);
    assert_in_range(summary.states[PTL_FILTERED], PORTS / 10, PORTS / 10 + 2);
    /* Loss shows itself within the first attempts; from then on they are short. */
    assert_true(waited(1, 900) < PORTS / 3);
    assert_int_equal(waited(1, 100) + waited(1, 900), PORTS);
    assert_true(waited(2, 200) > waited(2, 900));
    assert_int_equal(waited(3, 400) + waited(3, 900), attempts(3));
    assert_true(waited(3, 400) > 0 && waited(4, 800) > 0);
    /* No verdict without one of them. */
    assert_in_range(waited(6, 900), summary.states[PTL_FILTERED], PORTS / 5);
    assert_int_equal(attempts(6), waited(6, 900));
    assert_int_equal(attempts(7), 0);
}

static void loss_retries_of_zero_keep_the_last_attempt_long(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("retries: 1\nloss_retries: 0\n", some_lost, &summary);
    assert_true(waited(1, 100) > PORTS / 2);
    assert_int_equal(waited(2, 900), attempts(2));
    assert_int_equal(attempts(3), 0);
}

static void who_asks_for_no_adaptivity_gets_none(void **state)
{
    (void)state;
    struct ptl_summary summary;
    static const char *const more[] = {"adaptive: false\nretries: 3\n", "retries: 0\n",
                                       "adaptive: false\nretries: 0\n"};
    for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
        run(more[i], some_lost, &summary);
        assert_int_equal(scouts, 0);
        for (unsigned attempt = 1; attempt < 6; attempt++)
            assert_int_equal(waited(attempt, 900), attempts(attempt));
    }
}

static void a_short_timeout_is_the_ceiling(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("timeout: 150ms\n", some_lost, &summary);
    assert_int_equal(waited(1, 100) + waited(1, 150), PORTS);
    for (unsigned attempt = 2; attempt < 8; attempt++)
        assert_int_equal(waited(attempt, 150), attempts(attempt));
}

static void an_adaptive_timeout_holds_for_every_attempt(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("adaptive_timeout: true\nadaptive: false\nretries: 3\n", some_silent, &summary);
    assert_int_equal(waited(1, 100) + waited(1, 900), PORTS);
    assert_true(waited(1, 900) <= 50); /* those that went out before the first answer */
    assert_int_equal(waited(2, 200), attempts(2));
    assert_int_equal(waited(3, 400), attempts(3));
    assert_int_equal(waited(4, 800), attempts(4));
}

/* Nothing follows it. */
static void a_confirmation_waits_the_whole_timeout(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_probe probe = {.lane = 0, .port = 1, .attempt = 1, .confirms = 1};
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-9\nconfirm: 2\n", 50, some_silent);
    struct ptl_lane *lane = &sim.plan->schedule.lanes[0];
    lane->congestion.lossy = true;
    lane->rto_us = ROUND_TRIP_US;
    ptl_wait_update(sim.plan, lane);
    assert_int_equal(ptl_plan_wait_ns(sim.plan, &probe), 900 * PTL_NS_PER_MS);
    probe.confirms = 0;
    assert_int_equal(ptl_plan_wait_ns(sim.plan, &probe), 100 * PTL_NS_PER_MS);
    sim_close(&sim);
}

static uint64_t flight_ns(const char *more, bool struggles, uint32_t limit, uint32_t rtt_us)
{
    struct sim sim;
    char yaml[256];
    const struct ptl_probe probe = {.lane = 0, .port = 1, .attempt = 3};
    snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\nports: 1-9\n%s", more);
    sim_open(&sim, yaml, 50, some_silent);
    struct ptl_lane *lane = &sim.plan->schedule.lanes[0];
    ptl_congestion_init(&lane->congestion, fake_now_ns);
    lane->congestion.struggles = struggles;
    lane->congestion.limit = limit;
    lane->rtt = (struct ptl_rtt){.srtt_us = rtt_us};
    ptl_wait_update(sim.plan, lane);
    uint64_t ns = ptl_plan_flight_ns(sim.plan, &probe);
    sim_close(&sim);
    return ns;
}

static void what_is_overdue_is_in_flight_no_more(void **state)
{
    (void)state;
    static const char adaptive[] = "adaptive_timeout: true\n";
    const uint32_t none = PTL_CONGESTION_NO_LIMIT;
    /* Neither the floor nor the doubling counts here. */
    assert_int_equal(flight_ns(adaptive, false, none, 20000), 21 * PTL_NS_PER_MS);
    assert_true(flight_ns("", false, none, 20000) == UINT64_MAX);
    assert_true(flight_ns("adaptive_timeout: false\n", false, none, 20000) == UINT64_MAX);
    assert_true(flight_ns(adaptive, false, none, 0) == UINT64_MAX); /* nothing is known */
    assert_true(flight_ns(adaptive, true, none, 20000) == UINT64_MAX);
    assert_true(flight_ns(adaptive, false, 100, 20000) == UINT64_MAX); /* the limit counts it */
}

static void an_answer_as_slow_as_the_wait_before_proves_nothing(void **state)
{
    (void)state;
    struct ptl_outcome outcome = {.probe = {.attempt = 1}, .connect_us = ROUND_TRIP_US};
    assert_false(ptl_wait_proves_loss(&outcome)); /* nothing came before it */
    outcome.probe.attempt = 2;
    outcome.probe.waited_ms = 100;
    assert_true(ptl_wait_proves_loss(&outcome));
    outcome.connect_us = 99999;
    assert_true(ptl_wait_proves_loss(&outcome));
    outcome.connect_us = 100000;
    assert_false(ptl_wait_proves_loss(&outcome));
    outcome.connect_us = PTL_US_NONE; /* nobody measured it */
    assert_true(ptl_wait_proves_loss(&outcome));
    outcome.probe.waited_ms = 60000;
    outcome.connect_us = 9000000;
    assert_true(ptl_wait_proves_loss(&outcome));
}

/* One port in 25 answers later than its scout waits, and nothing is lost. */
static struct sim_answer some_slow(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                   unsigned tries)
{
    (void)target, (void)tries;
    note(sim, probe);
    struct sim_answer answer = is_closed;
    if (probe->port % 25 != 0)
        return answer;
    answer.after_us = 400000;
    return answer.after_us < ptl_plan_wait_ns(sim->plan, probe) / PTL_NS_PER_US
               ? answer
               : silence(sim, probe);
}

static void slow_ports_are_no_loss(void **state)
{
    (void)state;
    struct ptl_summary summary;
    run("retries: 2\n", some_slow, &summary);
    assert_int_equal(summary.states[PTL_CLOSED], PORTS);
    assert_in_range(attempts(2), 1, PORTS / 16);
    assert_int_equal(waited(2, 900), attempts(2)); /* never called lossy */
    assert_int_equal(attempts(3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_loss_scouts_alone_are_early),
        cmocka_unit_test(where_loss_is_proven_only_the_last_attempt_waits_the_whole_timeout),
        cmocka_unit_test(loss_retries_of_zero_keep_the_last_attempt_long),
        cmocka_unit_test(who_asks_for_no_adaptivity_gets_none),
        cmocka_unit_test(a_short_timeout_is_the_ceiling),
        cmocka_unit_test(an_adaptive_timeout_holds_for_every_attempt),
        cmocka_unit_test(a_confirmation_waits_the_whole_timeout),
        cmocka_unit_test(what_is_overdue_is_in_flight_no_more),
        cmocka_unit_test(an_answer_as_slow_as_the_wait_before_proves_nothing),
        cmocka_unit_test(slow_ports_are_no_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
