#include "helper.h"

#include <time.h>

static void aliases_and_merges(void **state)
{
    (void)state;
    struct ptl_profile *profile = load_good("hosts: &here [127.0.0.1]\nports: [&p 22, 80-82]\n"
                                            "exclude_ports: 23\n"
                                            "expect:\n"
                                            "  - &rule {hosts: *here, open: *p}\n"
                                            "  - {<<: *rule, open: 80, closed: 81}\n"
                                            "  - {<<: [*rule, {closed: 82}]}\n");
    assert_int_equal(profile->expect_count, 3);
    assert_true(ptl_portset_contains(profile->expects[0].open, 22));
    assert_true(ptl_portset_contains(profile->expects[1].open, 80));
    assert_false(ptl_portset_contains(profile->expects[1].open, 22));
    assert_true(ptl_portset_contains(profile->expects[2].open, 22));
    assert_true(ptl_portset_contains(profile->expects[2].closed, 82));
    assert_int_equal(profile->expects[2].hosts.count, 1);
    ptl_profile_free(profile);
}

static void byte_order_mark_and_tags(void **state)
{
    (void)state;
    struct ptl_profile *profile =
        load_good("\xEF\xBB\xBF" BASE "name: !!str 2026\nretries: !!int 3\ndescription: ! true\n");
    assert_string_equal(profile->name, "2026");
    assert_string_equal(profile->description, "true");
    assert_int_equal(profile->retries, 3);
    ptl_profile_free(profile);
}

/* Repeats a piece up to the largest file, and checks that it is refused, soon. */
static void refuse(const char *start, const char *piece, const char *message)
{
    struct ptl_buf buf, out;
    ptl_buf_init(&buf, 1 << 20);
    ptl_buf_add(&buf, start);
    size_t length = strlen(piece);
    while (buf.length + length <= (1 << 20))
        ptl_buf_add_bytes(&buf, piece, length);
    clock_t started = clock();
    struct ptl_profile *profile = load_with(ptl_buf_text(&buf), NULL, 0, &out);
    double seconds = (double)(clock() - started) / CLOCKS_PER_SEC;
    assert_null(profile);
    if (!strstr(ptl_buf_text(&out), message))
        fail_msg("%s instead of %s", ptl_buf_text(&out), message);
    assert_true(seconds < 5); /* a sanitizer's build takes its time; minutes are what is feared */
    ptl_buf_free(&out);
    ptl_buf_free(&buf);
}

static void hostile_files(void **state)
{
    (void)state;
    refuse("", "[", "t.yaml:1:33: nested too deeply (32 at most)\n");
    refuse("", "- ", "nested too deeply");
    refuse("", "? ", "nested too deeply");
    refuse("", "{a: ", "nested too deeply");
    refuse("", "a", "a profile is a mapping of keys");
    refuse("", "a: 1\n", "too many values (100000 at most, aliases expanded)");
    refuse("", "# x\n", "the profile is empty");
    refuse("", "%TAG !a! b\n", "t.yaml:17:1: too many directives (%)");
    refuse("a: [", "&a b,", "too many anchors (1000 at most)");
    refuse("a: &a b\nb: [", "*a ,", "too many aliases (1000 at most)");
    refuse("", "\t", "not YAML");
    refuse("hosts: \"", "\\x41", "not YAML");
    refuse("hosts: \"", "a", "not YAML");
    refuse("hosts: [", "{}, ", "too many values");
    refuse("", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1\n",
           "t.yaml:2:1: duplicate key");
}

/* What an alias stands for is read as often as the alias is met: its text counts, too. */
static void long_texts_by_alias(void **state)
{
    (void)state;
    static const char *const pieces[] = {"1-65534,", "127.0.0.1,", "x"};
    for (size_t i = 0; i < 3; i++) {
        struct ptl_buf buf, out;
        ptl_buf_init(&buf, 1 << 20);
        ptl_buf_add(&buf, "ports: [&p \"");
        while (buf.length < 900000)
            ptl_buf_add(&buf, pieces[i]);
        ptl_buf_add(&buf, "1\"");
        for (int k = 0; k < 900; k++)
            ptl_buf_add(&buf, ", *p ");
        ptl_buf_add(&buf, "]\nhosts: 127.0.0.1\n");
        assert_null(load_with(ptl_buf_text(&buf), NULL, 0, &out));
        assert_non_null(strstr(ptl_buf_text(&out), "too much text (2 MiB at most, aliases "
                                                   "expanded)\n"));
        ptl_buf_free(&out);
        ptl_buf_free(&buf);
    }
}

/* As many values as there may be: the defaults of the keys not given need none of the room. */
static void as_many_values_as_there_may_be(void **state)
{
    (void)state;
    struct ptl_buf buf, out;
    ptl_buf_init(&buf, 1 << 20);
    ptl_buf_add(&buf, "hosts: 127.0.0.1\nports: [22");
    /* The mapping, two keys, the host, the list and its first port are six. */
    for (int i = 6; i < 100000; i++)
        ptl_buf_add(&buf, ",1");
    size_t length = buf.length;
    ptl_buf_add(&buf, "]\n");
    struct ptl_profile *profile = load_with(ptl_buf_text(&buf), NULL, 0, &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_int_equal(ptl_portset_count(profile->ports), 2);
    assert_string_equal(profile->description, "");
    ptl_profile_free(profile);
    ptl_buf_free(&out);
    buf.length = length;
    ptl_buf_add(&buf, ",1]\n");
    assert_null(load_with(ptl_buf_text(&buf), NULL, 0, &out));
    assert_non_null(strstr(ptl_buf_text(&out), "too many values (100000 at most"));
    ptl_buf_free(&out);
    ptl_buf_free(&buf);
}

static void too_large(void **state)
{
    (void)state;
    size_t length = (1 << 20) + 1;
    char *text = malloc(length);
    assert_non_null(text);
    memset(text, '\n', length);
    struct ptl_profile *profile;
    struct ptl_problems problems = {0};
    assert_int_equal(
        ptl_profile_load_text(text, length, "t.yaml", "", NULL, 0, &profile, &problems),
        PTL_E_INVALID);
    assert_string_equal(problems.items[0].message, "larger than 1 MiB");
    ptl_problems_free(&problems);
    free(text);
    struct ptl_buf out;
    assert_null(load_file("/dev/zero", &out));
    assert_string_equal(ptl_buf_text(&out), "/dev/zero: larger than 1 MiB\n");
    ptl_buf_free(&out);
}

static void thousands_of_keys(void **state)
{
    (void)state;
    struct ptl_buf buf, out;
    ptl_buf_init(&buf, 1 << 20);
    ptl_buf_add(&buf, BASE);
    for (int i = 0; i < 10000; i++)
        ptl_buf_printf(&buf, "key%d: 1\n", i);
    ptl_buf_add(&buf, "key9999: 1\n");
    assert_null(load_with(ptl_buf_text(&buf), NULL, 0, &out));
    assert_non_null(strstr(ptl_buf_text(&out),
                           "t.yaml:10003:1: duplicate key \"key9999\", first on line 10002\n"));
    ptl_buf_free(&out);
    ptl_buf_free(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aliases_and_merges),  cmocka_unit_test(byte_order_mark_and_tags),
        cmocka_unit_test(hostile_files),       cmocka_unit_test(too_large),
        cmocka_unit_test(long_texts_by_alias), cmocka_unit_test(as_many_values_as_there_may_be),
        cmocka_unit_test(thousands_of_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
