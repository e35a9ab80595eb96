#include "support/cmocka_all.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#define STARTED_MS 1767225600999 /* 2026-01-01T00:00:00.999Z */

static struct ptl_expansion values = {.profile = "web-1", .started_ms = STARTED_MS};

static void becomes(const char *pattern, const char *wanted)
{
    char *path = NULL;
    assert_int_equal(ptl_report_expand(pattern, &values, &path, NULL), PTL_OK);
    assert_string_equal(path, wanted);
    free(path);
}

static void refused(const char *pattern)
{
    char *path = NULL;
    struct ptl_error error = {.code = PTL_OK};
    assert_int_equal(ptl_report_expand(pattern, &values, &path, &error), PTL_E_INVALID);
    assert_null(path);
    assert_true(strlen(error.message) > 0);
}

static void test_expands(void **state)
{
    (void)state;
    becomes("-", "-");
    becomes("r.json", "r.json");
    becomes("{profile}.json", "web-1.json");
    becomes("a/{profile}/{started}-{profile}", "a/web-1/20260101T000000Z-web-1");
}

/* Names of slices sort as they do, and tell of how many. */
static void test_shards(void **state)
{
    (void)state;
    becomes("{shard}", "1-of-1");
    values.shard = 3;
    values.shards = 8;
    becomes("{profile}.{shard}.json", "web-1.3-of-8.json");
    values.shards = 1000;
    becomes("{shard}", "0003-of-1000");
    values.shard = values.shards = 0;
}

static void test_refuses(void **state)
{
    (void)state;
    refused("{name}.json");
    refused("{}");
    refused("a{profile");
    refused("{Profile}");
    refused("x}y");
}

/* A results file of others may hold any name, and must not choose the directory. */
static void test_a_name_is_no_path(void **state)
{
    (void)state;
    char *path = NULL;
    struct ptl_error error = {.code = PTL_OK};
    struct ptl_expansion foreign = {.profile = "../../etc/x"};
    assert_int_equal(ptl_report_expand("{profile}.csv", &foreign, &path, &error), PTL_E_INVALID);
    assert_null(path);
    foreign.profile = "..";
    assert_int_equal(ptl_report_expand("a/{profile}/r.csv", &foreign, &path, &error),
                     PTL_E_INVALID);
    foreign.profile = ".";
    assert_int_equal(ptl_report_expand("a/{profile}/r.csv", &foreign, &path, &error),
                     PTL_E_INVALID);
    assert_null(path);
    assert_int_equal(ptl_report_expand("r.csv", &foreign, &path, &error), PTL_OK);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expands),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_a_name_is_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
