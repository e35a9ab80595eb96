#include "base/json.h"
#include "report/page.h"
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of the test's own, its contents read back. */
struct file {
    char path[32];
    struct ptl_output *output;
    char *text;
    size_t length;
};

static void start(struct file *file)
{
    strcpy(file->path, "/tmp/portolan-page-XXXXXX");
    int fd = mkstemp(file->path);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ptl_output_open(file->path, NULL, &file->output, NULL), PTL_OK);
}

static void finish(struct file *file)
{
    assert_int_equal(ptl_output_commit(file->output, NULL), PTL_OK);
    FILE *stream = fopen(file->path, "rb");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, 0, SEEK_END), 0);
    file->length = (size_t)ftell(stream);
    rewind(stream);
    file->text = calloc(1, file->length + 1);
    assert_non_null(file->text);
    assert_int_equal(fread(file->text, 1, file->length, stream), file->length);
    fclose(stream);
    unlink(file->path);
}

static void check_escape(const char *json, const char *expected)
{
    struct file file;
    start(&file);
    ptl_page_write_json(file.output, json, strlen(json));
    finish(&file);
    assert_string_equal(file.text, expected);
    free(file.text);
}

static void json_cannot_end_its_element(void **state)
{
    (void)state;
    check_escape("", "");
    check_escape("{\"a\":[1,2]}", "{\"a\":[1,2]}");
    check_escape("[\"</script>\"]", "[\"\\u003c/script\\u003e\"]");
    check_escape("[\"<!--\"]", "[\"\\u003c!--\"]");
    check_escape("[\"a&amp;b\"]", "[\"a\\u0026amp;b\"]");
    check_escape("[\"\xe2\x80\xa8\xe2\x80\xa9\"]", "[\"\\u2028\\u2029\"]");
    /* Neighbours of the separators, and their first bytes cut off, stay as they are. */
    check_escape("[\"\xe2\x80\xa7\xe2\x80\xaa\"]", "[\"\xe2\x80\xa7\xe2\x80\xaa\"]");
    check_escape("\xe2\x80", "\xe2\x80");
    check_escape("<", "\\u003c");
    check_escape("<<>", "\\u003c\\u003c\\u003e");
}

/* What is read back is what was written, whatever it was. */
static void json_keeps_its_value(void **state)
{
    (void)state;
    char text[6 + 1];
    for (unsigned c = 1; c < 128; c++) {
        struct ptl_json *json = ptl_json_object();
        snprintf(text, sizeof(text), "%c%c\xe2\x80\xa9", (char)c, (char)c);
        ptl_json_add_string(json, "k", text);
        struct ptl_buf printed;
        ptl_buf_init(&printed, 1000);
        assert_true(ptl_json_print(json, &printed, false));
        struct file file;
        start(&file);
        ptl_page_write_json(file.output, printed.data, printed.length);
        finish(&file);
        assert_null(strpbrk(file.text, "<>&"));
        struct ptl_json *back;
        const char *found = NULL;
        assert_int_equal(ptl_json_parse(file.text, file.length, NULL, &back, NULL), PTL_OK);
        assert_true(ptl_json_as_string(ptl_json_first(back), &found));
        assert_string_equal(found, text);
        ptl_json_free(back);
        ptl_json_free(json);
        ptl_buf_free(&printed);
        free(file.text);
    }
}

#define ASSETS(ROW) ROW(style) ROW(plot) ROW(common) ROW(charts) ROW(run) ROW(compare) ROW(history)
#define DECLARE(symbol) extern const char ptl_embedded_##symbol[], ptl_embedded_##symbol##_end[];
#define BOUNDS(symbol) {ptl_embedded_##symbol, ptl_embedded_##symbol##_end},
ASSETS(DECLARE)

static void no_asset_ends_its_own_element(void **state)
{
    (void)state;
    static const struct {
        const char *start, *end;
    } assets[] = {ASSETS(BOUNDS)};
    for (size_t a = 0; a < sizeof(assets) / sizeof(assets[0]); a++) {
        size_t size = (size_t)(assets[a].end - assets[a].start);
        const char *bytes = assets[a].start;
        assert_true(size > 10);
        assert_null(memchr(bytes, '\0', size));
        assert_null(memmem(bytes, size, "</script", 8));
        assert_null(memmem(bytes, size, "</style", 7));
        assert_null(memmem(bytes, size, "<!--", 4));
    }
}

static size_t times(const char *text, const char *word)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        count++;
    return count;
}

static void check_page(enum ptl_page page)
{
    struct file file;
    struct ptl_buf scratch;
    ptl_buf_init(&scratch, 1U << 20);
    start(&file);
    assert_true(ptl_page_begin(file.output, &scratch, page, "",
                               "</title><script>alert(1)</script> \xe2\x80\xae&amp;"));
    ptl_page_open_data(file.output, "data");
    ptl_page_write_json(file.output, "[\"</script>\"]", 13);
    ptl_page_close_data(file.output);
    ptl_page_end(file.output, page);
    finish(&file);
    ptl_buf_free(&scratch);

    assert_int_equal(times(file.text, "<title>"), 1);
    assert_int_equal(times(file.text, "</title>"), 1);
    assert_non_null(strstr(file.text, "&lt;script&gt;alert(1)&lt;/script&gt; \\u{202E}&amp;amp;"));
    assert_null(strstr(file.text, "\xe2\x80\xae"));
    /* One element of data and four scripts, each with its hash in the policy. */
    assert_int_equal(times(file.text, "<script"), 5);
    assert_int_equal(times(file.text, "</script>"), 5);
    const char *policy = strstr(file.text, "default-src 'none'");
    const char *policy_end = strstr(file.text, "\">\n<meta name=\"viewport\"");
    assert_true(policy != NULL && policy_end != NULL && policy < policy_end);
    char *copy = strndup(policy, (size_t)(policy_end - policy));
    assert_non_null(copy);
    assert_int_equal(times(copy, " 'sha256-"), 4);
    assert_int_equal(times(copy, "=' 'sha256-"), 3); /* 43 digits and a padding each */
    assert_null(strstr(strstr(copy, "script-src"), "unsafe"));
    free(copy);
    free(file.text);
}

static void the_frame_holds(void **state)
{
    (void)state;
    check_page(PTL_PAGE_RUN);
    check_page(PTL_PAGE_COMPARE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_cannot_end_its_element), cmocka_unit_test(json_keeps_its_value),
        cmocka_unit_test(no_asset_ends_its_own_element), cmocka_unit_test(the_frame_holds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
