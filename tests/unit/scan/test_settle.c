/* What becomes of outcomes: verdicts, confirmations, targets that are given up. */
#include "support/fake_clock.h"

#include "simulation.h"

static const struct sim_answer is_open = {PTL_OPEN, PTL_REASON_SYN_ACK, 100, false};
static const struct sim_answer is_closed = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 100, false};
static const struct sim_answer is_silent = {PTL_FILTERED, PTL_REASON_NO_RESPONSE, 900000, false};
static const struct sim_answer no_descriptor = {PTL_ERROR, PTL_REASON_ERRNO + EMFILE, 5, false};

static struct sim_answer all_open(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                  unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return is_open;
}

static struct sim_answer silent(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return is_silent;
}

/* ---- confirmation ---- */

/* Port 1 stays open, 2 is closed from the second time on, 3 is open every other time. */
static struct sim_answer flapping(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                  unsigned tries)
{
    (void)sim, (void)target;
    if (probe->port == 2 && tries > 0)
        return is_closed;
    return probe->port == 3 && tries % 2 == 1 ? is_silent : is_open;
}

static void open_ports_are_confirmed(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-3\nconfirm: 5\nretries: 3\n", 10, flapping);
    sim_run(&sim);
    assert_int_equal(sim.sent, 3 * 6);
    assert_int_equal(sim.results->count, 3); /* the first verdict counts, and once */
    assert_int_equal(sim.results->summary.states[PTL_OPEN], 3);
    static const unsigned yes[] = {5, 0, 2};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sim.results->items[i].state, PTL_OPEN);
        assert_int_equal(sim.results->items[i].attempts, 1);
        assert_int_equal(sim.results->items[i].confirm_done, 5);
        assert_int_equal(sim.results->items[i].confirm_yes, yes[i]);
    }
    assert_int_equal(sim.results->summary.retried, 0);
    sim_close(&sim);
}

static struct sim_answer closed_and_open(struct sim *sim, uint32_t target,
                                         const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    return probe->port % 2 ? is_open : is_closed;
}

static void only_what_is_open_is_confirmed(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim,
             "hosts: 127.0.0.1-3\nports: 1-100\nconfirm: 10\nreport: {states: [open, closed]}\n", 7,
             closed_and_open);
    sim_run(&sim);
    assert_int_equal(sim.sent, 300 + 150 * 10);
    for (size_t i = 0; i < sim.results->count; i++)
        assert_int_equal(sim.results->items[i].confirm_done,
                         sim.results->items[i].state == PTL_OPEN ? 10 : 0);
    sim_close(&sim);
}

/* Its first answer came; then this machine can ask no more. */
static struct sim_answer open_then_no_descriptor(struct sim *sim, uint32_t target,
                                                 const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)probe;
    return tries == 0 ? is_open : no_descriptor;
}

static void a_confirmation_that_cannot_be_asked_is_none(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-5\nconfirm: 3\n", 10, open_then_no_descriptor);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_OPEN], 5);
    assert_int_equal(sim.results->summary.states[PTL_ERROR], 0);
    assert_int_equal(sim.results->count, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(sim.results->items[i].confirm_done, 0);
        assert_int_equal(sim.results->items[i].confirm_yes, 0);
    }
    sim_close(&sim);
}

/* Stopped in the midst of it: what was found is kept, with as many confirmations as there were. */
static void a_stop_keeps_what_was_found(void **state)
{
    (void)state;
    for (uint64_t after = 1; after < 60; after += 7) {
        struct sim sim;
        sim_open(&sim, "hosts: 127.0.0.1\nports: 1-10\nconfirm: 10\n", 4, all_open);
        sim.stop_after = after;
        sim_run(&sim); /* checks that every open port is kept once */
        for (size_t i = 0; i < sim.results->count; i++)
            assert_true(sim.results->items[i].confirm_yes == sim.results->items[i].confirm_done);
        sim_close(&sim);
    }
}

/* ---- a limit on some ports ---- */

static struct sim_bucket bucket;

/* Up to port 400 so many SYNs a second are let in, up to 1200 none. */
static struct sim_answer limited(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    if (probe->port > 400)
        return probe->port > 1200 ? is_closed : is_silent;
    return sim_bucket_takes(&bucket) ? is_closed : is_silent;
}

