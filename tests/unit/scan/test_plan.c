/* The plan against scripted answers: whatever comes, sums hold and every probe ends once. */
#include "support/fake_clock.h"

#include "simulation.h"

static const struct sim_answer is_open = {PTL_OPEN, PTL_REASON_SYN_ACK, 100, false};
static const struct sim_answer is_closed = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 100, false};
static const struct sim_answer is_silent = {PTL_FILTERED, PTL_REASON_NO_RESPONSE, 900000, false};
static const struct sim_answer is_prohibited = {PTL_FILTERED, PTL_REASON_ADMIN_PROHIBITED, 500,
                                                false};

static struct sim_answer odd_are_open(struct sim *sim, uint32_t target,
                                      const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)tries;
    return probe->port % 2 ? is_open : is_closed;
}

static void every_probe_once(void **state)
{
    (void)state;
    static const char *const orders[] = {"interleaved", "sequential", "random"};
    static const char *const more[] = {"", "adaptive: false\n", "adaptive_timeout: true\n"};
    for (int order = 0; order < 3; order++) {
        for (int i = 0; i < 3; i++) {
            struct sim sim;
            char yaml[300];
            snprintf(yaml, sizeof(yaml),
                     "hosts: 127.0.0.0/26\nports: 1-50\norder: %s\n%s"
                     "report: {states: [open, closed]}\n",
                     orders[order], more[i]);
            sim_open(&sim, yaml, 40, odd_are_open);
            sim_run(&sim);
            assert_int_equal(sim.sent, 64 * 50); /* an answered port is never asked again */
            assert_int_equal(sim.results->summary.states[PTL_OPEN], 64 * 25);
            assert_int_equal(sim.results->summary.states[PTL_CLOSED], 64 * 25);
            assert_int_equal(sim.results->summary.retried, 0);
            assert_int_equal(sim.results->run.stopped_by, PTL_STOP_NONE);
            assert_int_equal(sim.results->started, 64);
            sim_close(&sim);
        }
    }
}

static void the_order(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.0/26\nports: 1-50\n", 1000, odd_are_open);
    sim_run(&sim);
    for (uint32_t i = 0; i < 64; i++)
        assert_int_equal(sim.first_targets[i], i); /* the next host first */
    sim_close(&sim);
    sim_open(&sim, "hosts: 127.0.0.0/26\nports: 1-50\norder: sequential\n", 1000, odd_are_open);
    sim_run(&sim);
    assert_int_equal(sim.switches, 64); /* host by host */
    sim_close(&sim);
    uint64_t sequences[3];
    for (int i = 0; i < 3; i++) {
        char yaml[120];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.0/26\nports: 1-50\norder: random\nseed: %d\n",
                 i < 2 ? 7 : 8);
        sim_open(&sim, yaml, 1, odd_are_open);
        sim_run(&sim);
        sequences[i] = sim.sequence;
        sim_close(&sim);
    }
    assert_true(sequences[0] == sequences[1]); /* the seed repeats it */
    assert_true(sequences[0] != sequences[2]);
}

/* More targets than the window holds, and one permit; a single probe; no ports in common. */
static void windows_and_permits(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        uint32_t permits;
        uint64_t probes;
    } rows[] = {
        {"hosts: 127.0.0.0/20\nports: 1-2\n", 5000, 8192},
        {"hosts: 127.0.0.0/19\nports: 7\n", 100, 8192},
        {"hosts: 127.0.0.0/19\nports: 7\norder: random\n", 100, 8192},
        {"hosts: 127.0.0.1-3\nports: 1-20\n", 1, 60},
        {"hosts: 127.0.0.1-3\nports: 1-20\norder: sequential\n", 1, 60},
        {"hosts: 127.0.0.1\nports: 9\n", 1, 1},
        {"hosts: 127.0.0.1\nports: 1-2000\n", 100000, 2000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sim sim;
        sim_open(&sim, rows[i].yaml, rows[i].permits, odd_are_open);
        sim_run(&sim);
        assert_int_equal(sim.sent, rows[i].probes);
        assert_true(atomic_load(&sim.permits.peak) <= rows[i].permits);
        sim_close(&sim);
    }
}

