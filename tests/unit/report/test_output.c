/* Where a report goes: whole or not at all, or in place. Each test has a directory of its own. */
#include "support/cmocka_all.h"

#include "report/output.h"
#include "report/report.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct ptl_output_options live = {.is_live = true};

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
    assert_int_equal(ptl_output_open(path, NULL, &output, NULL), PTL_OK);
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
    assert_int_equal(ptl_output_open("circle", NULL, &output, &error), PTL_E_OUTPUT);
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
    put("file", "old");
    assert_int_equal(mkdir("folder", 0700), 0);
    static const struct {
        const char *path;
        int failure;
    } cases[] = {
        {"file/new", ENOTDIR}, {"file/", ENOTDIR}, {"new/", EISDIR}, {"new/dir//", EISDIR},
        {"new/.", EISDIR},     {".", EISDIR},      {"..", EISDIR},   {"folder", EISDIR},
        {"folder/", EISDIR},   {"/", EISDIR},      {"", ENOENT},     {"/proc/self/fd/no", ENOENT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (int is_live = 0; is_live < 2; is_live++) {
            assert_int_equal(
                ptl_output_open(cases[i].path, is_live ? &live : NULL, &output, &error),
                PTL_E_OUTPUT);
            assert_int_equal(error.sys_errno, cases[i].failure);
            assert_non_null(strstr(error.message, cases[i].path));
        }
    }
    char *long_name = calloc(1, 5000);
    memset(long_name, 'a', 300);
    assert_int_equal(ptl_output_open(long_name, NULL, &output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ENAMETOOLONG);
    memset(long_name, '/', 4999);
    long_name[4998] = 'a';
    assert_int_equal(ptl_output_open(long_name, NULL, &output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, ENAMETOOLONG);
    free(long_name);
    holds("file", "old");
    assert_int_equal(count_files(), 2);
    assert_int_equal(rmdir("folder"), 0);
}

/* In cron the current folder is not the expected one. */
static void test_the_folder_is_said(void **state)
{
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    char wanted[200], text[300];
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(ptl_output_open("folder", NULL, &output, &error), PTL_E_OUTPUT);
    snprintf(wanted, sizeof(wanted), "cannot write folder (in %s): Is a directory",
             (const char *)*state);
    assert_string_equal(ptl_error_print(&error, text, sizeof(text)), wanted);
    assert_int_equal(rmdir("folder"), 0);
    assert_int_equal(ptl_output_open("/dev/null/x", NULL, &output, &error), PTL_E_OUTPUT);
    assert_string_equal(ptl_error_print(&error, text, sizeof(text)),
                        "cannot write /dev/null/x: Not a directory");
}

static void test_missing_folders_are_made(void **state)
{
    (void)state;
    mode_t mask = umask(027);
    write_new("new/sub/../dir/a");
    umask(mask);
    holds("new/dir/a", "new");
    assert_int_equal(mode_of("new/dir"), 0750);
    assert_int_equal(unlink("new/dir/a"), 0);
    assert_int_equal(rmdir("new/dir"), 0);
    assert_int_equal(rmdir("new/sub"), 0);
    assert_int_equal(rmdir("new"), 0);
    /* Of what is given up nothing is left, and a folder with something in it stays. */
    for (int is_live = 0; is_live < 2; is_live++) {
        struct ptl_output *output = NULL;
        assert_int_equal(ptl_output_open("one/two/three", is_live ? &live : NULL, &output, NULL),
                         PTL_OK);
        assert_int_equal(access("one/two", F_OK), 0);
        ptl_output_abandon(output);
        assert_int_equal(count_files(), 0);
        assert_int_equal(ptl_output_open("one/two/three", is_live ? &live : NULL, &output, NULL),
                         PTL_OK);
        put("one/other", "other");
        ptl_output_abandon(output);
        holds("one/other", "other");
        assert_int_equal(access("one/two", F_OK), -1);
        assert_int_equal(unlink("one/other"), 0);
        assert_int_equal(rmdir("one"), 0);
    }
    /* A live report that has begun stays, with its folder. */
    struct ptl_output *output = NULL;
    assert_int_equal(ptl_output_open("one/two", &live, &output, NULL), PTL_OK);
    ptl_output_begin(output);
    ptl_output_abandon(output);
    holds("one/two", "");
    assert_int_equal(unlink("one/two"), 0);
    assert_int_equal(rmdir("one"), 0);
}

/* The report is whole by then: it is not lost with the folder that it was begun in. */
static void test_a_folder_that_is_gone_in_the_end(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    char block[100000];
    memset(block, 'x', sizeof(block));
    for (int is_moved = 0; is_moved < 2; is_moved++) {
        assert_int_equal(mkdir("d", 0700), 0);
        assert_int_equal(ptl_output_open("d/a", NULL, &output, NULL), PTL_OK);
        ptl_output_write(output, block, sizeof(block));
        if (is_moved)
            assert_int_equal(rename("d", "e"), 0);
        else
            assert_int_equal(rmdir("d"), 0);
        assert_int_equal(ptl_output_commit(output, NULL), PTL_OK);
        struct stat info;
        assert_int_equal(stat("d/a", &info), 0);
        assert_int_equal(info.st_size, sizeof(block));
        assert_int_equal(unlink("d/a"), 0);
        assert_int_equal(rmdir("d"), 0);
    }
    assert_int_equal(rmdir("e"), 0);
    /* What is in its place by then, and no file, is not replaced. */
    struct ptl_error error;
    assert_int_equal(ptl_output_open("a", NULL, &output, NULL), PTL_OK);
    assert_int_equal(mkfifo("a", 0600), 0);
    assert_int_equal(ptl_output_commit(output, &error), PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, EEXIST);
}

/* On another file system the file is written once more, and the first one is nowhere. */
static void test_a_folder_that_moved_to_another_file_system(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    char far[64];
    snprintf(far, sizeof(far), "/dev/shm/portolan-output-%ld", (long)getpid());
    if (mkdir(far, 0700) != 0)
        without("there is no /dev/shm to write to");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(mkdir("d", 0700), 0);
        assert_int_equal(ptl_output_open("d/a", NULL, &output, NULL), PTL_OK);
        ptl_output_write(output, "new", 3);
        assert_int_equal(rmdir("d"), 0);
        assert_int_equal(symlink(far, "d"), 0);
        int before = dup(STDIN_FILENO); /* a number that is free now */
        close(before);
        assert_int_equal(ptl_output_commit(output, &error), PTL_OK);
        int after = dup(STDIN_FILENO);
        close(after);
        assert_true(after < before); /* all that it held is closed */
        holds("d/a", "new");
        assert_int_equal(unlink("d/a"), 0);
        assert_int_equal(unlink("d"), 0);
    }
    assert_int_equal(rmdir(far), 0);
}

/* Two that write the same lines between each other's: the second is told, and changes nothing. */
static void test_a_live_file_is_locked(void **state)
{
    (void)state;
    struct ptl_output *first = NULL, *second = NULL;
    struct ptl_error error;
    put("old", "old");
    const char *const paths[] = {"old", "made/new"};
    for (int p = 0; p < 2; p++) {
        assert_int_equal(ptl_output_open(paths[p], &live, &first, NULL), PTL_OK);
        assert_int_equal(ptl_output_open(paths[p], &live, &second, &error), PTL_E_OUTPUT);
        assert_non_null(strstr(error.message, "another run is writing to it"));
        assert_int_equal(error.sys_errno, 0);
        holds(paths[p], p == 0 ? "old" : "");
        ptl_output_begin(first);
        ptl_output_write(first, "one", 3);
        assert_int_equal(ptl_output_open(paths[p], &live, &second, &error), PTL_E_OUTPUT);
        assert_int_equal(ptl_output_commit(first, NULL), PTL_OK);
        holds(paths[p], "one");
        assert_int_equal(ptl_output_open(paths[p], &live, &second, NULL), PTL_OK);
        ptl_output_abandon(second);
    }
    assert_int_equal(unlink("made/new"), 0);
    assert_int_equal(rmdir("made"), 0);
}

/* A full pipe that does not wait, as some programs hand it down. */
static void test_a_pipe_that_does_not_wait(void **state)
{
    (void)state;
    int pipe_fds[2];
    static char block[1 << 20], seen[1 << 20];
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (char)(i * 7 >> 3);
    assert_int_equal(pipe2(pipe_fds, O_NONBLOCK), 0);
    int out = dup(STDOUT_FILENO);
    pid_t child = fork();
    if (child == 0) {
        struct ptl_output *output = NULL;
        dup2(pipe_fds[1], STDOUT_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        if (ptl_output_open("-", NULL, &output, NULL) != PTL_OK)
            _exit(1);
        ptl_output_write(output, block, sizeof(block));
        _exit(ptl_output_commit(output, NULL) == PTL_OK ? 0 : 2);
    }
    close(out);
    close(pipe_fds[1]);
    size_t used = 0;
    for (;;) {
        struct pollfd waiting = {.fd = pipe_fds[0], .events = POLLIN};
        poll(&waiting, 1, -1);
        ssize_t got = read(pipe_fds[0], seen + used, sizeof(seen) - used);
        if (got == 0 || used + (size_t)(got > 0 ? got : 0) >= sizeof(seen)) {
            used += (size_t)got;
            break;
        }
        used += got > 0 ? (size_t)got : 0;
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(used, sizeof(block));
    assert_memory_equal(block, seen, sizeof(block));
    close(pipe_fds[0]);
}

static void *cancel_soon(void *cancel)
{
    usleep(50000);
    ptl_cancel_trigger(cancel, SIGTERM);
    return NULL;
}

static void *read_soon(void *seen)
{
    usleep(50000);
    int fd = open("pipe", O_RDONLY);
    read(fd, seen, 3);
    close(fd);
    return NULL;
}

static void test_a_pipe_that_nobody_reads(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    struct ptl_output_options options = {.cancel = &cancel};
    assert_int_equal(mkfifo("pipe", 0600), 0);
    char seen[4] = "";
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_soon, seen), 0);
    assert_int_equal(ptl_output_open("pipe", &options, &output, &error), PTL_OK);
    ptl_output_write(output, "new", 3);
    assert_int_equal(ptl_output_commit(output, NULL), PTL_OK);
    pthread_join(thread, NULL);
    assert_string_equal(seen, "new");
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancel), 0);
    assert_int_equal(ptl_output_open("pipe", &options, &output, &error), PTL_E_CANCELLED);
    pthread_join(thread, NULL);
    assert_non_null(strstr(error.message, "pipe"));
    assert_int_equal(ptl_output_open("pipe", &options, &output, &error), PTL_E_CANCELLED);
    ptl_cancel_free(&cancel);
}

