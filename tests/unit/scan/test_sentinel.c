/* Limits that sentinels tell of late, or of some targets alone. */
#include "support/fake_clock.h"

#include "simulation.h"

/* A token bucket before the first `limited` targets: so many SYNs pass a second. */
static struct {
    uint32_t limited;
    uint64_t burst, rate, full_ns; /* `full_ns`: when nothing of it will be used any more */
} bucket;

static bool passes(void)
{
    uint64_t each_ns = PTL_NS_PER_S / bucket.rate;
    uint64_t at_ns = bucket.full_ns > fake_now_ns ? bucket.full_ns : fake_now_ns;
    if (at_ns - fake_now_ns > (bucket.burst - 1) * each_ns)
        return false;
    bucket.full_ns = at_ns + each_ns;
    return true;
}

/* Even ports refuse, the others are silent. */
static struct sim_answer limited(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)sim, (void)tries;
    struct sim_answer answer = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 20000, false};
    if ((target < bucket.limited && !passes()) || probe->port % 2 != 0)
        answer = (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, probe->wait_us, false};
    return answer;
}

static void find_all(const char *hosts, const char *ports, uint32_t of_targets, uint64_t burst,
                     uint64_t rate)
{
    char yaml[120];
    snprintf(yaml, sizeof(yaml), "hosts: %s\nports: %s\n", hosts, ports);
    bucket.limited = of_targets;
    bucket.burst = burst;
    bucket.rate = rate;
    bucket.full_ns = 0;
    struct sim sim;
    sim_open(&sim, yaml, 2000, limited);
    sim_run(&sim);
    assert_int_equal(sim.results->summary.states[PTL_CLOSED], sim.plan->sum.probes / 2);
    sim_close(&sim);
}

/* So many pass at once, then 300 a second: all sentinels are lost together. */
static void a_burst_that_runs_out(void **state)
{
    (void)state;
    find_all("127.0.0.1", "1-5000", 1, 2000, 300);
    find_all("127.0.0.1", "1-1500", 1, 1000, 300); /* a pause, in which nobody may spin */
}

/* No target of them has the ports to show that it is limited. */
static void what_some_targets_share(void **state)
{
    (void)state;
    find_all("127.0.0.0/26", "1-30", 32, 9, 400);
    find_all("127.0.0.0/24", "1-16", 128, 20, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_that_runs_out),
        cmocka_unit_test(what_some_targets_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