static struct sim_answer nothing_answers(struct sim *sim, uint32_t target,
                                         const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return is_silent;
}

static void silence_is_asked_again(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        unsigned attempts; /* of each port */
    } rows[] = {
        {"retries: 0\n", 1},
        {"retries: 0\nloss_retries: 20\n", 1}, /* one attempt, whatever else is set */
        {"retries: 0\nadaptive: false\n", 1},
        {"retries: 1\n", 2},
        {"retries: 10\n", 11},
        {"retries: 3\nadaptive: false\n", 4},
        {"retries: 3\norder: sequential\n", 4},
        {"retries: 2\norder: random\nadaptive_timeout: true\n", 3},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct sim sim;
        char yaml[200];
        snprintf(yaml, sizeof(yaml),
                 "hosts: 127.0.0.1-5\nports: 1-30\nreport: {states: [filtered]}\n%s", rows[i].yaml);
        sim_open(&sim, yaml, 20, nothing_answers);
        sim_run(&sim);
        assert_int_equal(sim.sent, 150 * rows[i].attempts);
        assert_int_equal(sim.results->summary.states[PTL_FILTERED], 150);
        assert_int_equal(sim.results->summary.retried, rows[i].attempts > 1 ? 150 : 0);
        for (size_t k = 0; k < sim.results->count; k++)
            assert_int_equal(sim.results->items[k].attempts, rows[i].attempts);
        sim_close(&sim);
    }
}

static struct sim_answer refused_by_firewall(struct sim *sim, uint32_t target,
                                             const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return is_prohibited;
}

static void a_refusal_is_never_asked_again(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1-5\nports: 1-30\nretries: 10\n", 20, refused_by_firewall);
    sim_run(&sim);
    assert_int_equal(sim.sent, 150);
    assert_int_equal(sim.results->summary.states[PTL_FILTERED], 150);
    sim_close(&sim);
}

/* Every third attempt at an open port is lost on the way. */
static struct sim_answer a_third_is_lost(struct sim *sim, uint32_t target,
                                         const struct ptl_probe *probe, unsigned tries)
{
    (void)target, (void)tries;
    if (sim_random(sim, 3) == 0)
        return is_silent;
    return probe->port % 2 ? is_open : is_closed;
}

static void proven_loss_brings_more_attempts(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim,
             "hosts: 127.0.0.1-9\nports: 1-400\nretries: 1\nloss_retries: 10\n"
             "report: {states: [open, closed, filtered]}\n",
             200, a_third_is_lost);
    sim_run(&sim);
    const struct ptl_summary *summary = &sim.results->summary;
    /* After twelve attempts a port in half a million is still unheard. */
    assert_int_equal(summary->states[PTL_OPEN] + summary->states[PTL_CLOSED], 3600);
    unsigned most = 0;
    for (size_t i = 0; i < sim.results->count; i++)
        most = sim.results->items[i].attempts > most ? sim.results->items[i].attempts : most;
    assert_in_range(most, 3, 31); /* lowered limits grant a few more */
    sim_close(&sim);
    /* Without adaptivity there are as many as retries grants. */
    sim_open(&sim,
             "hosts: 127.0.0.1-9\nports: 1-400\nretries: 1\nloss_retries: 10\nadaptive: false\n",
             200, a_third_is_lost);
    sim_run(&sim);
    for (size_t i = 0; i < 3600; i++)
        assert_true(sim.ports[i].tries <= 2);
    assert_true(sim.results->summary.states[PTL_FILTERED] > 0);
    sim_close(&sim);
}

