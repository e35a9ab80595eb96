/* Which silent ports are asked a third time. */
#include "support/fake_clock.h"

#include "simulation.h"

static uint64_t begun_ns;
static bool in_moments;

/* A port in ten refuses, the rest is silent. A tenth of all is lost: half in the first second of
 * every five, or by chance. */
static struct sim_answer lossy(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                               unsigned tries)
{
    (void)target, (void)tries;
    if (sim->profile->loss_retries == 0)
        assert_int_equal(sim->plan->silent_lately, 0); /* what no pass follows is not weighed */
    uint64_t second = (fake_now_ns - begun_ns) / PTL_NS_PER_S;
    uint64_t lost = in_moments ? (second % 5 == 0 ? 50 : 0) : 10;
    struct sim_answer answer = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 20000, false};
    if (probe->port % 10 != 0 || sim_random(sim, 100) < lost)
        answer = (struct sim_answer){PTL_FILTERED, PTL_REASON_NO_RESPONSE, 300000, false};
    return answer;
}

/* Returns how many of the silent ports were asked more than twice. */
static uint32_t asked_again(const char *ports, bool moments)
{
    struct sim sim;
    char yaml[100];
    snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\nports: %s\nrate: 300\nretries: 1\n", ports);
    begun_ns = fake_now_ns;
    in_moments = moments;
    sim_open(&sim, yaml, 500, lossy);
    sim_run(&sim);
    uint32_t count = 0;
    for (uint32_t i = 0; i < sim.plan->port_count; i++)
        count += sim.plan->ports[i] % 10 != 0 && sim.ports[i].tries > 2;
    assert_int_equal(sim.results->summary.states[PTL_CLOSED], sim.plan->port_count / 10);
    assert_false(sim.plan->silent_lately); /* nothing is left behind */
    sim_close(&sim);
    return count;
}

static void those_asked_in_moments_of_loss(void **state)
{
    (void)state;
    assert_in_range(asked_again("1-5000", true), 1, 4500 / 2);
}

static void all_where_losses_fall_on_ports_alike(void **state)
{
    (void)state;
    assert_int_equal(asked_again("1-5000", false), 4500);
}

static void all_of_a_few(void **state)
{
    (void)state;
    uint32_t asked = asked_again("1-200", true);
    assert_true(asked == 0 || asked == 180); /* by whether anything was lost */
}

static void none_where_losses_bring_no_attempts(void **state)
{
    (void)state;
    struct sim sim;
    in_moments = true;
    begun_ns = fake_now_ns;
    sim_open(&sim, "hosts: 127.0.0.1\nports: 1-1000\nrate: 300\nretries: 1\nloss_retries: 0\n", 500,
             lossy);
    sim_run(&sim);
    sim_close(&sim);
}

/* A port that had as many attempts as there may be has one more in each further pass. */
static void attempts_are_counted_beyond_the_most(void **state)
{
    (void)state;
    struct ptl_mark mark = {.asked = PTL_ASKED_MOST};
    for (int pass = 1; pass <= PTL_ASKED_MOST; pass++) {
        mark.asked++;
        assert_int_equal(mark.asked, PTL_ASKED_MOST + pass);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_asked_in_moments_of_loss),
        cmocka_unit_test(all_where_losses_fall_on_ports_alike),
        cmocka_unit_test(all_of_a_few),
        cmocka_unit_test(none_where_losses_bring_no_attempts),
        cmocka_unit_test(attempts_are_counted_beyond_the_most),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
