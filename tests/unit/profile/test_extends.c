#include "helper.h"

#define NO_PATH "extends must be the path of a profile, or a list of such paths\n"
#define NO_ENTRY "each entry of extends must be the path of a profile\n"

static char directory[64];

static int enter(void **state)
{
    (void)state;
    enter_directory(directory);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return chdir("/") || system(command);
}

static void check(const char *path, const char *messages)
{
    struct ptl_buf out;
    struct ptl_profile *profile = load_file(path, &out);
    assert_string_equal(ptl_buf_text(&out), messages);
    assert_int_equal(profile == NULL, *messages != '\0');
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

static void merges(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir sub"), 0);
    write_file("sub/hosts.txt", "127.0.0.7\n127.0.0.8 # two\n");
    write_file("sub/base.yaml", "hosts: [{file: hosts.txt}]\nretries: 3\nports: [1, 2, 3]\n"
                                "report: {json: a.json, states: [closed]}\n");
    write_file("child.yaml", "extends: sub/base.yaml\nports: 80\nreport: {csv: b.csv}\n");
    struct ptl_buf out;
    struct ptl_profile *profile = load_file("child.yaml", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_string_equal(profile->name, "child");
    assert_int_equal(profile->hosts.count, 2);
    assert_int_equal(profile->retries, 3);
    assert_int_equal(ptl_portset_count(profile->ports), 1);
    assert_string_equal(profile->report_paths[PTL_FORMAT_JSON], "a.json");
    assert_string_equal(profile->report_paths[PTL_FORMAT_CSV], "b.csv");
    assert_null(profile->report_paths[PTL_FORMAT_TEXT]);
    assert_true(profile->report_states[PTL_CLOSED]);
    assert_false(profile->report_states[PTL_OPEN]);
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

static void places_are_the_parents(void **state)
{
    (void)state;
    write_file("p.yaml", "retries: 50\nhosts: [127.0.0.1]\n");
    write_file("c.yaml", "extends: p.yaml\nports: 0\n");
    check("c.yaml", "p.yaml:1:10: retries must be between 0 and 10\n"
                    "c.yaml:2:8: ports: \"0\": a port is 1 to 65535\n");
}

static void parent_may_lack(void **state)
{
    (void)state;
    write_file("p.yaml", "retries: 5\n");
    write_file("c.yaml", "extends: p.yaml\n" BASE);
    check("c.yaml", "");
}

static void cycle(void **state)
{
    (void)state;
    write_file("a.yaml", "extends: b.yaml\n" BASE);
    write_file("b.yaml", "extends: ./a.yaml\n");
    check("a.yaml", "b.yaml:1:10: extends goes round in a circle: ./a.yaml\n");
}

static void depth(void **state)
{
    (void)state;
    char path[32], text[64];
    write_file("d0.yaml", BASE);
    for (int i = 1; i <= 9; i++) {
        snprintf(path, sizeof(path), "d%d.yaml", i);
        snprintf(text, sizeof(text), "extends: d%d.yaml\n", i - 1);
        write_file(path, text);
    }
    check("d8.yaml", "");
    check("d9.yaml", "d1.yaml:1:10: extends goes more than 8 profiles deep\n");
}

/* Variants of a named profile must not write over each other's {profile}. */
static void name_and_description_are_not_inherited(void **state)
{
    (void)state;
    write_file("base.yaml", "name: base\ndescription: the base\n" BASE);
    write_file("middle.yaml", "extends: base.yaml\nname: middle\nretries: 2\n");
    write_file("variant.yaml", "extends: middle.yaml\n");
    write_file("own.yaml", "extends: middle.yaml\nname: mine\ndescription: own\n");
    struct ptl_buf out;
    struct ptl_profile *profile = load_file("variant.yaml", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_string_equal(profile->name, "variant");
    assert_string_equal(profile->description, "");
    assert_int_equal(profile->retries, 2);
    ptl_profile_free(profile);
    ptl_buf_free(&out);
    profile = load_file("own.yaml", &out);
    assert_string_equal(profile->name, "mine");
    assert_string_equal(profile->description, "own");
    ptl_profile_free(profile);
    ptl_buf_free(&out);
    profile = load_file("base.yaml", &out);
    assert_string_equal(profile->name, "base");
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

/* The same when the parent comes from the command line. */
static void a_parent_that_is_set_lends_no_name(void **state)
{
    (void)state;
    write_file("base.yaml", "name: base\nretries: 7\n");
    struct ptl_setting setting = {"extends", "base.yaml", NULL};
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(BASE, &setting, 1, &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_string_equal(profile->name, "t");
    assert_int_equal(profile->retries, 7);
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

static void a_parent_that_cannot_be_had(void **state)
{
    (void)state;
    write_file("list.yaml", "- 1\n");
    write_file("empty.yaml", "# nothing\n");
    write_file("c.yaml", "extends: list.yaml\n");
    check("c.yaml", "list.yaml:1:1: a profile is a mapping of keys\n");
    write_file("c.yaml", "extends: empty.yaml\n");
    check("c.yaml", "empty.yaml:1:1: a profile is a mapping of keys\n");
    write_file("c.yaml", "extends: .\n");
    check("c.yaml", "c.yaml:1:10: extends: . cannot be opened: Is a directory\n");
    write_file("c.yaml", "extends: [list.yaml]\n");
    check("c.yaml", "list.yaml:1:1: a profile is a mapping of keys\n");
    write_file("c.yaml", "extends:\n");
    check("c.yaml", "c.yaml:1:9: " NO_PATH);
}

/* Later entries go over earlier ones, each with what it has of its own parents. */
static void a_list_is_merged_in_order(void **state)
{
    (void)state;
    assert_int_equal(system("mkdir sub"), 0);
    write_file("sub/base.yaml", "retries: 3\nconfirm: 1\nrate: 7\nreport: {json: a, csv: a}\n"
                                "hosts: [127.0.0.1, 127.0.0.2]\n");
    write_file("sub/a.yaml", "extends: base.yaml\nname: a\nretries: 4\nconfirm: 2\n");
    write_file("b.yaml", "confirm: 5\nreport: {csv: b, text: b}\nhosts: 127.0.0.9\n");
    write_file("c.yaml", "extends:\n  - sub/a.yaml\n  - b.yaml\nports: 80\nreport: {text: c}\n");
    struct ptl_buf out;
    struct ptl_profile *profile = load_file("c.yaml", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_string_equal(profile->name, "c");
    assert_int_equal(profile->rate, 7);
    assert_int_equal(profile->retries, 4);
    assert_int_equal(profile->confirm, 5);
    assert_int_equal(profile->hosts.count, 1);
    assert_string_equal(profile->report_paths[PTL_FORMAT_JSON], "a");
    assert_string_equal(profile->report_paths[PTL_FORMAT_CSV], "b");
    assert_string_equal(profile->report_paths[PTL_FORMAT_TEXT], "c");
    ptl_profile_free(profile);
    ptl_buf_free(&out);
}

/* Two ways to one parent are no cycle; what is wrong there is told once. */
static void a_diamond(void **state)
{
    (void)state;
    struct ptl_buf out;
    write_file("base.yaml", BASE "retries: 1\nconfirm: 1\n");
    write_file("left.yaml", "extends: base.yaml\nconfirm: 2\nrate: 9\n");
    write_file("right.yaml", "extends: base.yaml\nretries: 2\n");
    write_file("both.yaml", "extends: [left.yaml, right.yaml]\n");
    struct ptl_profile *profile = load_file("both.yaml", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_int_equal(profile->retries, 2);
    assert_int_equal(profile->rate, 9);
    assert_int_equal(profile->confirm, 1); /* right.yaml has it from base.yaml, and comes later */
    ptl_profile_free(profile);
    ptl_buf_free(&out);
    write_file("base.yaml", "hosts: [\n");
    write_file("right.yaml", "extends: [base.yaml, none.yaml]\n");
    write_file("left.yaml", "extends: right.yaml\nretries: 99\n");
    check("both.yaml", "base.yaml:2:1: not YAML: while parsing a flow node: did not find expected "
                       "node content\n"
                       "right.yaml:1:22: extends: none.yaml cannot be opened: No such file or "
                       "directory\n"
                       "left.yaml:2:10: retries must be between 0 and 10\n");
}

/* Each way down is looked at: a cycle and the depth are of a way, not of the tree. */
static void ways_of_a_tree(void **state)
{
    (void)state;
    write_file("leaf.yaml", BASE);
    write_file("a.yaml", "extends: [leaf.yaml, leaf.yaml, b.yaml]\n");
    write_file("b.yaml", "extends: [leaf.yaml, ./c.yaml]\n");
    write_file("c.yaml", "extends: [leaf.yaml, a.yaml]\n");
    check("a.yaml", "./c.yaml:1:22: extends goes round in a circle: ./a.yaml\n");
    write_file("d0.yaml", "retries: 2\n");
    for (int i = 1; i <= 9; i++) {
        char path[32], text[64];
        snprintf(path, sizeof(path), "d%d.yaml", i);
        snprintf(text, sizeof(text), "extends: [leaf.yaml, d%d.yaml]\n", i - 1);
        write_file(path, text);
    }
    check("d8.yaml", "");
    check("d9.yaml", "d1.yaml:1:11: extends goes more than 8 profiles deep\n"
                     "d1.yaml:1:22: extends goes more than 8 profiles deep\n");
    write_file("top.yaml", "extends: [d7.yaml, d8.yaml]\n");
    check("top.yaml", "d1.yaml:1:11: extends goes more than 8 profiles deep\n"
                      "d1.yaml:1:22: extends goes more than 8 profiles deep\n");
}

/* Eight diamonds on top of each other have 6,560 ways: the walk ends, with one message. */
static void ways_without_end(void **state)
{
    (void)state;
    char path[32], text[128];
    write_file("d0.yaml", BASE);
    for (int i = 1; i <= 8; i++) {
        snprintf(path, sizeof(path), "d%d.yaml", i);
        snprintf(text, sizeof(text), "extends: [d%d.yaml, d%d.yaml, d%d.yaml]\n", i - 1, i - 1,
                 i - 1);
        write_file(path, text);
    }
    check("d3.yaml", "");
    check("d4.yaml", "d1.yaml:1:11: extends takes in more than 64 profiles, each counted as often "
                     "as it is named\n");
    check("d8.yaml", "d1.yaml:1:11: extends takes in more than 64 profiles, each counted as often "
                     "as it is named\n");
}

/* The command line may give a list, too. */
static void a_list_that_is_set(void **state)
{
    (void)state;
    write_file("one.yaml", "retries: 7\nconfirm: 1\n");
    write_file("two.yaml", "confirm: 2\n");
    struct ptl_setting setting = {"extends", "[one.yaml, two.yaml]", NULL};
    struct ptl_buf out;
    struct ptl_profile *profile = load_with(BASE, &setting, 1, &out);
    assert_string_equal(ptl_buf_text(&out), "");
    assert_int_equal(profile->retries, 7);
    assert_int_equal(profile->confirm, 2);
    ptl_profile_free(profile);
    ptl_buf_free(&out);
    setting.value = "[one.yaml";
    assert_null(load_with(BASE, &setting, 1, &out));
    assert_string_equal(ptl_buf_text(&out), "--set: extends: not YAML: while parsing a flow "
                                            "sequence: did not find expected ',' or ']'\n");
    ptl_buf_free(&out);
}

/* A link is another name of the same file, not another file. */
static void a_link_does_not_hide_a_cycle(void **state)
{
    (void)state;
    write_file("a.yaml", "extends: b.yaml\n" BASE);
    assert_int_equal(symlink("a.yaml", "b.yaml"), 0);
    check("a.yaml", "a.yaml:1:10: extends goes round in a circle: b.yaml\n");
}

static void parents(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"extends: null", "3:10: " NO_PATH, NULL},
        {"extends: \"\"", "3:10: " NO_PATH, NULL},
        {"extends: {}", "3:10: " NO_PATH, NULL},
        {"extends: true", "3:10: " NO_PATH, NULL},
        {"extends: []", "3:10: extends is an empty list\n", NULL},
        {"extends: [/dev/null, 5, [a.yaml], \"\", ~]",
         "/dev/null:1:1: a profile is a mapping of keys\n3:22: " NO_ENTRY "3:25: " NO_ENTRY
         "3:35: " NO_ENTRY "3:39: " NO_ENTRY,
         NULL},
        {"extends: /nonexistent.yaml",
         "3:10: extends: /nonexistent.yaml cannot be opened: No such file or directory\n", NULL},
        {"extends: /dev/zero", "3:10: extends: /dev/zero cannot be opened: it is a device\n", NULL},
        {"extends: /dev/null", "/dev/null:1:1: a profile is a mapping of keys\n", NULL},
        {"extends: -", "3:10: not YAML: block sequence entries are not allowed in this context\n",
         NULL},
        {"extends: \"-\"", "3:10: extends: - cannot be opened: No such file or directory\n", NULL},
    };
    check_rows(rows, sizeof(rows) / sizeof(*rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents),
        cmocka_unit_test_setup_teardown(merges, enter, leave),
        cmocka_unit_test_setup_teardown(places_are_the_parents, enter, leave),
        cmocka_unit_test_setup_teardown(parent_may_lack, enter, leave),
        cmocka_unit_test_setup_teardown(cycle, enter, leave),
        cmocka_unit_test_setup_teardown(depth, enter, leave),
        cmocka_unit_test_setup_teardown(name_and_description_are_not_inherited, enter, leave),
        cmocka_unit_test_setup_teardown(a_parent_that_is_set_lends_no_name, enter, leave),
        cmocka_unit_test_setup_teardown(a_parent_that_cannot_be_had, enter, leave),
        cmocka_unit_test_setup_teardown(a_list_is_merged_in_order, enter, leave),
        cmocka_unit_test_setup_teardown(a_diamond, enter, leave),
        cmocka_unit_test_setup_teardown(ways_of_a_tree, enter, leave),
        cmocka_unit_test_setup_teardown(ways_without_end, enter, leave),
        cmocka_unit_test_setup_teardown(a_list_that_is_set, enter, leave),
        cmocka_unit_test_setup_teardown(a_link_does_not_hide_a_cycle, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
