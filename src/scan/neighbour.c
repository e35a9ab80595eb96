#include "scan/neighbour.h"

#include <ifaddrs.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many leading bits two addresses of a family share. */
static unsigned shared_bits(const struct ptl_address *a, const struct ptl_address *b)
{
    uint64_t high = a->high ^ b->high, low = a->low ^ b->low;
    if (a->family == 4)
        return low == 0 ? 32 : (unsigned)__builtin_clzll(low) - 32;
    if (high != 0)
        return (unsigned)__builtin_clzll(high);
    return low == 0 ? 128 : 64 + (unsigned)__builtin_clzll(low);
}

static void add_link(struct ptl_neighbours *neighbours, const struct ifaddrs *one)
{
    struct ptl_address own, mask, all_ones = {.high = UINT64_MAX, .low = UINT64_MAX};
    if (one->ifa_addr == NULL || one->ifa_netmask == NULL || neighbours->count == PTL_LINKS_MOST ||
        (one->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT | IFF_NOARP)) != 0 ||
        !ptl_address_from_sockaddr(one->ifa_addr, &own) ||
        !ptl_address_from_sockaddr(one->ifa_netmask, &mask))
        return;
    all_ones.family = own.family;
    if (own.family == 4)
        all_ones = (struct ptl_address){.low = UINT32_MAX, .family = 4};
    mask.family = own.family;
    neighbours->links[neighbours->count++] =
        (struct ptl_link){.own = own,
                          .prefix = (uint8_t)shared_bits(&mask, &all_ones),
                          .interface = if_nametoindex(one->ifa_name)};
}

void ptl_neighbours_init(struct ptl_neighbours *neighbours)
{
    struct ifaddrs *all = NULL;
    *neighbours = (struct ptl_neighbours){
        .fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)};
    if (neighbours->fd < 0 || getifaddrs(&all) != 0)
        return;
    for (const struct ifaddrs *one = all; one != NULL; one = one->ifa_next)
        add_link(neighbours, one);
    freeifaddrs(all);
}

void ptl_neighbours_free(struct ptl_neighbours *neighbours)
{
    if (neighbours->fd >= 0)
        close(neighbours->fd);
    neighbours->fd = -1;
}

static const struct ptl_link *link_of(const struct ptl_neighbours *neighbours,
                                      const struct ptl_address *address)
{
    const struct ptl_link *best = NULL;
    for (size_t i = 0; i < neighbours->count; i++) {
        const struct ptl_link *one = &neighbours->links[i];
        if (one->own.family != address->family)
            continue;
        unsigned shared = shared_bits(&one->own, address);
        if (shared == (address->family == 4 ? 32U : 128U))
            return NULL; /* it is ours */
        if (shared >= one->prefix && (best == NULL || one->prefix > best->prefix))
            best = one;
    }
    return best;
}

bool ptl_neighbours_on_link(const struct ptl_neighbours *neighbours,
                            const struct ptl_address *address)
{
    return neighbours->fd >= 0 && link_of(neighbours, address) != NULL;
}

enum ptl_neighbour ptl_neighbours_state(const struct ptl_neighbours *neighbours,
                                        const struct ptl_address *address)
{
    struct {
        struct nlmsghdr head;
        struct ndmsg message;
        struct rtattr attribute;
        uint8_t address[16];
    } ask;
    union {
        char bytes[1024];
        struct nlmsghdr head;
    } answer;
    const struct ptl_link *link = link_of(neighbours, address);
    if (link == NULL)
        return PTL_NEIGHBOUR_UNKNOWN;
    struct sockaddr_storage to;
    ptl_address_to_sockaddr(address, 0, &to);
    size_t length = address->family == 4 ? 4 : 16;
    memset(&ask, 0, sizeof(ask));
    if (address->family == 4)
        memcpy(ask.address, &((const struct sockaddr_in *)&to)->sin_addr, length);
    else
        memcpy(ask.address, &((const struct sockaddr_in6 *)&to)->sin6_addr, length);
    ask.head = (struct nlmsghdr){.nlmsg_type = RTM_GETNEIGH, .nlmsg_flags = NLM_F_REQUEST};
    ask.head.nlmsg_len = (uint32_t)(offsetof(__typeof__(ask), address) + length);
    ask.message.ndm_family = (uint8_t)to.ss_family;
    ask.message.ndm_ifindex = (int)link->interface;
    ask.attribute = (struct rtattr){.rta_len = (unsigned short)(sizeof(ask.attribute) + length),
                                    .rta_type = NDA_DST};
    if (send(neighbours->fd, &ask, ask.head.nlmsg_len, 0) < 0)
        return PTL_NEIGHBOUR_UNKNOWN;
    ssize_t got = recv(neighbours->fd, answer.bytes, sizeof(answer.bytes), 0);
    if (got < (ssize_t)NLMSG_LENGTH(sizeof(struct ndmsg)) || answer.head.nlmsg_type != RTM_NEWNEIGH)
        return PTL_NEIGHBOUR_UNKNOWN; /* no entry yet */
    struct ndmsg entry;
    memcpy(&entry, NLMSG_DATA(&answer.head), sizeof(entry));
    if ((entry.ndm_state & NUD_FAILED) != 0)
        return PTL_NEIGHBOUR_NOBODY;
    return (entry.ndm_state & (NUD_INCOMPLETE | NUD_NONE)) != 0 || entry.ndm_state == NUD_NONE
               ? PTL_NEIGHBOUR_UNKNOWN
               : PTL_NEIGHBOUR_THERE;
}
