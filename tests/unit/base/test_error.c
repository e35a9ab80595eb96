#include "support/cmocka_all.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void printed_is(const struct ptl_error *error, const char *expected)
{
    char text[4096];
    assert_ptr_equal(ptl_error_print(error, text, sizeof(text)), text);
    assert_string_equal(text, expected);
}

static void every_part_that_is_there_is_printed(void **state)
{
    (void)state;
    struct ptl_error error;
    assert_int_equal(ptl_error_set(&error, PTL_E_NO_MEMORY, "no %s", "room"), PTL_E_NO_MEMORY);
    assert_int_equal(error.code, PTL_E_NO_MEMORY);
    printed_is(&error, "no room");
    assert_int_equal(ptl_error_errno(&error, PTL_E_OUTPUT, ENOENT, "cannot write %s", "x"),
                     PTL_E_OUTPUT);
    printed_is(&error, "cannot write x: No such file or directory");
    struct ptl_origin origin = {"a.yaml", 3, 7};
    assert_int_equal(ptl_error_at(&error, &origin, "wrong"), PTL_E_INVALID);
    assert_int_equal(error.sys_errno, 0); /* nothing of the last error is left */
    printed_is(&error, "a.yaml:3:7: wrong");
    origin.column = 0;
    ptl_error_at(&error, &origin, "wrong");
    printed_is(&error, "a.yaml:3: wrong");
    origin.line = 0;
    ptl_error_at(&error, &origin, "wrong");
    printed_is(&error, "a.yaml: wrong");
    ptl_error_at(&error, NULL, "wrong");
    printed_is(&error, "wrong");
    origin = (struct ptl_origin){NULL, 3, 7};
    ptl_error_at(&error, &origin, "wrong"); /* a line of no file tells nobody anything */
    printed_is(&error, "wrong");
}

static void null_leaves_the_status(void **state)
{
    (void)state;
    assert_int_equal(ptl_error_set(NULL, PTL_E_CANCELLED, "x"), PTL_E_CANCELLED);
    assert_int_equal(ptl_error_errno(NULL, PTL_E_SYSTEM, EIO, "x"), PTL_E_SYSTEM);
    assert_int_equal(ptl_error_at(NULL, NULL, "x"), PTL_E_INVALID);
    ptl_error_wrap(NULL, "x");
}

static void wrapping_keeps_the_rest(void **state)
{
    (void)state;
    struct ptl_error error;
    struct ptl_origin origin = {"f", 1, 2};
    ptl_error_at(&error, &origin, "inner");
    error.sys_errno = EACCES;
    assert_int_equal(ptl_error_wrap(&error, "while %d", 5), PTL_E_INVALID);
    printed_is(&error, "f:1:2: while 5: inner: Permission denied");
}

/* A character of several bytes is kept whole or left out. */
static void long_messages_end_between_characters(void **state)
{
    (void)state;
    struct ptl_error error;
    char text[1200];
    for (size_t before = 1018; before < 1026; before++) {
        memset(text, 'a', before);
        strcpy(text + before, "\xF0\x9F\x98\x80 and more of it");
        ptl_error_set(&error, PTL_E_INVALID, "%s", text);
        size_t expected = before >= 1023 ? 1023 : before + 4 > 1023 ? before : 1023;
        assert_int_equal(strlen(error.message), expected);
        ptl_error_set(&error, PTL_E_INVALID, "inner");
        ptl_error_wrap(&error, "%s", text);
        assert_true(strlen(error.message) < sizeof(error.message));
        assert_true(ptl_text_is_utf8(error.message, strlen(error.message)));
        assert_memory_equal(error.message, text, expected);
    }
    memset(text, 'b', 900);
    strcpy(text + 900, "\xC3\xA9");
    ptl_error_set(&error, PTL_E_INVALID, "%s", text);
    ptl_error_wrap(&error, "%0120d", 0); /* the end falls on the first byte of the last letter */
    assert_int_equal(strlen(error.message), 1022);
}

static void short_buffers_are_not_overrun(void **state)
{
    (void)state;
    struct ptl_error error;
    char text[8];
    ptl_error_set(&error, PTL_E_INVALID, "abc\xC3\xA9z");
    for (size_t size = 0; size <= sizeof(text); size++) {
        memset(text, '#', sizeof(text));
        ptl_error_print(&error, text, size);
        size_t expected = size == 0 ? 0 : size == 5 ? 3 : size > 6 ? 6 : size - 1;
        if (size > 0)
            assert_int_equal(strnlen(text, sizeof(text)), expected);
        for (size_t i = size; i < sizeof(text); i++)
            assert_int_equal(text[i], '#');
    }
}

static void a_long_path_keeps_its_end(void **state)
{
    (void)state;
    char path[700];
    memset(path, 'd', sizeof(path));
    strcpy(path + 600, "/last.yaml");
    struct ptl_origin origin = {path, 1, 1};
    struct ptl_error error;
    ptl_error_at(&error, &origin, "x");
    assert_int_equal(strlen(error.file), sizeof(error.file) - 1);
    assert_memory_equal(error.file, "...d", 4);
    assert_string_equal(error.file + strlen(error.file) - 10, "/last.yaml");
    path[sizeof(error.file) - 1] = '\0'; /* the longest that fits whole */
    ptl_error_at(&error, &origin, "x");
    assert_string_equal(error.file, path);
}

static void problems_are_kept_in_order_up_to_a_limit(void **state)
{
    (void)state;
    struct ptl_problems problems = {0};
    struct ptl_origin origin = {"f", 0, 0};
    for (unsigned i = 1; i <= PTL_PROBLEMS_MAX + 7; i++) {
        origin.line = i;
        ptl_problems_at(&problems, &origin, "problem %u", i);
    }
    assert_int_equal(problems.count, PTL_PROBLEMS_MAX);
    assert_int_equal(problems.dropped, 7);
    assert_int_equal(problems.items[0].line, 1);
    assert_int_equal(problems.items[0].code, PTL_E_INVALID);
    printed_is(&problems.items[PTL_PROBLEMS_MAX - 1], "f:100: problem 100");
    ptl_problems_free(&problems);
    assert_int_equal(problems.count + problems.dropped, 0);
    ptl_problems_free(&problems); /* twice does no harm */
    ptl_problems_free(NULL);
    struct ptl_error error;
    ptl_error_set(&error, PTL_E_SYSTEM, "x");
    ptl_problems_add(NULL, &error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_that_is_there_is_printed),
        cmocka_unit_test(null_leaves_the_status),
        cmocka_unit_test(wrapping_keeps_the_rest),
        cmocka_unit_test(long_messages_end_between_characters),
        cmocka_unit_test(short_buffers_are_not_overrun),
        cmocka_unit_test(a_long_path_keeps_its_end),
        cmocka_unit_test(problems_are_kept_in_order_up_to_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
