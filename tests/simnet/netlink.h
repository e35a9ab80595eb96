/* Addresses and routes of the device, by rtnetlink. Each call returns 0 or an errno. */
#ifndef SIMNET_NETLINK_H
#define SIMNET_NETLINK_H

#include <stddef.h>
#include <stdint.h>

struct netlink_prefix {
    uint8_t family; /* AF_INET or AF_INET6 */
    uint8_t bits;
    uint8_t bytes[16]; /* network byte order */
};

/* Up, with a queue of so many packets. (The ioctl for the queue wants root of the whole machine;
 * this way the root of a user namespace may.) */
int netlink_raise(int index, uint32_t queue_length);
/* An address of this end; IPv6: usable at once (no duplicate address detection). */
int netlink_add_address(int index, const struct netlink_prefix *prefix);
int netlink_add_route(int index, const struct netlink_prefix *prefix);

#endif