/* Everything at once: loss, refusals, SYNs sent again, failures of this machine, at random. */
static struct sim_answer anything(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                  unsigned tries)
{
    (void)tries;
    static const int shortages[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EAGAIN};
    struct sim_answer answer = probe->port % 5 == 0 ? is_open : is_closed;
    uint64_t dice = sim_random(sim, 100);
    if (target % 7 == 0 || dice < 10)
        answer = is_silent;
    else if (dice < 15)
        answer = is_prohibited;
    else if (dice < 20)
        answer = (struct sim_answer){
            PTL_ERROR, (uint8_t)(PTL_REASON_ERRNO + shortages[sim_random(sim, 6)]), 5, false};
    else if (dice < 21)
        answer = (struct sim_answer){PTL_ERROR, PTL_REASON_ERRNO + ENETUNREACH, 5, false};
    else if (dice < 25)
        answer.resent = true;
    answer.after_us += (uint32_t)sim_random(sim, 2000);
    return answer;
}

static void whatever_comes_the_sums_hold(void **state)
{
    (void)state;
    static const char *const settings[] = {
        "",
        "order: random\nconfirm: 3\n",
        "order: sequential\nadaptive_timeout: true\n",
        "adaptive: false\nretries: 5\nconfirm: 1\n",
        "give_up_after: 5\n",
        "retries: 0\ngive_up_after: 1\nconfirm: 10\n",
        "rate: 1000\nretries: 3\nloss_retries: 20\n",
        "report: {states: []}\n",
        "report: {states: [open, closed, filtered]}\nconfirm: 2\ngive_up_after: 40\n",
    };
    for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
        for (uint32_t permits = 1; permits <= 4096; permits *= 16) {
            struct sim sim;
            char yaml[300];
            snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1-20\nports: 1-60\n%s", settings[i]);
            sim_open(&sim, yaml, permits, anything);
            sim_run(&sim);
            if (strstr(settings[i], "give_up") == NULL)
                assert_int_equal(sim.results->summary.states[PTL_UNPROBED], 0);
            sim_close(&sim);
        }
    }
}

static void a_stop_leaves_the_rest_unprobed(void **state)
{
    (void)state;
    static const char *const settings[] = {"", "order: random\n", "order: sequential\nconfirm: 2\n",
                                           "give_up_after: 3\n"};
    for (size_t i = 0; i < 4; i++) {
        for (uint64_t after = 1; after < 1200; after += 149) {
            struct sim sim;
            char yaml[300];
            snprintf(yaml, sizeof(yaml),
                     "hosts: 127.0.0.1-20\nports: 1-60\n"
                     "report: {states: [open, closed, filtered]}\n%s",
                     settings[i]);
            sim_open(&sim, yaml, 50, anything);
            sim.stop_after = after;
            sim_run(&sim);
            if (sim.sent < after) { /* it was over before, most of it given up */
                sim_close(&sim);
                continue;
            }
            assert_int_equal(sim.results->run.stopped_by, PTL_STOP_SIGNAL);
            assert_true(sim.results->summary.states[PTL_UNPROBED] > 0);
            assert_true(sim.sent <= after + SIM_WORKERS * PTL_PLAN_BLOCK);
            struct ptl_target_cursor cursor = {0};
            struct ptl_target_counts counts;
            size_t first, count, targets = 0;
            uint64_t unprobed = 0;
            while (ptl_results_next_target(sim.results, &cursor, &counts, &first, &count)) {
                unprobed += counts.states[PTL_UNPROBED];
                targets++;
            }
            assert_int_equal(targets, 20); /* those that never started, too */
            assert_int_equal(unprobed, sim.results->summary.states[PTL_UNPROBED]);
            sim_close(&sim);
        }
    }
}

/* ---- failures of this machine ---- */

static struct sim_answer no_descriptor(struct sim *sim, uint32_t target,
                                       const struct ptl_probe *probe, unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return (struct sim_answer){PTL_ERROR, PTL_REASON_ERRNO + EMFILE, 5, false};
}

