/* Names from a hosts file of the test's own, in namespaces of its own: nothing is asked outside. */
#include "support/failing_malloc.h"
#include "support/fake_hosts.h"

#include "target/resolve.h"

#include <signal.h>
#include <string.h>

static bool in_namespace;

static void need_namespace(void)
{
    if (!in_namespace)
        without("no names of its own can be laid under this process here");
}

static const char hosts[] = "127.0.0.1 localhost\n"
                            "::1 localhost\n"
                            "198.18.0.1 one.test alias.test\n"
                            "198.18.0.1 twice.test\n"
                            "198.18.0.1 twice.test\n"
                            "198.18.0.2 two.test\n"
                            "2001:2::2 two.test\n"
                            "0.0.0.0 blocked.test\n"
                            ":: blocked6.test\n"
                            "0.0.0.0 half.test\n"
                            "198.18.0.3 half.test\n"
                            "::ffff:198.18.0.4 mapped.test\n";

static struct ptl_resolved *resolve(const char *const *names, size_t count, enum ptl_family family)
{
    struct ptl_resolve_options options = {.family = family, .deadline_ms = 60000};
    struct ptl_resolved *resolved = NULL;
    struct ptl_error error = {0};
    assert_int_equal(ptl_resolve(names, count, &options, &resolved, &error), PTL_OK);
    assert_non_null(resolved);
    return resolved;
}

static bool has(const struct ptl_resolved *resolved, const char *text)
{
    struct ptl_address address;
    assert_int_equal(ptl_address_parse(text, &address, NULL), PTL_OK);
    for (size_t i = 0; i < resolved->count; i++)
        if (ptl_address_compare(&resolved->addresses[i], &address) == 0)
            return true;
    return false;
}

static void each_in_its_place(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"one.test",   "no-such.test", "alias.test",
                                        "198.18.0.9", "twice.test",   "ONE.TEST"};
    struct ptl_resolved *resolved = resolve(names, 6, PTL_FAMILY_ANY);
    assert_int_equal(resolved[0].count, 1);
    assert_true(has(&resolved[0], "198.18.0.1"));
    assert_int_equal(resolved[1].count, 0);
    assert_string_equal(resolved[1].message, "Name or service not known");
    assert_true(has(&resolved[2], "198.18.0.1"));
    assert_true(has(&resolved[3], "198.18.0.9"));
    assert_int_equal(resolved[4].count, 1); /* no address twice */
    assert_true(has(&resolved[5], "198.18.0.1"));
    ptl_resolved_free(resolved, 6);
}

static void the_family_is_chosen(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"two.test", "one.test"};
    struct ptl_resolved *resolved = resolve(names, 2, PTL_FAMILY_ANY);
    assert_int_equal(resolved[0].count, 2);
    assert_true(has(&resolved[0], "198.18.0.2") && has(&resolved[0], "2001:2::2"));
    ptl_resolved_free(resolved, 2);
    resolved = resolve(names, 2, PTL_FAMILY_IPV4);
    assert_int_equal(resolved[0].count, 1);
    assert_true(has(&resolved[0], "198.18.0.2"));
    ptl_resolved_free(resolved, 2);
    resolved = resolve(names, 2, PTL_FAMILY_IPV6);
    assert_int_equal(resolved[0].count, 1);
    assert_true(has(&resolved[0], "2001:2::2"));
    assert_int_equal(resolved[1].count, 0);
    assert_true(resolved[1].message[0] != '\0');
    ptl_resolved_free(resolved, 2);
}

static void this_machine(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"localhost"};
    struct ptl_resolved *resolved = resolve(names, 1, PTL_FAMILY_ANY);
    assert_int_equal(resolved[0].count, 2);
    assert_true(has(&resolved[0], "127.0.0.1") && has(&resolved[0], "::1"));
    ptl_resolved_free(resolved, 1);
}

/* Lists of blocked names resolve to 0.0.0.0, which a connect() would take for this machine. */
static void the_unspecified_address_is_no_answer(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"blocked.test", "blocked6.test", "half.test"};
    struct ptl_resolved *resolved = resolve(names, 3, PTL_FAMILY_ANY);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(resolved[i].count, 0);
        assert_string_equal(resolved[i].message,
                            "it resolves to 0.0.0.0 or ::, which is no target");
    }
    assert_int_equal(resolved[2].count, 1);
    assert_true(has(&resolved[2], "198.18.0.3"));
    ptl_resolved_free(resolved, 3);
}

