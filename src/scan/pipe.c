#include "scan/pipe.h"

uint32_t ptl_pipe_enter(struct ptl_pipe *pipe, uint32_t now_ms, uint32_t flight_us)
{
    /* Rounded up: none is overdue early. */
    uint32_t ms = flight_us / 1000 + 2;
    uint32_t leaves_ms = now_ms + (ms < PTL_PIPE_MS ? ms : PTL_PIPE_MS - 1);
    pipe->leaving[leaves_ms % PTL_PIPE_MS]++;
    pipe->count++;
    return leaves_ms;
}

void ptl_pipe_leave(struct ptl_pipe *pipe, uint32_t leaves_ms)
{
    if (leaves_ms <= pipe->now_ms)
        return;
    pipe->leaving[leaves_ms % PTL_PIPE_MS]--;
    pipe->count--;
}

uint32_t ptl_pipe_advance(struct ptl_pipe *pipe, uint32_t now_ms)
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

uint32_t ptl_pipe_next_ms(const struct ptl_pipe *pipe)
{
    for (uint32_t ms = 1; pipe->count > 0 && ms <= PTL_PIPE_MS; ms++)
        if (pipe->leaving[(pipe->now_ms + ms) % PTL_PIPE_MS] > 0)
            return pipe->now_ms + ms;
    return UINT32_MAX;
}
