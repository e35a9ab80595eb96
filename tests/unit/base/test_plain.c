/* Which files are opened because another file names them. */
#include "support/cmocka_all.h"

#include "base/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int enter(void **state)
{
    char *name = strdup("/tmp/portolan-plain-XXXXXX");
    *state = name;
    return name == NULL || mkdtemp(name) == NULL || chdir(name) != 0;
}

static int leave(void **state)
{
    int failed = chdir("/") != 0 || rmdir(*state) != 0;
    free(*state);
    return failed;
}

static void is_refused(const char *path, const char *why)
{
    const char *refusal;
    assert_int_equal(ptl_plain_open(path, &refusal), -1);
    assert_non_null(refusal);
    assert_string_equal(refusal, why);
}

static void fails(const char *path, int failure)
{
    const char *refusal = "unset";
    assert_int_equal(ptl_plain_open(path, &refusal), -1);
    int told = errno;
    assert_null(refusal);
    assert_int_equal(told, failure);
}

/* Reads all of it; the descriptor waits for what is to come. */
static void reads(const char *path, const char *wanted)
{
    const char *refusal;
    char seen[16] = "";
    int fd = ptl_plain_open(path, &refusal);
    assert_true(fd >= 0);
    assert_null(refusal);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_int_equal(read(fd, seen, sizeof(seen) - 1), strlen(wanted));
    assert_string_equal(seen, wanted);
    close(fd);
}

static void what_ends_is_opened(void **state)
{
    (void)state;
    int fd = open("file", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "text", 4), 4);
    close(fd);
    reads("file", "text");
    assert_int_equal(symlink("file", "link"), 0);
    reads("link", "text");
    assert_int_equal(unlink("link"), 0);
    assert_int_equal(unlink("file"), 0);
    reads("/dev/null", "");
    int pipe_fds[2];
    char way[40];
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(write(pipe_fds[1], "piped", 5), 5);
    snprintf(way, sizeof(way), "/dev/fd/%d", pipe_fds[0]);
    reads(way, "piped");
    close(pipe_fds[0]);
    close(pipe_fds[1]);
}

static void what_may_never_end_is_not(void **state)
{
    (void)state;
    is_refused("/dev/zero", "it is a device");
    is_refused("/dev/tty", "it is a device");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    is_refused("pipe", "it is a named pipe");
    assert_int_equal(unlink("pipe"), 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    is_refused("socket", "it is a socket");
    close(fd);
    assert_int_equal(unlink("socket"), 0);
}

static void what_cannot_be_opened(void **state)
{
    (void)state;
    fails("none", ENOENT);
    fails(".", EISDIR);
    fails("/dev/null/x", ENOTDIR);
}

int main(void)
{
#define IN_A_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_A_DIRECTORY(what_ends_is_opened),
        IN_A_DIRECTORY(what_may_never_end_is_not),
        IN_A_DIRECTORY(what_cannot_be_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
