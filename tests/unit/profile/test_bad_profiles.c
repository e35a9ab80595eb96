/* Every way to be wrong, with the exact message: tests/bad-profiles. */
#include "helper.h"

#include <dirent.h>

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    struct ptl_buf buf;
    ptl_buf_init(&buf, 1 << 20);
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof(block), file)) > 0)
        ptl_buf_add_bytes(&buf, block, got);
    fclose(file);
    ptl_buf_add(&buf, "");
    char *text = strdup(ptl_buf_text(&buf));
    ptl_buf_free(&buf);
    return text;
}

static void every_bad_profile(void **state)
{
    (void)state;
    unsigned count = 0;
    assert_int_equal(chdir(PTL_SOURCE_DIR "/tests/bad-profiles"), 0);
    DIR *directory = opendir(".");
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".yaml") != 0)
            continue;
        char path[300];
        snprintf(path, sizeof(path), "%.*s.expected", (int)(dot - entry->d_name), entry->d_name);
        char *expected = read_text(path);
        struct ptl_buf out;
        struct ptl_profile *profile = load_file(entry->d_name, &out);
        if (profile || strcmp(ptl_buf_text(&out), expected) != 0)
            fail_msg("%s:\n%sinstead of\n%s", entry->d_name, ptl_buf_text(&out), expected);
        ptl_buf_free(&out);
        free(expected);
        count++;
    }
    closedir(directory);
    assert_true(count >= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bad_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
