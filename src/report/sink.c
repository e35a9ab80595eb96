#include "report/sink.h"

#include "portolan/clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#define LOOK_MS 100 /* how often it is looked whether the wait is over */

static bool is_over(const struct ptl_sink_limit *limit)
{
    return ptl_cancel_cause(limit->cancel) != 0 || ptl_clock_now_ns() >= limit->deadline_ns;
}

/* Waits until something can be written, or until write() would say why not. Looks are counted, not
 * time: while this process was stopped, the reader may have been, too. */
static bool has_room(int fd, const struct ptl_sink_limit *limit)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    unsigned looks = 0;
    for (;;) {
        int ready = poll(&wait, 1, limit != NULL ? LOOK_MS : -1);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true;
        looks += ready == 0;
        if (limit != NULL && looks >= PTL_SINK_PATIENCE_MS / LOOK_MS && is_over(limit))
            return false;
    }
}

int ptl_sink_write(int fd, const char *bytes, size_t count, const struct ptl_sink_limit *limit)
{
    /* Where poll() has seen room, so much is taken without waiting. */
    size_t most = limit != NULL ? PIPE_BUF : count;
    bool waits = limit != NULL;
    while (count > 0) {
        if (waits && !has_room(fd, limit))
            return ECANCELED;
        ssize_t written = write(fd, bytes, count < most ? count : most);
        if (written >= 0) {
            bytes += written;
            count -= (size_t)written;
        } else if (errno == EAGAIN) {
            waits = true; /* whoever shares it with us wants no write to wait */
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

bool ptl_sink_is_gone(int fd)
{
    struct pollfd look = {.fd = fd};
    return poll(&look, 1, 0) > 0 && (look.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}
