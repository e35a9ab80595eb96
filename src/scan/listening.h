/*
 * Do answers come later than they are waited for? An even sample of a run's ports, 128 of up to
 * 16,384, one in 128 of more, 1,024 at most, is listened to for longer, where nothing answered an
 * attempt in time: the engine keeps its socket while the port has its further attempts, so that it
 * costs no time. A late answer is no verdict, for `timeout` says what one is; it is evidence that
 * ports which were silent do answer. Not thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_LISTENING_H
#define SCAN_LISTENING_H

#include "base/evidence.h"

#define PTL_LISTENING_LEAST 128
#define PTL_LISTENING_MOST 1024
#define PTL_LISTENING_ALL UINT32_MAX

enum ptl_heard {
    PTL_HEARD_UNTOLD, /* it is not listened to: it was answered in time, or there was no socket */
    PTL_HEARD_WAITS,
    PTL_HEARD_NOTHING,
    PTL_HEARD_OPEN,
    PTL_HEARD_CLOSED
};

/* A port of the sample. */
struct ptl_listened {
    uint64_t started_ns;
    uint32_t target;
    uint32_t longest_us; /* that one of its attempts was waited for */
    uint32_t heard_us;   /* from the start till the answer, or till it was given up */
    uint16_t port;
    uint8_t heard;  /* enum ptl_heard */
    bool is_silent; /* that is its verdict */
};

struct ptl_listening {
    struct ptl_listened ports[PTL_LISTENING_MOST];
    uint32_t count;
    uint64_t every; /* one of so many first attempts */
    uint64_t left;  /* so many to the next of the sample, itself included... */
    uint64_t rest;  /* ...and then to the end of those that it is one of */
    uint64_t random;
};

/* `probes`: of which there will be a first attempt. */
void ptl_listening_init(struct ptl_listening *listening, uint64_t probes, uint64_t seed);
/* The next of the sample is this. Returns the number that it has in it; 0: it is full. */
uint16_t ptl_listening_take(struct ptl_listening *listening, uint32_t target, uint16_t port);
/* A first attempt. Returns the number that it has in the sample; 0: it is not in it. */
static inline uint16_t ptl_listening_choose(struct ptl_listening *listening, uint32_t target,
                                            uint16_t port)
{
    return --listening->left > 0 ? 0 : ptl_listening_take(listening, target, port);
}
/* A further attempt of a port of the sample: its number, if none was listened to that tells; else
 * 0. */
uint16_t ptl_listening_again(struct ptl_listening *listening, uint32_t target, uint16_t port);
/* The attempt of that number was silent for its time, and is listened to. */
void ptl_listening_began(struct ptl_listening *listening, uint16_t number, uint64_t started_ns);
/* An attempt of the port was waited for so long in vain. */
void ptl_listening_waited(struct ptl_listening *listening, uint32_t target, uint16_t port,
                          uint32_t wait_us);
/* The attempt of that number is not listened to any more. */
void ptl_listening_ended(struct ptl_listening *listening, uint16_t number, enum ptl_heard heard,
                         uint32_t heard_us);
/* The port's verdict is that it is silent. */
void ptl_listening_verdict(struct ptl_listening *listening, uint32_t target, uint16_t port);
/* Of the ports of a target, or of all. */
struct ptl_late ptl_listening_tell(const struct ptl_listening *listening, uint32_t target,
                                   uint64_t now_ns);
/* How many are being listened to, at most `most`. */
uint32_t ptl_listening_out(const struct ptl_listening *listening, uint32_t most);

#endif
