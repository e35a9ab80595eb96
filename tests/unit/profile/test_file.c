#include "helper.h"

#include "profile/document.h"
#include "profile/file.h"

#include <sys/stat.h>

static char directory[64];

static int enter(void **state)
{
    (void)state;
    enter_directory(directory);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return chdir("/") || system(command);
}

static void directories(void **state)
{
    (void)state;
    static const struct {
        const char *path, *directory, *joined; /* joined with "x.yaml" */
    } rows[] = {
        {"a.yaml", "", "x.yaml"},      {"./a.yaml", ".", "./x.yaml"},
        {"b/a.yaml", "b", "b/x.yaml"}, {"/b/c/a.yaml", "/b/c", "/b/c/x.yaml"},
        {"/a.yaml", "/", "/x.yaml"},   {"../a.yaml", "..", "../x.yaml"},
        {"-", "", "x.yaml"},           {"b//a.yaml", "b/", "b/x.yaml"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *base = ptl_file_directory(rows[i].path);
        assert_string_equal(base, rows[i].directory);
        char *joined = ptl_file_join(base, "x.yaml");
        assert_string_equal(joined, rows[i].joined);
        free(joined);
        joined = ptl_file_join(base, "/x.yaml"); /* an absolute path is one from anywhere */
        assert_string_equal(joined, "/x.yaml");
        free(joined);
        free(base);
    }
}

static enum ptl_status read_file(const char *path, char **text, size_t *length,
                                 struct ptl_file_id *id, struct ptl_error *error)
{
    *text = NULL;
    return ptl_file_read(path, true, text, length, id, error);
}

static void whole_files(void **state)
{
    (void)state;
    char *text;
    size_t length;
    struct ptl_file_id id, link_id;
    write_file("a", "some\ntext");
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(read_file("a", &text, &length, &id, NULL), PTL_OK);
    assert_int_equal(length, 9);
    assert_memory_equal(text, "some\ntext", 9);
    free(text);
    assert_int_equal(read_file("link", &text, &length, &link_id, NULL), PTL_OK);
    assert_true(id.inode == link_id.inode && id.device == link_id.device);
    free(text);
    assert_int_equal(read_file("/dev/null", &text, &length, NULL, NULL), PTL_OK);
    assert_int_equal(length, 0);
    free(text);
}

static void the_largest(void **state)
{
    (void)state;
    char *text;
    size_t length;
    struct ptl_error error;
    write_file("a", "x");
    assert_int_equal(truncate("a", PTL_DOCUMENT_MAX), 0);
    assert_int_equal(read_file("a", &text, &length, NULL, &error), PTL_OK);
    assert_int_equal(length, PTL_DOCUMENT_MAX);
    free(text);
    assert_int_equal(truncate("a", PTL_DOCUMENT_MAX + 1), 0);
    assert_int_equal(read_file("a", &text, &length, NULL, &error), PTL_E_INVALID);
    assert_string_equal(error.message, "larger than 1 MiB");
    assert_null(text);
}

static void what_cannot_be_read(void **state)
{
    (void)state;
    char *text, told[256];
    size_t length;
    struct ptl_error error;
    assert_int_equal(read_file("none", &text, &length, NULL, &error), PTL_E_INVALID);
    assert_string_equal(ptl_error_print(&error, told, sizeof(told)),
                        "cannot be opened: No such file or directory");
    assert_int_equal(read_file(".", &text, &length, NULL, &error), PTL_E_INVALID);
    assert_string_equal(ptl_error_print(&error, told, sizeof(told)),
                        "cannot be read: Is a directory");
    assert_int_equal(read_file("", &text, &length, NULL, NULL), PTL_E_INVALID);
    /* "-" is a file's name where standard input is not meant. */
    assert_int_equal(ptl_file_read("-", false, &text, &length, NULL, &error), PTL_E_INVALID);
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories),
        cmocka_unit_test_setup_teardown(whole_files, enter, leave),
        cmocka_unit_test_setup_teardown(the_largest, enter, leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_read, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
