/*
 * How fast the further passes over a target go. A firewall may let only so many SYNs a second in to
 * some ports, beside others that it drops: then as much gets through at any pace, and sentinels,
 * which ask other ports, lose none. What passes find in a second tells of it. Not thread-safe: the
 * plan's lock guards it.
 */
#ifndef SCAN_PASS_H
#define SCAN_PASS_H

#include <stdbool.h>
#include <stdint.h>

struct ptl_served {
    uint64_t fastest_ns; /* from one attempt to the next, at least; 0: a pass is not held back */
    uint64_t every_ns;   /* ...and as it goes */
    uint64_t since_ns;   /* so much was asked and found since then */
    uint32_t asked, found;
    uint32_t most;     /* found in a second; 0: it is not known */
    bool bursts;       /* a token bucket has rested: what it lets through at once says nothing */
    bool slowed;       /* to `most`, to see whether it is a limit... */
    bool limited;      /* ...and it is */
    uint8_t by_chance; /* ...so often it was none */
    bool faster;       /* than `most`, to see whether more gets through by now... */
    uint32_t before;   /* what `most` was then */
    uint64_t rest_ns;  /* ...which is looked at so often... */
    uint64_t look_ns;  /* ...and not before */
};

/* A pass begins. */
void ptl_served_begin(struct ptl_served *served, uint64_t fastest_ns, uint64_t now_ns);
/* The pass found something. */
void ptl_served_found(struct ptl_served *served);
/* An attempt of the pass was handed out: how long to wait before the next. `trips_ns`: an answer to
 * what was sent before comes within that. */
uint64_t ptl_served_rest_ns(struct ptl_served *served, uint64_t trips_ns, uint64_t now_ns);

#endif
