#include "scan/local.h"

#include "scan/icmp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LONGEST_WAIT_US 1000 /* the kernel rounds it up to its tick */
#define REST 255             /* after a port that did not answer at once */

static void drop(struct ptl_local *local, int which)
{
    close(local->fds[which]);
    local->fds[which] = -1;
    local->unread[which] = false;
    ptl_sources_drop(local->worker->sources, local->ports[which]);
    local->ports[which] = 0;
}

bool ptl_local_close(struct ptl_local *local)
{
    bool any = false;
    for (int which = 0; which < 2; which++) {
        if (local->fds[which] < 0)
            continue;
        drop(local, which);
        any = true;
    }
    return any;
}

/* A port that is free as a source just now, in network order; 0: none was to be had. */
static in_port_t free_port(const struct sockaddr_storage *own, socklen_t length)
{
    struct sockaddr_storage bound = {.ss_family = AF_UNSPEC};
    int fd = socket(own->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    bool found = bind(fd, (const struct sockaddr *)own, length) == 0 &&
                 getsockname(fd, (struct sockaddr *)&bound, &length) == 0;
    close(fd);
    /* The port stands at the same place in both families. */
    return found ? ((const struct sockaddr_in *)&bound)->sin_port : 0;
}

/*
 * With an address and a port of its own, a socket spares the kernel the search for them at each
 * connect: a sixth of a probe's cost. A port that the kernel chose would be lost with the first
 * refusal, so it is named. Whoever wants to listen there meanwhile may (SO_REUSEADDR). Where none
 * is to be had, the kernel searches.
 */
static uint16_t bind_once(int fd, uint8_t family)
{
    struct ptl_address address = {.low = family == 4 ? INADDR_LOOPBACK : 1, .family = family};
    struct sockaddr_storage own;
    int on = 1;
    socklen_t length = ptl_address_to_sockaddr(&address, 0, &own);
    in_port_t port = free_port(&own, length);
    ((struct sockaddr_in *)&own)->sin_port = port;
    if (port != 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        bind(fd, (const struct sockaddr *)&own, length) == 0)
        return ntohs(port);
    return 0;
}

static bool set_blocking(int fd, bool blocks)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0;
}

static int new_socket(struct ptl_local *local, uint8_t family)
{
    int which = family == 4 ? 0 : 1,
        fd = ptl_probe_socket(family, ptl_worker_source(local->worker));
    if (fd < 0)
        return -1;
    struct timeval wait = {.tv_usec = LONGEST_WAIT_US};
    if (!set_blocking(fd, true) ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    if (ptl_worker_source(local->worker) == NULL)
        local->ports[which] = bind_once(fd, family);
    ptl_sources_hold(local->worker->sources, local->ports[which]);
    return fd;
}

/* The refusal that an ICMP error is about, the latest first. */
static struct ptl_outcome *find(const struct ptl_local *local, const struct ptl_icmp_error *error,
                                struct ptl_outcome *outcomes, size_t count)
{
    while (count-- > 0) {
        struct ptl_outcome *outcome = &outcomes[count];
        if (outcome->state == PTL_CLOSED && outcome->probe.port == error->port &&
            ptl_address_compare(ptl_plan_address(local->worker->plan, outcome->probe.lane),
                                &error->address) == 0)
            return outcome;
    }
    return NULL;
}

/* Empties an error queue. True: it held something about `asked`, whose reason is now *reason. */
static bool read_errors(struct ptl_local *local, int which, const struct ptl_probe *asked,
                        struct ptl_outcome *outcomes, size_t count, uint8_t *reason)
{
    struct ptl_icmp_error error;
    bool about_asked = false;
    local->unread[which] = false;
    while (ptl_icmp_read(local->fds[which], &error)) {
        struct ptl_outcome *refused = find(local, &error, outcomes, count);
        if (asked != NULL && asked->port == error.port &&
            ptl_address_compare(ptl_plan_address(local->worker->plan, asked->lane),
                                &error.address) == 0) {
            *reason = error.reason;
            about_asked = true;
        } else if (refused != NULL) {
            refused->state = PTL_FILTERED;
            refused->reason = error.reason;
        }
    }
    return about_asked;
}

void ptl_local_amend(struct ptl_local *local, struct ptl_outcome *outcomes, size_t count)
{
    for (int which = 0; which < 2; which++)
        if (local->unread[which])
            read_errors(local, which, NULL, outcomes, count, NULL);
}

/* The connect did not end while it could: its socket waits in the caller's loop. */
static int hand_over(struct ptl_local *local, int which, uint16_t *port)
{
    int fd = local->fds[which];
    if (!set_blocking(fd, false)) {
        drop(local, which);
        return -1;
    }
    *port = local->ports[which];
    local->fds[which] = -1;
    local->ports[which] = 0;
    return fd;
}

/* A socket whose port the kernel chooses holds another one with each connect. */
static int connect_from(struct ptl_local *local, int which, const struct ptl_probe *probe)
{
    int fd = local->fds[which];
    uint16_t own;
    if (local->ports[which] != 0)
        return ptl_probe_connect(fd, ptl_plan_address(local->worker->plan, probe->lane),
                                 probe->port);
    int result = ptl_engine_connect(local->worker, probe, fd, NULL, &own);
    if (result == EINPROGRESS || result == EALREADY)
        local->ports[which] = own;
    else
        ptl_sources_drop(local->worker->sources, own);
    return result;
}

enum ptl_local_end ptl_local_ask(struct ptl_local *local, const struct ptl_probe *probe,
                                 struct ptl_outcome *outcomes, size_t count,
                                 struct ptl_finding *finding, int *fd, uint16_t *port)
{
    const struct ptl_address *address = ptl_plan_address(local->worker->plan, probe->lane);
    uint8_t *rests = &local->rests[probe->lane % PTL_PLAN_WINDOW];
    int which = address->family == 4 ? 0 : 1;
    if (*rests > 0) {
        --*rests;
        return PTL_LOCAL_ELSEWHERE;
    }
    if (local->fds[which] < 0)
        local->fds[which] = new_socket(local, address->family);
    if (local->fds[which] < 0) {
        ptl_probe_judge(-1, errno, finding);
        return PTL_LOCAL_DONE;
    }
    int result = connect_from(local, which, probe);
    if (result == ECONNREFUSED) {
        local->unread[which] = true;
        ptl_probe_set(finding, PTL_CLOSED, PTL_REASON_CONN_REFUSED);
        return PTL_LOCAL_DONE;
    }
    if (result == EADDRNOTAVAIL) { /* its port is taken towards this one: let the kernel choose */
        read_errors(local, which, NULL, outcomes, count, NULL);
        drop(local, which);
        return PTL_LOCAL_ELSEWHERE;
    }
    uint8_t reason = 0;
    bool by_icmp = read_errors(local, which, probe, outcomes, count, &reason) && result != 0;
    /* EALREADY: a signal (SIGSTOP, SIGCONT) had ended the first call, and the connect went on. */
    if (result == EINPROGRESS || result == EALREADY) {
        *rests = REST;
        if (!by_icmp) {
            *fd = hand_over(local, which, port);
            return *fd >= 0 ? PTL_LOCAL_WAITS : PTL_LOCAL_ELSEWHERE;
        }
    }
    if (by_icmp)
        ptl_probe_set(finding, PTL_FILTERED, reason);
    else
        ptl_probe_judge(local->fds[which], result, finding);
    if (finding->state == PTL_OPEN)
        ptl_probe_reset(local->fds[which]);
    drop(local, which);
    return PTL_LOCAL_DONE;
}
