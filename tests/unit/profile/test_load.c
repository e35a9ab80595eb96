#include "helper.h"

#include <limits.h>

static void defaults(void **state)
{
    (void)state;
    struct ptl_profile *p = load_good(BASE);
    assert_string_equal(p->name, "t");
    assert_string_equal(p->description, "");
    assert_string_equal(p->file, "t.yaml");
    assert_int_equal(p->timeout_ms, 900);
    assert_int_equal(p->retries, 1);
    assert_int_equal(p->loss_retries, 4);
    assert_true(p->adaptive);
    assert_true(p->adaptive_timeout);
    assert_int_equal(p->concurrency, PTL_CONCURRENCY_AUTO);
    assert_int_equal(p->outage_ms, 60000);
    assert_int_equal(p->per_target, 0);
    assert_int_equal(p->engine, PTL_ENGINE_POOL);
    assert_int_equal(p->order, PTL_ORDER_INTERLEAVED);
    assert_int_equal(p->deadline_ms, 0);
    assert_false(p->report_given);
    assert_string_equal(p->report_paths[PTL_FORMAT_TEXT], "-");
    assert_true(p->report_states[PTL_OPEN] && p->report_states[PTL_ERROR]);
    assert_false(p->report_states[PTL_CLOSED] || p->report_states[PTL_UNPROBED]);
    ptl_profile_free(p);
    p = load_good(BASE "engine: events\n");
    assert_int_equal(p->concurrency, PTL_CONCURRENCY_UNLIMITED);
    ptl_profile_free(p);
}

/* Both ends of every number's range are taken, and what lies beyond is not. */
static void limits(void **state)
{
    (void)state;
    static const struct {
        const char *key, *least, *most, *beyond;
    } rows[] = {
        {"timeout", "1ms", "60s", "60001ms"},
        {"retries", "0", "10", "11"},
        {"loss_retries", "0", "20", "21"},
        {"confirm", "0", "10", "11"},
        {"concurrency", "1", "1000000", "0"},
        {"workers", "0", "1024", "1025"},
        {"rate", "0", "10000000", "10000001"},
        {"deadline", "1s", "30d", "999ms"},
        {"seed", "0", "4503599627370496", "4503599627370497"},
        {"give_up_after", "0", "4294967295", "4294967296"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[256];
        const char *good[] = {rows[i].least, rows[i].most};
        for (size_t k = 0; k < 2; k++) {
            snprintf(text, sizeof(text), BASE "%s: %s\n", rows[i].key, good[k]);
            ptl_profile_free(load_good(text));
        }
        struct ptl_buf out;
        snprintf(text, sizeof(text), BASE "%s: %s\n", rows[i].key, rows[i].beyond);
        assert_null(load_with(text, NULL, 0, &out));
        assert_non_null(strstr(ptl_buf_text(&out), " must be between "));
        ptl_buf_free(&out);
    }
}

static void all_problems_at_once(void **state)
{
    (void)state;
    expect_messages("port: 1\nretries: 99\nname: \"\"\nhosts: 127.0.0.1\n",
                    "t.yaml:1:1: unknown key \"port\"; did you mean \"ports\"?\n"
                    "t.yaml:2:10: retries must be between 0 and 10\n"
                    "t.yaml:3:7: name must be 1 to 64 bytes long, not 0\n"
                    "t.yaml:1:1: ports is missing: which TCP ports: numbers, ranges, service "
                    "names\n");
}

static void problems_are_printable(void **state)
{
    (void)state;
    expect_messages(BASE "\"a\\e[31m\": 1\n", "t.yaml:3:1: unknown key \"a\\x1B[31m\"\n");
}

static void ports_less_excludes(void **state)
{
    (void)state;
    struct ptl_profile *p =
        load_good("hosts: 127.0.0.1\nports: [22, \"80-90\"]\nexclude_ports: \"81-95\"\n");
    assert_int_equal(ptl_portset_count(p->ports), 2);
    assert_int_equal(ptl_portset_count(p->all_ports), 12);
    ptl_profile_free(p);
}

static void standard_input_has_no_directory(void **state)
{
    (void)state;
    char directory[64], before[PATH_MAX];
    assert_non_null(getcwd(before, sizeof(before)));
    enter_directory(directory);
    write_file("p.yaml", "hosts: {file: h.txt}\nports: 22\n");
    write_file("h.txt", "127.0.0.1\n");
    assert_non_null(freopen("p.yaml", "r", stdin));
    struct ptl_buf out;
    struct ptl_profile *p = load_file("-", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_string_equal(p->name, "stdin");
    assert_int_equal(p->hosts.count, 1);
    ptl_profile_free(p);
    ptl_buf_free(&out);
    unlink("p.yaml");
    unlink("h.txt");
    assert_int_equal(chdir(before), 0);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(limits),
        cmocka_unit_test(all_problems_at_once),
        cmocka_unit_test(problems_are_printable),
        cmocka_unit_test(ports_less_excludes),
        cmocka_unit_test(standard_input_has_no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
