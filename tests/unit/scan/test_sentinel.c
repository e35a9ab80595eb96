/* Limits that sentinels tell of late, or of some targets alone. */
#include "support/fake_clock.h"

#include "simulation.h"

static struct sim_bucket bucket; /* before the first targets... */
static uint32_t of_targets;      /* ...so many */

/* Even ports refuse, the others are silent. */
static struct sim_answer limited(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                                 unsigned tries)
{
    (void)sim, (void)tries;
    struct sim_answer answer = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 20000, false};
    if ((target < of_targets && !sim_bucket_takes(&bucket)) || probe->port % 2 != 0)
        answer = (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, probe->wait_us, false};
    return answer;
}

static void find_all(const char *hosts, const char *ports, uint32_t behind, uint32_t burst,
                     uint32_t rate)
{
    char yaml[120];
    snprintf(yaml, sizeof(yaml), "hosts: %s\nports: %s\n", hosts, ports);
    of_targets = behind;
    bucket = (struct sim_bucket){burst, burst, rate, fake_now_ns};
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
