#include "netlink.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
    struct nlmsghdr header;
    union {
        struct ifaddrmsg address;
        struct rtmsg route;
        struct ifinfomsg link;
    } body;
    char attributes[128];
};

static void add_attribute(struct request *request, uint16_t type, const void *data, size_t length)
{
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(length), .rta_type = type};
    struct nlmsghdr *header = &request->header;
    char *at = (char *)request + NLMSG_ALIGN(header->nlmsg_len);
    memcpy(at, &attribute, sizeof(attribute));
    memcpy(at + RTA_LENGTH(0), data, length);
    header->nlmsg_len = (uint32_t)(NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(RTA_LENGTH(length)));
}

/* Sends it and waits for the kernel's word. */
static int transact(struct request *request)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return errno;
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char rest[512];
    } reply;
    int result;
    if (send(fd, request, request->header.nlmsg_len, 0) < 0 ||
        recv(fd, &reply, sizeof(reply), 0) < (ssize_t)NLMSG_LENGTH(sizeof(reply.error)))
        result = errno != 0 ? errno : EPROTO;
    else
        result = reply.header.nlmsg_type == NLMSG_ERROR ? -reply.error.error : EPROTO;
    close(fd);
    return result;
}

static void begin(struct request *request, uint16_t type, size_t body)
{
    memset(request, 0, sizeof(*request));
    request->header.nlmsg_len = (uint32_t)NLMSG_LENGTH(body);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    if (type != RTM_SETLINK)
        request->header.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
}

int netlink_raise(int index, uint32_t queue_length)
{
    struct request request;
    begin(&request, RTM_SETLINK, sizeof(request.body.link));
    request.body.link.ifi_family = AF_UNSPEC;
    request.body.link.ifi_index = index;
    request.body.link.ifi_flags = IFF_UP;
    request.body.link.ifi_change = IFF_UP;
    add_attribute(&request, IFLA_TXQLEN, &queue_length, sizeof(queue_length));
    return transact(&request);
}

int netlink_add_address(int index, const struct netlink_prefix *prefix)
{
    struct request request;
    begin(&request, RTM_NEWADDR, sizeof(request.body.address));
    request.body.address.ifa_family = prefix->family;
    request.body.address.ifa_prefixlen = prefix->bits;
    request.body.address.ifa_index = (uint32_t)index;
    if (prefix->family == AF_INET6)
        request.body.address.ifa_flags = IFA_F_NODAD;
    size_t length = prefix->family == AF_INET6 ? 16 : 4;
    add_attribute(&request, IFA_LOCAL, prefix->bytes, length);
    add_attribute(&request, IFA_ADDRESS, prefix->bytes, length);
    return transact(&request);
}

int netlink_add_route(int index, const struct netlink_prefix *prefix)
{
    struct request request;
    begin(&request, RTM_NEWROUTE, sizeof(request.body.route));
    request.body.route.rtm_family = prefix->family;
    request.body.route.rtm_dst_len = prefix->bits;
    request.body.route.rtm_table = RT_TABLE_MAIN;
    request.body.route.rtm_protocol = RTPROT_STATIC;
    request.body.route.rtm_scope = prefix->family == AF_INET ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    request.body.route.rtm_type = RTN_UNICAST;
    size_t length = prefix->family == AF_INET6 ? 16 : 4;
    add_attribute(&request, RTA_DST, prefix->bytes, length);
    add_attribute(&request, RTA_OIF, &index, sizeof(index));
    return transact(&request);
}
