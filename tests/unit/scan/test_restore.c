/* Runs that are stopped, and go on with what their journal holds: the real plan, the real file. */
#include "support/fake_clock.h"

#include "simulation.h"

#include "journal/past.h"

#include <unistd.h>

static const struct sim_answer is_open = {PTL_OPEN, PTL_REASON_SYN_ACK, 100, false};
static const struct sim_answer is_closed = {PTL_CLOSED, PTL_REASON_CONN_REFUSED, 100, false};
static const struct sim_answer is_silent = {PTL_FILTERED, PTL_REASON_NO_RESPONSE, 900000, false};
static const struct sim_answer is_prohibited = {PTL_FILTERED, PTL_REASON_ADMIN_PROHIBITED, 500,
                                                false};

static char path[64];
static bool loses;                  /* every second port's first attempt of each segment */
static struct ptl_journal *journal; /* of the run at hand */

static struct sim_answer mixed(struct sim *sim, uint32_t target, const struct ptl_probe *probe,
                               unsigned tries)
{
    (void)sim;
    if (target % 4 == 3 || (loses && tries == 0 && probe->port % 2 == 0))
        return is_silent; /* nobody is there, or it was lost */
    return probe->port % 5 == 0   ? is_open
           : probe->port % 5 == 1 ? is_silent
           : probe->port % 5 == 2 ? is_prohibited
                                  : is_closed;
}

static enum ptl_state truth(uint32_t target, uint16_t port)
{
    if (target % 4 == 3)
        return PTL_FILTERED;
    return port % 5 == 0 ? PTL_OPEN : port % 5 < 3 ? PTL_FILTERED : PTL_CLOSED;
}

/* What was noted goes to the file at once: the thread's own clock is not the test's. */
static void write_notes(struct sim *sim)
{
    struct ptl_error error = {0};
    sim->results->run.ports = strdup("1-30");
    sim->results->run.profile = strdup("t");
    sim->results->run.file = strdup("t.yaml");
    const struct ptl_past *past = ptl_journal_past(journal);
    assert_int_equal(ptl_journal_begin(journal, &sim->results->run,
                                       past != NULL ? ptl_past_offset_ms(past) : 0,
                                       ptl_plan_take_notes, sim->plan, &error),
                     PTL_OK);
    ptl_journal_drain(journal);
    assert_int_equal(ptl_journal_failure(journal, NULL), PTL_OK);
    ptl_plan_note_all(sim->plan, false);
}

/* What the journal knows is not asked: neither settled ports, nor attempts that silent ones had. */
static struct sim_answer only_the_rest(struct sim *sim, uint32_t target,
                                       const struct ptl_probe *probe, unsigned tries)
{
    const struct ptl_past *past = sim->plan->past;
    if (past != NULL && !probe->sentinel) {
        uint64_t place = ptl_places_of_target(&past->places, target);
        uint64_t position = ptl_places_position(&past->places, target, place, probe->port);
        assert_int_equal(ptl_ledger_state(past->ledger, position), PTL_UNPROBED);
        unsigned counted = ptl_ledger_parked(past->ledger, position).counted;
        if (target % 4 != 3 && counted > sim->profile->retries)
            counted = sim->profile->retries; /* one that answers is asked once more */
        assert_true(probe->confirms != 0 || probe->attempt > counted);
    }
    return mixed(sim, target, probe, tries);
}