static void a_shortage_that_lasts_is_an_error(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1-2\nports: 1-30\nretries: 5\n", 16, no_descriptor);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_ERROR], 60);
    assert_int_equal(sim.sent, 60 * (PTL_SHORTAGE_TRIES + 1));
    assert_int_equal(sim.results->summary.attempts, 0); /* nothing was ever asked */
    assert_int_equal(sim.results->count, 60);           /* errors are always kept */
    assert_int_equal(sim.results->items[0].attempts, 0);
    assert_int_equal(sim.results->items[0].reason, PTL_REASON_ERRNO + EMFILE);
    assert_int_equal(sim.permits.lowest, 1);
    assert_true(sim.results->warning_count > 0);
    sim_close(&sim);
}

static struct sim_answer no_descriptor_at_first(struct sim *sim, uint32_t target,
                                                const struct ptl_probe *probe, unsigned tries)
{
    return tries < PTL_SHORTAGE_TRIES ? no_descriptor(sim, target, probe, tries) : is_open;
}

static void a_shortage_that_ends_loses_nothing(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1-2\nports: 1-30\nretries: 0\n", 16, no_descriptor_at_first);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_OPEN], 60);
    assert_int_equal(sim.results->summary.attempts, 60);
    assert_int_equal(sim.results->summary.retried, 0); /* the port was asked once */
    sim_close(&sim);
}

static struct sim_answer no_route(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                  unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    return (struct sim_answer){PTL_ERROR, PTL_REASON_ERRNO + ENETUNREACH, 5, false};
}

static void what_is_no_shortage_is_an_error_at_once(void **state)
{
    (void)state;
    struct sim sim;
    sim_open(&sim, "hosts: 127.0.0.1-2\nports: 1-30\nretries: 5\n", 16, no_route);
    sim_run(&sim);
    assert_int_equal(sim.sent, 60);
    assert_int_equal(sim.results->summary.states[PTL_ERROR], 60);
    assert_int_equal(sim.permits.lowest, 16);
    sim_close(&sim);
}

/* ---- the rate ---- */

static void the_rate_holds(void **state)
{
    (void)state;
    struct sim sim;
    uint64_t before = fake_now_ns;
    sim_open(&sim, "hosts: 127.0.0.1-10\nports: 1-100\nrate: 200\n", 500, odd_are_open);
    sim_run(&sim);
    uint64_t elapsed = fake_now_ns - before;
    assert_int_equal(sim.sent, 1000);
    assert_true(elapsed >= 4970 * PTL_NS_PER_MS);
    assert_true(elapsed <= 5100 * PTL_NS_PER_MS);
    sim_close(&sim);
}

static void progress_is_true(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_progress progress;
    sim_open(&sim, "hosts: 127.0.0.1-10\nports: 1-100\n", 50, anything);
    ptl_plan_progress(sim.plan, &progress);
    assert_int_equal(progress.probes, 1000);
    assert_int_equal(progress.done, 0);
    assert_int_equal(progress.states[PTL_UNPROBED], 1000);
    sim_run(&sim);
    ptl_plan_progress(sim.plan, &progress);
    assert_int_equal(progress.done, 1000);
    assert_int_equal(progress.states[PTL_UNPROBED], 0);
    assert_int_equal(progress.attempts, sim.results->summary.attempts);
    sim_close(&sim);
}

/* ---- who sleeps, and who is called ---- */

static bool is_called(struct sim *sim, uint32_t worker)
{
    struct pollfd bell = {.fd = ptl_plan_wake_fd(sim->plan, worker), .events = POLLIN};
    return poll(&bell, 1, 0) == 1;
}

