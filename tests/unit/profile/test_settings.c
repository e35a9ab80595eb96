#include "helper.h"

static struct ptl_profile *set(const char *key, const char *value, const char *messages)
{
    struct ptl_setting setting = {key, value, NULL};
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(BASE "report: {json: a}\n", &setting, 1, &out);
    assert_string_equal(ptl_buf_text(&out), messages);
    ptl_buf_free(&out);
    return profile;
}

static void values(void **state)
{
    (void)state;
    struct ptl_profile *profile = set("ports", "[1, 80-81]", "");
    assert_int_equal(ptl_portset_count(profile->ports), 3);
    ptl_profile_free(profile);
    profile = set("name", "2026", "");
    assert_string_equal(profile->name, "2026");
    ptl_profile_free(profile);
    profile = set("description", "", "");
    assert_string_equal(profile->description, "");
    ptl_profile_free(profile);
    profile = set("hosts", "[127.0.0.9, {file: /dev/null}]", "");
    assert_int_equal(profile->hosts.count, 1);
    ptl_profile_free(profile);
}

static void dotted(void **state)
{
    (void)state;
    struct ptl_profile *profile = set("report.text", "-", "");
    assert_string_equal(profile->report_paths[PTL_FORMAT_TEXT], "-");
    assert_string_equal(profile->report_paths[PTL_FORMAT_JSON], "a");
    ptl_profile_free(profile);
    profile = set("report.json", "{profile}.json", "");
    assert_string_equal(profile->report_paths[PTL_FORMAT_JSON], "{profile}.json");
    ptl_profile_free(profile);
    profile = set("report", "{csv: b}", "");
    assert_null(profile->report_paths[PTL_FORMAT_JSON]);
    ptl_profile_free(profile);
}

static void wrong(void **state)
{
    (void)state;
    assert_null(set("retrys", "1", "--set: unknown key \"retrys\"; did you mean \"retries\"?\n"));
    assert_null(set("retries", "11", "--set: retries must be between 0 and 10\n"));
    assert_null(set("report.jsn", "x", "--set: unknown key \"jsn\"; did you mean \"json\"?\n"));
    assert_null(set("", "x", "--set: unknown key \"\"\n"));
    assert_null(set("retries", "", "--set: retries has no value\n"));
    assert_null(set("ports", "[1",
                    "--set: ports: not YAML: while parsing a flow sequence: did "
                    "not find expected ',' or ']'\n"));
}

static void the_last_counts(void **state)
{
    (void)state;
    struct ptl_setting settings[] = {{"retries", "2", NULL}, {"retries", "3", NULL}};
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(BASE, settings, 2, &out);
    assert_non_null(profile);
    assert_int_equal(profile->retries, 3);
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(dotted),
        cmocka_unit_test(wrong),
        cmocka_unit_test(the_last_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
