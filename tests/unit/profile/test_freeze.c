/* Frozen profiles: the same targets, whatever names will stand for. No name is looked up here. */
#include "support/failing_malloc.h"

#include "profile/freeze.h"
#include "target/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* The targets of the literal hosts, and of names that came with their address. */
static struct ptl_targets *targets_of(const struct ptl_profile *profile)
{
    struct ptl_named_block *blocks = calloc(profile->hosts.count + 1, sizeof(*blocks));
    struct ptl_block excludes[8];
    struct ptl_targets *targets = NULL;
    size_t count = 0;
    for (size_t i = 0; i < profile->hosts.count; i++) {
        struct ptl_host host = ptl_hosts_get(&profile->hosts, i);
        blocks[count++] = (struct ptl_named_block){host.block, host.text, host.is_name};
    }
    for (size_t i = 0; i < profile->exclude_hosts.count; i++)
        excludes[i] = ptl_hosts_get(&profile->exclude_hosts, i).block;
    assert_int_equal(
        ptl_targets_build(blocks, count, excludes, profile->exclude_hosts.count, &targets, NULL),
        PTL_OK);
    free(blocks);
    return targets;
}

static char *freeze(const char *yaml, const char *hosts_file, char **lines)
{
    struct ptl_profile *profile = load(yaml);
    struct ptl_targets *targets = targets_of(profile);
    struct ptl_freezing freezing = {
        .profile = profile, .targets = targets, .hosts_file = hosts_file};
    struct ptl_buf text, more;
    ptl_buf_init(&text, 1U << 20);
    ptl_buf_init(&more, 1U << 24);
    ptl_buf_add(&more, "");
    struct ptl_error error = {0};
    assert_int_equal(ptl_profile_freeze(&freezing, &text, &more, &error), PTL_OK);
    ptl_targets_free(targets);
    ptl_profile_free(profile);
    *lines = ptl_buf_steal(&more);
    return ptl_buf_steal(&text);
}

#define PLAN                                                                                       \
    "hosts: [127.0.0.0/29, web.test=127.0.1.1, WEB.test=::1, 127.0.0.9/32, 127.0.0.16-20]\n"       \
    "exclude_hosts: [127.0.0.3, 127.0.0.18-127.0.1.0]\nports: 1-9\nexclude_ports: 4\n"             \
    "shard: auto/8\n"                                                                              \
    "expect: [{hosts: [web.test, 127.0.0.1], open: 1}, {hosts: other.test=127.0.0.2, only: 2}]\n"

static void what_is_frozen_means_the_same(void **state)
{
    (void)state;
    char *lines, *again_lines;
    char *text = freeze(PLAN, "f.hosts", &lines);
    assert_string_equal(lines, "");
    assert_non_null(strstr(text, "\nhosts:\n"
                                 "  - \"127.0.0.0-127.0.0.2\"\n"
                                 "  - \"127.0.0.4-127.0.0.7\"\n"
                                 "  - \"web.test=127.0.1.1\"\n"
                                 "  - \"WEB.test=::1\"\n"
                                 "  - \"127.0.0.9/32\"\n"
                                 "  - \"127.0.0.16-127.0.0.17\"\n"
                                 "exclude_hosts: []\n"));
    assert_non_null(strstr(text, "    hosts:\n      - \"web.test\"\n      - \"127.0.0.1\"\n"));
    assert_non_null(strstr(text, "    hosts:\n      - \"other.test=127.0.0.2\"\n"));
    assert_non_null(strstr(text, "\nshard: auto/8\n"));
    char *again = freeze(text, "f.hosts", &again_lines);
    assert_string_equal(text, again);
    free(text);
    free(again);
    free(lines);
    free(again_lines);
}

static void many_entries_stand_beside_it(void **state)
{
    (void)state;
    struct ptl_buf yaml;
    ptl_buf_init(&yaml, 1U << 20);
    ptl_buf_add(&yaml, "ports: 1\nhosts: \"");
    for (unsigned i = 0; i <= PTL_FROZEN_INLINE; i++)
        ptl_buf_printf(&yaml, "%sh%u.test=127.1.%u.%u", i > 0 ? "," : "", i, i / 250, i % 250);
    ptl_buf_add(&yaml, "\"\n");
    char *lines, *text = freeze(ptl_buf_text(&yaml), "f.hosts", &lines);
    assert_non_null(strstr(text, "\nhosts:\n  - \"file: f.hosts\"\nexclude_hosts"));
    size_t count = 0;
    for (const char *at = lines; *at != '\0'; at++)
        count += *at == '\n';
    assert_int_equal(count, PTL_FROZEN_INLINE + 1);
    assert_int_equal(strncmp(lines, "h0.test=127.1.0.0\nh1.test=127.1.0.1\n", 36), 0);
    free(text);
    free(lines);
    text = freeze(ptl_buf_text(&yaml), NULL, &lines);
    assert_string_equal(lines, "");
    assert_non_null(strstr(text, "  - \"h10000.test=127.1.40.0\"\n"));
    free(text);
    free(lines);
    ptl_buf_free(&yaml);
}

/* A change of the address is a change of the plan, as a journal sees it. */
static void an_address_decides(void **state)
{
    (void)state;
    struct ptl_profile *one = load("hosts: web.test=127.0.0.1\nports: 1\n"),
                       *other = load("hosts: web.test=127.0.0.2\nports: 1\n");
    struct ptl_buf values[2];
    const char *key = NULL;
    size_t at = 0;
    while (ptl_profile_decides(one, at, &key, NULL) && strcmp(key, "hosts") != 0)
        at++;
    ptl_buf_init(&values[0], 1024);
    ptl_buf_init(&values[1], 1024);
    assert_true(ptl_profile_decides(one, at, &key, &values[0]));
    assert_true(ptl_profile_decides(other, at, &key, &values[1]));
    assert_string_equal(ptl_buf_text(&values[0]), "web.test=127.0.0.1\n");
    assert_string_equal(ptl_buf_text(&values[1]), "web.test=127.0.0.2\n");
    ptl_buf_free(&values[0]);
    ptl_buf_free(&values[1]);
    ptl_profile_free(one);
    ptl_profile_free(other);
}

struct attempt {
    const struct ptl_profile *profile;
    const struct ptl_targets *targets;
};

static bool freeze_each(void *context)
{
    const struct attempt *attempt = context;
    struct ptl_freezing freezing = {.profile = attempt->profile, .targets = attempt->targets};
    struct ptl_buf text, lines;
    struct ptl_error error = {0};
    ptl_buf_init(&text, 1U << 20);
    ptl_buf_init(&lines, 1U << 20);
    enum ptl_status status = ptl_profile_freeze(&freezing, &text, &lines, &error);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    assert_int_equal(status, error.code);
    ptl_buf_free(&text);
    ptl_buf_free(&lines);
    return status == PTL_OK;
}

static void each_allocation_refused(void **state)
{
    (void)state;
    (void)ptl_services_available(); /* read once a process: not here */
    struct ptl_profile *profile = load(PLAN);
    struct ptl_targets *targets = targets_of(profile);
    struct attempt attempt = {profile, targets};
    fail_each(freeze_each, &attempt);
    ptl_targets_free(targets);
    ptl_profile_free(profile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_frozen_means_the_same),
        cmocka_unit_test(many_entries_stand_beside_it),
        cmocka_unit_test(an_address_decides),
        cmocka_unit_test(each_allocation_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
