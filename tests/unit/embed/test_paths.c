/* Paths and profiles as whoever writes the reports of several runs asks about them. */
#include "unit/embed/helper.h"

#include <unistd.h>

static void patterns_are_expanded(void **state)
{
    (void)state;
    struct portolan_path_values values;
    CLEAR(values);
    values.profile = "lan";
    values.started_ms = 1769860800000;
    values.shard = 3;
    values.shards = 16;
    char *path = NULL;
    assert_int_equal(portolan_path_expand("{profile}-{shard}-{started}.json", &values, &path, NULL),
                     PORTOLAN_OK);
    assert_string_equal(path, "lan-03-of-16-20260131T120000Z.json");
    free(path);
    path = NULL;
    struct portolan_problems *problems = portolan_problems_new();
    assert_int_equal(portolan_path_expand("{host}", &values, &path, problems), PORTOLAN_INVALID);
    values.profile = "../lan";
    assert_int_equal(portolan_path_expand("{profile}", &values, &path, problems), PORTOLAN_INVALID);
    values.size = 0;
    assert_int_equal(portolan_path_expand("a", &values, &path, problems), PORTOLAN_INVALID);
    assert_null(path);
    assert_int_equal(portolan_problems_count(problems), 3);
    portolan_problems_free(problems);
    assert_int_equal(portolan_path_expand("a", NULL, &path, NULL), PORTOLAN_OK);
    assert_string_equal(path, "a");
    free(path);
}

static void one_place_has_one_text(void **state)
{
    (void)state;
    char folder[] = "/tmp/portolan-place-XXXXXX", real[64], link[64];
    assert_non_null(mkdtemp(folder));
    snprintf(real, sizeof(real), "%s/r.json", folder);
    snprintf(link, sizeof(link), "%s/link", folder);
    assert_int_equal(symlink("r.json", link), 0);
    char *a = portolan_path_place(real), *b = portolan_path_place(link);
    assert_string_equal(a, b);
    free(a);
    free(b);
    assert_null(portolan_path_place("/dev/null"));
    a = portolan_path_place("-");
    assert_string_equal(a, "-");
    free(a);
    assert_int_equal(unlink(link), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void a_profile_tells_what_it_asks_for(void **state)
{
    (void)state;
    static const char yaml[] = "name: lan\nhosts: 127.0.0.1\nports: 1-4\njournal: j\n"
                               "history: {dir: kept}\nshard: auto/4\nreport: {csv: t.csv}\n";
    struct portolan_profile *profile = load(yaml);
    struct portolan_profile_info info;
    CLEAR(info);
    assert_true(portolan_profile_get(profile, &info));
    assert_string_equal(info.name, "lan");
    assert_string_equal(info.file, "profile");
    assert_string_equal(info.journal, "j");
    assert_string_equal(info.history, "kept");
    assert_true(info.shard == 0 && info.shards == 4);
    unsigned given = 0;
    for (size_t i = 0; i < info.report_count; i++) {
        assert_non_null(portolan_format_name(i));
        if (info.reports[i] == NULL)
            continue;
        given++;
        assert_string_equal(portolan_format_name(i), "csv");
        assert_string_equal(info.reports[i], "t.csv");
    }
    assert_true(given == 1 && portolan_format_name(info.report_count) == NULL);
    info.size = 0;
    assert_false(portolan_profile_get(profile, &info));
    portolan_profile_free(profile);
}

/* An option's value is text: `[` begins no list in it, and messages call it by its name. */
static void settings_are_called_what_the_program_calls_them(void **state)
{
    (void)state;
    static const struct portolan_setting settings[] = {
        {"hosts", "127.0.0.1"}, {"ports", "[1, 2]"}, {"rate", "fast"}};
    static const char *const names[] = {NULL, "--which", NULL};
    struct portolan_load_options options;
    CLEAR(options);
    options.settings = settings;
    options.setting_count = 3;
    options.setting_names = names;
    struct portolan_problems *problems = portolan_problems_new();
    struct portolan_profile *profile = NULL;
    assert_int_equal(portolan_profile_load_text("{}", 2, &options, &profile, problems),
                     PORTOLAN_INVALID);
    assert_null(profile);
    assert_int_equal(portolan_problems_count(problems), 2);
    assert_string_equal(problem_of(problems, 0).file, "--which");
    assert_string_equal(problem_of(problems, 1).file, "--set");
    portolan_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_are_expanded),
        cmocka_unit_test(one_place_has_one_text),
        cmocka_unit_test(a_profile_tells_what_it_asks_for),
        cmocka_unit_test(settings_are_called_what_the_program_calls_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
