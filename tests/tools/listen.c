/*
 * listen PORT... -- COMMAND [ARGUMENT...]: runs the command while the ports listen on 127.0.0.1
 * and ::1, and ends with its status. For tests, inside a namespace of their own. Nothing accepts:
 * the backlog takes the connections of a few thousand scans, then the ports fall silent. Where
 * IPv6 is off it says so and listens on 127.0.0.1 alone.
 */
#include "support/listeners.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

int main(int argc, char **argv)
{
    int i = 1;
    bool ipv6 = has_ipv6();
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        uint16_t port = (uint16_t)atoi(argv[i]);
        if (listen_on(AF_INET, port, SOMAXCONN) < 0 ||
            (ipv6 && listen_on(AF_INET6, port, SOMAXCONN) < 0)) {
            perror(argv[i]);
            return 99;
        }
    }
    if (i + 1 >= argc) {
        fputs("usage: listen PORT... -- COMMAND [ARGUMENT...]\n", stderr);
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