/* One segment: of `stop_after` attempts, or to the end where it is 0. */
static void go_on(const char *yaml, uint64_t stop_after, struct sim *sim)
{
    struct ptl_error error = {0};
    sim_open(sim, yaml, 60, only_the_rest);
    sim->stop_after = stop_after;
    sim->before_end = write_notes;
    struct ptl_journal_request request = {.path = path, .resume = true};
    assert_int_equal(ptl_journal_open(&request, sim->profile, &journal, &error), PTL_OK);
    struct ptl_journal_plan plan = {.profile = sim->profile,
                                    .targets = sim->results->live,
                                    .ports = sim->profile->ports,
                                    .seed = sim->profile->seed != 0 ? sim->profile->seed : 99};
    assert_int_equal(ptl_journal_create(journal, &plan, &error), PTL_OK);
    const struct ptl_past *past = ptl_journal_past(journal);
    if (past != NULL) {
        assert_int_equal(
            ptl_plan_restore(sim->plan, past, (uint32_t)ptl_past_offset_ms(past), &error), PTL_OK);
        sim->settled = ptl_past_counters(past)->attempts;
    }
    ptl_plan_note_all(sim->plan, true);
    sim_run(sim);
}

static void leave(struct sim *sim)
{
    sim_close(sim);
    ptl_journal_free(journal);
    journal = NULL;
}

static void check_all(const struct sim *sim, uint32_t targets, uint32_t ports)
{
    const struct ptl_results *results = sim->results;
    assert_int_equal(results->summary.states[PTL_UNPROBED], 0);
    assert_int_equal(results->count, targets * ports);
    for (size_t i = 0; i < results->count; i++)
        assert_int_equal(results->items[i].state,
                         truth(results->items[i].target, results->items[i].port));
    assert_int_equal(results->target_count, targets);
}

static void a_run_goes_on_wherever_it_was_stopped(void **state)
{
    (void)state;
    static const char *const orders[] = {"interleaved", "sequential", "random"};
    static const char *const more[] = {"retries: 2\n", "retries: 0\n", "adaptive: false\n",
                                       "confirm: 2\n"};
    for (int order = 0; order < 3; order++)
        for (int i = 0; i < 4; i++)
            for (uint64_t stop = 1; stop < 1200; stop = stop * 2 + 7) {
                struct sim sim;
                char yaml[300];
                snprintf(yaml, sizeof(yaml),
                         "hosts: 127.0.0.0/28\nports: 1-30\norder: %s\n%s"
                         "report: {states: [open, closed, filtered]}\n",
                         orders[order], more[i]);
                go_on(yaml, stop, &sim);
                leave(&sim);
                go_on(yaml, stop, &sim); /* and again, before its end */
                leave(&sim);
                go_on(yaml, 0, &sim);
                check_all(&sim, 16, 30);
                leave(&sim);
                unlink(path);
            }
}

/* What is not kept is counted all the same, target by target. */
static void what_is_not_kept_is_counted(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: 127.0.0.0/28\nports: 1-30\n";
    struct sim sim;
    go_on(yaml, 300, &sim);
    leave(&sim);
    go_on(yaml, 0, &sim);
    const struct ptl_summary *sum = &sim.results->summary;
    assert_int_equal(sum->states[PTL_OPEN], 12 * 6);
    assert_int_equal(sum->states[PTL_CLOSED], 12 * 12);
    assert_int_equal(sum->states[PTL_FILTERED], 12 * 12 + 4 * 30);
    assert_int_equal(sim.results->count, 12 * 6);
    for (size_t i = 0; i < sim.results->target_count; i++)
        assert_int_equal(sim.results->targets[i].states[PTL_OPEN], i % 4 == 3 ? 0 : 6);
    leave(&sim);
    go_on(yaml, 0, &sim); /* its reports could not be written, say: nothing is asked */
    assert_int_equal(sim.sent, 0);
    assert_int_equal(sim.results->summary.states[PTL_CLOSED], 12 * 12);
    leave(&sim);
    unlink(path);
}

static uint64_t sum_of(const uint64_t counts[PTL_TRIES])
{
    uint64_t sum = 0;
    for (int i = 0; i < PTL_TRIES; i++)
        sum += counts[i];
    return sum;
}

