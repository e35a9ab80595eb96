/*
 * A SYN-ACK for which no socket waits any more is answered by the kernel with a reset, which it
 * counts: what Linux tells of its TCP, for the network namespace of this process, in
 * /proc/thread-self/net. So a run in which no such reset was sent had no answer of an open port
 * that came too late. Others are counted with them: for what is still on its way when a connection
 * is ended (a greeting), for the late answer of a port that is found by another attempt, and what
 * this machine refuses others. The first two are not sent while no open port answers, so that it is
 * looked more often then. Not thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_RESETS_H
#define SCAN_RESETS_H

#include "base/evidence.h"

#include <stdbool.h>
#include <stdint.h>

struct ptl_resets {
    struct ptl_resets_sent sent; /* since the start; known: the kernel tells */
    uint64_t before;             /* what it told at the start */
    uint64_t pending;            /* sent apart, unless it turns out that an open port answered */
    uint64_t opens_until_ns;     /* what open ports send may come till then */
    uint64_t next_ns;            /* it is not looked before */
    bool is_apart;               /* no open port has answered since the last look */
};

/* From here on. */
void ptl_resets_begin(struct ptl_resets *resets);
/* Is it time to look? At most every 25 ms, for a four-hundredth of all time, while no open port
 * answers. */
static inline bool ptl_resets_is_due(const struct ptl_resets *resets, uint64_t now_ns)
{
    return resets->sent.is_known && now_ns >= resets->next_ns && now_ns >= resets->opens_until_ns;
}
/* Looks: it is time. `is_idle`: nothing else is to be done, whatever a look takes. */
void ptl_resets_watch(struct ptl_resets *resets, bool is_idle, uint64_t now_ns);
/* An open port has answered, some time ago, or too late for a sentinel; till then more may come. */
void ptl_resets_opens(struct ptl_resets *resets, uint64_t until_ns);
/* Looks, when all answers that came are known. */
void ptl_resets_look(struct ptl_resets *resets, uint64_t now_ns);
/* Nothing can be told. */
void ptl_resets_leave(struct ptl_resets *resets);

/* For tests: at that time the kernel tells so many. */
void ptl_resets_note(struct ptl_resets *resets, uint64_t told, uint64_t now_ns);
/* For tests, too: the number of that name in such a file, whose sections have a line of names and
 * one of numbers: "Tcp: A B\nTcp: 1 2\n". False: there is none. */
bool ptl_resets_find(const char *text, const char *section, const char *name, uint64_t *number);

#endif
