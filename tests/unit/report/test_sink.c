/* Writing where nobody may read: waited for, given up, gone. */
#include "support/cmocka_all.h"

#include "base/clock.h"
#include "report/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY (1U << 20) /* more than a pipe holds */

/* Takes all there is, as slowly as it is told. */
struct reader {
    int fd;
    unsigned pause_us;
    size_t part, count;
    bool is_right; /* each byte is the one that its place says */
    pthread_t id;
};

static char byte_at(size_t place)
{
    return (char)(place * 7 % 251);
}

static void *read_all(void *argument)
{
    struct reader *reader = argument;
    char part[65536];
    reader->is_right = true;
    for (;;) {
        if (reader->pause_us > 0)
            usleep(reader->pause_us);
        ssize_t got = read(reader->fd, part, reader->part);
        if (got <= 0)
            return NULL;
        for (ssize_t i = 0; i < got; i++)
            reader->is_right &= part[i] == byte_at(reader->count++);
    }
}

static char *many_bytes(void)
{
    char *bytes = malloc(MANY);
    assert_non_null(bytes);
    for (size_t i = 0; i < MANY; i++)
        bytes[i] = byte_at(i);
    return bytes;
}

static size_t waiting_in(int fd)
{
    char part[65536];
    size_t count = 0;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (ssize_t got = read(fd, part, sizeof(part)); got > 0; got = read(fd, part, sizeof(part)))
        count += (size_t)got;
    return count;
}

