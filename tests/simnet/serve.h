/* The loop that reads from the device, keeps time, writes to it and minds the command. */
#ifndef SIMNET_SERVE_H
#define SIMNET_SERVE_H

#include "host.h"

#include <sys/types.h>

struct service {
    int device;
    int signals;     /* a signalfd: SIGCHLD, SIGINT, SIGTERM, SIGHUP; they are blocked otherwise */
    pid_t child;     /* the command; 0: there is none */
    bool own_group;  /* the command leads a process group, and signals go to all of it */
    uint32_t passed; /* the signal passed on last; 0: none */
    int64_t passed_ns; /* when */
};

/* Answers until the command has ended or, without one, until a signal; with one, signals are
 * passed on to it. Returns the exit status. */
int serve(struct hosts *hosts, struct service *service);

#endif
