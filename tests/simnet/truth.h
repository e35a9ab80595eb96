/*
 * What each port of the simulated network is: a pure function of seed, host address and port, so
 * that millions of ports need no memory and a test can ask before, during and after.
 */
#ifndef SIMNET_TRUTH_H
#define SIMNET_TRUTH_H

#include "address.h"
#include "options.h"

#include <stdio.h>

enum truth_state { TRUTH_CLOSED, TRUTH_OPEN, TRUTH_SILENT, TRUTH_ICMP };

struct truth {
    uint64_t seed;
    uint64_t open_below, silent_below, icmp_below; /* one draw a port, three bounds in a row */
    uint64_t reset_below;                          /* a second draw for open ports */
    uint64_t slow_below;                           /* a third, for every port */
    uint64_t dead_below;                           /* one draw a host */
    uint32_t hosts;                                /* live ones; 0: every address */
    uint32_t all_open;
};

void truth_init(struct truth *truth, const struct options *options);
/* Does the host answer at all? */
bool truth_alive(const struct truth *truth, const struct address *address);
/* A port of a host that is alive. */
enum truth_state truth_port(const struct truth *truth, const struct address *address,
                            uint16_t port);
/* Does this open port reset what it accepted? */
bool truth_resets(const struct truth *truth, const struct address *address, uint16_t port);
/* Does this port answer late, if at all? */
bool truth_slow(const struct truth *truth, const struct address *address, uint16_t port);
/* One line `ip port state` for all that is not closed (or only what is open), by address and port.
 * False: errno says why it cannot be written. */
bool truth_print(const struct truth *truth, const struct options *options, FILE *file);

#endif
