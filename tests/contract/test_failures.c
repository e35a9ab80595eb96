/*
 * What fails on this machine is never a verdict about a port: with system calls, threads and
 * descriptors failing under a run, each engine either finds exactly what is there, or says what it
 * could not find out. It never crashes, hangs or keeps anything.
 */
#include "support/failing_calls.h"
#include "support/failing_malloc.h"
#include "support/failing_runs.h"

#include <sys/resource.h>

static void each_errno_at_ten_percent_loses_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    static const struct {
        int error;
        const char *name;
    } errors[] = {{EMFILE, "EMFILE"},
                  {ENFILE, "ENFILE"},
                  {ENOBUFS, "ENOBUFS"},
                  {ENOMEM, "ENOMEM"},
                  {EADDRNOTAVAIL, "EADDRNOTAVAIL"},
                  {EAGAIN, "EAGAIN"}};
    static const enum failing_call calls[] = {FAILING_SOCKET, FAILING_CONNECT};
    size_t before = open_descriptors();
    for (int e = 0; e < ENGINES * 6 * 2; e++) {
        const char *name = errors[e / 2 % 6].name;
        char yaml[512];
        write_yaml(yaml, engines[e / 12], ALL_PORTS, 64, "");
        uint64_t refused = 0;
        unsigned warned = 0;
        for (uint64_t seed = 1; seed <= 2; seed++) {
            struct scan scan;
            prepare(&scan, yaml);
            failing_calls_at_random(calls[e % 2], errors[e / 2 % 6].error, 100, seed);
            run(&scan);
            unsigned long now_refused = failing_calls_disarm();
            check_found_all(&scan);
            /* One that another descriptor, given back at once, made up for is not worth a word. */
            bool says_so = has_warning(scan.results, name);
            assert_true(!says_so || now_refused > 0);
            if (says_so && strcmp(engines[e / 12], "sequential") != 0)
                assert_true(scan.results->run.effective_concurrency < 64);
            warned += says_so;
            refused += now_refused;
            finish(&scan);
        }
        assert_true(refused > 0);
        assert_true(warned > 0);
    }
    assert_int_equal(open_descriptors(), before);
}

/* Registering and making what a worker waits with. A silent port makes sure that it waits. */
static void engines_that_cannot_wait_lose_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    static const struct {
        enum failing_call call;
        int error;
    } failures[] = {{FAILING_EPOLL_CREATE, EMFILE}, {FAILING_EPOLL_CREATE, ENOMEM},
                    {FAILING_EPOLL_CTL, ENOMEM},    {FAILING_EPOLL_CTL, ENOSPC},
                    {FAILING_EVENTFD, EMFILE},      {FAILING_EVENTFD, ENFILE}};
    size_t before = open_descriptors();
    unsigned full = 0, failed = 0;
    for (size_t f = 0; f < sizeof(failures) / sizeof(failures[0]) * ENGINES; f++) {
        char yaml[512];
        write_yaml(yaml, engines[f % ENGINES], ALL_PORTS ",2000", 64,
                   "workers: 3\ntimeout: 20ms\nretries: 0\n");
        for (unsigned long n = 1; n < 9; n++) {
            struct scan scan;
            prepare(&scan, yaml);
            failing_calls_arm(failures[f / ENGINES].call, failures[f / ENGINES].error, (n + 1) / 2,
                              n % 2 == 0);
            run(&scan);
            unsigned long refused = failing_calls_disarm();
            if (scan.results == NULL)
                assert_int_equal(scan.error.code, PTL_E_SYSTEM);
            else if (n % 2 == 0) /* all failed from there on: some may be in error */
                check_verdicts(scan.results);
            else
                check_found_all(&scan);
            full += scan.results != NULL;
            failed += scan.results == NULL;
            finish(&scan);
            if (refused == 0)
                break;
        }
    }
    assert_true(full > 0 && failed > 0);
    assert_int_equal(open_descriptors(), before);
}

