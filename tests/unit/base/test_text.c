#include "support/cmocka_all.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first and last of each length, and what lies just beyond (RFC 3629). */
static void well_formed_is_what_rfc_3629_says(void **state)
{
    (void)state;
    static const char *const good[] = {"",
                                       "a",
                                       "\x7F",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF",
                                       "a\xC3\xA9z"};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(ptl_text_is_utf8(good[i], strlen(good[i])));
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2z",
                                      "\xE0\x9F\xBF",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xE2\x82",
                                      "\xE2\x82z",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF0\x90\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "good until here \xC3"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(ptl_text_is_utf8(bad[i], strlen(bad[i])));
    assert_true(ptl_text_is_utf8("a\0b", 3));
    assert_false(ptl_text_is_utf8("\xC3\xA9", 1)); /* the length counts, not what lies behind */
}

static void check(void (*add)(struct ptl_buf *, const char *), const char *text,
                  const char *expected)
{
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1000);
    add(&buf, text);
    assert_string_equal(ptl_buf_text(&buf), expected);
    assert_true(ptl_text_is_utf8(ptl_buf_text(&buf), buf.length));
    ptl_buf_free(&buf);
}

static void nothing_that_a_terminal_obeys_comes_through(void **state)
{
    (void)state;
    check(ptl_text_add_printable, "plain \xC3\xA9 \xF0\x9F\x98\x80",
          "plain \xC3\xA9 \xF0\x9F\x98\x80");
    check(ptl_text_add_printable, "\x1B[2J\a\b\r\n\t\x7F",
          "\\x1B[2J\\x07\\x08\\x0D\\x0A\\x09\\x7F");
    check(ptl_text_add_printable,
          "\xC2\x9B"
          "2J",
          "\\u{009B}2J"); /* CSI in one character */
    check(ptl_text_add_printable,
          "\xE2\x80\xAE"
          "evil\xE2\x81\xA6",
          "\\u{202E}evil\\u{2066}");
    check(ptl_text_add_printable, "\xE2\x80\x8E\xE2\x80\x8F\xE2\x80\xA8\xE2\x81\xA9",
          "\\u{200E}\\u{200F}\\u{2028}\\u{2069}");
    check(ptl_text_add_printable, "\xE2\x80\x8D\xC2\xA0", "\xE2\x80\x8D\xC2\xA0");
    check(ptl_text_add_printable, "a\xFF\x1B\xC3", "a\xEF\xBF\xBD\\x1B\xEF\xBF\xBD");
}

static void mending_changes_ill_formed_bytes_only(void **state)
{
    (void)state;
    check(ptl_text_add_utf8, "a\x1B\n\xC3\xA9", "a\x1B\n\xC3\xA9");
    check(ptl_text_add_utf8, "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    check(ptl_text_add_utf8, "\xE2\x82", "\xEF\xBF\xBD\xEF\xBF\xBD");
    check(ptl_text_add_utf8, "", "");
}

static void the_nearest_word(void **state)
{
    (void)state;
    static const char *const words[] = {"hosts", "ports", "timeout", "retries", "a"};
    static const struct {
        const char *word, *nearest;
    } rows[] = {{"host", "hosts"},     {"hsots", "hosts"},
                {"posts", "hosts"},    {"ports", "ports"},
                {"timout", "timeout"}, {"tmieuot", "timeout"},
                {"retrys", "retries"}, {"zzz", NULL},
                {"xtimeoutxxx", NULL}, {"", "a"},
                {"ab", "a"},           {"abc", NULL}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *nearest = ptl_text_nearest(rows[i].word, words, COUNT(words));
        if (rows[i].nearest == NULL)
            assert_null(nearest);
        else
            assert_string_equal(nearest, rows[i].nearest);
    }
    assert_null(ptl_text_nearest("hosts", words, 0));
    char longest[66];
    memset(longest, 'x', sizeof(longest));
    longest[64] = '\0';
    const char *candidates[] = {longest};
    assert_ptr_equal(ptl_text_nearest(longest, candidates, 1), longest);
    longest[64] = 'x';
    longest[65] = '\0';
    assert_null(ptl_text_nearest(longest, candidates, 1)); /* too long to compare */
    assert_null(ptl_text_nearest("x", candidates, 1));
}

static bool add(char ***list, size_t *count, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static bool add(char ***list, size_t *count, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool added = ptl_text_list_add(list, count, format, arguments);
    va_end(arguments);
    return added;
}

static void a_list_has_each_text_once(void **state)
{
    (void)state;
    char **list = NULL;
    size_t count = 0;
    for (int i = 0; i < 20; i++)
        assert_true(add(&list, &count, "text %d", i % 7));
    assert_int_equal(count, 7);
    assert_string_equal(list[6], "text 6");
    for (size_t i = 0; i < count; i++)
        free(list[i]);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_is_what_rfc_3629_says),
        cmocka_unit_test(nothing_that_a_terminal_obeys_comes_through),
        cmocka_unit_test(mending_changes_ill_formed_bytes_only),
        cmocka_unit_test(the_nearest_word),
        cmocka_unit_test(a_list_has_each_text_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
