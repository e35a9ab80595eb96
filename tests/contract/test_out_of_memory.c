/*
 * Memory that runs out under a run: each allocation of it fails, one by one. The run tells, and
 * what it did find out is right.
 */
#include "support/failing_malloc.h"
#include "support/failing_runs.h"

/* The nth allocation of a run fails, and with `and_after` all later ones. True: there was one. */
static bool run_without_memory(const char *yaml, unsigned long nth, bool and_after)
{
    struct scan scan;
    prepare(&scan, yaml);
    failing_malloc_arm(nth, and_after);
    run(&scan);
    bool refused = failing_malloc_disarm();
    if (scan.results == NULL) {
        assert_true(refused);
        assert_true(scan.error.code == PTL_E_NO_MEMORY || scan.error.code == PTL_E_SYSTEM);
    } else {
        check_verdicts(scan.results);
        if (scan.results->run.complete)
            assert_true(scan.results->summary.states[PTL_OPEN] +
                            scan.results->summary.states[PTL_ERROR] >=
                        LISTENERS);
        if (scan.results->run.complete && strstr(yaml, "2000") != NULL)
            assert_true(scan.results->summary.states[PTL_FILTERED] +
                            scan.results->summary.states[PTL_ERROR] >=
                        1);
        if (!scan.results->run.complete)
            assert_true(has_warning(scan.results, "memory") || and_after);
    }
    finish(&scan);
    return refused;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    size_t before = open_descriptors();
    for (int e = 0; e < ENGINES; e++) {
        bool pool = strcmp(engines[e], "pool") == 0;
        char yaml[512];
        /* With the silent port: retries, parked ports and timers want memory, too. */
        write_yaml(yaml, engines[e], pool ? ALL_PORTS ",2000" : ALL_PORTS, 8,
                   pool ? "confirm: 1\ntimeout: 5ms\nworkers: 2\n" : "");
        for (int and_after = 0; and_after < 2; and_after++) {
            unsigned long nth = 1;
            while (nth < 400 && run_without_memory(yaml, nth, and_after != 0))
                nth++;
            assert_in_range(nth, 10, 399);
        }
    }
    assert_int_equal(open_descriptors(), before);
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
