#include "scan/listener.h"

#include "base/clock.h"
#include "scan/engine.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MARGIN_NS 20000000ULL /* before the kernel sends the SYN again */
#define TOGETHER_NS                                                                                \
    10000000ULL   /* they end by so much, together: each end costs a turn of the loop */
#define SHARE 100 /* one permit in so many may always be listened with */
#define FEW 8     /* of fewer permits one would be missed */

void ptl_listener_init(struct ptl_listener *listener, int epoll, uint64_t timeout_ms)
{
    listener->count = listener->used = 0;
    listener->epoll = epoll;
    listener->next_ns = UINT64_MAX;
    listener->turn_ns = 0;
    uint64_t timeout_ns = timeout_ms * PTL_NS_PER_MS;
    listener->listen_ns =
        timeout_ns < PTL_SYN_RESENT_NS ? PTL_SYN_RESENT_NS - MARGIN_NS : 2 * timeout_ns;
}

/* So many hold nobody back, if one of fewer than a hundred permits has its turn now and then. */
static uint32_t spare(uint32_t share)
{
    return share >= SHARE ? share / SHARE : share >= FEW;
}

static bool is_turn(struct ptl_listener *listener, uint32_t share, uint64_t now_ns)
{
    if (share >= SHARE)
        return true;
    uint64_t every_ns = listener->listen_ns * SHARE / share;
    bool is_first = listener->turn_ns == 0;
    if (now_ns < listener->turn_ns)
        return false;
    listener->turn_ns = now_ns + (is_first ? every_ns / 2 : every_ns);
    return !is_first;
}

bool ptl_listener_may(struct ptl_listener *listener, const struct ptl_permits *permits,
                      uint32_t share, uint64_t started_ns)
{
    uint32_t used = atomic_load_explicit(&permits->in_use, memory_order_relaxed);
    uint32_t limit = atomic_load_explicit(&permits->limit, memory_order_relaxed);
    uint64_t now_ns = ptl_clock_now_ns();
    if (started_ns + listener->listen_ns <= now_ns || listener->count == PTL_LISTENER_MOST)
        return false;
    return used < limit / 2 || (listener->count < spare(share) && is_turn(listener, share, now_ns));
}

bool ptl_listener_take(struct ptl_listener *listener, int fd, const struct ptl_address *address,
                       const struct ptl_probe *probe, uint64_t started_ns)
{
    uint32_t id = 0;
    while (id < listener->used && listener->ears[id].fd >= 0)
        id++;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.u64 = PTL_LISTENER_BASE + id};
    if (epoll_ctl(listener->epoll, EPOLL_CTL_MOD, fd, &event) != 0)
        return false;
    uint64_t until_ns = started_ns + listener->listen_ns;
    listener->ears[id] = (struct ptl_listener_ear){.address = *address,
                                                   .probe = *probe,
                                                   .started_ns = started_ns,
                                                   .until_ns = until_ns - until_ns % TOGETHER_NS,
                                                   .fd = fd};
    listener->used += id == listener->used;
    listener->count++;
    if (listener->ears[id].until_ns < listener->next_ns)
        listener->next_ns = listener->ears[id].until_ns;
    return true;
}

/* Of the attempts that are listened to, the one that ends first. */
static uint32_t find_next(struct ptl_listener *listener)
{
    uint32_t next = 0;
    listener->next_ns = UINT64_MAX;
    for (uint32_t i = 0; i < listener->used; i++) {
        if (listener->ears[i].fd < 0 || listener->ears[i].until_ns >= listener->next_ns)
            continue;
        listener->next_ns = listener->ears[i].until_ns;
        next = i;
    }
    return next;
}

static void end(struct ptl_listener *listener, uint32_t index, struct ptl_listener_ear *ear)
{
    *ear = listener->ears[index];
    close(ear->fd);
    listener->ears[index].fd = -1;
    listener->count--;
    find_next(listener);
}

bool ptl_listener_heard(struct ptl_listener *listener, uint32_t index, struct ptl_listener_ear *ear,
                        struct ptl_finding *finding)
{
    const struct ptl_listener_ear *own = &listener->ears[index];
    if (index >= listener->used || own->fd < 0)
        return false;
    int result = ptl_probe_connect(own->fd, &own->address, own->probe.port);
    if (result == EALREADY || result == EINPROGRESS)
        return false; /* an event of the time before it was listened to */
    ptl_probe_judge(own->fd, result, finding);
    if (finding->state == PTL_OPEN)
        ptl_probe_reset(own->fd);
    end(listener, index, ear);
    return true;
}

bool ptl_listener_ended(struct ptl_listener *listener, const struct ptl_permits *permits,
                        uint32_t share, bool needs_descriptor, struct ptl_listener_ear *ear)
{
    if (listener->count == 0)
        return false;
    uint32_t used = atomic_load_explicit(&permits->in_use, memory_order_relaxed);
    uint32_t limit = atomic_load_explicit(&permits->limit, memory_order_relaxed);
    bool is_short = used >= limit - limit / 4 && listener->count > spare(share);
    if (!needs_descriptor && !is_short && ptl_clock_now_ns() < listener->next_ns)
        return false;
    end(listener, find_next(listener), ear);
    return true;
}

void ptl_listener_close(struct ptl_listener *listener)
{
    struct ptl_listener_ear ear;
    while (listener->count > 0)
        end(listener, find_next(listener), &ear);
}
