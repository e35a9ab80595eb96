/* Names from a hosts file of the test's own; nothing is asked outside, and no probe is sent. */
#include "support/failing_malloc.h"
#include "support/fake_hosts.h"

#include "scan/run.h"
#include "target/services.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static bool in_namespace;

static const char hosts[] = "127.0.0.1 localhost\n"
                            "198.18.0.1 one.test\n"
                            "198.18.0.1 same.test\n"
                            "198.18.0.2 two.test\n"
                            "198.18.0.3 two.test\n"
                            "2001:2::2 two.test six.test\n"
                            "0.0.0.0 blocked.test\n"
                            "203.0.113.9 outside.test\n";

static struct ptl_profile *load(const char *yaml)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", "", NULL, 0, &profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(profile);
    ptl_problems_free(&problems);
    return profile;
}

struct prepared {
    struct ptl_profile *profile;
    struct ptl_prepared *prepared;
};

static struct prepared prepare(const char *yaml)
{
    struct prepared made = {.profile = load(yaml)};
    struct ptl_problems problems = {0};
    enum ptl_status status = ptl_prepare(made.profile, NULL, &made.prepared, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_int_equal(status, PTL_OK);
    assert_int_equal(problems.count, 0);
    return made;
}

static void done(struct prepared *made)
{
    ptl_prepared_free(made->prepared);
    ptl_profile_free(made->profile);
}

/* The targets as "host=address" words, in order. */
static void check_targets(const struct prepared *made, const char *expected)
{
    struct ptl_buf words;
    ptl_buf_init(&words, 4096);
    for (uint64_t i = 0; i < ptl_targets_count(made->prepared->targets); i++) {
        struct ptl_target target;
        char text[PTL_ADDRESS_SIZE];
        ptl_targets_get(made->prepared->targets, i, &target);
        ptl_buf_printf(&words, "%s%s=%s", i > 0 ? " " : "", target.input,
                       ptl_address_format(&target.address, text));
    }
    assert_string_equal(ptl_buf_text(&words), expected);
    ptl_buf_free(&words);
}

#define SCOPE "scope: [loopback, 198.18.0.0/15, \"2001:2::/48\"]\n"

static void names_become_targets(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const struct {
        const char *yaml, *targets;
    } rows[] = {
        {"hosts: [one.test, 198.18.0.9]\nports: 1-3\n",
         "one.test=198.18.0.1 198.18.0.9=198.18.0.9"},
        /* One address is one target, by the name that came first. */
        {"hosts: [same.test, one.test, 198.18.0.1]\nports: 1\n", "same.test=198.18.0.1"},
        {"hosts: [198.18.0.1, one.test]\nports: 1\n", "198.18.0.1=198.18.0.1"},
        {"hosts: two.test\nports: 1\naddress_family: ipv6\n", "two.test=2001:2::2"},
        {"hosts: two.test\nports: 1\naddress_family: ipv4\nresolve: all\n",
         "two.test=198.18.0.2 two.test=198.18.0.3"},
        {"hosts: [one.test, 198.18.0.0/30]\nexclude_hosts: [198.18.0.0, 198.18.0.3]\nports: 1\n",
         "one.test=198.18.0.1 198.18.0.0/30=198.18.0.2"},
        /* Every address of an excluded name is left alone, whatever `resolve` says. */
        {"hosts: [198.18.0.1-4]\nexclude_hosts: two.test\nports: 1\n",
         "198.18.0.1-4=198.18.0.1 198.18.0.1-4=198.18.0.4"},
        {"hosts: [one.test, six.test]\nexclude_hosts: one.test\nports: 1\n", "six.test=2001:2::2"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char yaml[400];
        snprintf(yaml, sizeof(yaml), "%s%s", rows[i].yaml, SCOPE);
        struct prepared made = prepare(yaml);
        check_targets(&made, rows[i].targets);
        assert_int_equal(made.prepared->probes, ptl_targets_count(made.prepared->targets) *
                                                    ptl_portset_count(made.profile->ports));
        assert_int_equal(made.prepared->unresolved_count, 0);
        done(&made);
    }
}

static void what_does_not_resolve_is_told(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    struct prepared made = prepare("hosts: [none.test, one.test, blocked.test]\nports: 1\n" SCOPE);
    check_targets(&made, "one.test=198.18.0.1");
    assert_int_equal(made.prepared->unresolved_count, 2);
    assert_string_equal(made.prepared->unresolved[0].input, "none.test");
    assert_string_equal(made.prepared->unresolved[0].message, "Name or service not known");
    assert_string_equal(made.prepared->unresolved[1].input, "blocked.test");
    assert_string_equal(made.prepared->unresolved[1].message,
                        "it resolves to 0.0.0.0 or ::, which is no target");
    done(&made);
    made = prepare("hosts: none.test\nports: 1\n"); /* nothing to send is for the run to tell */
    assert_int_equal(made.prepared->probes, 0);
    assert_int_equal(made.prepared->unresolved_count, 1);
    done(&made);
}

static void what_is_wrong_sends_nothing(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const struct {
        const char *yaml, *messages;
    } rows[] = {
        {"hosts: [one.test, outside.test]\nports: 1\n",
         "t.yaml:1:19: outside.test: 203.0.113.9 is outside the profile's scope; if you may scan "
         "it, "
         "add \"203.0.113.9\" to scope\n"},
        {"hosts: one.test\nexclude_hosts: [none.test, blocked.test]\nports: 1\n",
         "t.yaml:2:17: exclude_hosts: none.test does not resolve: Name or service not known\n"
         "t.yaml:2:28: exclude_hosts: blocked.test does not resolve: it resolves to 0.0.0.0 or ::, "
         "which is no target\n"},
        {"hosts: one.test\nexclude_hosts: same.test\nports: 1\n",
         "t.yaml: no target is left: exclude_hosts and address_family take all of hosts\n"},
        {"hosts: 198.18.0.1\naddress_family: ipv6\nports: 1\n",
         "t.yaml: no target is left: exclude_hosts and address_family take all of hosts\n"},
        {"hosts: [198.18.0.1, \"2001:2::1\"]\nsource_address: 127.0.0.1\nports: 1\n",
         "t.yaml:1:21: 2001:2::1 is IPv6, but source_address is IPv4\n"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char yaml[400], line[2048];
        snprintf(yaml, sizeof(yaml), "%s%s", rows[i].yaml, SCOPE);
        struct ptl_profile *profile = load(yaml);
        struct ptl_prepared *prepared = NULL;
        struct ptl_problems problems = {0};
        struct ptl_buf out;
        ptl_buf_init(&out, 4096);
        assert_int_equal(ptl_prepare(profile, NULL, &prepared, &problems), PTL_E_INVALID);
        assert_null(prepared);
        for (size_t k = 0; k < problems.count; k++)
            ptl_buf_printf(&out, "%s\n", ptl_error_print(&problems.items[k], line, sizeof(line)));
        assert_string_equal(ptl_buf_text(&out), rows[i].messages);
        ptl_buf_free(&out);
        ptl_problems_free(&problems);
        ptl_profile_free(profile);
    }
}

static void a_family_that_is_not_asked_for_is_a_warning(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    struct prepared made =
        prepare("hosts: [198.18.0.1, \"2001:2::1\"]\naddress_family: ipv4\nports: 1\n" SCOPE);
    check_targets(&made, "198.18.0.1=198.18.0.1");
    assert_int_equal(made.prepared->warning_count, 1);
    assert_string_equal(made.prepared->warnings[0],
                        "2001:2::1 is left out: address_family is ipv4");
    done(&made);
    made = prepare("hosts: [198.18.0.1, \"2001:2::1\", \"2001:2::2\", \"2001:2::3\"]\n"
                   "address_family: ipv4\nports: 1\n" SCOPE);
    assert_int_equal(made.prepared->warning_count, 1);
    assert_string_equal(made.prepared->warnings[0],
                        "2001:2::1 and 2 more entries of hosts are left out: "
                        "address_family is ipv4");
    done(&made);
}

static void workers_and_permits(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const struct {
        const char *yaml;
        uint32_t workers, concurrency;
    } rows[] = {
        {"ports: 1-100\nengine: sequential\nconcurrency: 50\n", 1, 1},
        {"ports: 1-100\nengine: threads\nconcurrency: 8\n", 8, 8},
        {"ports: 1-100\nengine: events\nconcurrency: 30\n", 1, 30},
        {"ports: 1-100\nengine: pool\nworkers: 3\nconcurrency: 30\n", 3, 30},
        {"ports: 1-2\nengine: pool\nworkers: 9\nconcurrency: 30\n", 2,
         30}, /* no more than probes */
        {"ports: 1-2\nengine: threads\nconcurrency: 30\n", 2, 30},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char yaml[200];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\n%s", rows[i].yaml);
        struct prepared made = prepare(yaml);
        assert_int_equal(made.prepared->workers, rows[i].workers);
        assert_int_equal(made.prepared->effective_concurrency, rows[i].concurrency);
        assert_int_equal(made.prepared->warning_count, 0);
        done(&made);
    }
}

/* In a process of its own: what descriptors it may have does not come back. */
static void descriptors_bound_the_permits(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const char *const engines[] = {"threads", "events", "pool"};
    static const char told[] =
        "concurrency 5000 is more than the descriptors that this system grants: ";
    for (size_t i = 0; i < 3; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct rlimit limit = {100, 100};
            char yaml[200];
            snprintf(yaml, sizeof(yaml),
                     "hosts: 127.0.0.1\nports: 1-1000\nengine: %s\nconcurrency: 5000\n",
                     engines[i]);
            if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
                _exit(2);
            struct prepared made = prepare(yaml);
            const struct ptl_prepared *prepared = made.prepared;
            bool good = prepared->effective_concurrency < 100 &&
                        prepared->effective_concurrency > 0 && prepared->workers < 100 &&
                        prepared->warning_count == 1 &&
                        strncmp(prepared->warnings[0], told, strlen(told)) == 0;
            done(&made);
            _exit(good ? 0 : 1);
        }
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void the_seed(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    struct prepared made = prepare("hosts: 127.0.0.1\nports: 1\nseed: 5\n");
    assert_int_equal(made.prepared->seed, 5);
    done(&made);
    uint64_t seen[8];
    for (int i = 0; i < 8; i++) {
        made = prepare("hosts: 127.0.0.1\nports: 1\n");
        seen[i] = made.prepared->seed;
        assert_in_range(seen[i], 1, 1ULL << 52);
        done(&made);
        for (int k = 0; k < i; k++)
            assert_true(seen[k] != seen[i]); /* drawn */
    }
}

static void the_worst_case(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    static const struct {
        const char *yaml;
        uint64_t ms;
    } rows[] = {
        {"ports: 1\nretries: 0\n", 900},
        {"ports: 1-100\nretries: 0\nconcurrency: 10\n", 9000},
        {"ports: 1\nretries: 2\ntimeout: 1s\n", 3200}, /* and the pause before each retry */
        {"ports: 1-1000\nretries: 0\nrate: 10\n", 100000},
        {"ports: 1-1000\nretries: 0\nrate: 10\ndeadline: 5s\n", 5000},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char yaml[200];
        snprintf(yaml, sizeof(yaml), "hosts: 127.0.0.1\n%s", rows[i].yaml);
        struct prepared made = prepare(yaml);
        assert_int_equal(made.prepared->worst_case_ms, rows[i].ms);
        done(&made);
    }
}

/* A signal while names are resolved: nothing is wrong, nothing will be sent. */
static void a_cancel_is_no_problem(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    struct ptl_profile *profile =
        load("hosts: [one.test, 127.0.0.1]\nexclude_hosts: two.test\nports: 1\n" SCOPE);
    struct ptl_cancel cancel;
    struct ptl_prepared *prepared = NULL;
    struct ptl_problems problems = {0};
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    ptl_cancel_trigger(&cancel, SIGINT);
    assert_int_equal(ptl_prepare(profile, &cancel, &prepared, &problems), PTL_OK);
    assert_int_equal(problems.count, 0);
    assert_int_equal(prepared->unresolved_count, 1);
    assert_string_equal(prepared->unresolved[0].message, "interrupted");
    ptl_prepared_free(prepared);
    ptl_cancel_free(&cancel);
    ptl_profile_free(profile);
}

/* The slices that an interrupted run would have had are not known, and it says what it is of. */
static void a_cancel_is_no_problem_of_a_slice(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    struct ptl_profile *profile =
        load("hosts: [one.test, 127.0.0.1]\nports: 1-3\nshard: 5/6\n" SCOPE);
    struct ptl_cancel cancel;
    struct ptl_prepared *prepared = NULL;
    struct ptl_problems problems = {0};
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    ptl_cancel_trigger(&cancel, SIGINT);
    assert_int_equal(ptl_prepare(profile, &cancel, &prepared, &problems), PTL_OK);
    assert_int_equal(problems.count, 0);
    assert_int_equal(prepared->unresolved_count, 1);
    assert_int_equal(prepared->probes, 0);
    assert_int_equal(prepared->shard.index, 5);
    ptl_prepared_free(prepared);
    ptl_cancel_free(&cancel);
    ptl_profile_free(profile);
}

/* A list of as many hosts as people have: its cost is that of its length, not of its square. */
static void two_hundred_thousand_hosts(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    char name[] = "/tmp/portolan-hosts-XXXXXX";
    FILE *file = fdopen(mkstemp(name), "w");
    assert_non_null(file);
    for (unsigned i = 0; i < 200000; i++)
        fprintf(file, "127.%u.%u.%u\n", i >> 15 & 255, i >> 7 & 255, i * 2 & 255);
    assert_int_equal(fclose(file), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit = {20, 20}; /* of processor time: it took a minute, and takes a blink */
        char yaml[200];
        snprintf(yaml, sizeof(yaml), "hosts: {file: %s}\nports: 1\n", name);
        setrlimit(RLIMIT_CPU, &limit);
        struct prepared made = prepare(yaml);
        bool good = ptl_targets_count(made.prepared->targets) == 200000;
        done(&made);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    unlink(name);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool prepare_all(void *context)
{
    struct ptl_problems problems = {0};
    struct ptl_prepared *prepared = NULL;
    enum ptl_status status = ptl_prepare(context, NULL, &prepared, &problems);
    assert_int_equal(status == PTL_OK, prepared != NULL);
    bool all = status == PTL_OK;
    if (all) {
        /* Names whose resolving found no memory are unresolved, and say so. */
        for (size_t i = 0; i < prepared->unresolved_count; i++) {
            assert_non_null(prepared->unresolved[i].input);
            assert_non_null(prepared->unresolved[i].message);
            all = all && strcmp(prepared->unresolved[i].message, "out of memory") != 0;
        }
        for (size_t i = 0; i < prepared->warning_count; i++)
            assert_non_null(prepared->warnings[i]);
    } else if (status != PTL_E_NO_MEMORY) {
        /* An exclude that found no memory to be resolved in is a problem. */
        for (size_t i = 0; i < problems.count; i++)
            if (strstr(problems.items[i].message, "out of memory") == NULL)
                fail_msg("%s", problems.items[i].message);
        assert_true(problems.count + problems.dropped > 0);
    }
    ptl_prepared_free(prepared);
    ptl_problems_free(&problems);
    return all;
}

static void each_allocation_refused(void **state)
{
    (void)state;
    if (!in_namespace)
        skip();
    (void)ptl_services_available(); /* read once a process: not here */
    struct ptl_profile *profile = load(
        "hosts: [one.test, none.test, 198.18.0.0/28, \"2001:2::1\"]\nexclude_hosts: [two.test]\n"
        "address_family: ipv4\nports: 1-9\nexpect: [{hosts: [198.18.0.1, none.test], open: "
        "5}]\n" SCOPE);
    fail_each(prepare_all, profile);
    ptl_profile_free(profile);
}

int main(void)
{
    in_namespace = enter_fake_hosts(hosts);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_targets),
        cmocka_unit_test(what_does_not_resolve_is_told),
        cmocka_unit_test(what_is_wrong_sends_nothing),
        cmocka_unit_test(a_family_that_is_not_asked_for_is_a_warning),
        cmocka_unit_test(workers_and_permits),
        cmocka_unit_test(descriptors_bound_the_permits),
        cmocka_unit_test(the_seed),
        cmocka_unit_test(the_worst_case),
        cmocka_unit_test(a_cancel_is_no_problem),
        cmocka_unit_test(a_cancel_is_no_problem_of_a_slice),
        cmocka_unit_test(two_hundred_thousand_hosts),
        cmocka_unit_test(each_allocation_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
