/* Files that are not in their place yet, and what killed runs leave of them. */
#include "support/cmocka_all.h"

#include "base/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static int enter(void **state)
{
    char *name = strdup("/tmp/portolan-temporary-XXXXXX");
    *state = name;
    return name == NULL || mkdtemp(name) == NULL || chdir(name) != 0;
}

static int leave(void **state)
{
    char command[100];
    snprintf(command, sizeof(command), "rm -rf %s", (const char *)*state);
    int failed = chdir("/") != 0 || system(command) != 0;
    free(*state);
    return failed;
}

static void put(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "left", 4), 4);
    close(fd);
}

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

/* Opens, writes and moves one to `path`. */
static void write_to(const char *path)
{
    struct ptl_file_place place;
    struct ptl_temporary temporary;
    assert_true(ptl_place_find(path, PTL_MISSING_TOLD, &place));
    assert_true(ptl_temporary_open(place.folder, 0600, &temporary));
    assert_int_equal(write(temporary.fd, "new", 3), 3);
    assert_true(ptl_temporary_move(&temporary, &place, 0640));
    ptl_temporary_drop(&temporary);
    ptl_place_leave(&place);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, 3);
    assert_int_equal(info.st_mode & 07777, 0640);
}

/* Ours by name, kind and owner, and nobody's any more by its lock: all four. */
static void test_only_what_was_left_is_removed(void **state)
{
    (void)state;
    static const char *const left[] = {".portolan.1.0", ".portolan.4194304.99"};
    static const char *const others[] = {".portolan.1",  ".portolan.1.0x", ".portolan.x.0",
                                         ".portolan.1.", "portolan.1.0",   ".portolan.1.0.json",
                                         "r.json.1.0",   ".portolan.-1.0", ".portolan..0"};
    for (size_t i = 0; i < 2; i++)
        put(left[i]);
    for (size_t i = 0; i < 9; i++)
        put(others[i]);
    assert_int_equal(mkdir(".portolan.2.0", 0700), 0);
    assert_int_equal(symlink("r.json.1.0", ".portolan.2.1"), 0);
    assert_int_equal(mkfifo(".portolan.2.2", 0600), 0);
    put(".portolan.2.3");
    int lock = open(".portolan.2.3", O_RDWR);
    assert_int_equal(flock(lock, LOCK_EX), 0);
    bool is_root = geteuid() == 0;
    if (is_root) {
        put(".portolan.2.4");
        assert_int_equal(chown(".portolan.2.4", 54321, 54321), 0);
    }
    write_to("r.json");
    for (size_t i = 0; i < 2; i++)
        assert_false(is_there(left[i]));
    for (size_t i = 0; i < 9; i++)
        assert_true(is_there(others[i]));
    assert_true(is_there(".portolan.2.0") && is_there(".portolan.2.1") &&
                is_there(".portolan.2.2") && is_there(".portolan.2.3"));
    assert_true(!is_root || is_there(".portolan.2.4"));
    close(lock);
    write_to("r.json");
    assert_false(is_there(".portolan.2.3"));
}

/* In a child without /proc; returns what it ended with. */
static int without_proc(int (*act)(void))
{
    pid_t child = fork();
    if (child == 0) {
        bool hidden = (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
                      mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                      mount("none", "/proc", "tmpfs", 0, NULL) == 0;
        _exit(hidden ? act() : 77);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        without("no mount namespace can be made here");
    return status;
}

static int write_one(void)
{
    struct ptl_file_place place;
    struct ptl_temporary temporary;
    if (!ptl_place_find("r.json", PTL_MISSING_TOLD, &place) ||
        !ptl_temporary_open(place.folder, 0600, &temporary))
        return 1;
    bool is_named = is_there(temporary.name);
    if (!ptl_temporary_move(&temporary, &place, 0640))
        return 2;
    ptl_temporary_drop(&temporary);
    return is_named && !is_there(temporary.name) && is_there("r.json") ? 0 : 3;
}

static int be_killed(void)
{
    struct ptl_file_place place;
    struct ptl_temporary temporary;
    if (!ptl_place_find("r.json", PTL_MISSING_TOLD, &place) ||
        !ptl_temporary_open(place.folder, 0600, &temporary))
        return 1;
    return raise(SIGKILL);
}

static size_t count_files(void)
{
    size_t count = 0;
    DIR *directory = opendir(".");
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count++;
    closedir(directory);
    return count - 2;
}

/* Nothing could name a nameless file in the end; so it has a name from the beginning. */
static void test_without_proc(void **state)
{
    (void)state;
    int status = without_proc(write_one);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(count_files(), 1);
    status = without_proc(be_killed);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(count_files(), 2);
    write_to("r.json");
    assert_int_equal(count_files(), 1);
}

static int lose_proc(void)
{
    struct ptl_file_place place;
    struct ptl_temporary temporary;
    if (umount2("/proc", MNT_DETACH) != 0 || !ptl_place_find("r.json", PTL_MISSING_TOLD, &place) ||
        !ptl_temporary_open(place.folder, 0600, &temporary))
        return 1;
    bool is_named = temporary.folder >= 0; /* where the file system has no nameless files */
    if (write(temporary.fd, "new", 3) != 3 || mount("none", "/proc", "tmpfs", 0, NULL) != 0 ||
        !ptl_temporary_move(&temporary, &place, 0640))
        return 2;
    ptl_temporary_drop(&temporary);
    return !is_named && is_there("r.json") && count_files() == 1 ? 0 : 3;
}

/* It was there when the scan began: the file is copied into one with a name. */
static void test_proc_that_is_lost(void **state)
{
    (void)state;
    int status = without_proc(lose_proc);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* File systems say all kinds of things of a nameless file there. */
static void test_a_folder_that_is_gone(void **state)
{
    (void)state;
    struct ptl_file_place place;
    struct ptl_temporary temporary;
    assert_int_equal(mkdir("d", 0700), 0);
    assert_true(ptl_place_find("d/a", PTL_MISSING_TOLD, &place));
    assert_int_equal(rmdir("d"), 0);
    assert_false(ptl_temporary_open(place.folder, 0600, &temporary));
    assert_int_equal(errno, ENOENT);
    ptl_place_leave(&place);
}

static void test_another_file_system(void **state)
{
    (void)state;
    if (access("/dev/shm", W_OK) != 0)
        without("there is no /dev/shm");
    struct ptl_file_place here, there;
    struct ptl_temporary temporary;
    assert_true(ptl_place_find("a", PTL_MISSING_TOLD, &here));
    char path[64];
    snprintf(path, sizeof(path), "/dev/shm/portolan-temporary-%ld", (long)getpid());
    assert_true(ptl_place_find(path, PTL_MISSING_TOLD, &there));
    assert_true(ptl_temporary_open(here.folder, 0600, &temporary));
    char block[200000];
    memset(block, 'x', sizeof(block));
    assert_int_equal(write(temporary.fd, block, sizeof(block)), sizeof(block));
    assert_true(ptl_temporary_move(&temporary, &there, 0600));
    ptl_temporary_drop(&temporary);
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, sizeof(block));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(count_files(), 0);
    ptl_place_leave(&here);
    ptl_place_leave(&there);
}

int main(void)
{
#define IN_A_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(test_only_what_was_left_is_removed),
        IN_A_DIRECTORY(test_without_proc),
        IN_A_DIRECTORY(test_proc_that_is_lost),
        IN_A_DIRECTORY(test_a_folder_that_is_gone),
        IN_A_DIRECTORY(test_another_file_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
