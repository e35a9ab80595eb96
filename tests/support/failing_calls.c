/* The wrappers that ld's --wrap puts in place of the system calls. */
#include "support/failing_calls.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/* Written while no other thread runs; read by all. */
static struct {
    int error; /* 0: the call works */
    unsigned per_thousand;
    uint64_t seed;
    unsigned long nth; /* 0: at random */
    bool and_after;
    void (*then)(void); /* instead of a failure */
} plans[FAILING_CALLS];
static atomic_ulong calls[FAILING_CALLS], refused;

static void start(enum failing_call call)
{
    atomic_store(&calls[call], 0);
    atomic_store(&refused, 0);
}

void failing_calls_at_random(enum failing_call call, int error, unsigned per_thousand,
                             uint64_t seed)
{
    plans[call].error = error;
    plans[call].per_thousand = per_thousand;
    plans[call].seed = seed;
    plans[call].nth = 0;
    start(call);
}

void failing_calls_arm(enum failing_call call, int error, unsigned long nth, bool and_after)
{
    plans[call].error = error;
    plans[call].nth = nth;
    plans[call].and_after = and_after;
    start(call);
}

void failing_calls_then(enum failing_call call, unsigned long nth, void (*then)(void))
{
    plans[call].nth = nth;
    plans[call].and_after = false;
    plans[call].then = then;
    start(call);
}

unsigned long failing_calls_disarm(void)
{
    for (int call = 0; call < FAILING_CALLS; call++) {
        plans[call].error = 0;
        plans[call].then = NULL;
    }
    return atomic_load(&refused);
}

/* SplitMix64's output function: every number of a stream on its own. */
static uint64_t draw(uint64_t seed, uint64_t number)
{
    uint64_t x = seed * 0x632be59bd9b4e019ULL + (number + 1) * 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

static bool refuse(enum failing_call call)
{
    if (plans[call].error == 0 && plans[call].then == NULL)
        return false;
    unsigned long number = atomic_fetch_add(&calls[call], 1) + 1;
    bool fails;
    if (plans[call].nth == 0)
        fails = draw(plans[call].seed, number) % 1000 < plans[call].per_thousand;
    else
        fails = number == plans[call].nth || (number > plans[call].nth && plans[call].and_after);
    if (!fails)
        return false;
    if (plans[call].then != NULL) {
        plans[call].then();
        return false;
    }
    atomic_fetch_add(&refused, 1);
    errno = plans[call].error;
    return true;
}

int __real_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_socket(int domain, int type, int protocol)
{
    return refuse(FAILING_SOCKET) ? -1 : __real_socket(domain, type, protocol);
}

int __real_connect(int fd, const struct sockaddr *to, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *to, socklen_t length)
{
    return refuse(FAILING_CONNECT) ? -1 : __real_connect(fd, to, length);
}

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags);
int __wrap_epoll_create1(int flags)
{
    return refuse(FAILING_EPOLL_CREATE) ? -1 : __real_epoll_create1(flags);
}

int __real_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    return refuse(FAILING_EPOLL_CTL) ? -1 : __real_epoll_ctl(epoll, operation, fd, event);
}

int __real_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags)
{
    return refuse(FAILING_EVENTFD) ? -1 : __real_eventfd(count, flags);
}
