/*
 * The pipe (RFC 6675): attempts that are on their way, as far as anybody can tell. One leaves it
 * when it is answered, or when its answer is overdue, though its socket is still listened to: what
 * is overdue was lost, or nothing answers there. A calendar of milliseconds, since how long an
 * attempt may take is known when it is sent. The plan's lock guards it.
 */
#ifndef SCAN_PIPE_H
#define SCAN_PIPE_H

#include <stdint.h>

#define PTL_PIPE_MS 1024 /* an attempt is in the pipe for no longer */

struct ptl_pipe {
    uint32_t count;
    uint32_t now_ms;               /* everything due by then has left */
    uint32_t leaving[PTL_PIPE_MS]; /* by millisecond: how many will be overdue */
};

/* An attempt is sent. Returns when it will be overdue, in milliseconds since the run's start. */
static inline uint32_t ptl_pipe_enter(struct ptl_pipe *pipe, uint32_t now_ms, uint32_t flight_us)
{
    /* Rounded up: none is overdue early. */
    uint32_t ms = flight_us / 1000 + 2;
    uint32_t leaves_ms = now_ms + (ms < PTL_PIPE_MS ? ms : PTL_PIPE_MS - 1);
    pipe->leaving[leaves_ms % PTL_PIPE_MS]++;
    pipe->count++;
    return leaves_ms;
}

/* The attempt that would be overdue at `leaves_ms` has ended; nothing happens if it left before. */
static inline void ptl_pipe_leave(struct ptl_pipe *pipe, uint32_t leaves_ms)
{
    if (leaves_ms <= pipe->now_ms)
        return;
    pipe->leaving[leaves_ms % PTL_PIPE_MS]--;
    pipe->count--;
}

/* Time passes: what is overdue leaves. Returns how many did. */
static inline uint32_t ptl_pipe_advance(struct ptl_pipe *pipe, uint32_t now_ms)
{
    uint32_t overdue = 0;
    if (now_ms - pipe->now_ms > PTL_PIPE_MS && now_ms > pipe->now_ms)
        pipe->now_ms = now_ms - PTL_PIPE_MS; /* once round is all of it */
    while (pipe->now_ms < now_ms) {
        uint32_t *leaving = &pipe->leaving[++pipe->now_ms % PTL_PIPE_MS];
        overdue += *leaving;
        *leaving = 0;
    }
    pipe->count -= overdue;
    return overdue;
}

/* When the next one will be overdue; UINT32_MAX: the pipe is empty. */
static inline uint32_t ptl_pipe_next_ms(const struct ptl_pipe *pipe)
{
    for (uint32_t ms = 1; pipe->count > 0 && ms <= PTL_PIPE_MS; ms++)
        if (pipe->leaving[(pipe->now_ms + ms) % PTL_PIPE_MS] > 0)
            return pipe->now_ms + ms;
    return UINT32_MAX;
}

#endif
