#include "support/cmocka_all.h"

#include "journal/bytes.h"

#include <stdlib.h>
#include <string.h>

static struct ptl_bytes reading(const struct ptl_buf *buf)
{
    const uint8_t *at = (const uint8_t *)ptl_buf_text(buf);
    return (struct ptl_bytes){.at = at, .end = at + buf->length};
}

static void numbers_come_back(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 4096);
    for (int bit = 0; bit < 64; bit++)
        for (int more = -1; more <= 1; more++)
            ptl_bytes_put(&buf, (1ULL << bit) + (uint64_t)more);
    ptl_bytes_put(&buf, UINT64_MAX);
    struct ptl_bytes bytes = reading(&buf);
    for (int bit = 0; bit < 64; bit++)
        for (int more = -1; more <= 1; more++)
            assert_true(ptl_bytes_get(&bytes) == (1ULL << bit) + (uint64_t)more);
    assert_true(ptl_bytes_get(&bytes) == UINT64_MAX);
    assert_false(bytes.failed);
    assert_int_equal(ptl_bytes_get(&bytes), 0);
    assert_true(bytes.failed);
    ptl_buf_free(&buf);
}

static void signed_numbers_come_back(void **state)
{
    (void)state;
    const int64_t numbers[] = {0, 1, -1, 63, -64, 64, INT64_MAX, INT64_MIN};
    struct ptl_buf buf;
    ptl_buf_init(&buf, 4096);
    for (int i = 0; i < 8; i++)
        ptl_bytes_put_signed(&buf, numbers[i]);
    assert_int_equal(((const char *)ptl_buf_text(&buf))[2], 1); /* small ones are short */
    struct ptl_bytes bytes = reading(&buf);
    for (int i = 0; i < 8; i++)
        assert_true(ptl_bytes_get_signed(&bytes) == numbers[i]);
    assert_false(bytes.failed);
    ptl_buf_free(&buf);
}

static void texts_come_back(void **state)
{
    (void)state;
    struct ptl_buf buf;
    ptl_buf_init(&buf, 4096);
    ptl_bytes_put_text(&buf, "web.example");
    ptl_bytes_put_text(&buf, NULL);
    struct ptl_bytes bytes = reading(&buf);
    char *text = ptl_bytes_get_text(&bytes), *none = ptl_bytes_get_text(&bytes);
    assert_string_equal(text, "web.example");
    assert_string_equal(none, "");
    free(text);
    free(none);
    ptl_buf_free(&buf);
}

static void what_is_wrong_fails(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t count;
    } wrong[] = {
        {"", 0},
        {"\x80", 1},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10}, /* more than 64 bits */
        {"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11},
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const uint8_t *at = (const uint8_t *)wrong[i].bytes;
        struct ptl_bytes bytes = {.at = at, .end = at + wrong[i].count};
        assert_int_equal(ptl_bytes_get(&bytes), 0);
        assert_true(bytes.failed);
    }
    const uint8_t number[] = {7}, text[] = {3, 'a', 'b'}, nul[] = {2, 'a', 0};
    struct ptl_bytes bytes = {.at = number, .end = number + 1};
    assert_int_equal(ptl_bytes_get_most(&bytes, 6), 0);
    assert_true(bytes.failed);
    bytes = (struct ptl_bytes){.at = text, .end = text + 3};
    assert_null(ptl_bytes_get_text(&bytes));
    assert_true(bytes.failed);
    bytes = (struct ptl_bytes){.at = nul, .end = nul + 3};
    assert_null(ptl_bytes_get_text(&bytes));
    assert_true(bytes.failed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(signed_numbers_come_back),
        cmocka_unit_test(texts_come_back),
        cmocka_unit_test(what_is_wrong_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
