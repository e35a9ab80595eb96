#include "scan/probe.h"

#include "scan/icmp.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_SOURCE_PORT 1024 /* the kernel gives none below as a source */

int ptl_probe_socket(uint8_t family, const struct ptl_address *source)
{
    int fd =
        socket(family == 4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1;
    if (family == 4)
        setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
    else
        setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
    if (source == NULL)
        return fd;

    struct sockaddr_storage address;
    socklen_t length = ptl_address_to_sockaddr(source, 0, &address);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    if (bind(fd, (const struct sockaddr *)&address, length) != 0) {
        int saved = errno;
        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int ptl_probe_connect(int fd, const struct ptl_address *address, uint16_t port)
{
    struct sockaddr_storage to;
    socklen_t length = ptl_address_to_sockaddr(address, port, &to);
    int status;
    do {
        status = connect(fd, (const struct sockaddr *)&to, length);
    } while (status != 0 && errno == EINTR);
    return status == 0 ? 0 : errno;
}

void ptl_probe_set(struct ptl_finding *finding, enum ptl_state state, int reason)
{
    *finding = (struct ptl_finding){
        .state = (uint8_t)state, .reason = (uint8_t)reason, .rtt_us = PTL_US_NONE};
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    if (a->ss_family != b->ss_family)
        return false;
    if (a->ss_family == AF_INET)
        return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)b)->sin_addr.s_addr;
    return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

/*
 * A probe of a local port that is nobody's can be given that very port as its own source, and meets
 * itself; or the port is just then the source of another probe, and the two meet (RFC 9293, 3.5:
 * simultaneous open). Both look like an open port, once.
 */
static void doubt(int fd, struct ptl_finding *finding)
{
    struct sockaddr_storage ours, theirs;
    memset(&ours, 0, sizeof(ours));
    memset(&theirs, 0, sizeof(theirs));
    socklen_t our_length = sizeof(ours), their_length = sizeof(theirs);
    if (getsockname(fd, (struct sockaddr *)&ours, &our_length) != 0 ||
        getpeername(fd, (struct sockaddr *)&theirs, &their_length) != 0 ||
        !same_address(&ours, &theirs))
        return;
    /* The port stands at the same place in both families. */
    in_port_t our_port = ((const struct sockaddr_in *)&ours)->sin_port;
    in_port_t their_port = ((const struct sockaddr_in *)&theirs)->sin_port;
    finding->self = our_port == their_port;
    finding->doubtful = ntohs(their_port) >= FIRST_SOURCE_PORT;
}

static void judge_open(int fd, struct ptl_finding *finding)
{
    ptl_probe_set(finding, PTL_OPEN, PTL_REASON_SYN_ACK);
    doubt(fd, finding);
    struct tcp_info info;
    memset(&info, 0, sizeof(info));
    socklen_t length = sizeof(info);
    /* A SYN that was sent twice leaves unknown which of the two was answered. */
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
        info.tcpi_total_retrans == 0 && info.tcpi_rtt > 0 && info.tcpi_rtt < PTL_US_NONE)
        finding->rtt_us = info.tcpi_rtt;
}

void ptl_probe_judge(int fd, int result, struct ptl_finding *finding)
{
    switch (result) {
    case 0:
    case EISCONN:
        judge_open(fd, finding);
        return;
    case ECONNRESET: /* the handshake was completed, then reset */
    case EPIPE:      /* the same after a FIN */
        ptl_probe_set(finding, PTL_OPEN, PTL_REASON_SYN_ACK);
        return;
    case ETIMEDOUT:
        ptl_probe_set(finding, PTL_FILTERED, PTL_REASON_NO_RESPONSE);
        return;
    default:
        break;
    }
    /* The kernel folds ICMP kinds into a few errnos; the error queue tells them apart. */
    if (ptl_probe_icmp(fd, finding))
        return;
    if (result == ECONNREFUSED)
        ptl_probe_set(finding, PTL_CLOSED, PTL_REASON_CONN_REFUSED);
    else
        ptl_probe_set(finding, PTL_ERROR, PTL_REASON_ERRNO + result);
    finding->reusable = result == ECONNREFUSED;
}

bool ptl_probe_icmp(int fd, struct ptl_finding *finding)
{
    struct ptl_icmp_error error;
    if (!ptl_icmp_read(fd, &error))
        return false;
    ptl_probe_set(finding, PTL_FILTERED, error.reason);
    return true;
}

bool ptl_probe_resent(int fd)
{
    struct tcp_info info;
    memset(&info, 0, sizeof(info));
    socklen_t length = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 &&
           info.tcpi_total_retrans > 0;
}

static bool disconnect(int fd)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    int ignored;
    socklen_t length = sizeof(ignored);
    /* The kernel leaves ECONNRESET behind, which the next connect would take for its own. */
    return connect(fd, &nobody, sizeof(nobody)) == 0 &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &ignored, &length) == 0;
}

void ptl_probe_reset(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

void ptl_probe_leave(int fd, struct ptl_finding *finding)
{
    if (finding->reason == PTL_REASON_NO_RESPONSE && finding->state == PTL_FILTERED)
        finding->reusable = disconnect(fd);
    if (finding->state == PTL_OPEN)
        ptl_probe_reset(fd);
}