/* As <(...) and >(...) name them. */
static void test_a_link_of_proc(void **state)
{
    (void)state;
    int pipe_fds[2];
    char way[40], seen[4] = "";
    assert_int_equal(pipe(pipe_fds), 0);
    snprintf(way, sizeof(way), "/dev/fd/%d", pipe_fds[1]);
    write_new(way);
    assert_int_equal(read(pipe_fds[0], seen, 3), 3);
    assert_string_equal(seen, "new");
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    put("file", "old and longer");
    int fd = open("file", O_RDWR);
    snprintf(way, sizeof(way), "/proc/self/fd/%d", fd);
    write_new(way);
    holds("file", "new");
    /* Without a name of its own it is written through the link. */
    assert_int_equal(unlink("file"), 0);
    write_new(way);
    close(fd);
    fd = open("file", O_RDWR | O_CREAT, 0600);
    assert_int_equal(unlink("file"), 0);
    snprintf(way, sizeof(way), "/proc/self/fd/%d", fd);
    write_new(way);
    assert_int_equal(pread(fd, seen, 3, 0), 3);
    assert_string_equal(seen, "new");
    close(fd);
    write_new("/proc/self/cwd/file");
    holds("file", "new");
    assert_int_equal(count_files(), 1);
}

/* Rights that the file of another had are not handed on to ours. */
static void test_set_id_bits_are_not_kept(void **state)
{
    (void)state;
    put("a", "old");
    assert_int_equal(chmod("a", 06755), 0);
    write_new("a");
    assert_int_equal(mode_of("a"), 0755);
}

