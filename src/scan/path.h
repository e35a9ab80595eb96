/*
 * The controller: how fast something may be asked, and whether it answers at all. One instance for
 * the run, which stands for what all targets share, and one for each target, which knows no limit
 * until that target is to blame. docs/accuracy.md explains it.
 *
 * Evidence is what sentinels say: ports that have answered, asked again. One that stays silent is a
 * loss; other silence proves nothing. STARTUP is slow start (RFC 5681, 3.1), left at a loss or
 * where a queue is seen (RFC 9406); STEADY is a pace, lowered to what got through, raised by an
 * eighth. What a slower pace does not cure is chance (chance.h), and is put up with. Not
 * thread-safe: the plan's lock guards it.
 */
#ifndef SCAN_PATH_H
#define SCAN_PATH_H

#include "scan/chance.h"
#include "scan/pacer.h"
#include "scan/queue.h"
#include "scan/rtt.h"

#define PTL_PATH_START 128    /* attempts in the pipe, at first */
#define PTL_PATH_UNHEARD 2048 /* no more of them while nothing has ever answered */
#define PTL_PATH_FULL 2048    /* no more of them while answers are kept waiting */
#define PTL_PATH_SILENT 3     /* sentinels in a row: more than chance loses */
#define PTL_PATH_BAD 6
#define PTL_PATH_LOST 12  /* sentinels in a row: as many as ever have to be lost together */
#define PTL_PATH_FRESH 64 /* slices of 16 ms: a second */
#define PTL_PATH_SLICE_NS 100000000ULL /* how fast it was asked is counted over so long */

#define PTL_LOSS_FEW 8      /* sentinels: enough where most are lost, twice as many where half... */
#define PTL_LOSS_ENOUGH 32  /* ...and enough to tell a quarter from a tenth */
#define PTL_LOSS_EXCESS 0.1 /* a share lost beyond that of any pace: the pace is to blame */
#define PTL_LOSS_BASE_MOST 0.15 /* ...which is no more than this, before chance is known */

/* Of the times at which attempts were sent. */
struct ptl_interval {
    uint64_t from_ns, to_ns;
};

struct ptl_path {
    /* round trips */
    struct ptl_rtt rtt;
    uint32_t least_us; /* the least; of the run, what its targets' least are on average */
    struct ptl_queue queue;
    uint64_t through; /* attempts a second that get through, while a queue drains; 0: none does */
    uint64_t queued;  /* the same, when it was gone; 0: there was none */
    /* how much may be sent */
    uint32_t window;       /* STARTUP: attempts in the pipe; 0: as many as there are permits */
    struct ptl_pacer pace; /* the lesser of these two; 0: none */
    uint64_t limit;        /* attempts a second: what gets through; 0: none was found */
    uint64_t ceiling;      /* attempts a second: after an outage; 0: none */
    uint64_t struck;       /* attempts a second at which the last outage began */
    bool struck_at_once;   /* no sooner than that was reached */
    uint64_t cycle_ns;     /* when the last that lasted was over; at first, when all began */
    uint32_t cycle_sent, passed; /* attempts since then, and up to the last answer */
    uint64_t sustained;          /* attempts a second that passed, the last outage reckoned in */
    bool held;                   /* the window or the pace held attempts back since `since_ns` */
    /* since the limit or the evidence changed */
    uint64_t since_ns;
    uint32_t sent, silent;
    /* Sentinels that have ended, and those of them that nothing answered. They are counted with all
     * that were sent in the same moment: answers come sooner than losses are known. */
    uint32_t asked, lost;
    uint8_t fresh[PTL_PATH_FRESH][2]; /* not counted yet, by the time of sending: answered, lost */
    uint64_t fresh_first;             /* number of the oldest slice */
    uint32_t sent_then, silent_then;  /* when one was lost last, or that many were sent since */
    struct ptl_chance chance;         /* or is it to be blamed on the pace? */
    double base_share;                /* of loss at any pace, as far as is known */
    uint8_t steps;                    /* up, one after the other: each is twice the one before */
    uint64_t last_limit;              /* before the last step up; 0: none to be judged */
    double last_share;                /* of loss, then */
    uint64_t hold_until_ns;           /* a step up was in vain: none before */
    uint64_t raised_ns;               /* when the ceiling was */
    /* is it there? */
    uint64_t alive_ns; /* when the latest attempt was sent that was answered; 0: none was */
    uint64_t heard_ns; /* when the last answer came */
    /* when sentinels were sent that were lost, later than that; 0: none */
    uint64_t lost_ns[PTL_PATH_LOST];
    uint32_t lost_in_row;                /* how many these are */
    bool struck_before, ours;            /* one lasted; it is our pace that brings them about */
    bool paused;                         /* all is silent: sentinels alone are sent */
    uint64_t ask_ns;                     /* paused: when the next is */
    uint32_t ask_every_ms, asked_paused; /* how often, and how often it was by now */
    /* attempts sent then say nothing if nothing answered them; the oldest two become one */
    struct ptl_interval bad[PTL_PATH_BAD];
    uint8_t next_bad;
    /* how fast it was asked lately */
    uint64_t slice_ns;
    uint32_t slice_sent, slice_rate;
};

/* ---- pace.c ---- */

/* `window`: attempts in the pipe to begin with; 0: STARTUP is over. */
void ptl_path_init(struct ptl_path *path, uint32_t window, uint64_t now_ns);

