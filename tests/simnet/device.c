#include "device.h"

#include "netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAME "simnet"
/* Packets: half a million sockets in flight fit; the kernel's 500 would drop. A kernel refuses more
 * than 524,288, as its ring of pointers has to fit one allocation of 4 MiB. */
#define QUEUE_LENGTH 500000

static const struct netlink_prefix addresses[] = {
    {AF_INET, 32, {198, 19, 255, 254}},
    {AF_INET6, 128, {0x20, 0x01, 0, 2, [12] = 0xff, 0xff, 0, 1}},
};
static const struct netlink_prefix routes[] = {
    {AF_INET, 15, {198, 18}},
    {AF_INET6, 48, {0x20, 0x01, 0, 2}},
};

/* Nothing depends on these: they keep packets of no interest away, or are right already. */
static void set(const char *path, const char *value)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, value, strlen(value)) < 0)
        fprintf(stderr, "simnet: %s: %s (going on)\n", path, strerror(errno));
    close(fd);
}

static void quieten(void)
{
    set("/proc/sys/net/ipv6/conf/all/disable_ipv6", "0");
    set("/proc/sys/net/ipv6/conf/" NAME "/disable_ipv6", "0");
    set("/proc/sys/net/ipv6/conf/" NAME "/addr_gen_mode", "1"); /* no link-local address */
    set("/proc/sys/net/ipv6/conf/" NAME "/accept_dad", "0");
    set("/proc/sys/net/ipv6/conf/" NAME "/accept_ra", "0");
    set("/proc/sys/net/ipv6/conf/" NAME "/router_solicitations", "0");
}

static bool configure(int index)
{
    int failed = index == 0 ? errno : netlink_raise(index, QUEUE_LENGTH);
    if (failed != 0) {
        fprintf(stderr, "simnet: the TUN device: %s\n", strerror(failed));
        return false;
    }
    for (int i = 0; i < 2; i++) {
        failed = netlink_add_address(index, &addresses[i]);
        if (failed == 0)
            failed = netlink_add_route(index, &routes[i]);
        if (failed == 0)
            continue;
        bool v6 = addresses[i].family == AF_INET6;
        fprintf(stderr, "simnet: %s addresses: %s%s\n", v6 ? "IPv6" : "IPv4", strerror(failed),
                v6 ? " (going on without)" : "");
        if (!v6)
            return false;
    }
    return true;
}

int device_open(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, NAME);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) {
        fprintf(stderr, "simnet: no TUN device can be made here: /dev/net/tun: %s\n",
                strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    quieten();
    if (configure((int)if_nametoindex(NAME)))
        return fd;
    close(fd);
    return -1;
}