static void skip_unless_root(void)
{
    if (geteuid() == 0)
        return;
    fprintf(stderr, "SKIPPED: only root can be, or have files of, another user\n");
    skip();
}

static void is_refused(const char *path, const char *why)
{
    struct ptl_output *output = NULL;
    struct ptl_error error;
    for (int is_live = 0; is_live < 2; is_live++) {
        assert_int_equal(ptl_output_open(path, is_live ? &live : NULL, &output, &error),
                         PTL_E_OUTPUT);
        assert_non_null(strstr(error.message, why));
    }
}

#define STRANGER 54321
#define OWNER 54322

/* What stands in /tmp and its like, and is not ours, decides nothing: also with the kernel's
 * fs.protected_symlinks off. */
static void test_what_strangers_put_into_a_folder_for_all(void **state)
{
    (void)state;
    skip_unless_root();
    assert_int_equal(mkdir("safe", 0700), 0);
    put("safe/file", "old");
    assert_int_equal(mkdir("tmp", 0700), 0);
    assert_int_equal(chmod("tmp", 01777), 0);
    assert_int_equal(mkdir("tmp/sub", 0755), 0);
    const char *const links[][2] = {{"../safe/file", "tmp/link"},
                                    {"../safe/none", "tmp/nowhere"},
                                    {"../safe", "tmp/folder"},
                                    {"../missing", "tmp/missing"}};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(symlink(links[i][0], links[i][1]), 0);
        assert_int_equal(lchown(links[i][1], STRANGER, STRANGER), 0);
    }
    assert_int_equal(symlink("tmp/link", "mine"), 0);
    const char *const why = "a link of another user, in a folder that everybody may write to";
    is_refused("tmp/link", why);
    is_refused("tmp/nowhere", why);
    is_refused("tmp/folder/file", why);
    is_refused("tmp/folder/new/file", why);
    is_refused("tmp/missing/sub/file", why);
    is_refused("tmp/sub/../link", why);
    is_refused("mine", why);
    put("tmp/theirs", "old");
    assert_int_equal(chown("tmp/theirs", STRANGER, STRANGER), 0);
    assert_int_equal(mkfifo("tmp/pipe", 0666), 0);
    assert_int_equal(chown("tmp/pipe", STRANGER, STRANGER), 0);
    is_refused("tmp/theirs", "it belongs to another user, in a folder that everybody may write to");
    is_refused("tmp/pipe", "it belongs to another user");
    holds("safe/file", "old");
    holds("tmp/theirs", "old");
    assert_int_equal(access("safe/new", F_OK), -1);
    assert_int_equal(access("missing", F_OK), -1);
    /* Our own, the owner's of the folder, and those in a folder of no such kind. */
    assert_int_equal(lchown("tmp/link", 0, 0), 0);
    write_new("tmp/link");
    holds("safe/file", "new");
    assert_int_equal(chown("tmp", OWNER, OWNER), 0);
    assert_int_equal(lchown("tmp/link", OWNER, OWNER), 0);
    put("safe/file", "old");
    write_new("tmp/link");
    holds("safe/file", "new");
    assert_int_equal(lchown("tmp/link", STRANGER, STRANGER), 0);
    is_refused("tmp/link", why);
    assert_int_equal(chmod("tmp", 0777), 0);
    put("safe/file", "old");
    write_new("tmp/link");
    holds("safe/file", "new");
    assert_int_equal(system("rm -r tmp safe"), 0);
}

