/* --vary, the variants it makes, and their names. */
#include "support/failing_malloc.h"

#include "compare/compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void parse_fails(const char *text, const char *message)
{
    struct ptl_vary vary;
    struct ptl_error error = {.code = PTL_OK};
    assert_int_equal(ptl_vary_parse(text, &vary, &error), PTL_E_INVALID);
    if (strstr(error.message, message) == NULL)
        fail_msg("%s: \"%s\" does not say \"%s\"", text, error.message, message);
    assert_null(vary.key);
}

static void parse_gives(const char *text, const char *key, const char *const *values)
{
    struct ptl_vary vary;
    size_t count = 0;
    assert_int_equal(ptl_vary_parse(text, &vary, NULL), PTL_OK);
    assert_string_equal(vary.key, key);
    for (; values[count] != NULL; count++) {
        assert_true(count < vary.count);
        assert_string_equal(vary.values[count], values[count]);
    }
    assert_int_equal(vary.count, count);
    ptl_vary_free(&vary);
}

static void a_vary_is_a_key_and_values(void **state)
{
    (void)state;
    parse_gives("concurrency=1", "concurrency", (const char *[]){"1", NULL});
    parse_gives("concurrency=1,10,100", "concurrency", (const char *[]){"1", "10", "100", NULL});
    parse_gives("ports=1-10,22;80", "ports", (const char *[]){"1-10,22", "80", NULL});
    parse_gives("ports=1-10,22;", "ports", (const char *[]){"1-10,22", NULL});
    parse_gives("description=a=b,c", "description", (const char *[]){"a=b", "c", NULL});
    parse_fails("concurrency", "--vary wants KEY=VALUE");
    parse_fails("=1", "--vary wants KEY=VALUE");
    parse_fails("", "--vary wants KEY=VALUE");
    parse_fails("a=", "a value is empty");
    parse_fails("a=;", "a value is empty");
    parse_fails("a=1,,2", "a value is empty");
    parse_fails("a=1,", "a value is empty");
    parse_fails("a=,1", "a value is empty");
    parse_fails("a=1;2;;", "a value is empty");
    parse_fails("a=1,2,1", "1 is given twice");
}

static void values_have_a_limit(void **state)
{
    (void)state;
    struct ptl_buf text;
    struct ptl_vary vary;
    ptl_buf_init(&text, 1 << 16);
    ptl_buf_add(&text, "a=0");
    for (int i = 1; i < PTL_VARIANTS_MAX; i++)
        ptl_buf_printf(&text, ",%d", i);
    assert_int_equal(ptl_vary_parse(ptl_buf_text(&text), &vary, NULL), PTL_OK);
    assert_int_equal(vary.count, PTL_VARIANTS_MAX);
    ptl_vary_free(&vary);
    ptl_buf_add(&text, ",more");
    parse_fails(ptl_buf_text(&text), "more than 256 values");
    ptl_buf_free(&text);
}

/* ---- building ---- */

static char directory[] = "/tmp/portolan-variants-XXXXXX";

static int enter(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL || chdir(directory) != 0)
        return -1;
    FILE *file = fopen("p.yaml", "w");
    if (file == NULL)
        return -1;
    fputs("hosts: 127.0.0.1\nports: 1-100\n", file);
    return fclose(file);
}

static int leave(void **state)
{
    (void)state;
    return unlink("p.yaml") | chdir("/") | rmdir(directory);
}

static void free_varies(struct ptl_vary *varies, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ptl_vary_free(&varies[i]);
}

static enum ptl_status build(struct ptl_vary *varies, size_t count, struct ptl_variants *variants,
                             struct ptl_problems *problems)
{
    static const char *const paths[] = {"p.yaml"};
    static const struct ptl_setting settings[] = {{"timeout", "100ms", NULL}};
    struct ptl_variants_request request = {.paths = paths,
                                           .path_count = 1,
                                           .settings = settings,
                                           .setting_count = 1,
                                           .varies = varies,
                                           .vary_count = count};
    *problems = (struct ptl_problems){.items = NULL};
    return ptl_variants_build(&request, variants, problems);
}