static void a_mapped_address_is_the_one_it_reaches(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"mapped.test"};
    struct ptl_resolved *resolved = resolve(names, 1, PTL_FAMILY_ANY);
    assert_int_equal(resolved[0].count, 1);
    assert_int_equal(resolved[0].addresses[0].family, 4);
    assert_true(has(&resolved[0], "198.18.0.4"));
    ptl_resolved_free(resolved, 1);
}

/* Many more names than threads, and none at all. */
static void any_number_of_names(void **state)
{
    (void)state;
    need_namespace();
    const char *names[1000];
    for (int i = 0; i < 1000; i++)
        names[i] = i % 3 ? "198.18.0.7" : "one.test";
    struct ptl_resolved *resolved = resolve(names, 1000, PTL_FAMILY_ANY);
    for (int i = 0; i < 1000; i++)
        assert_true(has(&resolved[i], i % 3 ? "198.18.0.7" : "198.18.0.1"));
    ptl_resolved_free(resolved, 1000);
    ptl_resolved_free(resolve(names, 0, PTL_FAMILY_ANY), 0);
    ptl_resolved_free(NULL, 5);
}

/* The threads take up no name before the caller waits, so a deadline of nothing is always past. */
static void a_deadline_that_is_past(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"one.test", "two.test"};
    struct ptl_resolve_options options = {.deadline_ms = 0};
    struct ptl_resolved *resolved = NULL;
    assert_int_equal(ptl_resolve(names, 2, &options, &resolved, NULL), PTL_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(resolved[i].count, 0);
        assert_string_equal(resolved[i].message, "timed out");
    }
    ptl_resolved_free(resolved, 2);
}

static void a_cancel_ends_it(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"one.test"};
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    ptl_cancel_trigger(&cancel, SIGINT);
    struct ptl_resolve_options options = {.deadline_ms = 60000, .cancel = &cancel};
    struct ptl_resolved *resolved = NULL;
    assert_int_equal(ptl_resolve(names, 1, &options, &resolved, NULL), PTL_OK);
    assert_int_equal(resolved[0].count, 0);
    assert_string_equal(resolved[0].message, "interrupted");
    ptl_resolved_free(resolved, 1);
    ptl_cancel_free(&cancel);
}

static void without_threads_it_says_so(void **state)
{
    (void)state;
    need_namespace();
    static const char *const names[] = {"one.test"};
    failing_threads(true);
    struct ptl_resolved *resolved = resolve(names, 1, PTL_FAMILY_ANY);
    failing_threads(false);
    assert_int_equal(resolved[0].count, 0);
    assert_string_equal(resolved[0].message, "no thread could be started");
    ptl_resolved_free(resolved, 1);
}

static bool resolve_some(void *context)
{
    (void)context;
    static const char *const names[] = {"one.test", "198.18.0.7", "two.test"};
    struct ptl_resolve_options options = {.deadline_ms = 60000};
    struct ptl_resolved *resolved = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_resolve(names, 3, &options, &resolved, &error);
    if (status != PTL_OK) {
        assert_int_equal(status, PTL_E_NO_MEMORY);
        assert_null(resolved);
        return false;
    }
    bool all = true;
    for (int i = 0; i < 3; i++) {
        if (resolved[i].count == 0)
            assert_string_equal(resolved[i].message, "out of memory");
        all = all && resolved[i].count > 0;
    }
    ptl_resolved_free(resolved, 3);
    return all;
}

static void each_allocation_refused(void **state)
{
    (void)state;
    need_namespace();
    fail_each(resolve_some, NULL);
}

int main(void)
{
    in_namespace = enter_fake_hosts(hosts);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_in_its_place),
        cmocka_unit_test(the_family_is_chosen),
        cmocka_unit_test(this_machine),
        cmocka_unit_test(the_unspecified_address_is_no_answer),
        cmocka_unit_test(a_mapped_address_is_the_one_it_reaches),
        cmocka_unit_test(any_number_of_names),
        cmocka_unit_test(a_deadline_that_is_past),
        cmocka_unit_test(a_cancel_ends_it),
        cmocka_unit_test(without_threads_it_says_so),
        cmocka_unit_test(each_allocation_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