/* Only what is not there is made: whatever else stat() says is told. */
static void test_only_absence_is_absence(void **state)
{
    (void)state;
    skip_unless_root();
    assert_int_equal(chmod(".", 0777), 0);
    assert_int_equal(mkdir("closed", 0700), 0);
    put("closed/file", "old");
    assert_int_equal(symlink("closed/file", "link"), 0);
    assert_int_equal(seteuid(STRANGER), 0);
    struct ptl_output *output = NULL;
    struct ptl_error error[3];
    enum ptl_status status[3] = {ptl_output_open("link", NULL, &output, &error[0]),
                                 ptl_output_open("closed/new", NULL, &output, &error[1]),
                                 ptl_output_open("closed/new", &live, &output, &error[2])};
    assert_int_equal(seteuid(0), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(status[i], PTL_E_OUTPUT);
        assert_int_equal(error[i].sys_errno, EACCES);
    }
    holds("closed/file", "old");
    assert_int_equal(unlink("closed/file"), 0);
    assert_int_equal(rmdir("closed"), 0);
}

/* In a sticky folder only the owners may replace a file: that is known before, not after a scan. */
static void test_a_sticky_folder(void **state)
{
    (void)state;
    skip_unless_root();
    assert_int_equal(mkdir("d", 0700), 0);
    assert_int_equal(chmod("d", 01770), 0);
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(chown("d", OWNER, STRANGER), 0);
    put("d/file", "old");
    assert_int_equal(chmod("d/file", 0666), 0);
    assert_int_equal(setegid(STRANGER), 0);
    assert_int_equal(seteuid(STRANGER), 0);
    struct ptl_output *output = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_output_open("d/file", NULL, &output, &error);
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(setegid(0), 0);
    assert_int_equal(status, PTL_E_OUTPUT);
    assert_int_equal(error.sys_errno, EPERM);
    assert_int_equal(unlink("d/file"), 0);
    assert_int_equal(rmdir("d"), 0);
}

