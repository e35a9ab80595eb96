#include "helper.h"

static void round_trip(const char *text)
{
    struct ptl_profile *profile = load_good(text);
    char *once = shown(profile);
    struct ptl_profile *again = load_good(once);
    char *twice = shown(again);
    assert_string_equal(once, twice);
    free(once);
    free(twice);
    ptl_profile_free(profile);
    ptl_profile_free(again);
}

static void loads_again_to_the_same(void **state)
{
    (void)state;
    round_trip(BASE);
    round_trip(BASE "engine: events\n");
    round_trip(BASE "concurrency: unlimited\ndeadline: 1.5h\nsource_address: ::1\n"
                    "exclude_ports: [1, 2]\nexclude_hosts: 127.0.0.9\nscope: [any]\n"
                    "order: random\nseed: 4503599627370496\nrate: 10000000\nname: x.y\n"
                    "timeout: 1.001s\nadaptive: false\nadaptive_timeout: true\n");
    round_trip(BASE "report: {json: \"{profile}.json\", csv: -x, states: []}\n");
    round_trip("hosts: 127.0.0.1\nports: 1-22\n"
               "expect:\n  - {hosts: [127.0.0.1, localhost], open: [], closed: 1-9}\n"
               "  - {hosts: 127.0.0.1, only: 22}\n");
    round_trip("hosts: [127.0.0.1, {file: /dev/null}]\nports: 22\n");
}

static void strings_are_safe(void **state)
{
    (void)state;
    const char *text =
        BASE "description: \"a\\\"b\\\\c\\n\\t\\x7f\\N\\L\\P\\uFEFF # é: {x} %\\e\"\n";
    round_trip(text);
    struct ptl_profile *profile = load_good(text);
    char *once = shown(profile);
    struct ptl_profile *again = load_good(once);
    assert_string_equal(profile->description, again->description);
    free(once);
    ptl_profile_free(again);
    ptl_profile_free(profile);
}

static void nothing_turns_the_direction_of_writing(void **state)
{
    (void)state;
    static const char *const marks[] = {"200E", "200F", "2028", "2029",
                                        "202A", "202E", "2066", "2069"};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        char text[128], wanted[64];
        snprintf(text, sizeof(text), BASE "description: \"\\u%s\"\n", marks[i]);
        snprintf(wanted, sizeof(wanted), "description: \"\\u%s\"\n", marks[i]);
        struct ptl_profile *profile = load_good(text);
        char *once = shown(profile);
        assert_non_null(strstr(once, wanted));
        free(once);
        ptl_profile_free(profile);
    }
    round_trip(BASE "description: \"\u200D\u202F\u2065\u206A\"\n"); /* their neighbours */
}

static void every_key_is_there(void **state)
{
    (void)state;
    struct ptl_profile *profile = load_good(BASE);
    char *text = shown(profile), line[64];
    const char *key, *summary;
    for (size_t i = 0; ptl_profile_key(i, &key, &summary); i++) {
        snprintf(line, sizeof(line), "\n%s:", key);
        assert_int_equal(strstr(text, line) != NULL, strcmp(key, "extends") != 0);
    }
    free(text);
    ptl_profile_free(profile);
}

static void the_hash_is_of_what_is_shown(void **state)
{
    (void)state;
    char a[65], b[65];
    struct ptl_profile *one = load_good(BASE), *other = load_good("ports: 22\nhosts: 127.0.0.1\n");
    assert_int_equal(ptl_profile_sha256(one, a, NULL), PTL_OK);
    assert_int_equal(ptl_profile_sha256(other, b, NULL), PTL_OK);
    assert_string_equal(a, b);
    assert_int_equal(strspn(a, "0123456789abcdef"), 64);
    ptl_profile_free(other);
    other = load_good(BASE "retries: 2\n");
    assert_int_equal(ptl_profile_sha256(other, b, NULL), PTL_OK);
    assert_string_not_equal(a, b);
    ptl_profile_free(one);
    ptl_profile_free(other);
}

static void hash_plan(const char *text, char hex[65])
{
    struct ptl_profile *profile = load_good(text);
    assert_int_equal(ptl_profile_plan_sha256(profile, hex, NULL), PTL_OK);
    ptl_profile_free(profile);
}

static void the_hash_of_a_plan_is_of_what_is_asked(void **state)
{
    (void)state;
    static const char *const others[] = {"hosts: 127.0.0.2\nports: 22\n",
                                         BASE "exclude_hosts: 127.0.0.1\n",
                                         "hosts: 127.0.0.1\nports: 22-23\n",
                                         BASE "address_family: ipv4\n",
                                         BASE "resolve: all\n",
                                         BASE "shard: 1/2\n"};
    static const char *const same[] = {BASE "source_address: 127.0.0.1\n",
                                       BASE "timeout: 1s\n",
                                       BASE "adaptive_timeout: false\n",
                                       BASE "retries: 2\n",
                                       BASE "adaptive: false\n",
                                       BASE "loss_retries: 0\n",
                                       BASE "confirm: 1\n",
                                       BASE "give_up_after: 5\n",
                                       BASE "order: random\nseed: 7\n",
                                       BASE "report: {states: [open, closed]}\n",
                                       BASE "rate: 10\nname: x\n",
                                       "ports: 22-23\nexclude_ports: 23\nhosts: 127.0.0.1\n"};
    char plain[65], hex[65];
    hash_plan(BASE, plain);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        hash_plan(others[i], hex);
        assert_string_not_equal(hex, plain);
    }
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        hash_plan(same[i], hex);
        assert_string_equal(hex, plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_again_to_the_same),
        cmocka_unit_test(strings_are_safe),
        cmocka_unit_test(nothing_turns_the_direction_of_writing),
        cmocka_unit_test(every_key_is_there),
        cmocka_unit_test(the_hash_is_of_what_is_shown),
        cmocka_unit_test(the_hash_of_a_plan_is_of_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
