#include "scan/sources.h"

#include "base/clock.h"
#include "target/portset.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>

#define OWN_MOST 1024              /* more are treated as addresses of others: doubted, as ever */
#define WAIT_LONGEST_NS 100000000U /* for a worker that the machine does not let run */

static void list_own(struct ptl_sources *sources)
{
    struct ifaddrs *list = NULL;
    sources->own = calloc(OWN_MOST, sizeof(*sources->own));
    if (sources->own == NULL || getifaddrs(&list) != 0)
        return;
    for (struct ifaddrs *one = list; one != NULL && sources->own_count < OWN_MOST;
         one = one->ifa_next)
        if (one->ifa_addr != NULL &&
            ptl_address_from_sockaddr(one->ifa_addr, &sources->own[sources->own_count]) &&
            !ptl_address_is_loopback(&sources->own[sources->own_count]))
            sources->own_count++;
    freeifaddrs(list);
    qsort(sources->own, sources->own_count, sizeof(*sources->own), ptl_address_order);
}

bool ptl_sources_init(struct ptl_sources *sources, uint32_t workers)
{
    *sources = (struct ptl_sources){.workers = workers};
    sources->held = calloc(PTL_PORTS, sizeof(*sources->held));
    sources->freed_ns = calloc(PTL_PORTS, sizeof(*sources->freed_ns));
    sources->turns = calloc(workers, sizeof(*sources->turns));
    list_own(sources);
    return sources->held != NULL && sources->freed_ns != NULL && sources->turns != NULL &&
           sources->own != NULL;
}

void ptl_sources_free(struct ptl_sources *sources)
{
    free(sources->held);
    free(sources->freed_ns);
    free(sources->turns);
    free(sources->own);
    *sources = (struct ptl_sources){.held = NULL};
}

bool ptl_sources_is_own(const struct ptl_sources *sources, const struct ptl_address *address)
{
    return ptl_address_is_loopback(address) ||
           bsearch(address, sources->own, sources->own_count, sizeof(*sources->own),
                   ptl_address_order) != NULL;
}

static void note_use(struct ptl_sources *sources)
{
    if (!atomic_load_explicit(&sources->used, memory_order_relaxed))
        atomic_store(&sources->used, true);
}

bool ptl_sources_used(struct ptl_sources *sources)
{
    return atomic_load(&sources->used);
}

void ptl_sources_begin(struct ptl_sources *sources, uint32_t worker)
{
    note_use(sources);
    atomic_fetch_add(&sources->turns[worker], 1);
}

uint16_t ptl_sources_end(struct ptl_sources *sources, uint32_t worker, int fd)
{
    struct sockaddr_storage ours = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof(ours);
    uint16_t port = 0;
    /* The port stands at the same place in both families. */
    if (fd >= 0 && getsockname(fd, (struct sockaddr *)&ours, &length) == 0)
        port = ntohs(((const struct sockaddr_in *)&ours)->sin_port);
    ptl_sources_hold(sources, port);
    atomic_fetch_add(&sources->turns[worker], 1);
    return port;
}

void ptl_sources_hold(struct ptl_sources *sources, uint16_t port)
{
    if (port == 0)
        return;
    note_use(sources);
    atomic_fetch_add(&sources->held[port], 1);
}

void ptl_sources_drop(struct ptl_sources *sources, uint16_t port)
{
    if (port == 0)
        return;
    atomic_store(&sources->freed_ns[port], ptl_clock_now_ns());
    atomic_fetch_sub(&sources->held[port], 1);
}

/* False: one of them did not come to it in time. */
static bool wait_for_others(struct ptl_sources *sources, uint32_t worker)
{
    uint64_t latest_ns = ptl_clock_now_ns() + WAIT_LONGEST_NS;
    for (uint32_t i = 0; i < sources->workers; i++) {
        unsigned turn = atomic_load(&sources->turns[i]);
        if (i == worker || turn % 2 == 0)
            continue;
        while (atomic_load(&sources->turns[i]) == turn) {
            if (ptl_clock_now_ns() > latest_ns)
                return false;
            sched_yield();
        }
    }
    return true;
}

bool ptl_sources_met(struct ptl_sources *sources, uint32_t worker, uint16_t port, uint64_t since_ns)
{
    return !wait_for_others(sources, worker) || atomic_load(&sources->held[port]) > 0 ||
           atomic_load(&sources->freed_ns[port]) >= since_ns;
}