static void the_cross_product_in_order(void **state)
{
    (void)state;
    static const char *const names[] = {
        "p concurrency=1 engine=pool", "p concurrency=1 engine=events",
        "p concurrency=10 engine=pool", "p concurrency=10 engine=events"};
    struct ptl_vary varies[2];
    struct ptl_variants variants;
    struct ptl_problems problems;
    struct ptl_error error;
    size_t index;
    assert_int_equal(ptl_vary_parse("concurrency=1,10", &varies[0], NULL), PTL_OK);
    assert_int_equal(ptl_vary_parse("engine=pool,events", &varies[1], NULL), PTL_OK);
    assert_int_equal(build(varies, 2, &variants, &problems), PTL_OK);
    assert_int_equal(variants.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(variants.items[i].name, names[i]);
        assert_int_equal(variants.items[i].profile->concurrency, i < 2 ? 1 : 10);
        assert_int_equal(variants.items[i].profile->timeout_ms, 100);
        assert_int_equal(variants.items[i].setting_count, 2);
    }
    assert_string_equal(variants.items[1].settings[1].key, "engine");
    assert_string_equal(variants.items[1].settings[1].value, "events");
    assert_int_equal(ptl_variants_check_names(&variants, NULL), PTL_OK);
    assert_int_equal(ptl_variants_find(&variants, names[2], &index, NULL), PTL_OK);
    assert_int_equal(index, 2);
    assert_int_equal(ptl_variants_find(&variants, "concurrency=1 engine=events", &index, NULL),
                     PTL_OK);
    assert_int_equal(index, 1);
    assert_int_equal(ptl_variants_find(&variants, "concurrency=1", &index, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, names[3]));
    ptl_variants_free(&variants);
    free_varies(varies, 2);
}

static void problems_name_the_value_and_come_once(void **state)
{
    (void)state;
    struct ptl_vary varies[2];
    struct ptl_variants variants;
    struct ptl_problems problems;
    assert_int_equal(ptl_vary_parse("concurrency=1,none", &varies[0], NULL), PTL_OK);
    assert_int_equal(ptl_vary_parse("engine=pool,events", &varies[1], NULL), PTL_OK);
    assert_int_equal(build(varies, 2, &variants, &problems), PTL_E_INVALID);
    assert_int_equal(problems.count, 1);
    assert_string_equal(problems.items[0].file, "--vary concurrency=none");
    assert_null(variants.items);
    ptl_problems_free(&problems);
    free_varies(varies, 2);
}

static void too_many_are_refused(void **state)
{
    (void)state;
    struct ptl_vary varies[2];
    struct ptl_variants variants;
    struct ptl_problems problems;
    struct ptl_buf text;
    ptl_buf_init(&text, 1 << 16);
    ptl_buf_add(&text, "seed=1");
    for (int i = 2; i <= 129; i++)
        ptl_buf_printf(&text, ",%d", i);
    assert_int_equal(ptl_vary_parse(ptl_buf_text(&text), &varies[0], NULL), PTL_OK);
    assert_int_equal(ptl_vary_parse("engine=pool,events", &varies[1], NULL), PTL_OK);
    assert_int_equal(build(varies, 2, &variants, &problems), PTL_E_INVALID);
    assert_non_null(strstr(problems.items[0].message, "more than 256 variants"));
    ptl_problems_free(&problems);
    free_varies(varies, 2);
    ptl_buf_free(&text);
}

static bool build_again(void *context)
{
    struct ptl_vary vary;
    struct ptl_variants variants;
    struct ptl_problems problems;
    (void)context;
    enum ptl_status status = ptl_vary_parse("concurrency=1,10", &vary, NULL);
    if (status == PTL_OK) {
        status = build(&vary, 1, &variants, &problems);
        if (status == PTL_OK)
            ptl_variants_free(&variants);
        bool told = status == PTL_OK || status == PTL_E_NO_MEMORY;
        for (size_t i = 0; i < problems.count; i++)
            told = told || strcmp(problems.items[i].message, "out of memory") == 0;
        assert_true(told);
        ptl_problems_free(&problems);
        ptl_vary_free(&vary);
    }
    return status == PTL_OK;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    fail_each(build_again, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vary_is_a_key_and_values),
        cmocka_unit_test(values_have_a_limit),
        cmocka_unit_test(the_cross_product_in_order),
        cmocka_unit_test(problems_name_the_value_and_come_once),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