/* How many of `want` attempts may be sent now, with so many in the pipe; where none, *due_ns
 * becomes the time at which one may, if time alone will do. */
size_t ptl_path_allow(struct ptl_path *path, size_t want, uint32_t in_pipe, uint64_t now_ns,
                      uint64_t *due_ns);
/* So many were sent. */
void ptl_path_sent(struct ptl_path *path, size_t count, uint64_t now_ns);
/* So many left the pipe unanswered. `most`: permits there are. */
void ptl_path_overdue(struct ptl_path *path, uint32_t count, uint32_t most);
/* A round trip, beside the least of its target; `prompt`: the program read it as it came, so that
 * it tells of queues of the network alone. */
void ptl_path_round_trip(struct ptl_path *path, uint32_t us, uint32_t least_us, bool prompt,
                         uint32_t in_pipe, uint64_t now_ns);
/*
 * An attempt that was sent at `sent_ns` was answered: what is there, is there. True: an outage is
 * over, that began with the last answer before, *lasted_ms ago.
 */
bool ptl_path_heard(struct ptl_path *path, uint64_t sent_ns, uint64_t now_ns, uint32_t most,
                    uint32_t *lasted_ms);
/* Where what is there fell silent as soon as it was asked, our pace is to blame. What that costs is
 * known now: more than can be won where few ports are `left`, however fast they are asked. */
void ptl_path_spread(struct ptl_path *path, uint64_t left, uint32_t lasted_ms, uint64_t now_ns);
/* A sentinel that was sent at `sent_ns` has ended. True: the limit was lowered. `blames`: it may
 * be. */
bool ptl_path_sentinel(struct ptl_path *path, uint64_t sent_ns, bool answered, bool blames,
                       uint64_t now_ns);
/* What was found in the run that this one goes on with, 0: nothing: half of it to begin with. */
void ptl_path_resume(struct ptl_path *path, uint64_t limit, uint64_t now_ns);
/* Something had answered in that run: silence from now on is in doubt. */
void ptl_path_was_there(struct ptl_path *path, uint64_t now_ns);

/* ---- loss.c ---- */

/* How long a sentinel is waited for at most, microseconds. */
uint64_t ptl_path_sentinel_us(const struct ptl_path *path);
/* So much is lost just now that silence says nothing, and it is not chance, as far as is known. */
bool ptl_path_loses_many(const struct ptl_path *path);
/* As is known of the run, chance takes that share, 0: none: no pace of a target cures it. */
void ptl_path_lose(struct ptl_path *path, double share);
/* The evidence so far is explained otherwise. */
void ptl_path_forget(struct ptl_path *path, uint64_t now_ns);
/* A sentinel has ended that was sent since the evidence changed. */
void ptl_loss_add(struct ptl_path *path, uint64_t sent_ns, bool answered, uint64_t now_ns);
/* Counts the sentinels of which all that were sent with them have ended by now. */
void ptl_loss_count_old(struct ptl_path *path, uint64_t now_ns);
/* Few of them were lost, those included that are not counted yet. */
bool ptl_loss_is_rare(const struct ptl_path *path);
/* The share of sentinels that is lost; and what is beyond that of chance, where enough were asked.
 */
double ptl_loss_share(const struct ptl_path *path);
double ptl_loss_beyond_chance(const struct ptl_path *path);
/* More is lost than at any pace, and by more than so few sentinels vary. */
bool ptl_loss_exceeds_base(const struct ptl_path *path);
/* And so much more that a slower pace is called for. */
bool ptl_loss_is_of_pace(const struct ptl_path *path);
/* The pace is to blame: what was sent while much was lost is asked again, and less is put up with
 * from now on. */
void ptl_loss_blame_pace(struct ptl_path *path, uint64_t now_ns);
/* A round that lost `share` at a pace that is well. */
void ptl_loss_learn_base(struct ptl_path *path, double share);
/* Nearly all that was asked lately was answered: whatever took the sentinels that were lost before
 * is gone, and no silence is left for others to be asked after. */
bool ptl_loss_is_over(struct ptl_path *path);

/* ---- outage.c ---- */

/* More sentinels in a row are lost than chance explains. */
bool ptl_path_is_silent(const struct ptl_path *path);
/* And nothing else has been heard for a while: from now on sentinels alone are sent. */
bool ptl_path_falls_silent(const struct ptl_path *path, uint64_t now_ns);
void ptl_path_pause(struct ptl_path *path, uint64_t now_ns);
/* The next time to ask while it is paused. */
void ptl_path_asked(struct ptl_path *path, uint64_t now_ns);
/* Nothing that was sent then is to be judged by its silence. */
void ptl_path_add_bad(struct ptl_path *path, uint64_t from_ns, uint64_t to_ns);
bool ptl_path_is_bad(const struct ptl_path *path, uint64_t sent_ns);
/* A sentinel that was sent then is lost. */
void ptl_path_note_lost(struct ptl_path *path, uint64_t sent_ns);
/* A sentinel that was sent then, or something else, was answered: what was lost before is not in a
 * row. */
void ptl_path_note_alive(struct ptl_path *path, uint64_t sent_ns);
/* This machine did nothing from then to then: what is silent of it is not lost, nor is it silent
 * for longer than that. */
void ptl_path_stand_still(struct ptl_path *path, uint64_t from_ns, uint64_t to_ns);

#endif