static void ports_with_a_limit_are_found_beside_silent_ones(void **state)
{
    (void)state;
    static const char *const more[] = {"", "order: random\n", "loss_retries: 1\n"};
    for (int i = 0; i < 3; i++) {
        struct sim sim;
        char yaml[100];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\nports: 1-2000\n%s", more[i]);
        bucket = (struct sim_bucket){.most = 5, .rate = 100, .at_ns = fake_now_ns};
        sim_open(&sim, yaml, 5000, limited);
        sim_run(&sim);
        bool all = sim.results->summary.states[PTL_FILTERED] == 800;
        assert_true(all == (i < 2));
        struct ptl_estimate estimate = ptl_estimate_run(sim.results);
        assert_true(all || ptl_estimate_is_poor(&estimate)); /* else it is told */
        sim_close(&sim);
    }
}

/* All targets share a limit, and refuse what passes it. */
static struct sim_answer shared(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                unsigned tries)
{
    struct ptl_probe within = *probe;
    within.port = 1;
    struct sim_answer answer = limited(sim, target, &within, tries);
    if (answer.reason != PTL_REASON_NO_RESPONSE)
        answer.after_us = 20000;
    else
        answer.after_us = probe->wait_us;
    return answer;
}

/* What the first second attempts meet, before a loss was proven, is no verdict. */
static void few_ports_each_behind_one_limit(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct sim sim;
        sim_open(&sim, "hosts: 127.0.1.0-127.0.2.143\nports: 1-2\n", 5000, shared);
        sim.random = seed;
        bucket = (struct sim_bucket){.most = 5, .rate = 200, .at_ns = fake_now_ns};
        sim_run(&sim);
        assert_int_equal(sim.results->summary.states[PTL_FILTERED], 0);
        assert_int_equal(sim.results->summary.states[PTL_CLOSED], 800);
        sim_close(&sim);
    }
}

/* ---- who is asked for the run as a whole ---- */

static struct sim_answer one_by_one(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                    unsigned tries)
{
    (void)sim, (void)probe, (void)tries;
    struct sim_answer answer = is_closed;
    answer.after_us = 20000 + 1000 * target;
    return answer;
}

/* How many of the targets whose sentinels speak for the run are not among the first that answered.
 */
static uint32_t listed_late;

static void count_listed(struct sim *sim)
{
    const struct ptl_schedule *schedule = &sim->plan->schedule;
    for (uint32_t i = 0; i < PTL_SENTINEL_TARGETS; i++)
        listed_late += schedule->lanes[schedule->window + i].active &&
                       schedule->lanes[schedule->window + i].target >= PTL_SENTINEL_TARGETS;
}

static void those_that_answer_first_do_not_speak_for_all(void **state)
{
    (void)state;
    listed_late = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct sim sim;
        char yaml[100];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.0-31\nports: 1-20\nseed: %d\n", (int)seed);
        sim_open(&sim, yaml, 1000, one_by_one);
        sim.before_end = count_listed;
        sim_run(&sim);
        sim_close(&sim);
    }
    /* Half of them all, in the mean, with a deviation of 4. */
    assert_in_range(listed_late, 60, 100);
}

/* ---- giving up ---- */

static void a_dead_target_is_given_up(void **state)
{
    (void)state;
    static const char *const settings[] = {"retries: 0\n", "retries: 3\n",
                                           "retries: 1\nadaptive: false\n"};
    for (size_t i = 0; i < 3; i++) {
        struct sim sim;
        char yaml[200];
        snprintf(yaml, sizeof(yaml),
                 "hosts: 127.0.0.1\nports: 1-100\ngive_up_after: 5\n"
                 "report: {states: [filtered]}\n%s",
                 settings[i]);
        sim_open(&sim, yaml, 1, silent);
        sim_run(&sim);
        const struct ptl_target_counts *counts = &sim.results->targets[0];
        assert_int_equal(counts->states[PTL_FILTERED], 5); /* those that were asked are told */
        assert_int_equal(counts->states[PTL_UNPROBED], 95);
        assert_int_equal(counts->flags, PTL_TARGET_GAVE_UP);
        assert_int_equal(sim.results->warning_count, 1);
        assert_string_equal(sim.results->warnings[0],
                            "1 targets answered nothing to 5 probes and were given up");
        assert_int_equal(sim.results->run.stopped_by, PTL_STOP_NONE);
        sim_close(&sim);
    }
}

/* The ninth answers, when five silences have given the target up: it lives after all. */
static struct sim_answer a_late_answer(struct sim *sim, uint32_t target,
                                       const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    struct sim_answer late = is_open;
    late.after_us = 950000;
    return probe->port == 9 ? late : is_silent;
}

