#include "helper.h"

#include "profile/document.h"

static const struct ptl_source source = {"t.yaml", "", false};

/* The message for a text, "" when it is fit for YAML; `length` may hold NUL bytes. */
static const char *check(const char *text, size_t length, char out[256])
{
    struct ptl_problems problems = {0};
    bool is_fit = ptl_document_check(&source, text, length, &problems);
    assert_int_equal(is_fit, problems.count == 0);
    assert_true(problems.count <= 1); /* the first is enough: behind it nothing can be trusted */
    out[0] = '\0';
    if (!is_fit)
        ptl_error_print(&problems.items[0], out, 256);
    ptl_problems_free(&problems);
    return out;
}

#define CHECK(text, message) assert_string_equal(check(text, sizeof(text) - 1, out), message)

static void what_yaml_allows(void **state)
{
    (void)state;
    char out[256];
    CHECK("", "");
    CHECK("a: b\tc\r\nd: \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\n", "");
    CHECK("\xC2\x85 \xC2\xA0 \xEF\xBF\xBD", "");
    CHECK("\xED\x9F\xBF \xEE\x80\x80 \xF4\x8F\xBF\xBF", ""); /* around the surrogates; the last */
}

static void control_characters(void **state)
{
    (void)state;
    char out[256];
    for (unsigned c = 1; c < 0x20; c++) {
        char text[2] = {(char)c, '\0'};
        bool is_space = c == '\t' || c == '\n' || c == '\r';
        assert_string_equal(check(text, 1, out), is_space ? "" : "t.yaml:1:1: a control character");
    }
    for (unsigned c = 0x80; c < 0xA0; c++) {
        char text[3] = {(char)0xC2, (char)c, '\0'};
        assert_string_equal(check(text, 2, out),
                            c == 0x85 ? "" : "t.yaml:1:1: a control character");
    }
    CHECK("\x7F", "t.yaml:1:1: a control character");
    CHECK("a\xEF\xBB\xBF", "t.yaml:1:2: a control character"); /* a mark is for the start alone */
    CHECK("\xEF\xBF\xBE", "t.yaml:1:1: a control character");
    CHECK("\xEF\xBF\xBF", "t.yaml:1:1: a control character");
}

static void bytes_that_are_no_utf8(void **state)
{
    (void)state;
    char out[256];
    CHECK("ab\0c", "t.yaml:1:3: a NUL byte");
    CHECK("\x80", "t.yaml:1:1: not valid UTF-8");
    CHECK("a\xC3", "t.yaml:1:2: not valid UTF-8"); /* cut by the end */
    CHECK("a\xC3 ", "t.yaml:1:2: not valid UTF-8");
    CHECK("\xC0\x80", "t.yaml:1:1: not valid UTF-8"); /* overlong */
    CHECK("\xE0\x9F\xBF", "t.yaml:1:1: not valid UTF-8");
    CHECK("\xF0\x8F\xBF\xBF", "t.yaml:1:1: not valid UTF-8");
    CHECK("\xED\xA0\x80", "t.yaml:1:1: not valid UTF-8"); /* a surrogate */
    CHECK("\xF4\x90\x80\x80", "t.yaml:1:1: not valid UTF-8");
    CHECK("\xF8\x88\x80\x80\x80", "t.yaml:1:1: not valid UTF-8");
    CHECK("\xFF", "t.yaml:1:1: not valid UTF-8");
}

/* Lines as libyaml counts them; columns are characters. */
static void places(void **state)
{
    (void)state;
    char out[256];
    CHECK("a\nb\x01", "t.yaml:2:2: a control character");
    CHECK("a\r\nb\x01", "t.yaml:2:2: a control character");
    CHECK("a\rb\x01", "t.yaml:2:2: a control character");
    CHECK("a\r", "");
    CHECK("a\xC2\x85"
          "b\x01",
          "t.yaml:2:2: a control character");
    CHECK("a\xE2\x80\xA8"
          "b\xE2\x80\xA9\x01",
          "t.yaml:3:1: a control character");
    CHECK("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x01", "t.yaml:1:4: a control character");
    struct ptl_source setting = {"--set", "", true};
    struct ptl_problems problems = {0};
    assert_false(ptl_document_check(&setting, "\x01", 1, &problems));
    assert_string_equal(ptl_error_print(&problems.items[0], out, sizeof(out)),
                        "--set: a control character"); /* where would mean nothing */
    ptl_problems_free(&problems);
}

static void directives(void **state)
{
    (void)state;
    char out[256], text[17 * 4 + 1] = "";
    for (int i = 0; i < 17; i++)
        strcat(text, "%a\n");
    assert_string_equal(check(text, strlen("%a\n") * 16, out), "");
    assert_string_equal(check(text, strlen(text), out), "t.yaml:17:1: too many directives (%)");
    CHECK("a %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_yaml_allows),
        cmocka_unit_test(control_characters),
        cmocka_unit_test(bytes_that_are_no_utf8),
        cmocka_unit_test(places),
        cmocka_unit_test(directives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