/* By how many attempts ports took, a run that went on can be judged as one that did not stop. */
static void evidence_goes_on(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: 127.0.0.0/28\nports: 1-30\nretries: 2\n";
    struct sim sim;
    go_on(yaml, 0, &sim);
    uint64_t silent = sum_of(sim.results->evidence.silent);
    assert_true(sim.results->has_evidence && silent > 0);
    leave(&sim);
    unlink(path);
    for (uint64_t stop = 50; stop < 800; stop += 150) {
        go_on(yaml, stop, &sim);
        leave(&sim);
        go_on(yaml, stop, &sim);
        leave(&sim);
        go_on(yaml, 0, &sim);
        const struct ptl_results *results = sim.results;
        assert_true(results->has_evidence);
        assert_int_equal(sum_of(results->evidence.open), results->summary.states[PTL_OPEN]);
        assert_int_equal(sum_of(results->evidence.closed), results->summary.states[PTL_CLOSED]);
        assert_int_equal(sum_of(results->evidence.silent), silent);
        leave(&sim);
        go_on(yaml, 0, &sim); /* asks nothing, and knows the same */
        assert_int_equal(sum_of(sim.results->evidence.silent), silent);
        assert_int_equal(sum_of(sim.results->evidence.open), 12 * 6);
        leave(&sim);
        unlink(path);
    }
}

/* A recall that is asked for is asked for of a run that goes on, too. */
static void silent_ports_are_asked_again_for_a_recall(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: 127.0.0.1\nports: 1-200\nadaptive: false\nretries: 1\n"
                               "min_recall: 0.97\n";
    struct sim sim;
    loses = true;
    for (uint64_t stop = 30; stop < 300; stop += 90) {
        go_on(yaml, stop, &sim);
        leave(&sim);
        go_on(yaml, 0, &sim);
        assert_true(sim.results->has_evidence);
        assert_int_equal(sum_of(sim.results->evidence.silent), 40);
        assert_true(sim.results->evidence.silent[1] == 0);
        leave(&sim);
        unlink(path);
    }
    loses = false;
}

/* A run that is stopped at once knows what the one before knew. */
static void nothing_is_forgotten_by_one_that_asks_nothing(void **state)
{
    (void)state;
    static const char yaml[] = "hosts: 127.0.0.0/28\nports: 1-30\norder: random\nseed: 3\n"
                               "report: {states: [open, closed, filtered]}\n";
    struct sim sim;
    uint64_t states[PTL_STATE_COUNT];
    go_on(yaml, 300, &sim);
    leave(&sim);
    struct ptl_error error = {0};
    struct ptl_past_request request = {.salvage = false};
    struct ptl_past *past = NULL;
    assert_int_equal(ptl_journal_read(path, &request, &past, &error), PTL_OK);
    ptl_ledger_count(past->ledger, 0, 16 * 30, states);
    ptl_past_free(past);
    go_on(yaml, 1, &sim);
    for (int s = 0; s < PTL_FILTERED; s++)
        assert_true(sim.results->summary.states[s] >= states[s]);
    leave(&sim);
    go_on(yaml, 0, &sim);
    check_all(&sim, 16, 30);
    leave(&sim);
    unlink(path);
}

/* Half of what was found is what a run that goes on begins with. */
static void limits_are_halved(void **state)
{
    (void)state;
    struct ptl_path own;
    ptl_path_init(&own, PTL_PATH_START, fake_now_ns);
    ptl_path_resume(&own, 0, fake_now_ns);
    assert_int_equal(own.window, PTL_PATH_START);
    ptl_path_resume(&own, 900, fake_now_ns);
    assert_int_equal(own.limit, 450);
    assert_int_equal(own.pace.rate, 450);
    assert_int_equal(own.window, 0);
}

int main(void)
{
    snprintf(path, sizeof(path), "/tmp/ptl-restore.%ld", (long)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_goes_on_wherever_it_was_stopped),
        cmocka_unit_test(what_is_not_kept_is_counted),
        cmocka_unit_test(evidence_goes_on),
        cmocka_unit_test(silent_ports_are_asked_again_for_a_recall),
        cmocka_unit_test(nothing_is_forgotten_by_one_that_asks_nothing),
        cmocka_unit_test(limits_are_halved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
