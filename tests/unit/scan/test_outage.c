/* Outages, as they look to a program that runs late: what says that one began, and that it ended.
 */
#include "support/fake_clock.h"

#include "simulation.h"

#define MS PTL_NS_PER_MS
#define MOST 20000

static struct ptl_path path;
static uint64_t now_ns;

static void begin(void)
{
    now_ns = 1000 * MS;
    ptl_path_init(&path, 0, now_ns);
}

static bool answer(uint64_t sent_ns)
{
    uint32_t lasted_ms;
    return ptl_path_heard(&path, sent_ns, now_ns, MOST, &lasted_ms);
}

/* Sent 50 ms after one another, each known to be lost 40 ms later. Returns when the first was. */
static uint64_t lose_sentinels(int count)
{
    uint64_t first_ns = now_ns + 10 * MS;
    for (int i = 0; i < count; i++) {
        now_ns += 50 * MS;
        ptl_path_sentinel(&path, now_ns - 40 * MS, false, true, now_ns);
    }
    return first_ns;
}

static void an_answer_of_before_is_not_the_end_of_it(void **state)
{
    (void)state;
    for (int paused = 0; paused < 2; paused++) {
        begin();
        answer(now_ns - 20 * MS);
        uint64_t first_ns = lose_sentinels(4);
        if (paused)
            ptl_path_pause(&path, now_ns);
        uint64_t silent_ns = now_ns;
        assert_int_equal(answer(first_ns - 20 * MS), paused); /* read late */
        now_ns += 100 * MS;
        assert_false(answer(now_ns - 20 * MS));
        assert_true(ptl_path_is_bad(&path, first_ns));
        assert_true(ptl_path_is_bad(&path, silent_ns + 50 * MS));
        assert_false(ptl_path_is_silent(&path));
        assert_false(ptl_path_is_bad(&path, now_ns));
    }
}

static void a_process_that_stands_still_again_and_again_notices_it(void **state)
{
    (void)state;
    begin();
    answer(now_ns - 20 * MS);
    uint64_t first_ns = now_ns;
    for (int i = 0; i < 4; i++) {
        lose_sentinels(1);
        ptl_path_stand_still(&path, now_ns, now_ns + 300 * MS);
        /* One that was sent just before is known to be lost now, if anything is. */
        now_ns += 300 * MS;
        ptl_path_sentinel(&path, now_ns - 200 * MS, false, true, now_ns);
    }
    assert_int_equal(path.lost_in_row, 4);
    assert_true(ptl_path_falls_silent(&path, now_ns + 200 * MS));
    answer(now_ns);
    for (uint64_t at_ns = first_ns; at_ns < now_ns; at_ns += 10 * MS)
        assert_true(ptl_path_is_bad(&path, at_ns));
}

static void however_often_it_stood_still_nothing_of_it_counts(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 1; i <= 3 * PTL_PATH_BAD; i++)
        ptl_path_add_bad(&path, i * 100, i * 100 + 10);
    for (uint64_t i = 1; i <= 3 * PTL_PATH_BAD; i++)
        assert_true(ptl_path_is_bad(&path, i * 100 + 5));
    assert_false(ptl_path_is_bad(&path, 3 * PTL_PATH_BAD * 100 + 10));
    assert_false(ptl_path_is_bad(&path, 3 * PTL_PATH_BAD * 100 - 10)); /* between the last two */
    ptl_path_add_bad(&path, 3 * PTL_PATH_BAD * 100 + 10, 9000); /* it touches the last: one */
    assert_false(ptl_path_is_bad(&path, 3 * PTL_PATH_BAD * 100 - 10));
    assert_true(ptl_path_is_bad(&path, 8999));
}

/* ---- the whole plan ---- */

#define OUTAGE_FROM_MS 100
#define OUTAGE_TO_MS 1100

/* The kernel sends SYNs of the outage again, a second later: some answers come before the attempt
 * has had its time, others after. */
