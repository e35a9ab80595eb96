/* Where a report goes: whole or not at all, or in place. Each test has a directory of its own. */
#include "support/cmocka_all.h"

#include "portolan/report.h"
#include "report/output.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int enter(void **state)
{
    char *name = strdup("/tmp/portolan-output-XXXXXX");
    *state = name;
    return name == NULL || mkdtemp(name) == NULL || chdir(name) != 0;
}

static int leave(void **state)
{
    DIR *directory = opendir(".");
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        unlink(entry->d_name);
    closedir(directory);
    int failed = chdir("/") != 0 || rmdir(*state) != 0;
    free(*state);
    return failed;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void holds(const char *path, const char *wanted)
{
    char text[100] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, wanted);
}

static unsigned mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *directory = opendir(".");
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void write_new(const char *path)
{
    struct ptl_output *output = NULL;
    assert_int_equal(ptl_output_open(path, &output, NULL), PTL_OK);
    ptl_output_write(output, "new", 3);
    assert_int_equal(ptl_output_commit(output, NULL), PTL_OK);
}

static void test_a_new_file_has_the_mode_of_the_umask(void **state)
{
    (void)state;
    mode_t mask = umask(027);
    write_new("a");
    umask(mask);
    holds("a", "new");
    assert_int_equal(mode_of("a"), 0640);
    assert_int_equal(count_files(), 1);
}

static void test_an_old_file_keeps_its_mode_and_its_readers(void **state)
{
    (void)state;
    put("a", "old");
    chmod("a", 0604);
    FILE *reader = fopen("a", "r");
    write_new("a");
    holds("a", "new");
    assert_int_equal(mode_of("a"), 0604);
    char text[4] = "";
    assert_int_equal(fread(text, 1, 3, reader), 3);
    assert_string_equal(text, "old");
    fclose(reader);
    assert_int_equal(count_files(), 1);
}

static void test_a_link_is_followed(void **state)
{
    (void)state;
    put("a", "old");
    assert_int_equal(symlink("a", "link"), 0);
    write_new("link");
    holds("a", "new");
    struct stat info;
    assert_int_equal(lstat("link", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
}

/* As a program that opens the link would: the file is made where it leads. */
static void test_a_link_to_no_file_yet_is_followed(void **state)
{
    (void)state;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(symlink("d/second", "first"), 0);
    assert_int_equal(symlink("../new", "d/second"), 0);
    write_new("first");
    holds("new", "new");
    struct stat info;
    assert_int_equal(lstat("first", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(lstat("d/second", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    char *one = ptl_report_place("first"), *other = ptl_report_place("d/../new");
    assert_string_equal(one, other);
    free(one);
    assert_int_equal(unlink("new"), 0);
    one = ptl_report_place("first");
    assert_string_equal(one, other);
    free(one);
    free(other);
    assert_int_equal(unlink("d/second"), 0);
    assert_int_equal(rmdir("d"), 0);

    assert_int_equal(symlink("circle", "circle"), 0);
    struct ptl_output *output = NULL;
    struct ptl_error error;
    assert_int_equal(ptl_output_open("circle", &output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ELOOP);
    assert_null(ptl_report_place("circle"));
}

static void test_a_pipe_is_written_in_place(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    int reader = open("pipe", O_RDONLY | O_NONBLOCK);
    write_new("pipe");
    char text[4] = "";
    assert_int_equal(read(reader, text, 3), 3);
    assert_string_equal(text, "new");
    close(reader);
    struct stat info;
    assert_int_equal(lstat("pipe", &info), 0);
    assert_true(S_ISFIFO(info.st_mode));
    write_new("/dev/null");
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    assert_int_equal(ptl_output_open("no/such/file", &output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ENOENT);
    assert_non_null(strstr(error.message, "no/such/file"));
    assert_int_equal(ptl_output_open_live("no/such/file", &output, &error), PTL_E_OUTPUT);
    assert_int_equal(ptl_output_open(".", &output, &error), PTL_E_OUTPUT);
    assert_int_equal(ptl_output_open_live(".", &output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, EISDIR);
}

/* The first failure is the one that is told, and it is told once, at the end. */
static void test_a_failure_sticks(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    char block[4096] = {0};
    assert_int_equal(ptl_output_open("/dev/full", &output, NULL), PTL_OK);
    ptl_output_write(output, block, sizeof(block));
    assert_false(ptl_output_failed(output)); /* it is still in the buffer */
    for (int i = 0; i < 100; i++)
        ptl_output_write(output, block, sizeof(block));
    assert_true(ptl_output_failed(output));
    assert_int_equal(ptl_output_commit(output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ENOSPC);
}

static void test_abandoned(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    put("a", "old");
    for (int live = 0; live < 2; live++) {
        const char *const paths[] = {"a", "b"};
        for (int p = 0; p < 2; p++) {
            if (live)
                assert_int_equal(ptl_output_open_live(paths[p], &output, NULL), PTL_OK);
            else
                assert_int_equal(ptl_output_open(paths[p], &output, NULL), PTL_OK);
            ptl_output_abandon(output);
        }
    }
    holds("a", "old");
    assert_int_equal(count_files(), 1);
    /* A link to nowhere stays a link. */
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_int_equal(ptl_output_open_live("link", &output, NULL), PTL_OK);
    ptl_output_abandon(output);
    assert_int_equal(mode_of("link"), 0777);
    ptl_output_abandon(NULL);
}

/* As it was until it begins; from then on, what was flushed can be read. */
static void test_live(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    put("a", "old and longer");
    chmod("a", 0604);
    assert_int_equal(symlink("a", "link"), 0);
    assert_int_equal(ptl_output_open_live("link", &output, NULL), PTL_OK);
    holds("a", "old and longer");
    ptl_output_begin(output);
    holds("a", "");
    ptl_output_write(output, "one", 3);
    ptl_output_flush(output);
    holds("a", "one");
    ptl_output_write(output, " two", 4);
    assert_int_equal(ptl_output_commit(output, NULL), PTL_OK);
    holds("a", "one two");
    assert_int_equal(mode_of("a"), 0604);

    assert_int_equal(ptl_output_open_live("b", &output, NULL), PTL_OK);
    ptl_output_begin(output);
    ptl_output_abandon(output); /* what was told is told */
    holds("b", "");
    assert_int_equal(count_files(), 3);
}

int main(void)
{
#define IN_A_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(test_a_new_file_has_the_mode_of_the_umask),
        IN_A_DIRECTORY(test_an_old_file_keeps_its_mode_and_its_readers),
        IN_A_DIRECTORY(test_a_link_is_followed),
        IN_A_DIRECTORY(test_a_link_to_no_file_yet_is_followed),
        IN_A_DIRECTORY(test_a_pipe_is_written_in_place),
        IN_A_DIRECTORY(test_what_cannot_be_opened),
        IN_A_DIRECTORY(test_a_failure_sticks),
        IN_A_DIRECTORY(test_abandoned),
        IN_A_DIRECTORY(test_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