/* Where folders are missing, paths that would lead to one file are known for that, too. */
static void test_places_that_are_not_there(void **state)
{
    (void)state;
    const char *const same[] = {"new/dir/a", "./new//dir/./a", "new/x/../dir/a", "link/dir/a"};
    char *first = NULL;
    assert_int_equal(symlink("new", "link"), 0);
    for (size_t i = 0; i < 4; i++) {
        char *place = ptl_report_place(same[i]);
        assert_non_null(place);
        if (first == NULL)
            first = place;
        assert_string_equal(place, first);
        if (place != first)
            free(place);
    }
    char *other = ptl_report_place("new/a");
    assert_string_not_equal(other, first);
    free(other);
    write_new(same[3]);
    holds("new/dir/a", "new");
    assert_null(ptl_report_place("gone/../../a"));
    assert_null(ptl_report_place("gone/a/"));
    free(first);
    assert_int_equal(system("rm -r new"), 0);
}

/* The first failure is the one that is told, and it is told once, at the end. */
static void test_a_failure_sticks(void **state)
{
    (void)state;
    struct ptl_output *output = NULL;
    struct ptl_error error = {.code = PTL_OK};
    char block[4096] = {0};
    assert_int_equal(ptl_output_open("/dev/full", NULL, &output, NULL), PTL_OK);
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
    for (int is_live = 0; is_live < 2; is_live++) {
        const char *const paths[] = {"a", "b"};
        for (int p = 0; p < 2; p++) {
            assert_int_equal(ptl_output_open(paths[p], is_live ? &live : NULL, &output, NULL),
                             PTL_OK);
            ptl_output_abandon(output);
        }
    }
    holds("a", "old");
    assert_int_equal(count_files(), 1);
    /* A link to nowhere stays a link. */
    assert_int_equal(symlink("nowhere", "link"), 0);
    assert_int_equal(ptl_output_open("link", &live, &output, NULL), PTL_OK);
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
    assert_int_equal(ptl_output_open("link", &live, &output, NULL), PTL_OK);
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

    assert_int_equal(ptl_output_open("b", &live, &output, NULL), PTL_OK);
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
        IN_A_DIRECTORY(test_the_folder_is_said),
        IN_A_DIRECTORY(test_missing_folders_are_made),
        IN_A_DIRECTORY(test_a_folder_that_is_gone_in_the_end),
        IN_A_DIRECTORY(test_a_folder_that_moved_to_another_file_system),
        IN_A_DIRECTORY(test_a_live_file_is_locked),
        IN_A_DIRECTORY(test_a_pipe_that_does_not_wait),
        IN_A_DIRECTORY(test_a_pipe_that_nobody_reads),
        IN_A_DIRECTORY(test_a_link_of_proc),
        IN_A_DIRECTORY(test_set_id_bits_are_not_kept),
        IN_A_DIRECTORY(test_what_strangers_put_into_a_folder_for_all),
        IN_A_DIRECTORY(test_only_absence_is_absence),
        IN_A_DIRECTORY(test_a_sticky_folder),
        IN_A_DIRECTORY(test_places_that_are_not_there),
        IN_A_DIRECTORY(test_a_failure_sticks),
        IN_A_DIRECTORY(test_abandoned),
        IN_A_DIRECTORY(test_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
