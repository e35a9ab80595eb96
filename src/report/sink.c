#include "report/sink.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define LOOK_MS 100 /* how often it is looked whether the wait is over */
#define NAP_MS 10   /* where room is seen, and nothing is taken */

static bool is_over(const struct ptl_sink_limit *limit)
{
    return ptl_cancel_cause(limit->cancel) != 0 || ptl_clock_now_ns() >= limit->deadline_ns;
}

/*
 * Waits until something can be written, or until write() would say why not. *idle_ms: since when
 * nothing was taken. It is the sum of what was waited, not a time: while this process was stopped,
 * the reader may have been, too.
 */
static bool has_room(int fd, const struct ptl_sink_limit *limit, unsigned *idle_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    for (;;) {
        if (limit != NULL && *idle_ms >= PTL_SINK_PATIENCE_MS && is_over(limit))
            return false;
        int ready = poll(&wait, 1, limit != NULL ? LOOK_MS : -1);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
        if (ready == 0)
            *idle_ms += LOOK_MS;
    }
}

int ptl_sink_write(int fd, const char *bytes, size_t count, const struct ptl_sink_limit *limit)
{
    /* Where poll() has seen room in a pipe, so much is taken without waiting. */
    size_t most = limit != NULL ? PIPE_BUF : count;
    bool waits = limit != NULL;
    unsigned idle_ms = 0;
    while (count > 0) {
        if (waits && !has_room(fd, limit, &idle_ms))
            return ECANCELED;
        ssize_t written = write(fd, bytes, count < most ? count : most);
        if (written >= 0) {
            bytes += written;
            count -= (size_t)written;
            idle_ms = 0;
        } else if (errno == EAGAIN) {
            /* A terminal with room for one byte takes no newline, which are two. */
            if (waits && poll(NULL, 0, NAP_MS) == 0)
                idle_ms += NAP_MS;
            waits = true; /* whoever shares it with us wants no write to wait */
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

int ptl_sink_open_own(int fd)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return isatty(fd) == 1 ? open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
}

bool ptl_sink_is_gone(int fd)
{
    struct pollfd look = {.fd = fd};
    return poll(&look, 1, 0) > 0 && (look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}