static void a_worker_that_leaves_work_calls_one_that_sleeps(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_probe probes[PTL_PLAN_BLOCK];
    struct ptl_outcome outcomes[10];
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-10\nretries: 1\n", 64, odd_are_open);
    assert_int_equal(ptl_plan_exchange(sim.plan, 0, NULL, 0, probes, 64).count, 10);
    for (uint32_t worker = 1; worker < 3; worker++) { /* nothing is left: they sleep... */
        struct ptl_pull pulled = ptl_plan_exchange(sim.plan, worker, NULL, 0, probes + 20, 5);
        assert_int_equal(pulled.count, 0);
        assert_true((pulled.due_ns == UINT64_MAX) == (worker == 2)); /* ...one with an eye open */
    }
    fake_now_ns += 900 * PTL_NS_PER_MS;
    for (int i = 0; i < 10; i++)
        outcomes[i] = (struct ptl_outcome){.probe = probes[i],
                                           .state = PTL_FILTERED,
                                           .reason = PTL_REASON_NO_RESPONSE,
                                           .rtt_us = PTL_US_NONE,
                                           .connect_us = PTL_US_NONE,
                                           .started_ns = fake_now_ns - 900 * PTL_NS_PER_MS,
                                           .at_ns = fake_now_ns};
    /* They are asked again; the worker takes one, and there are more. */
    assert_int_equal(ptl_plan_exchange(sim.plan, 0, outcomes, 10, probes, 1).count, 1);
    assert_true(is_called(&sim, 1) != is_called(&sim, 2)); /* one at a time... */
    uint32_t first = is_called(&sim, 1) ? 1 : 2, other = 3 - first;
    assert_int_equal(ptl_plan_exchange(sim.plan, first, NULL, 0, probes + 2, 1).count, 1);
    assert_true(is_called(&sim, other)); /* ...who calls the next */
    sim_close(&sim);
}

static void a_stop_calls_everyone(void **state)
{
    (void)state;
    struct sim sim;
    struct ptl_probe probes[PTL_PLAN_BLOCK];
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-10\n", 64, odd_are_open);
    ptl_plan_exchange(sim.plan, 0, NULL, 0, probes, 1);
    assert_false(ptl_plan_stopped(sim.plan));
    ptl_plan_stop(sim.plan, PTL_STOP_DEADLINE);
    ptl_plan_stop(sim.plan, PTL_STOP_SIGNAL); /* the first cause counts */
    assert_true(ptl_plan_stopped(sim.plan));
    for (uint32_t worker = 0; worker < 3; worker++) {
        assert_true(is_called(&sim, worker));
        ptl_plan_woken(sim.plan, worker);
        assert_false(is_called(&sim, worker));
    }
    struct ptl_pull pulled = ptl_plan_exchange(sim.plan, 1, NULL, 0, probes, 5);
    assert_true(pulled.finished && pulled.count == 0);
    assert_int_equal(ptl_plan_finish(sim.plan, NULL), PTL_OK);
    assert_int_equal(sim.results->run.stopped_by, PTL_STOP_DEADLINE);
    assert_int_equal(sim.results->summary.states[PTL_UNPROBED], 10);
    sim_close(&sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_probe_once),
        cmocka_unit_test(the_order),
        cmocka_unit_test(windows_and_permits),
        cmocka_unit_test(silence_is_asked_again),
        cmocka_unit_test(a_refusal_is_never_asked_again),
        cmocka_unit_test(proven_loss_brings_more_attempts),
        cmocka_unit_test(whatever_comes_the_sums_hold),
        cmocka_unit_test(a_stop_leaves_the_rest_unprobed),
        cmocka_unit_test(a_shortage_that_lasts_is_an_error),
        cmocka_unit_test(a_shortage_that_ends_loses_nothing),
        cmocka_unit_test(what_is_no_shortage_is_an_error_at_once),
        cmocka_unit_test(the_rate_holds),
        cmocka_unit_test(progress_is_true),
        cmocka_unit_test(a_worker_that_leaves_work_calls_one_that_sleeps),
        cmocka_unit_test(a_stop_calls_everyone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
