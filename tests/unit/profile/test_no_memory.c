/* Each allocation of this storey refused in turn, libyaml's too: a clean failure, no leak. */
#include "support/failing_malloc.h"

#include "helper.h"

#include "target/services.h"

#include <sys/stat.h>

static char directory[64];

static const char whole[] =
    "extends: [middle.yaml, base.yaml]\n"
    "name: whole\n"
    "description: all there is\n"
    "hosts: &all [127.0.0.1, localhost, 127.0.1.0/24, \"127.0.2.1-9\", {file: hosts.txt}]\n"
    "exclude_hosts: [127.0.1.7, \"file: hosts.txt\"]\n"
    "ports: [1-99, 443]\n"
    "exclude_ports: 7\n"
    "scope: [loopback, 10.0.0.0/8, \"10.0.0.1-10.2.0.0\"]\n"
    "source_address: ::1\n"
    "concurrency: unlimited\n"
    "deadline: 1h\n"
    "expect:\n"
    "  - &rule {hosts: *all, open: 22, closed: 23}\n"
    "  - {<<: *rule, only: [80, 443], open: []}\n"
    "report: {json: a, csv: b, text: \"-\", states: [open, closed]}\n";

static int enter(void **state)
{
    (void)state;
    enter_directory(directory);
    setenv("PORTOLAN_PATH", "one:", 1);
    setenv("XDG_CONFIG_HOME", directory, 1);
    if (mkdir("one", 0755) || mkdir("configs", 0755))
        return 1;
    write_file("base.yaml", "retries: 3\nreport: {prom: p}\nexpect: []\n");
    write_file("middle.yaml", "extends: base.yaml\nreport: {junit: j}\n");
    write_file("hosts.txt", "127.0.0.9\n127.0.0.10 # ten\n");
    write_file("whole.yaml", whole);
    write_file("one/lan.yaml", BASE "description: first\n");
    write_file("configs/bad.yaml", "x: 1\n");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return chdir("/") || system(command);
}

/* What a load that found no memory leaves: the status, and that problem where it found room. */
static void check_no_memory(enum ptl_status status, const struct ptl_problems *problems)
{
    for (size_t i = 0; status != PTL_E_NO_MEMORY && i < problems->count; i++)
        print_error("%s\n", problems->items[i].message);
    assert_int_equal(status, PTL_E_NO_MEMORY);
    assert_true(problems->count + problems->dropped > 0);
    for (size_t i = 0; i < problems->count; i++) {
        assert_int_equal(problems->items[i].code, PTL_E_NO_MEMORY);
        assert_non_null(strstr(problems->items[i].message, "out of memory"));
    }
}

static bool load_whole(void *context)
{
    const struct ptl_setting settings[] = {{"retries", "5", NULL},
                                           {"report.xml", "x.xml", NULL},
                                           {"ports", "[1-99, https]", NULL},
                                           {"name", "set", NULL},
                                           {"hosts", "127.0.0.1, ::1", "--hosts"}};
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    enum ptl_status status =
        ptl_profile_load("whole.yaml", settings, *(const size_t *)context, &profile, &problems);
    assert_int_equal(status == PTL_OK, profile != NULL);
    if (status == PTL_OK)
        assert_int_equal(problems.count + problems.dropped, 0);
    else
        check_no_memory(status, &problems);
    ptl_problems_free(&problems);
    ptl_profile_free(profile);
    return status == PTL_OK;
}

static void loading(void **state)
{
    (void)state;
    size_t settings = 0;
    (void)ptl_services_available(); /* read once a process: not here */
    fail_each(load_whole, &settings);
    settings = 5;
    fail_each(load_whole, &settings);
}

/* A wrong profile is wrong, or memory ran out: nothing loads, and nothing is said of neither. */
static bool load_wrong(void *context)
{
    static const char wrong[] = "hosts: [10.0.0.1, \"no name\"]\n"
                                "port: 1\n"
                                "retries: [\"a\\eb\"]\n"
                                "name: \"\"\n"
                                "engine: pol\n"
                                "timeout: 5\n"
                                "hosts: x\n"
                                "expect: [{hosts: 127.0.0.1}, *gone]\n";
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    enum ptl_status status =
        ptl_profile_load_text(wrong, strlen(wrong), "t", "", NULL, 0, &profile, &problems);
    assert_null(profile);
    assert_true(status == PTL_E_INVALID || status == PTL_E_NO_MEMORY);
    assert_true(problems.count + problems.dropped > 0);
    bool is_whole = status == PTL_E_INVALID && problems.count == *(const size_t *)context;
    ptl_problems_free(&problems);
    return is_whole;
}