/* Pipes and sockets, those that nobody wants to wait in as well, with a limit and without. */
static void all_of_it_arrives(void **state)
{
    (void)state;
    char *bytes = many_bytes();
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    ptl_cancel_trigger(&cancel, SIGTERM); /* long since, and it is read: then it is waited for */
    struct ptl_sink_limit limit = {.cancel = &cancel, .deadline_ns = 0};
    for (int c = 0; c < 8; c++) {
        int ends[2];
        assert_int_equal(c & 4 ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
        if (c & 1)
            fcntl(ends[1], F_SETFL, O_NONBLOCK);
        struct reader reader = {.fd = ends[0], .pause_us = 200, .part = 5000};
        assert_int_equal(pthread_create(&reader.id, NULL, read_all, &reader), 0);
        assert_int_equal(ptl_sink_write(ends[1], bytes, MANY, c & 2 ? &limit : NULL), 0);
        close(ends[1]);
        pthread_join(reader.id, NULL);
        assert_int_equal(reader.count, MANY);
        assert_true(reader.is_right);
        close(ends[0]);
    }
    ptl_cancel_free(&cancel);
    free(bytes);
}

static void what_nobody_takes_is_given_up(void **state)
{
    (void)state;
    char *bytes = many_bytes();
    struct ptl_cancel cancel;
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    const struct ptl_sink_limit limits[] = {{.cancel = NULL, .deadline_ns = 0},
                                            {.cancel = &cancel, .deadline_ns = UINT64_MAX}};
    ptl_cancel_trigger(&cancel, SIGTERM);
    for (int c = 0; c < 4; c++) {
        int ends[2];
        assert_int_equal(c & 2 ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
        assert_int_equal(ptl_sink_write(ends[1], bytes, MANY, &limits[c & 1]), ECANCELED);
        size_t taken = waiting_in(ends[0]);
        assert_true(taken > 0 && taken < MANY);
        close(ends[0]);
        close(ends[1]);
    }
    ptl_cancel_free(&cancel);
    free(bytes);
}

struct late {
    struct ptl_cancel *cancel;
    int fd;
    pthread_t id;
};

static void *cancel_when_full(void *argument)
{
    struct late *late = argument;
    struct pollfd look = {.fd = late->fd, .events = POLLOUT};
    while (poll(&look, 1, 0) > 0)
        usleep(1000);
    ptl_cancel_trigger(late->cancel, SIGTERM);
    return NULL;
}

/* It was waiting already; and before that nothing limits how long. */
static void a_cancel_reaches_one_that_waits(void **state)
{
    (void)state;
    char *bytes = many_bytes();
    struct ptl_cancel cancel;
    int ends[2];
    assert_int_equal(ptl_cancel_init(&cancel, NULL), PTL_OK);
    assert_int_equal(pipe(ends), 0);
    struct late late = {.cancel = &cancel, .fd = ends[1]};
    struct ptl_sink_limit limit = {.cancel = &cancel, .deadline_ns = UINT64_MAX};
    assert_int_equal(pthread_create(&late.id, NULL, cancel_when_full, &late), 0);
    assert_int_equal(ptl_sink_write(ends[1], bytes, MANY, &limit), ECANCELED);
    pthread_join(late.id, NULL);
    close(ends[0]);
    close(ends[1]);
    ptl_cancel_free(&cancel);
    free(bytes);
}

/* A terminal that shows nothing more: its emulator hangs, or the connection to it does. */
static void a_terminal_that_nobody_reads_is_given_up(void **state)
{
    (void)state;
    char *bytes = many_bytes();
    struct ptl_sink_limit limit = {.deadline_ns = 0};
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0)
        skip(); /* no pseudo terminal can be made here */
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    int own = ptl_sink_open_own(terminal);
    assert_true(own >= 0);
    for (size_t i = 0; i < MANY; i += 80)
        bytes[i] = '\n'; /* which a terminal makes two of */
    assert_int_equal(ptl_sink_write(own, bytes, MANY, &limit), ECANCELED);
    assert_int_equal(fcntl(terminal, F_GETFL) & O_NONBLOCK, 0);
    assert_true(waiting_in(master) > 0);
    close(own);
    close(terminal);
    close(master);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(ptl_sink_open_own(ends[1]), -1);
    close(ends[0]);
    close(ends[1]);
    free(bytes);
}

static void failures_are_told(void **state)
{
    (void)state;
    struct ptl_sink_limit limit = {.deadline_ns = UINT64_MAX};
    signal(SIGPIPE, SIG_IGN);
    for (int limited = 0; limited < 2; limited++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(ptl_sink_write(ends[1], "a", 1, limited ? &limit : NULL), 0);
        close(ends[0]);
        assert_int_equal(ptl_sink_write(ends[1], "a", 1, limited ? &limit : NULL), EPIPE);
        close(ends[1]);
        assert_int_equal(ptl_sink_write(ends[1], "a", 1, limited ? &limit : NULL), EBADF);
        int full = open("/dev/full", O_WRONLY);
        assert_int_equal(ptl_sink_write(full, "a", 1, limited ? &limit : NULL), ENOSPC);
        close(full);
    }
}

static void gone_is_what_nobody_can_read(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_false(ptl_sink_is_gone(ends[1]));
    int other = dup(ends[0]);
    close(ends[0]);
    assert_false(ptl_sink_is_gone(ends[1]));
    close(other);
    assert_true(ptl_sink_is_gone(ends[1]));
    close(ends[1]);
    assert_true(ptl_sink_is_gone(ends[1]));
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_false(ptl_sink_is_gone(ends[1]));
    shutdown(ends[0], SHUT_WR); /* it says no more, and listens */
    assert_false(ptl_sink_is_gone(ends[1]));
    close(ends[0]);
    assert_true(ptl_sink_is_gone(ends[1]));
    close(ends[1]);
    const char *const devices[] = {"/dev/null", "/dev/full", "/proc/self/comm"};
    for (int i = 0; i < 3; i++) {
        int fd = open(devices[i], O_WRONLY);
        assert_true(fd >= 0);
        assert_false(ptl_sink_is_gone(fd));
        close(fd);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it_arrives),
        cmocka_unit_test(what_nobody_takes_is_given_up),
        cmocka_unit_test(a_cancel_reaches_one_that_waits),
        cmocka_unit_test(a_terminal_that_nobody_reads_is_given_up),
        cmocka_unit_test(failures_are_told),
        cmocka_unit_test(gone_is_what_nobody_can_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
