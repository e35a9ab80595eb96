/* The TUN device that stands for the network, with its addresses and routes. */
#ifndef SIMNET_DEVICE_H
#define SIMNET_DEVICE_H

/* A descriptor whose reads and writes are whole IP packets and do not wait; the device goes with
 * it. -1: standard error says why. A kernel without IPv6 is worth a warning, not a failure. */
int device_open(void);

#endif
