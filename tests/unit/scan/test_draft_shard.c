/* Slices of a plan, as runs are prepared for them. No probe is sent. */
#include "support/failing_malloc.h"

#include "scan/run.h"
#include "target/services.h"

#include <stdlib.h>
#include <string.h>

static struct ptl_profile *load(const char *yaml, const char *shard)
{
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    struct ptl_setting setting = {.key = "shard", .value = shard};
    ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", "", &setting, 1, &profile, &problems);
    for (size_t i = 0; i < problems.count; i++)
        print_error("%s\n", problems.items[i].message);
    assert_non_null(profile);
    ptl_problems_free(&problems);
    return profile;
}

struct made {
    struct ptl_profile *profile;
    struct ptl_prepared *prepared;
};

static struct made prepare(const char *yaml, const char *shard)
{
    struct made made = {.profile = load(yaml, shard)};
    struct ptl_problems problems = {0};
    assert_int_equal(ptl_prepare(made.profile, NULL, &made.prepared, &problems), PTL_OK);
    return made;
}

static void done(struct made *made)
{
    ptl_prepared_free(made->prepared);
    ptl_profile_free(made->profile);
}

/* So many times each probe of 127.0.0.0/24 is in the plan. */
static uint8_t seen[256][65536];

static void see(const struct ptl_prepared *prepared)
{
    const uint16_t *ports = ptl_portset_seal(prepared->ports);
    for (uint64_t i = 0; i < ptl_targets_count(prepared->targets); i++) {
        struct ptl_target target;
        ptl_targets_get(prepared->targets, i, &target);
        for (unsigned p = 0; p < ptl_portset_count(prepared->ports); p++)
            if (++seen[target.address.low & 0xFF][ports[p]] > 1)
                fail_msg("127.0.0.%u:%u is in two slices", (unsigned)target.address.low & 0xFF,
                         ports[p]);
    }
    assert_int_equal(prepared->probes,
                     ptl_targets_count(prepared->targets) * ptl_portset_count(prepared->ports));
}

#define HOSTS "hosts: [127.0.0.9, 127.0.0.1-7, 127.0.0.20-24]\nexclude_hosts: 127.0.0.3\n"
#define PLAN HOSTS "ports: \"7,20-25,65535\"\nexclude_ports: 22\n"

/* Whatever the order and the rate: disjoint, together the plan, of one identity. */
static void slices_are_the_plan(void **state)
{
    (void)state;
    static const char *const more[] = {"order: interleaved\n", "order: sequential\nrate: 1000\n",
                                       "order: random\n", "order: random\nseed: 9\nrate: 84\n"};
    static const unsigned counts[] = {1, 2, 3, 7, 12, 13, 25, 64, 83, 84};
    for (size_t m = 0; m < sizeof(more) / sizeof(more[0]); m++) {
        char yaml[400], sha[65] = "";
        snprintf(yaml, sizeof(yaml), "%s%s", PLAN, more[m]);
        for (size_t c = 0; c < sizeof(counts) / sizeof(counts[0]); c++) {
            uint64_t probes = 0, rate = 0;
            memset(seen, 0, sizeof(seen));
            for (unsigned k = 1; k <= counts[c]; k++) {
                char shard[32];
                snprintf(shard, sizeof(shard), "%u/%u", k, counts[c]);
                struct made made = prepare(yaml, shard);
                const struct ptl_prepared *prepared = made.prepared;
                assert_int_equal(prepared->shard.index, k);
                assert_int_equal(prepared->shard.count, counts[c]);
                assert_int_equal(strlen(prepared->shard.plan_sha256), 64);
                if (sha[0] == '\0')
                    memcpy(sha, prepared->shard.plan_sha256, sizeof(sha));
                assert_string_equal(prepared->shard.plan_sha256, sha);
                assert_true(prepared->probes > 0);
                assert_true(prepared->rate > 0 || made.profile->rate == 0);
                probes += prepared->probes;
                rate += prepared->rate;
                see(prepared);
                if (k == counts[c])
                    assert_int_equal(rate, made.profile->rate);
                done(&made);
            }
            assert_int_equal(probes, 84);
            assert_int_equal(seen[3][7] + seen[1][22], 0);
        }
    }
}

