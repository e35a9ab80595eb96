#include "support/cmocka_all.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static void grows_and_ends_in_nul(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    assert_string_equal(ptl_buf_text(&buf), "");
    ptl_buf_add(&buf, "");
    assert_string_equal(ptl_buf_text(&buf), "");
    for (int i = 0; i < 5000; i++) {
        ptl_buf_add(&buf, "ab");
        ptl_buf_add_char(&buf, 'c');
        ptl_buf_printf(&buf, "%d%s", 4, "e");
        ptl_buf_add_bytes(&buf, "fgh", 1);
    }
    assert_int_equal(buf.length, 5000 * 6);
    assert_int_equal(strlen(ptl_buf_text(&buf)), buf.length);
    assert_memory_equal(buf.data + 6 * 4999, "abc4ef", 7);
    assert_false(buf.failed);
    ptl_buf_free(&buf);
    assert_string_equal(ptl_buf_text(&buf), "");
    assert_int_equal(buf.max, 1 << 20); /* fit for use again */
    ptl_buf_add_bytes(&buf, "a\0b", 3);
    assert_int_equal(buf.length, 3);
    assert_memory_equal(buf.data, "a\0b", 4);
    ptl_buf_free(&buf);
}

/* What does not fit is not added in part, and later, shorter text does not slip in behind it. */
static void failure_is_sticky(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 5);
    ptl_buf_add(&buf, "abcde");
    assert_false(buf.failed);
    assert_string_equal(ptl_buf_text(&buf), "abcde");
    ptl_buf_reset(&buf);
    assert_string_equal(ptl_buf_text(&buf), "");
    ptl_buf_add(&buf, "abc");
    ptl_buf_printf(&buf, "%s", "def");
    assert_true(buf.failed);
    assert_false(buf.no_memory);
    ptl_buf_add_char(&buf, 'x');
    ptl_buf_add_bytes(&buf, "y", 1);
    ptl_buf_printf(&buf, "z");
    assert_string_equal(ptl_buf_text(&buf), "abc");
    assert_null(ptl_buf_steal(&buf));
    assert_int_equal(buf.length, 0);
    ptl_buf_reset(&buf);
    ptl_buf_add(&buf, "again");
    assert_false(buf.failed);
    assert_string_equal(ptl_buf_text(&buf), "again");
    ptl_buf_free(&buf);
    ptl_buf_init(&buf, 0);
    ptl_buf_add(&buf, "");
    assert_false(buf.failed);
    ptl_buf_add_char(&buf, 'a');
    assert_true(buf.failed);
    ptl_buf_free(&buf);
    ptl_buf_init(&buf, 8);
    ptl_buf_add_bytes(&buf, "", SIZE_MAX); /* a count that would wrap round is only too long */
    assert_true(buf.failed);
    ptl_buf_free(&buf);
}

static void stealing_hands_the_memory_over(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 3);
    char *text = ptl_buf_steal(&buf); /* of an empty buffer: an empty text */
    assert_non_null(text);
    assert_string_equal(text, "");
    free(text);
    ptl_buf_add(&buf, "abc");
    text = ptl_buf_steal(&buf);
    ptl_buf_add(&buf, "x");
    assert_string_equal(text, "abc");
    assert_string_equal(ptl_buf_text(&buf), "x");
    free(text);
    ptl_buf_free(&buf);
}

static void in_storage_of_the_callers(void **state)
{
    (void)state;
    char storage[8] = "old";
    struct ptl_buf buf;
    ptl_buf_init_in(&buf, storage, sizeof(storage));
    assert_string_equal(ptl_buf_text(&buf), "");
    ptl_buf_printf(&buf, "%d", 12345);
    ptl_buf_add(&buf, "67");
    assert_false(buf.failed);
    assert_string_equal(storage, "1234567");
    ptl_buf_add_char(&buf, '8');
    assert_true(buf.failed);
    assert_string_equal(storage, "1234567");
    ptl_buf_reset(&buf);
    ptl_buf_add(&buf, "again");
    assert_ptr_equal(ptl_buf_text(&buf), storage);
    assert_string_equal(storage, "again");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_storage_of_the_callers),
        cmocka_unit_test(grows_and_ends_in_nul),
        cmocka_unit_test(failure_is_sticky),
        cmocka_unit_test(stealing_hands_the_memory_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
