#include "helper.h"

static char directory[64];

static int enter(void **state)
{
    (void)state;
    enter_directory(directory);
    setenv("PORTOLAN_PATH", "one::two", 1);
    setenv("XDG_CONFIG_HOME", directory, 1);
    if (system("mkdir one two configs portolan"))
        return 1;
    write_file("one/lan.yaml", BASE "description: first\n");
    write_file("two/lan.yaml", BASE);
    write_file("two/bad.yaml", "x: 1\n");
    write_file("configs/office.yaml", BASE);
    write_file("portolan/home.yaml", BASE);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return chdir("/") || system(command);
}

static void check(const char *word, const char *expected)
{
    char *path = NULL;
    struct ptl_error error = {0};
    assert_int_equal(ptl_profile_find(word, &path, &error), PTL_OK);
    assert_string_equal(path, expected);
    free(path);
}

static void finds(void **state)
{
    (void)state;
    char home[128];
    check("-", "-");
    check("x.yml", "x.yml");
    check("a/b", "a/b");
    check("lan", "one/lan.yaml");
    check("bad", "two/bad.yaml");
    check("office", "./configs/office.yaml");
    snprintf(home, sizeof(home), "%s/portolan/home.yaml", directory);
    check("home", home);
}

static void tells_where_it_looked(void **state)
{
    (void)state;
    char *path = NULL, text[256];
    struct ptl_error error = {0};
    assert_int_equal(ptl_profile_find("offise", &path, &error), PTL_E_INVALID);
    snprintf(text, sizeof(text),
             "no saved profile \"offise\" in one, two, ./configs, %s/portolan, /etc/portolan; did "
             "you mean \"office\"?",
             directory);
    assert_string_equal(error.message, text);
}

static void lists(void **state)
{
    (void)state;
    struct ptl_saved_profile *saved;
    size_t count;
    assert_int_equal(ptl_profile_list(&saved, &count, NULL), PTL_OK);
    assert_true(count >= 4);
    assert_string_equal(saved[0].path, "one/lan.yaml");
    assert_string_equal(saved[0].description, "first");
    assert_string_equal(saved[1].name, "bad");
    assert_false(saved[1].loads);
    assert_string_equal(saved[1].description, "two/bad.yaml:1:1: unknown key \"x\"");
    assert_string_equal(saved[2].name, "office");
    ptl_profile_list_free(saved, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(tells_where_it_looked),
        cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
