/*
 * The inside of the plan: what it knows, and how its files look at that. The lock of the plan
 * guards all of it.
 */
#ifndef SCAN_PLAN_STATE_H
#define SCAN_PLAN_STATE_H

#include "base/array.h"
#include "base/clock.h"
#include "scan/bells.h"
#include "scan/listening.h"
#include "scan/pacer.h"
#include "scan/path.h"
#include "scan/pipe.h"
#include "scan/plan.h"
#include "scan/resets.h"
#include "scan/schedule.h"
#include "scan/shortage.h"
#include "scan/tally.h"

#include <pthread.h>
#include <stdatomic.h>

#define PTL_UNANSWERED_S 120       /* as long as a router may keep what nothing answered */
#define PTL_UNANSWERED_MANY 50000U /* more than home routers have room for */
#define PTL_SENTINEL_EVERY 16 /* silent attempts from one sentinel to the next: while little... */
#define PTL_MISSED_MOST 0.05  /* answers that may be expected among ports not asked again */
#define PTL_SENTINEL_EVERY_MOST 64 /* ...is known, or much is lost; and at most */
#define PTL_SENTINEL_TARGETS 16    /* whose ports are asked again for the run as a whole */

#define PTL_TOLD 4 /* so many tell of targets that have not answered themselves */

#define PTL_LINKS_MOST 64

/* A network that this machine is directly connected to. */
struct ptl_link {
    struct ptl_address own; /* this machine's */
    uint8_t prefix;         /* bits */
    unsigned interface;
};

struct ptl_neighbours {
    int fd; /* rtnetlink; -1: it is not to be had, and nothing is known to be on a link */
    struct ptl_link links[PTL_LINKS_MOST];
    size_t count;
};

/* An open port whose confirmation is under way. */
struct ptl_confirmation {
    struct ptl_result result; /* kept once it is complete, or at the end */
    bool used;
    uint32_t next_free; /* index + 1; 0: none */
};

/* Attempts that nothing answered, over the last two minutes. */
struct ptl_unanswered {
    uint32_t seconds[PTL_UNANSWERED_S];
    uint32_t now_s, count, peak;
};

/* Sentinels of late: what is older fades. */
struct ptl_recent {
    uint32_t asked, lost;
};

struct ptl_plan {
    pthread_mutex_t lock;
    atomic_int stop; /* enum ptl_stop */
    const struct ptl_profile *profile;
    struct ptl_results *results;
    const uint16_t *ports;
    uint32_t port_count;
    uint64_t targets;
    struct ptl_permute target_order;
    uint64_t seed;
    uint64_t start_ns;
    uint32_t base_ms; /* from the start of the run, which may have been resumed, to start_ns */
    uint64_t now_ns;  /* when this exchange began */

    struct ptl_schedule schedule;
    uint64_t next_target;

    struct ptl_neighbours neighbours;
    uint32_t lookups; /* under way */
    uint32_t nobody;  /* lanes whose address nobody has */

    struct ptl_path path; /* what all targets share */
    struct ptl_pipe pipe;
    struct ptl_fifo doubts; /* silence that no answer to something sent later has confirmed yet */
    uint32_t silent_lately; /* those that vouch.c keeps, of all lanes */
    uint32_t debt;          /* overdue attempts since the last sentinel */
    uint32_t sentinels_out;
    uint32_t next_sentinel;     /* whose turn it is */
    uint32_t disproved;         /* reasons, a bit each: what has answered was refused so */
    uint64_t told_ns[PTL_TOLD]; /* when the latest sentinels of the run were sent that have ended */
    uint32_t held;              /* ICMP errors in all lanes that are not believed yet */
    uint64_t sentinels_asked, sentinels_lost;
    struct ptl_tally tally;   /* of those that were asked for the run as a whole */
    uint64_t relist_ns;       /* when another target may take a place among the sentinels' */
    uint64_t sentinel_draw;   /* the state of the draws for such places */
    uint32_t fill_from;       /* the lane that is looked at first to fill them */
    uint64_t heard;           /* answers of any kind */
    uint64_t answering;       /* targets that have answered */
    uint64_t silent;          /* ports in all lanes that only another pass could tell more about */
    uint64_t limited_targets; /* that were found to have a limit of their own */
    struct ptl_unanswered unanswered;
    struct ptl_listening listening; /* for answers that are late */
    struct ptl_resets resets;       /* the same, as this machine's kernel counts them */
    struct ptl_sources *sources;
    uint64_t lingers_ns;               /* all have their verdicts: resets are counted till then */
    bool lingers_are_short;            /* it is not known yet whether it is worth while */
    uint32_t point_ms, point_every_ms; /* when the next point of the run's course is due */
    uint64_t point_heard;
    uint64_t answered, lost;            /* attempts, and those of them that prove one before lost */
    uint64_t lossy;                     /* targets that lost a quarter of the attempts */
    bool is_uneven;                     /* some lose more than others... */
    uint64_t uneven_until_ns;           /* ...as far as is known till then */
    struct ptl_recent recent;           /* sentinels, but for those of an outage... */
    struct ptl_recent recent_lossy;     /* ...and those of targets that lose much, for themselves */
    uint64_t found[PTL_ASKED_MOST + 1]; /* answers to attempts beyond a port's first, by its pass */