static void threads_that_do_not_start_lose_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    size_t before = open_descriptors();
    for (int e = 0; e < ENGINES; e++) {
        bool many = strcmp(engines[e], "threads") == 0 || strcmp(engines[e], "pool") == 0;
        unsigned wanted = many ? 6 : 1;
        for (unsigned started = 0; started <= wanted; started++) {
            char yaml[512];
            write_yaml(yaml, engines[e], ALL_PORTS, 6, "workers: 6\n");
            struct scan scan;
            prepare(&scan, yaml);
            failing_threads_after(started);
            run(&scan);
            failing_threads(false);
            if (started == 0) {
                assert_null(scan.results);
                assert_int_equal(scan.error.code, PTL_E_SYSTEM);
            } else {
                check_found_all(&scan);
                assert_int_equal(scan.results->run.workers, started);
                assert_int_equal(has_warning(scan.results, "could be started"), started < wanted);
            }
            finish(&scan);
        }
    }
    assert_int_equal(open_descriptors(), before);
}

/* ---- descriptors that run out under a run ---- */

static struct rlimit lowered;

static void lower(void)
{
    setrlimit(RLIMIT_NOFILE, &lowered);
}

/* Runs, and with its nth connect the soft limit becomes `most`; it is raised again afterwards. */
static void run_while_lowered(struct scan *scan, unsigned long nth, rlim_t most)
{
    struct rlimit saved;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &saved), 0);
    lowered = (struct rlimit){.rlim_cur = most, .rlim_max = saved.rlim_max};
    failing_calls_then(FAILING_CONNECT, nth, lower);
    run(scan);
    failing_calls_disarm();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &saved), 0);
}

static void fewer_descriptors_in_mid_run_lose_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    size_t before = open_descriptors();
    for (int e = 0; e < ENGINES; e++) {
        char yaml[512];
        write_yaml(yaml, engines[e], ALL_PORTS, 64, "workers: 2\n");
        struct scan scan;
        prepare(&scan, yaml);
        /* Room for what every engine needs beside its sockets, and for one or two of those. */
        run_while_lowered(&scan, 50,
                          (rlim_t)before + (strcmp(engines[e], "threads") == 0 ? 70 : 8));
        check_found_all(&scan);
        finish(&scan);
    }
    assert_int_equal(open_descriptors(), before);
}

static void no_descriptor_at_all_is_an_error_and_no_verdict(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    size_t before = open_descriptors();
    uint64_t errors = 0;
    for (int e = 0; e < ENGINES; e++) {
        char yaml[512];
        write_yaml(yaml, engines[e], FEW_PORTS, 64, "");
        struct scan scan;
        prepare(&scan, yaml);
        run_while_lowered(&scan, 3, 3); /* before the first open port is met */
        assert_non_null(scan.results);
        check_verdicts(scan.results);
        for (size_t i = 0; i < scan.results->count; i++) {
            const struct ptl_result *result = &scan.results->items[i];
            if (result->state == PTL_ERROR)
                assert_int_equal(result->reason, PTL_REASON_ERRNO + EMFILE);
        }
        assert_true(scan.results->summary.states[PTL_UNPROBED] == 0);
        if (scan.results->summary.states[PTL_ERROR] > 0)
            assert_true(has_warning(scan.results, "EMFILE"));
        errors += scan.results->summary.states[PTL_ERROR];
        finish(&scan);
    }
    assert_true(errors > 0);
    assert_int_equal(open_descriptors(), before);
}

/* ---- nothing is kept ---- */

static void hundreds_of_runs_keep_no_descriptor(void **state)
{
    (void)state;
    if (!in_namespace)
        without("no network namespace can be made here");
    size_t before = open_descriptors();
    for (unsigned i = 0; i < 400; i++) {
        char yaml[512], workers[64];
        snprintf(workers, sizeof(workers), "workers: %u\n", 1 + i % 64);
        write_yaml(yaml, engines[i % ENGINES], ALL_PORTS, 64, workers);
        struct scan scan;
        prepare(&scan, yaml);
        run(&scan);
        check_found_all(&scan);
        finish(&scan);
        assert_int_equal(open_descriptors(), before);
    }
}

int main(void)
{
    in_namespace = enter_namespace();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_errno_at_ten_percent_loses_nothing),
        cmocka_unit_test(engines_that_cannot_wait_lose_nothing),
        cmocka_unit_test(threads_that_do_not_start_lose_nothing),
        cmocka_unit_test(fewer_descriptors_in_mid_run_lose_nothing),
        cmocka_unit_test(no_descriptor_at_all_is_an_error_and_no_verdict),
        cmocka_unit_test(hundreds_of_runs_keep_no_descriptor),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