/* What another plan is: anything that decides what is found, and nothing else. */
static void other_plans_are_others(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        bool same;
    } rows[] = {
        {PLAN, true},
        {PLAN "rate: 500\n", true},
        {PLAN "deadline: 9s\nconcurrency: 7\nengine: events\njournal: j\n", true},
        {PLAN "name: other\nreport: {json: x.json}\n", true},
        {"hosts: [127.0.0.9, 127.0.0.1-2, 127.0.0.4-7, 127.0.0.20-24]\nports: "
         "\"7,20-21,23-25,65535\"\n",
         true}, /* other words for the same targets, in the same order */
        {"hosts: [127.0.0.1-2, 127.0.0.4-7, 127.0.0.9, 127.0.0.20-24]\nports: "
         "\"7,20-21,23-25,65535\"\n",
         false},
        {PLAN "order: random\n", false},
        {PLAN "seed: 3\n", false},
        {PLAN "timeout: 300ms\n", false},
        {PLAN "retries: 0\n", false},
        {HOSTS "ports: \"7,20-25\"\n", false},
        {"hosts: [127.0.0.1-9]\nports: \"7,20-25,65535\"\nexclude_ports: 22\n", false},
    };
    struct made first = prepare(PLAN, "1/2");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct made made = prepare(rows[i].yaml, "2/5");
        bool same =
            strcmp(first.prepared->shard.plan_sha256, made.prepared->shard.plan_sha256) == 0;
        if (same != rows[i].same)
            fail_msg("row %zu is %s plan", i, same ? "the same" : "another");
        done(&made);
    }
    done(&first);
}

static void the_whole_plan_has_no_shard(void **state)
{
    (void)state;
    struct made made = prepare(PLAN "rate: 5\n", "none");
    assert_int_equal(made.prepared->shard.count, 0);
    assert_int_equal(made.prepared->probes, 84);
    assert_int_equal(made.prepared->rate, 5);
    assert_int_equal(ptl_portset_count(made.prepared->ports), 7);
    done(&made);
}

static void what_cannot_be_cut_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *shard, *message;
    } rows[] = {
        {PLAN, "1/85", "shard 1/85: the plan has fewer probes than slices: 84"},
        {PLAN "rate: 7\n", "2/8",
         "shard 2/8: less than one attempt a second is left to each slice of rate 7"},
        {PLAN, "auto/8", "shard auto/8: nobody has said which slice this is"},
        {PLAN "expect: [{hosts: 127.0.0.99, open: 7}]\n", "1/12",
         "expect: 127.0.0.99 covers no target of this profile"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ptl_profile *profile = load(rows[i].yaml, rows[i].shard);
        struct ptl_problems problems = {0};
        struct ptl_prepared *prepared = NULL;
        assert_int_equal(ptl_prepare(profile, NULL, &prepared, &problems), PTL_E_INVALID);
        assert_null(prepared);
        assert_int_equal(problems.count, 1);
        assert_string_equal(problems.items[0].message, rows[i].message);
        ptl_problems_free(&problems);
        ptl_profile_free(profile);
    }
}

/* A host of `expect` that another slice scans is no mistake. */
static void expectations_of_other_slices_are_none(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= 12; k++) {
        char shard[32];
        snprintf(shard, sizeof(shard), "%u/12", k);
        struct made made = prepare(PLAN "expect: [{hosts: 127.0.0.21, open: 7}]\n", shard);
        assert_non_null(made.prepared->judge);
        done(&made);
    }
}

static bool prepare_each(void *context)
{
    struct ptl_problems problems = {0};
    struct ptl_prepared *prepared = NULL;
    enum ptl_status status = ptl_prepare(context, NULL, &prepared, &problems);
    if (status != PTL_OK) {
        assert_int_equal(status, PTL_E_NO_MEMORY);
        assert_null(prepared);
    }
    ptl_problems_free(&problems);
    ptl_prepared_free(prepared);
    return status == PTL_OK;
}

static void each_allocation_refused(void **state)
{
    (void)state;
    (void)ptl_services_available(); /* read once a process: not here */
    struct ptl_profile *profile =
        load(PLAN "expect: [{hosts: 127.0.0.9, open: 7, closed: 65535}]\n", "2/50");
    fail_each(prepare_each, profile);
    ptl_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_the_plan),
        cmocka_unit_test(other_plans_are_others),
        cmocka_unit_test(the_whole_plan_has_no_shard),
        cmocka_unit_test(what_cannot_be_cut_is_refused),
        cmocka_unit_test(expectations_of_other_slices_are_none),
        cmocka_unit_test(each_allocation_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
