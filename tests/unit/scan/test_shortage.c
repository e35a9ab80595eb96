#include "support/cmocka_all.h"

#include "scan/shortage.h"

#include <errno.h>
#include <string.h>

#define MS 1000000ULL
#define REASON(errno_value) ((uint8_t)(PTL_REASON_ERRNO + (errno_value)))

static void only_this_machines_resources_are_shortages(void **state)
{
    (void)state;
    const int yes[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL, EAGAIN, ENOSPC};
    const int no[] = {EHOSTUNREACH, ENETUNREACH, EACCES, EPERM, EINVAL};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        assert_true(ptl_shortage_is(REASON(yes[i])));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(ptl_shortage_is(REASON(no[i])));
    for (uint8_t reason = 0; reason < PTL_REASON_ERRNO; reason++)
        assert_false(ptl_shortage_is(reason));
}

static void permits_halve_once_a_burst_and_grow_by_steps(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_shortage shortage;
    ptl_permits_init(&permits, 160);
    ptl_permits_try(&permits, 160);
    ptl_shortage_init(&shortage, &permits);
    ptl_shortage_well(&shortage, 5 * MS);
    assert_int_equal(permits.limit, 160);
    for (int i = 0; i < 50; i++)
        ptl_shortage_failed(&shortage, REASON(EMFILE), 0, 10 * MS);
    assert_int_equal(permits.limit, 80);
    ptl_shortage_failed(&shortage, REASON(EMFILE), 0, 40 * MS);
    assert_int_equal(permits.limit, 40);
    ptl_shortage_well(&shortage, 50 * MS); /* too early */
    assert_int_equal(permits.limit, 40);
    ptl_shortage_well(&shortage, 61 * MS);
    assert_int_equal(permits.limit, 42);
    ptl_shortage_well(&shortage, 62 * MS);
    assert_int_equal(permits.limit, 42);
    for (uint64_t at = 100; at < 2000; at += 25)
        ptl_shortage_well(&shortage, at * MS);
    assert_int_equal(permits.limit, 160);
    assert_int_equal(permits.lowest, 40);
}

static void a_probe_waits_longer_each_time(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_shortage shortage;
    ptl_permits_init(&permits, 1);
    ptl_shortage_init(&shortage, &permits);
    uint64_t before = 0;
    for (uint8_t tries = 0; tries < 8; tries++) {
        uint64_t pause = ptl_shortage_failed(&shortage, REASON(ENOBUFS), tries, MS);
        assert_true(pause > before);
        before = pause;
    }
    assert_int_equal(ptl_shortage_failed(&shortage, REASON(ENOBUFS), 19, MS), before);
    assert_int_equal(permits.limit, 1);
}

static void the_report_names_the_causes(void **state)
{
    (void)state;
    struct ptl_permits permits;
    struct ptl_shortage shortage;
    struct ptl_results *results = ptl_results_new();
    results->run.effective_concurrency = 64;
    ptl_permits_init(&permits, 64);
    ptl_permits_try(&permits, 20);
    ptl_shortage_init(&shortage, &permits);
    assert_int_equal(ptl_shortage_report(&shortage, results), PTL_OK);
    assert_int_equal(results->warning_count, 0);
    ptl_shortage_failed(&shortage, REASON(EMFILE), 0, MS);
    ptl_shortage_failed(&shortage, REASON(ENOBUFS), 0, MS);
    ptl_shortage_failed(&shortage, REASON(ENOBUFS), 0, MS);
    assert_int_equal(ptl_shortage_report(&shortage, results), PTL_OK);
    assert_int_equal(results->warning_count, 1);
    assert_string_equal(results->warnings[0],
                        "this machine could not ask at once (EMFILE 1 times, ENOBUFS 2 times): "
                        "concurrency fell to 10 at the lowest");
    assert_int_equal(results->run.effective_concurrency, 10);
    ptl_results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machines_resources_are_shortages),
        cmocka_unit_test(permits_halve_once_a_burst_and_grow_by_steps),
        cmocka_unit_test(a_probe_waits_longer_each_time),
        cmocka_unit_test(the_report_names_the_causes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
