/* What the simulator did: counts, and the delays that it really gave. One thread. */
#ifndef SIMNET_DELAYS_H
#define SIMNET_DELAYS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define DELAYS_STEPS 128 /* for each power of two: under 1 % wide */
#define DELAYS_BUCKETS (40 * DELAYS_STEPS)

struct delays {
    uint64_t syns, syn_acks, rsts, icmp; /* read; written */
    uint64_t dropped_by_rate, dropped_by_loss, dropped_by_outage, dropped_by_gate, dropped_by_link,
        dropped_by_table, dropped_by_ban, icmp_withheld, dropped_by_queue;
    uint64_t dead, silent; /* SYNs to hosts, and to ports of living hosts, that never answer */
    uint64_t write_errors;
    uint64_t max_us;
    uint64_t buckets[DELAYS_BUCKETS]; /* of microseconds, for each SYN-ACK */
};

/* From reading a SYN to writing its SYN-ACK. Counts the SYN-ACK. */
void delays_add(struct delays *delays, int64_t delay_ns);
/* One line of JSON, flushed. False: errno says why it cannot be written. */
bool delays_print(const struct delays *delays, FILE *file);

#endif
