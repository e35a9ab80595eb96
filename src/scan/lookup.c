/*
 * Who is on the link. An address of a directly connected network has to be looked up (ARP, RFC 826;
 * neighbour discovery, RFC 4861) before anything can be sent to it; where nobody has it, that is
 * one fact about all of its ports. The kernel's table of neighbours says how the look-up stands.
 */
#include "scan/plan_calls.h"

#include <ifaddrs.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOKUPS_MOST                                                                               \
    384U                  /* at a time: the kernel's table of neighbours holds 1,024 (gc_thresh3)  \
                           */
#define LOOK_NS 20000000U /* how often the table is read meanwhile */
#define LONGEST_NS 5000000000ULL /* three requests a second apart, and some */
#define AGAIN_NS 2000000000ULL   /* after so long an address that nobody had is looked up again */

/* ---- the kernel's table ---- */

enum neighbour {
    NEIGHBOUR_UNKNOWN, /* the look-up is under way, or was not begun */
    NEIGHBOUR_THERE,
    NEIGHBOUR_NOBODY
};

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

/* Where the address has to be looked up; NULL: nowhere, nor where it is this machine's own. */
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

/* How the look-up of an address on a link stands. */
static enum neighbour state_of(const struct ptl_neighbours *neighbours,
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
        return NEIGHBOUR_UNKNOWN;
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
        return NEIGHBOUR_UNKNOWN;
    ssize_t got = recv(neighbours->fd, answer.bytes, sizeof(answer.bytes), 0);
    if (got < (ssize_t)NLMSG_LENGTH(sizeof(struct ndmsg)) || answer.head.nlmsg_type != RTM_NEWNEIGH)
        return NEIGHBOUR_UNKNOWN; /* no entry yet */
    struct ndmsg entry;
    memcpy(&entry, NLMSG_DATA(&answer.head), sizeof(entry));
    if ((entry.ndm_state & NUD_FAILED) != 0)
        return NEIGHBOUR_NOBODY;
    return (entry.ndm_state & (NUD_INCOMPLETE | NUD_NONE)) != 0 || entry.ndm_state == NUD_NONE
               ? NEIGHBOUR_UNKNOWN
               : NEIGHBOUR_THERE;
}

/* ---- lanes ---- */

void ptl_lookup_begin(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (plan->neighbours.fd >= 0 && link_of(&plan->neighbours, &lane->address) != NULL &&
        state_of(&plan->neighbours, &lane->address) != NEIGHBOUR_THERE)
        lane->lookup = PTL_LOOKUP_ASKS;
}

void ptl_lookup_sent(struct ptl_plan *plan, struct ptl_lane *lane)
{
    if (lane->lookup != PTL_LOOKUP_ASKS)
        return;
    lane->lookup = PTL_LOOKUP_WAITS;
    lane->looked_ns = plan->now_ns;
    lane->rest_ns = plan->now_ns + LOOK_NS;
    plan->lookups++;
}

void ptl_lookup_heard(struct ptl_plan *plan, struct ptl_lane *lane)
{
    plan->lookups -= lane->lookup == PTL_LOOKUP_WAITS;
    plan->nobody -= lane->nobody;
    lane->nobody = false;
    lane->lookup = PTL_LOOKUP_NONE;
}

bool ptl_lookup_lets(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    if (lane->lookup == PTL_LOOKUP_NOBODY)
        lane->lookup = PTL_LOOKUP_ASKS;
    if (lane->lookup == PTL_LOOKUP_ASKS) {
        if (plan->lookups < LOOKUPS_MOST)
            return true;
        lane->rest_ns = plan->now_ns + LOOK_NS;
        return false;
    }
    lane->rest_ns = plan->now_ns + LOOK_NS;
    switch (state_of(&plan->neighbours, &lane->address)) {
    case NEIGHBOUR_THERE:
        ptl_lookup_heard(plan, lane);
        return true;
    case NEIGHBOUR_NOBODY:
        plan->lookups--;
        plan->nobody += !lane->nobody;
        lane->nobody = true;
        lane->lookup = PTL_LOOKUP_NOBODY;
        lane->rest_ns = plan->now_ns + AGAIN_NS;
        break;
    case NEIGHBOUR_UNKNOWN: /* some have no entry: a broadcast address, a full table */
        if (plan->now_ns - lane->looked_ns < LONGEST_NS)
            break;
        ptl_lookup_heard(plan, lane);
        return true;
    }
    return false;
}

static void conclude(struct ptl_plan *plan, uint32_t id)
{
    struct ptl_lane *lane = &plan->schedule.lanes[id];
    for (uint32_t i = 0; lane->marks != NULL && i < plan->port_count; i++)
        if (ptl_silence_clear(plan, lane, &lane->marks[i]))
            ptl_verdict_filtered(plan, id, plan->ports[i], PTL_REASON_HOST_UNREACH, lane->marks[i]);
    while (lane->next_port < plan->port_count)
        ptl_verdict_filtered(plan, id, plan->ports[ptl_restore_take_first(plan, lane)],
                             PTL_REASON_HOST_UNREACH, (struct ptl_mark){.asked = 0});
    ptl_lookup_heard(plan, lane);
    ptl_vouch_review(plan, lane, true);
    ptl_verdict_target(plan, lane);
    ptl_schedule_close(&plan->schedule, id);
}

void ptl_lookup_conclude(struct ptl_plan *plan)
{
    bool rest = plan->next_target == plan->targets && plan->nobody == plan->schedule.active;
    bool room = plan->next_target < plan->targets && plan->schedule.free_lane == PTL_LANE_NONE;
    if (!rest && !room)
        return;
    for (uint32_t id = 0; id < plan->schedule.window; id++) {
        const struct ptl_lane *lane = &plan->schedule.lanes[id];
        if (lane->active && lane->nobody && lane->in_flight == 0 && lane->plan_doubts == 0 &&
            lane->doubts.count == 0 && lane->again.count == 0)
            conclude(plan, id);
    }
}
