/* The loop that reads from the device, keeps time, writes to it and minds the command. */
#ifndef SIMNET_SERVE_H
#define SIMNET_SERVE_H

#include "host.h"

#include <sys/types.h>

struct service {
    int device;
    int signals; /* a signalfd: SIGCHLD, SIGINT, SIGTERM, SIGHUP; they are blocked otherwise */
    pid_t child; /* the command; 0: there is none */
};

/* Answers until the command has ended or, without one, until a signal; with one, signals are
 * passed on to it. Returns the exit status. */
int serve(struct hosts *hosts, const struct service *service);

#endif