static void one_that_answers_late_lives(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-60\ngive_up_after: 5\nretries: 0\ntimeout: 950ms\n",
             10, a_late_answer);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_UNPROBED], 0);
    assert_int_equal(sim.results->summary.states[PTL_OPEN], 1);
    assert_int_equal(sim.results->targets[0].flags, 0);
    assert_int_equal(sim.results->warning_count, 0);
    sim_close(&sim);
}

/* ---- the counts of a target ---- */

static void a_host_that_is_all_open(void **state)
{
    (void)state;
    static const struct {
        const char *ports;
        bool is_suspicious;
    } rows[] = {{"1-63", false}, {"1-64", true}, {"1-1000", true}};
    for (size_t i = 0; i < 3; i++) {
        struct sim sim;
        char yaml[100];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\nports: %s\n", rows[i].ports);
        sim_open(&sim, yaml, 50, all_open);
        sim_run(&sim);
        assert_int_equal(sim.results->targets[0].flags,
                         rows[i].is_suspicious ? PTL_TARGET_ALL_OPEN : 0);
        sim_close(&sim);
    }
}

/* One target in a thousand has something open; one is out of reach. */
static struct sim_answer few_are_open(struct sim *sim, uint32_t target,
                                      const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)probe, (void)tries;
    static const struct sim_answer no_route = {PTL_ERROR, PTL_REASON_ERRNO + ENETUNREACH, 5, false};
    if (target == 70007)
        return no_route;
    return target % 1000 == 0 ? is_open : is_closed;
}

static void of_very_many_targets_those_of_interest(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.0/15\nports: 9\n", 5000, few_are_open);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.targets, 131072);
    assert_int_equal(sim.results->summary.states[PTL_CLOSED], 131072 - 132 - 1);
    assert_int_equal(sim.results->target_count, 132 + 1);
    assert_int_equal(sim.results->count, 132 + 1);
    sim_close(&sim);
    sim_open(&sim, "hosts: 127.0.0.0/16\nports: 9\n", 5000, few_are_open);
    sim_run(&sim);
    assert_int_equal(sim.results->target_count, 65536); /* so many are listed all */
    sim_close(&sim);
}

/* The kernel sent a SYN again: that is told, and no attempt more. */
static struct sim_answer resent(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    struct sim_answer answer = is_open;
    answer.resent = probe->port <= 4;
    return answer;
}

static void syns_sent_again_are_told(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-10\ntimeout: 3s\n", 5, resent);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.syn_resent, 4);
    assert_int_equal(sim.results->summary.attempts, 10);
    sim_close(&sim);
}

/* Of a sample of all ports: those that are to be listened to, by attempt. */
static uint32_t to_be_heard[2];

static struct sim_answer deaf(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                              unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    to_be_heard[probe->attempt < 2 ? 0 : 1] += probe->listens != 0 && !probe->sentinel;
    return probe->port % 2 == 0 ? is_closed : is_silent;
}

/* These engines have no room to listen: what they did not hear at the first attempt is listened
 * for at the next. */
static void what_found_no_room_is_listened_to_at_its_next_attempt(void **state)
{
    (void)state;
    struct sim sim;
    memset(to_be_heard, 0, sizeof(to_be_heard));
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-100\nretries: 1\n", 50, deaf);
    sim_run(&sim);
    assert_int_equal(to_be_heard[0], 100);
    assert_int_equal(to_be_heard[1], 50);
    assert_int_equal(sim.results->evidence.late.listened, 0);
    sim_close(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_found_no_room_is_listened_to_at_its_next_attempt),
        cmocka_unit_test(open_ports_are_confirmed),
        cmocka_unit_test(only_what_is_open_is_confirmed),
        cmocka_unit_test(a_confirmation_that_cannot_be_asked_is_none),
        cmocka_unit_test(a_stop_keeps_what_was_found),
        cmocka_unit_test(ports_with_a_limit_are_found_beside_silent_ones),
        cmocka_unit_test(few_ports_each_behind_one_limit),
        cmocka_unit_test(those_that_answer_first_do_not_speak_for_all),
        cmocka_unit_test(a_dead_target_is_given_up),
        cmocka_unit_test(one_that_answers_late_lives),
        cmocka_unit_test(a_host_that_is_all_open),
        cmocka_unit_test(of_very_many_targets_those_of_interest),
        cmocka_unit_test(syns_sent_again_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
