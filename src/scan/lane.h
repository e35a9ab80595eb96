/*
 * A lane: one active target, from its first probe to its last verdict. Lanes live in the plan's
 * bounded window; everything here is under the plan's lock, but `address`, which does not change
 * while the lane has a probe out.
 */
#ifndef SCAN_LANE_H
#define SCAN_LANE_H

#include "base/permute.h"
#include "results/results.h"
#include "scan/fifo.h"
#include "scan/pass.h"
#include "scan/path.h"
#include "scan/tally.h"
#include "target/address.h"

#define PTL_LANE_NONE UINT32_MAX
#define PTL_ASKED_MOST 31 /* attempts at a port, of any kind: as many as a result can tell */

/* A port that has answered, which a sentinel may ask again. */
struct ptl_known {
    uint16_t port; /* 0: none */
    bool refuses;  /* with RST: it does so however often it is asked */
    bool trusted;  /* its silence means something: it refuses, or was asked again and answered */
    uint8_t misses;
    uint32_t asked_ms; /* an open one is not asked again at once */
};
#define PTL_LANE_KNOWN 4

/* What is known of a port that was asked and has no verdict. A port that was not asked yet, and one
 * that is being asked for the first time, has a mark of 0. */
struct ptl_mark {
    uint16_t asked : 6;   /* attempts made: more than PTL_ASKED_MOST by one a pass */
    uint16_t counted : 5; /* those whose silence counts */
    bool waits : 1;       /* for another attempt */
    bool silent : 1;      /* it had as many attempts as ports get so far */
    bool listens : 1;     /* its first attempt was to be listened to for longer */
    bool weighed : 1;     /* it is known what sentinels beside an attempt tell of it... */
    bool vouched : 1;     /* ...all of them were answered */
};

/* Where a lane stands. The first three are rings that are served in this order. */
enum ptl_place {
    PTL_PLACE_FLOWING, /* answers, or was not asked yet */
    PTL_PLACE_LAGGING, /* has answered nothing: a small share while others wait */
    PTL_PLACE_LAST,    /* has answered nothing, and all its ports were tried once */
    PTL_PLACE_ASLEEP,  /* what it has to send is not due yet */
    PTL_PLACE_NOWHERE, /* nothing to send, or as much in flight as it may have */
};
#define PTL_RINGS 3

/* An address on a link: does anybody have it? */
enum ptl_lookup {
    PTL_LOOKUP_NONE,  /* it is on no link, or somebody has it */
    PTL_LOOKUP_ASKS,  /* one attempt makes the kernel look it up */
    PTL_LOOKUP_WAITS, /* the kernel is at it */
    PTL_LOOKUP_NOBODY /* it is looked up again now and then, while the run lasts */
};

struct ptl_lane {
    struct ptl_address address;
    uint32_t target;
    uint32_t position;  /* of the target in the run's order */
    uint32_t next_port; /* how many ports had their first attempt handed out */
    uint32_t in_flight;
    uint32_t answers;  /* SYN-ACKs and RSTs */
    uint32_t heard;    /* these, and whatever ICMP said */
    uint32_t scouts;   /* last attempts to it while it had not answered and sockets were scarce */
    uint32_t silences; /* first attempts that nothing answered */
    struct ptl_fifo again;  /* confirmations, and what this machine failed to ask */
    struct ptl_fifo doubts; /* silence that nothing sent later to this target has confirmed yet */
    uint32_t plan_doubts;   /* the same, where the run as a whole is to confirm it */
    /* ICMP errors that are believed if nothing comes that disproves them; were some of their ports
     * asked again? By index of the port: the last that proved nothing; 0, NULL: none. */
    struct ptl_fifo refusals;
    bool refusals_tried;
    uint8_t *reasons;

    struct ptl_fifo silent_lately; /* silence that counts, of which sentinels are to tell more */
    struct ptl_mark *marks;        /* by index of the port; NULL: no port was silent yet */
    uint32_t waiting;              /* marks that wait */
    uint32_t silent;               /* marks that are silent */
    uint32_t cursor;               /* where the next that waits is looked for */
    uint8_t pass;                  /* attempts that a port may have so far */
    uint32_t lost;                 /* attempts that an answer to a later one proves lost... */
    uint32_t proven;               /* ...or that it does not answer a sentinel of its own */
    uint32_t passed;               /* attempts that were answered, and such sentinels */
    uint32_t found,
        found_before; /* answers to attempts beyond the first, in this pass and the one before */
    uint32_t weighed, vouched, weighed_then,
        vouched_then; /* silent attempts: sentinels told of them, and nothing of losses */
    uint32_t vouched_found, doubtful_found; /* after an attempt that was weighed */
    uint64_t pass_ns;                       /* when this pass began */
    struct ptl_served served;               /* how fast further passes go */
    uint64_t asked_ns;                      /* when the last attempt was handed out */
    uint64_t rest_ns;                       /* it sends nothing before */
    struct ptl_permute port_order;          /* order random only */
    uint16_t states[PTL_STATE_COUNT];
    struct ptl_target_evidence evidence;
    struct ptl_tally tally; /* of sentinels that were asked for the target alone */
    struct ptl_path path;
    uint32_t least_wait_us; /* the shortest that a silent attempt was waited for */
    struct ptl_known known[PTL_LANE_KNOWN];
    uint8_t next_sentinel; /* whose turn it is among the known */
    uint8_t sentinels_out;
    uint32_t debt;           /* silent attempts since the last sentinel */
    uint32_t disproved;      /* reasons, a bit each: what has answered was refused so */
    uint64_t told_ns;        /* when the latest sentinel of its own was sent that has ended */
    uint32_t previous, next; /* in its ring, or the free list */
    uint8_t place;           /* enum ptl_place */
    bool active;
    uint8_t lookup;     /* enum ptl_lookup */
    uint64_t looked_ns; /* when the kernel began to look */
    bool listens;       /* ports of it are in the sample of listening.h */
    bool nobody;        /* it was found that nobody has the address */
    bool gave_up;       /* by `give_up_after` */
    bool gone;          /* it fell silent for good: what is open stays unprobed */
    bool lags;          /* counted as lagging */
    bool lossy;         /* it lost a quarter of the attempts, or more */
};

/* Where a port that has answered is remembered; NULL: those that are known serve as well. */
static inline struct ptl_known *ptl_lane_room(struct ptl_lane *lane, bool refuses)
{
    struct ptl_known *room = NULL;
    for (int i = 0; i < PTL_LANE_KNOWN && (room == NULL || room->port != 0); i++)
        if (lane->known[i].port == 0 || (refuses && !lane->known[i].refuses))
            room = &lane->known[i];
    return room;
}

/* Nothing is under way, nor in doubt. */
static inline bool ptl_lane_is_idle(const struct ptl_lane *lane)
{
    return lane->in_flight == 0 && lane->plan_doubts == 0 && lane->doubts.count == 0;
}

/* Ports that have their verdicts. */
static inline uint32_t ptl_lane_known(const struct ptl_lane *lane)
{
    uint32_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += lane->states[s];
    return known;
}

#endif
