/*
 * listen PORT[:KIND]... -- COMMAND [ARGUMENT...]: runs the command while the ports listen on
 * 127.0.0.1 and ::1, and ends with its status. For tests, inside a namespace of their own. Where
 * IPv6 is off it says so and listens on 127.0.0.1 alone. KIND says what a connection meets:
 *
 *   (none)  nothing accepts: the backlog takes the connections of a few thousand scans, then the
 *           port falls silent
 *   reset   it is accepted and reset at once
 *   close   it is accepted and closed at once
 *   once    nothing accepts, and there is room for one: after that the port is silent
 */
#include "support/listeners.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static bool has_ipv6(void)
{
    int fd = listen_on(AF_INET6, 0, 1); /* port 0: any that is free */
    if (fd >= 0)
        close(fd);
    else if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)
        fputs("listen: IPv6 is off here: listening on 127.0.0.1 alone\n", stderr);
    return fd >= 0 || (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL);
}

/* A process that accepts and ends every connection of the listener; it dies with its parent. */
static bool end_connections(int fd, bool reset)
{
    pid_t parent = getpid(), child = fork();
    if (child != 0)
        return child > 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(99);
    struct linger linger = {.l_onoff = reset, .l_linger = 0};
    for (;;) {
        int connection = accept(fd, NULL, NULL);
        if (connection < 0)
            continue;
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
        close(connection);
    }
}

static bool listen_as(int family, const char *word)
{
    char *kind;
    uint16_t port = (uint16_t)strtoul(word, &kind, 10);
    bool reset = strcmp(kind, ":reset") == 0, ends = reset || strcmp(kind, ":close") == 0;
    bool once = strcmp(kind, ":once") == 0;
    if (*kind != '\0' && !ends && !once) {
        errno = EINVAL;
        return false;
    }
    int fd = listen_on(family, port, once ? 0 : SOMAXCONN);
    return fd >= 0 && (!ends || end_connections(fd, reset));
}

int main(int argc, char **argv)
{
    int i = 1;
    bool ipv6 = has_ipv6();
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (!listen_as(AF_INET, argv[i]) || (ipv6 && !listen_as(AF_INET6, argv[i]))) {
            perror(argv[i]);
            return 99;
        }
    }
    if (i + 1 >= argc) {
        fputs("usage: listen PORT[:reset|:close]... -- COMMAND [ARGUMENT...]\n", stderr);
        return 99;
    }
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[i + 1], argv + i + 1);
        perror(argv[i + 1]);
        _exit(99);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return 99;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
