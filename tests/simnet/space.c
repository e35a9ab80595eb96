#include "space.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool written = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    close(fd);
    return written;
}

/* This user becomes root of the user namespace; the kernel wants setgroups denied before. */
static bool map_root(uid_t uid, gid_t gid)
{
    char uid_line[32], gid_line[32];
    snprintf(uid_line, sizeof(uid_line), "0 %u 1", (unsigned)uid);
    snprintf(gid_line, sizeof(gid_line), "0 %u 1", (unsigned)gid);
    return write_file("/proc/self/uid_map", uid_line) &&
           write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/gid_map", gid_line);
}

static bool flags_of(int fd, const char *name, short *flags)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    bool known = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    *flags = request.ifr_flags;
    return known;
}

bool space_raise_lo(void)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    if (!up)
        perror("simnet: lo");
    if (fd >= 0)
        close(fd);
    return up;
}

bool space_enter(void)
{
    uid_t uid = getuid();
    gid_t gid = getgid();
    bool made;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
        made = map_root(uid, gid);
    else
        made = unshare(CLONE_NEWNET) == 0;
    if (!made) {
        fprintf(stderr, "simnet: no network namespace can be made here: %s\n", strerror(errno));
        return false;
    }
    return true;
}

/* Only lo may be up. Interfaces that the kernel puts into every namespace are down. */
static bool only_lo(void)
{
    struct if_nameindex *names = if_nameindex();
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (names == NULL || fd < 0) {
        perror("simnet: the interfaces of this namespace");
        if (names != NULL)
            if_freenameindex(names);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool alone = true;
    for (struct if_nameindex *i = names; i->if_name != NULL && alone; i++) {
        short flags;
        if (strcmp(i->if_name, "lo") == 0 || !flags_of(fd, i->if_name, &flags))
            continue;
        alone = (flags & IFF_UP) == 0;
        if (!alone)
            fprintf(stderr,
                    "simnet: %s is up here: this works only in a network namespace of its own "
                    "(unshare -rn simnet ..., or --unshare)\n",
                    i->if_name);
    }
    if_freenameindex(names);
    close(fd);
    return alone;
}

bool space_is_ours(void)
{
    struct stat first, own;
    /* In a user namespace the first process cannot be looked at; the interfaces still can. */
    if (stat("/proc/1/ns/net", &first) == 0 && stat("/proc/self/ns/net", &own) == 0 &&
        first.st_ino == own.st_ino && first.st_dev == own.st_dev) {
        fputs("simnet: this is the machine's own network: this works only in a network namespace "
              "of its own (unshare -rn simnet ..., or --unshare)\n",
              stderr);
        return false;
    }
    return only_lo();
}