    struct ptl_confirmation *confirmations;
    size_t confirmation_count, confirmation_capacity;
    uint32_t free_confirmation; /* index + 1; 0: none */

    struct ptl_shortage shortage;
    uint64_t pause_until_ns; /* nothing could be asked at all: give this machine time */
    struct ptl_pacer pacer;
    uint32_t alarm_worker; /* of those that found nothing, the one that looks again by itself... */
    uint64_t alarm_ns;     /* ...then */

    const struct ptl_past *past; /* what this run goes on with; NULL: nothing */
    uint64_t restored;           /* targets, in the run's order, of which it may know something */
    bool has_evidence;           /* of what it knows, too: of the run, not of its targets */
    struct ptl_sentinels past_sentinels;
    struct ptl_late past_late;
    bool takes_notes; /* for the journal... */
    bool notes_lost;  /* ...but there was no room */
    struct ptl_journal_batch notes;
    uint64_t abandoned;   /* probes that were in flight when the plan was stopped */
    size_t noted_results; /* of the results' items */
    uint64_t limits_noted_ns;
    struct ptl_evidence noted_evidence;

    struct ptl_summary sum;
    uint64_t gave_up; /* targets, by `give_up_after` */
    uint64_t gone;    /* targets that fell silent for good */
    uint64_t quiet;   /* targets that are silent, and asked whether they still are */
    bool out_of_memory;
    struct ptl_bells bells;
    bool told_finished;
};

static inline bool ptl_plan_is_silence(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_FILTERED && outcome->reason == PTL_REASON_NO_RESPONSE;
}

/* By an ICMP error. */
static inline bool ptl_plan_is_refusal(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_FILTERED && outcome->reason != PTL_REASON_NO_RESPONSE;
}

/* An answer of the target itself. */
static inline bool ptl_plan_is_answer(const struct ptl_outcome *outcome)
{
    return outcome->state == PTL_OPEN || outcome->state == PTL_CLOSED;
}

static inline struct ptl_lane *ptl_plan_lane(struct ptl_plan *plan, const struct ptl_probe *probe)
{
    return &plan->schedule.lanes[probe->lane];
}

/* May losses bring a silent port more attempts than `retries` does? */
static inline bool ptl_plan_grants_more(const struct ptl_plan *plan)
{
    const struct ptl_profile *profile = plan->profile;
    return profile->adaptive && profile->retries > 0 && profile->loss_retries > 0;
}

/* Ports that have their verdicts. */
static inline uint64_t ptl_plan_known(const struct ptl_plan *plan)
{
    uint64_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += plan->sum.states[s];
    return known;
}

/* The place of the probe's port among those of the run. */
static inline uint32_t ptl_plan_index(const struct ptl_plan *plan, const struct ptl_probe *probe)
{
    size_t at;
    PTL_SEARCH(at, plan->port_count, plan->ports[at] < probe->port);
    return (uint32_t)at;
}

/* How many attempts the probe's port had before that told nothing of it. */
static inline uint32_t ptl_plan_asked(const struct ptl_plan *plan, const struct ptl_probe *probe)
{
    const struct ptl_mark *marks = plan->schedule.lanes[probe->lane].marks;
    return marks != NULL ? marks[ptl_plan_index(plan, probe)].asked : 0;
}

/* Milliseconds from the plan's start. */
static inline uint32_t ptl_plan_ms(const struct ptl_plan *plan, uint64_t at_ns)
{
    uint64_t ms = at_ns > plan->start_ns ? (at_ns - plan->start_ns) / PTL_NS_PER_MS : 0;
    return ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

/* The same from the run's start, for its results. */
static inline uint32_t ptl_plan_offset_ms(const struct ptl_plan *plan, uint64_t at_ns)
{
    uint32_t ms = ptl_plan_ms(plan, at_ns);
    return ms < UINT32_MAX - plan->base_ms ? plan->base_ms + ms : UINT32_MAX;
}

/* What stands in that place of the run's order, of targets or of a target's ports. */
static inline uint32_t ptl_plan_at(const struct ptl_plan *plan, const struct ptl_permute *order,
                                   uint64_t place)
{
    return (uint32_t)(plan->profile->order == PTL_ORDER_RANDOM ? ptl_permute_forward(order, place)
                                                               : place);
}

#endif
