#include "scan/icmp.h"

#include "results/results.h"

#include <linux/errqueue.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>

uint8_t ptl_icmp_reason_v4(uint8_t type, uint8_t code)
{
    static const uint8_t unreachable[] = {
        [ICMP_NET_UNREACH] = PTL_REASON_NET_UNREACH,
        [ICMP_HOST_UNREACH] = PTL_REASON_HOST_UNREACH,
        [ICMP_PROT_UNREACH] = PTL_REASON_PROTO_UNREACH,
        [ICMP_PORT_UNREACH] = PTL_REASON_PORT_UNREACH,
        [ICMP_FRAG_NEEDED] = PTL_REASON_PACKET_TOO_BIG,
        [ICMP_SR_FAILED] = PTL_REASON_SOURCE_ROUTE_FAILED,
        [ICMP_NET_UNKNOWN] = PTL_REASON_NET_UNREACH,
        [ICMP_HOST_UNKNOWN] = PTL_REASON_HOST_UNREACH,
        [ICMP_HOST_ISOLATED] = PTL_REASON_HOST_UNREACH,
        [ICMP_NET_ANO] = PTL_REASON_NET_PROHIBITED,
        [ICMP_HOST_ANO] = PTL_REASON_HOST_PROHIBITED,
        [ICMP_NET_UNR_TOS] = PTL_REASON_NET_UNREACH,
        [ICMP_HOST_UNR_TOS] = PTL_REASON_HOST_UNREACH,
        [ICMP_PKT_FILTERED] = PTL_REASON_ADMIN_PROHIBITED,
        [ICMP_PREC_VIOLATION] = PTL_REASON_ADMIN_PROHIBITED,
        [ICMP_PREC_CUTOFF] = PTL_REASON_ADMIN_PROHIBITED,
    };
    switch (type) {
    case ICMP_DEST_UNREACH:
        return code < sizeof(unreachable) ? unreachable[code] : PTL_REASON_UNKNOWN_ICMP;
    case ICMP_TIME_EXCEEDED:
        return PTL_REASON_TIME_EXCEEDED;
    case ICMP_PARAMETERPROB:
        return PTL_REASON_PARAMETER_PROBLEM;
    default:
        return PTL_REASON_UNKNOWN_ICMP;
    }
}

uint8_t ptl_icmp_reason_v6(uint8_t type, uint8_t code)
{
    static const uint8_t unreachable[] = {
        [ICMP6_DST_UNREACH_NOROUTE] = PTL_REASON_NET_UNREACH,
        [ICMP6_DST_UNREACH_ADMIN] = PTL_REASON_ADMIN_PROHIBITED,
        [ICMP6_DST_UNREACH_BEYONDSCOPE] = PTL_REASON_HOST_UNREACH,
        [ICMP6_DST_UNREACH_ADDR] = PTL_REASON_HOST_UNREACH,
        [ICMP6_DST_UNREACH_NOPORT] = PTL_REASON_PORT_UNREACH,
        [5] = PTL_REASON_ADMIN_PROHIBITED, /* source address failed policy */
        [6] = PTL_REASON_NET_UNREACH,      /* reject route */
    };
    switch (type) {
    case ICMP6_DST_UNREACH:
        return code < sizeof(unreachable) ? unreachable[code] : PTL_REASON_UNKNOWN_ICMP;
    case ICMP6_PACKET_TOO_BIG:
        return PTL_REASON_PACKET_TOO_BIG;
    case ICMP6_TIME_EXCEEDED:
        return PTL_REASON_TIME_EXCEEDED;
    case ICMP6_PARAM_PROB:
        return PTL_REASON_PARAMETER_PROBLEM;
    default:
        return PTL_REASON_UNKNOWN_ICMP;
    }
}

bool ptl_icmp_read(int fd, struct ptl_icmp_error *error)
{
    struct sockaddr_storage to;
    memset(&to, 0, sizeof(to));
    union {
        char bytes[512];
        struct cmsghdr align;
    } control;
    char payload[64];
    struct iovec part = {.iov_base = payload, .iov_len = sizeof(payload)};
    struct msghdr message = {.msg_name = &to,
                             .msg_namelen = sizeof(to),
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
        bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
        bool v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;
        if (!v4 && !v6)
            continue;
        struct sock_extended_err e;
        memcpy(&e, CMSG_DATA(c), sizeof(e));
        if (e.ee_origin == SO_EE_ORIGIN_ICMP)
            error->reason = ptl_icmp_reason_v4(e.ee_type, e.ee_code);
        else if (e.ee_origin == SO_EE_ORIGIN_ICMP6)
            error->reason = ptl_icmp_reason_v6(e.ee_type, e.ee_code);
        else
            continue; /* this machine's own note, such as a path MTU */
        /* The port stands at the same place in both families. */
        error->port = ntohs(((const struct sockaddr_in *)&to)->sin_port);
        return ptl_address_from_sockaddr((const struct sockaddr *)&to, &error->address);
    }
    return false;
}
