/* ICMP errors in place of silence: of a limit, of an outage, of a firewall. The clock is the test's
 * own. */
#include "support/fake_clock.h"

#include "simulation.h"

#define MS PTL_NS_PER_MS

static const struct sim_answer is_closed = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 20000, false};
static const struct sim_answer is_prohibited = {PTL_FILTERED, PTL_REASON_ADMIN_PROHIBITED, 20000,
                                                false};

/* ---- a limit refuses what exceeds it ---- */

static struct sim_bucket bucket;
static uint32_t refused_us; /* after so long */

static struct sim_answer limited(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    struct sim_answer answer = sim_bucket_takes(&bucket) ? is_closed : is_prohibited;
    if (answer.state == PTL_FILTERED)
        answer.after_us = refused_us;
    return answer;
}

static void what_a_limit_refuses_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        uint32_t refused_us; /* what refuses may be nearer than what answers */
    } rows[] = {{"hosts: 127.0.0.1-8\nports: 1-500\n", 20000},
                {"hosts: 127.0.0.1\nports: 1-2000\n", 20000},
                {"hosts: 127.0.0.1\nports: 1-2000\n", 1000},
                {"hosts: 127.0.1.0-127.0.2.255\nports: 1-2\n", 20000}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (uint64_t seed = 1; seed <= 3; seed++) {
            struct sim sim;
            bucket = (struct sim_bucket){40, 40, 2000, fake_now_ns};
            refused_us = rows[i].refused_us;
            sim_open(&sim, rows[i].scope, 5000, limited);
            sim.random = seed;
            sim_run(&sim);
            assert_int_equal(sim.results->summary.states[PTL_FILTERED], 0);
            sim_close(&sim);
        }
    }
}

/* What is not found is told: the losses are those of sentinels, and the ports are silent ones. */
static void what_a_limit_refuses_for_good_may_have_been_missed(void **state)
{
    (void)state;
    static const char *const more[] = {"retries: 0\nadaptive: false\n", "adaptive: false\n"};
    for (int i = 0; i < 2; i++) {
        struct sim sim;
        char yaml[100];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1-8\nports: 1-1000\n%s", more[i]);
        bucket = (struct sim_bucket){40, 40, 2000, fake_now_ns};
        refused_us = 20000;
        sim_open(&sim, yaml, 5000, limited);
        sim_run(&sim);
        assert_true(sim.results->summary.states[PTL_FILTERED] > 0);
        for (size_t k = 0; k < sim.results->count; k++)
            if (sim.results->items[k].state == PTL_FILTERED)
                assert_int_equal(sim.results->items[k].reason, PTL_REASON_ADMIN_PROHIBITED);
        struct ptl_estimate estimate = ptl_estimate_run(sim.results);
        assert_true(ptl_estimate_is_poor(&estimate));
        sim_close(&sim);
    }
}

/* One attempt in ten: hardly a sentinel among them. */
static struct sim_answer now_and_then(struct sim *sim, uint32_t target,
                                      const struct ptl_probe *probe, unsigned tries)
{
    (void)target, (void)probe, (void)tries;
    return sim_random(sim, 10) == 0 ? is_prohibited : is_closed;
}

static void a_few_refusals_are_tried_again(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct sim sim;
        sim_open(&sim, "hosts: 127.0.0.1\nports: 1-1000\n", 5000, now_and_then);
        sim.random = seed;
        sim_run(&sim);
        assert_int_equal(sim.results->summary.states[PTL_FILTERED], 0);
        sim_close(&sim);
    }
}

/* ---- a router has no way for a while ---- */

static uint64_t began_ns;

static struct sim_answer no_way(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                unsigned tries)
{
    (void)sim, (void)target, (void)probe, (void)tries;
    static const struct sim_answer no_route = {PTL_FILTERED, PTL_REASON_NET_UNREACH, 20000, false};
    uint64_t at_ns = fake_now_ns - began_ns;
    return at_ns >= 100 * MS && at_ns < 3100 * MS ? no_route : is_closed;
}

static void an_outage_that_is_told_is_an_outage(void **state)
{
    (void)state;
    static const char *const scopes[] = {
        "hosts: 127.0.0.1-8\nports: 1-2000\n", "hosts: 127.0.0.1\nports: 1-9000\nretries: 0\n",
        "hosts: 127.0.0.1-8\nports: 1-500\nadaptive: false\nrate: 4000\n"};
    for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
        struct sim sim;
        began_ns = fake_now_ns;
        sim_open(&sim, scopes[i], 5000, no_way);
        sim_run(&sim);
        assert_int_equal(sim.results->summary.states[PTL_FILTERED], 0);
        assert_int_equal(sim.results->summary.states[PTL_UNPROBED], 0);
        assert_int_equal(sim.results->run.path.outage_count, 1);
        sim_close(&sim);
    }
}

/* ---- a firewall means what it says ---- */

static struct sim_answer by_port(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)sim, (void)tries;
    return target % 2 == 1 || probe->port > 300 ? is_prohibited : is_closed;
}

/* Of 64 ports and more some are tried again, sixteen of a target at most, none a third time. */
static void a_true_refusal_costs_nothing_more(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        uint64_t filtered, more;
    } rows[] = {{"hosts: 127.0.0.0\nports: 1-1000\nretries: 5\n", 700, 16},
                {"hosts: 127.0.0.0\nports: 1-1000\nretries: 0\n", 700, 16},
                {"hosts: 127.0.0.0\nports: 1-363\n", 63, 0},
                {"hosts: 127.0.0.0-3\nports: 1-1000\n", 3400, 32}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct sim sim;
        char yaml[100];
        snprintf(yaml, sizeof(yaml), "%sreport: {states: [filtered]}\n", rows[i].yaml);
        sim_open(&sim, yaml, 5000, by_port);
        sim_run(&sim);
        assert_int_equal(sim.results->summary.states[PTL_FILTERED], rows[i].filtered);
        assert_int_equal(sim.sent, sim.results->summary.probes + rows[i].more);
        for (size_t k = 0; k < sim.results->count; k++) {
            assert_int_equal(sim.results->items[k].reason, PTL_REASON_ADMIN_PROHIBITED);
            assert_in_range(sim.results->items[k].attempts, 1, 2);
            assert_int_equal(sim.results->items[k].connect_us, 20000);
        }
        struct ptl_estimate estimate = ptl_estimate_run(sim.results);
        assert_int_equal(estimate.basis, PTL_BASIS_ANSWERED);
        sim_close(&sim);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_limit_refuses_is_found),
        cmocka_unit_test(what_a_limit_refuses_for_good_may_have_been_missed),
        cmocka_unit_test(a_few_refusals_are_tried_again),
        cmocka_unit_test(an_outage_that_is_told_is_an_outage),
        cmocka_unit_test(a_true_refusal_costs_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