static void loading_what_is_wrong(void **state)
{
    (void)state;
    size_t count = 11;
    for (int and_after = 0; and_after < 2; and_after++) {
        bool refused = true;
        for (unsigned long nth = 1; refused; nth++) {
            failing_malloc_arm(nth, and_after != 0);
            bool is_whole = load_wrong(&count);
            refused = failing_malloc_disarm();
            assert_true(is_whole || refused);
        }
    }
}

/* A setting whose problem found no room must not be passed over as if it had been applied. */
static bool load_with_wrong_setting(void *context)
{
    (void)context;
    struct ptl_setting setting = {"retries", "[1", NULL};
    struct ptl_problems problems = {0};
    struct ptl_profile *profile = NULL;
    enum ptl_status status =
        ptl_profile_load_text(BASE, strlen(BASE), "t", "", &setting, 1, &profile, &problems);
    assert_null(profile);
    assert_int_not_equal(status, PTL_OK);
    bool is_told = problems.count == 1 && status == PTL_E_INVALID;
    ptl_problems_free(&problems);
    return is_told;
}

static void wrong_settings(void **state)
{
    (void)state;
    fail_each(load_with_wrong_setting, NULL);
}

static bool print_all(void *context)
{
    const struct ptl_profile *profile = context;
    struct ptl_buf shown_profile, schema, page;
    char hex[65];
    struct ptl_error error = {0};
    ptl_buf_init(&shown_profile, 1 << 20);
    ptl_buf_init(&schema, 1 << 20);
    ptl_buf_init(&page, 1 << 20);
    ptl_profile_show(profile, &shown_profile);
    ptl_profile_schema(&schema);
    ptl_profile_reference(&page);
    enum ptl_status status = ptl_profile_sha256(profile, hex, &error);
    assert_int_equal(status, error.code);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    bool all = status == PTL_OK && !shown_profile.failed && !schema.failed && !page.failed;
    ptl_buf_free(&shown_profile);
    ptl_buf_free(&schema);
    ptl_buf_free(&page);
    return all;
}

static void printing(void **state)
{
    (void)state;
    struct ptl_buf out;
    struct ptl_profile *profile = load_file("whole.yaml", &out);
    assert_string_equal(ptl_buf_text(&out), "");
    ptl_buf_free(&out);
    fail_each(print_all, profile);
    ptl_profile_free(profile);
}

static bool find_all(void *context)
{
    static const struct {
        const char *word;
        enum ptl_status status;
    } rows[] = {{"lan", PTL_OK}, {"x.yaml", PTL_OK}, {"lam", PTL_E_INVALID}};
    (void)context;
    bool all = true;
    for (size_t i = 0; i < 3; i++) {
        char *path = NULL;
        struct ptl_error error = {0};
        enum ptl_status status = ptl_profile_find(rows[i].word, &path, &error);
        assert_int_equal(status, error.code);
        assert_int_equal(status == PTL_OK, path != NULL);
        if (status == PTL_E_INVALID)
            assert_non_null(strstr(error.message, "did you mean \"lan\"?"));
        all = all && status == rows[i].status;
        assert_true(status == rows[i].status || status == PTL_E_NO_MEMORY);
        free(path);
    }
    return all;
}

static bool list_all(void *context)
{
    (void)context;
    struct ptl_saved_profile *saved = NULL;
    size_t count = 0;
    struct ptl_error error = {0};
    enum ptl_status status = ptl_profile_list(&saved, &count, &error);
    assert_int_equal(status, error.code);
    if (status != PTL_OK) {
        assert_int_equal(status, PTL_E_NO_MEMORY);
        assert_null(saved);
        return false;
    }
    /* A profile that found no memory is listed, with that as its problem. */
    assert_true(count >= 2);
    assert_string_equal(saved[0].name, "lan");
    bool all = saved[0].loads && strcmp(saved[0].description, "first") == 0;
    if (!all && strstr(saved[0].description, "out of memory") == NULL)
        fail_msg("%s", saved[0].description);
    if (strcmp(saved[1].description, "out of memory") == 0)
        all = false;
    else
        assert_string_equal(saved[1].description, "./configs/bad.yaml:1:1: unknown key \"x\"");
    ptl_profile_list_free(saved, count);
    return all;
}

static void finding(void **state)
{
    (void)state;
    fail_each(find_all, NULL);
    fail_each(list_all, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading),        cmocka_unit_test(loading_what_is_wrong),
        cmocka_unit_test(wrong_settings), cmocka_unit_test(printing),
        cmocka_unit_test(finding),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
