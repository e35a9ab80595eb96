/* Each allocation of this storey refused in turn: a clean failure, no crash, no leak. */
#include "support/failing_malloc.h"

#include "base/error.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static bool fill(void *context)
{
    (void)context;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 100000);
    for (int i = 0; i < 1000; i++)
        ptl_buf_printf(&buf, "%04d,", i);
    size_t length = strlen(ptl_buf_text(&buf));
    assert_int_equal(length, buf.length); /* what it had is kept, whole */
    assert_int_equal(length % 5, 0);
    bool failed = buf.failed;
    assert_int_equal(buf.no_memory, failed); /* it is not full */
    char *text = ptl_buf_steal(&buf);
    assert_int_equal(failed, text == NULL);
    free(text);
    return text != NULL;
}

static void buffers(void **state)
{
    (void)state;
    fail_each(fill, NULL);
}

static bool collect(void *context)
{
    (void)context;
    struct ptl_problems problems = {0};
    for (int i = 0; i < 10; i++)
        ptl_problems_at(&problems, NULL, "problem %d", i);
    size_t dropped = problems.dropped;
    assert_int_equal(problems.count + dropped, 10); /* nothing is silent */
    ptl_problems_free(&problems);
    return dropped == 0;
}

static void problems(void **state)
{
    (void)state;
    fail_each(collect, NULL);
}

static bool build(void *context)
{
    (void)context;
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "text", "\xFF is mended");
    ptl_json_add_number(json, "number", 5);
    ptl_json_describe(json, "{'bool': true}");
    ptl_json_add_string(json, "null", NULL);
    struct ptl_json *list = ptl_json_add_array(json, "list");
    for (int i = 0; i < 3; i++)
        ptl_json_add_string(ptl_json_add_object(list, NULL), "key", "value");
    ptl_json_add(json, "child", ptl_json_object());
    struct ptl_buf buf;
    ptl_buf_init(&buf, 10000);
    bool printed = ptl_json_print(json, &buf, true);
    assert_int_equal(printed, !buf.failed);
    ptl_buf_free(&buf);
    ptl_json_free(json);
    return printed;
}

static void json_values(void **state)
{
    (void)state;
    fail_each(build, NULL);
}

static bool parse(void *context)
{
    (void)context;
    static const char text[] = "{\"a\": [1, 2, {\"b\": \"c\\n\", \"d\": {}}], \"e\": null}";
    struct ptl_json *json = NULL;
    struct ptl_error error = {0};
    enum ptl_status status = ptl_json_parse(text, strlen(text), NULL, &json, &error);
    if (status == PTL_OK) {
        ptl_json_free(json);
        return true;
    }
    assert_int_equal(status, PTL_E_NO_MEMORY); /* not "not valid JSON" */
    assert_int_equal(error.code, PTL_E_NO_MEMORY);
    assert_null(json);
    return false;
}

static void json_text(void **state)
{
    (void)state;
    fail_each(parse, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_text),
        cmocka_unit_test(buffers),
        cmocka_unit_test(problems),
        cmocka_unit_test(json_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