static struct sim_answer resends(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)target, (void)tries;
    uint32_t at_ms = ptl_plan_ms(sim->plan, fake_now_ns), rtt_us = probe->port % 2 ? 5000 : 20000;
    if (at_ms < OUTAGE_FROM_MS || at_ms >= OUTAGE_TO_MS)
        return (struct sim_answer){PTL_CLOSED, PTL_REASON_CONN_REFUSED, rtt_us, false};
    if (at_ms + 1000 >= OUTAGE_TO_MS && 1000000 + rtt_us <= probe->wait_us)
        return (struct sim_answer){PTL_CLOSED, PTL_REASON_CONN_REFUSED, 1000000 + rtt_us, true};
    return (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, probe->wait_us, false};
}

static void a_syn_that_was_sent_again_does_not_tell_when(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct sim sim;
        sim_open(&sim,
                 "hosts: 127.0.0.1\nports: 1-1500\nretries: 0\ntimeout: 1010ms\n"
                 "adaptive_timeout: false\nrate: 5000\n",
                 2000, resends);
        sim.random = seed;
        sim_run(&sim);
        assert_int_equal(sim.results->summary.states[PTL_CLOSED], 1500);
        sim_close(&sim);
    }
}

/* Round trips that become long in the middle, and are what they were after a while. */
static struct sim_answer slows(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                               unsigned tries)
{
    (void)target, (void)tries;
    uint32_t at_ms = ptl_plan_ms(sim->plan, fake_now_ns);
    uint32_t rtt_us = at_ms >= 100 && at_ms < 20000 ? 400000 : 5000;
    if (probe->wait_us < rtt_us)
        return (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, probe->wait_us, false};
    return (struct sim_answer){PTL_CLOSED, PTL_REASON_CONN_REFUSED, rtt_us, false};
}

static void what_answers_later_than_before_is_no_outage(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-1500\noutage: 5s\nrate: 2500\n", 1000, slows);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_CLOSED], 1500);
    assert_true(sim.results->run.stopped_by == PTL_STOP_NONE);
    assert_true(fake_now_ns - sim.plan->start_ns < 8000 * MS);
    sim_close(&sim);
}

/* One target of eight, with few ports, is not there from 20 ms on; `back_ms`: until then. */
static uint32_t back_ms;

static struct sim_answer one_goes(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                  unsigned tries)
{
    (void)tries;
    uint32_t at_ms = ptl_plan_ms(sim->plan, fake_now_ns);
    if (target == 3 && at_ms >= 20 && at_ms < back_ms)
        return (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, probe->wait_us, false};
    return (struct sim_answer){PTL_CLOSED, PTL_REASON_CONN_REFUSED, 1000, false};
}

static void a_target_with_few_ports_has_its_own_outage(void **state)
{
    (void)state;
    for (int comes_back = 0; comes_back < 2; comes_back++) {
        struct sim sim;
        back_ms = comes_back ? 3000 : UINT32_MAX;
        sim_open(&sim, "hosts: 127.0.0.1-8\nports: 1-40\noutage: 5s\nrate: 5000\n", 100, one_goes);
        sim_run(&sim);
        const struct ptl_summary *summary = &sim.results->summary;
        assert_int_equal(summary->states[PTL_FILTERED], 0);
        assert_in_range(summary->states[PTL_UNPROBED], comes_back ? 0 : 20, comes_back ? 0 : 40);
        assert_int_equal(sim.results->lost_targets, !comes_back);
        sim_close(&sim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_of_before_is_not_the_end_of_it),
        cmocka_unit_test(a_process_that_stands_still_again_and_again_notices_it),
        cmocka_unit_test(however_often_it_stood_still_nothing_of_it_counts),
        cmocka_unit_test(a_syn_that_was_sent_again_does_not_tell_when),
        cmocka_unit_test(what_answers_later_than_before_is_no_outage),
        cmocka_unit_test(a_target_with_few_ports_has_its_own_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
