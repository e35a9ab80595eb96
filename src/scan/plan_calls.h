/*
 * What the files of the plan call of each other. plan.c hands probes out and takes outcomes in;
 * settle.c says what an outcome means; pass.c whether silent ports are asked once more, and how
 * fast; silence.c keeps attempts that nothing answered, until it is known what that means;
 * refusal.c keeps what ICMP errors answered; vouch.c tells which silent attempts sentinels vouch
 * for; sentinel.c asks again what has answered; sample.c knows which targets stand for all, and
 * uneven.c whether all of them lose alike; verdict.c counts and keeps. Each knows those that
 * follow it, none before.
 */
#ifndef SCAN_PLAN_CALLS_H
#define SCAN_PLAN_CALLS_H

#include "scan/plan_state.h"

/* ---- pull.c ---- */

/* Up to `want` probes; where there are none, *due_ns becomes the time at which there may be some,
 * if time alone will do. */
size_t ptl_pull(struct ptl_plan *plan, struct ptl_probe *probes, size_t want, uint64_t *due_ns);
/* Has a lane something to send that comes before the further attempts of those that never answered?
 */
static inline bool ptl_pull_has_first(const struct ptl_plan *plan)
{
    return plan->schedule.sizes[PTL_PLACE_FLOWING] > 0 ||
           plan->schedule.sizes[PTL_PLACE_LAGGING] > 0;
}

/* ---- course.c ---- */

#define PTL_COURSE_EVERY_MS 100 /* a point, at first */
/* Notes what is allowed and what was answered: another point is due. */
void ptl_course_note(struct ptl_plan *plan, uint32_t now_ms);
/* Counts resets (resets.h): it is time. */
void ptl_course_watch(struct ptl_plan *plan);
/* What held the run back, into its results. */
void ptl_course_describe(struct ptl_plan *plan);
/* All ports have their verdicts. True: answers may come yet, that are too late for them, as some
 * have, and it is worth while to count them. */
bool ptl_course_lingers(struct ptl_plan *plan);
/* What sentinels and late answers tell of it by now, with what went before it was resumed. */
void ptl_course_evidence(const struct ptl_plan *plan, struct ptl_evidence *evidence);
/* The warnings that it deserves. PTL_E_NO_MEMORY. */
enum ptl_status ptl_course_warn(struct ptl_plan *plan);

/* ---- settle.c ---- */

/* What became of a probe. */
void ptl_plan_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* What follows for the lanes once some outcomes are in. */
void ptl_plan_settle_lane(struct ptl_plan *plan, uint32_t lane);
/* The run is over: verdicts and counts of a lane that did not come to its end. */
void ptl_plan_settle_rest(struct ptl_plan *plan, uint32_t lane);
/* One target, or all of them (NULL), has been silent for so long; a short silence is not told. */
void ptl_settle_note_outage(struct ptl_plan *plan, const struct ptl_lane *lane, uint32_t lasted_ms);

/* ---- silence.c ---- */

/* The marks of the lane, made if there are none yet. NULL: no memory, and the plan knows. */
struct ptl_mark *ptl_silence_marks(struct ptl_plan *plan, struct ptl_lane *lane);
/* An attempt that nothing answered. */
void ptl_silence_add(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* One that an ICMP error answered. */
void ptl_silence_add_refusal(struct ptl_plan *plan, const struct ptl_outcome *outcome);
/* Nothing else of the lane is under way: what became of the ICMP errors that are held. `ends`: no
 * port of it is asked any more. */
void ptl_silence_review_held(struct ptl_plan *plan, uint32_t lane, bool ends);
/* When the run's oldest doubt, of which there is one, asks for another sentinel; UINT64_MAX: those
 * that are out may do. */
uint64_t ptl_silence_asks_ns(const struct ptl_plan *plan);
/* Decides the oldest doubt of the run, if it can be decided by now. Returns its lane, about which
 * things may have changed; PTL_LANE_NONE: it cannot. */
uint32_t ptl_silence_review(struct ptl_plan *plan);
/* The same for all doubts of a lane. */
void ptl_silence_review_lane(struct ptl_plan *plan, uint32_t lane);
/* The next port of the lane that waits for another attempt; there is one. */
struct ptl_probe ptl_silence_take(struct ptl_plan *plan, uint32_t lane);
/* Ports that are silent wait for another attempt; `doubtful`: only those of which no attempt was
 * vouched for. False: there are none. */
bool ptl_silence_ask_again(struct ptl_plan *plan, struct ptl_lane *lane, bool doubtful);
/* The port of that mark waits no more, nor is it silent. False: it was neither. */
bool ptl_silence_clear(struct ptl_plan *plan, struct ptl_lane *lane, struct ptl_mark *mark);
/* A lane that ends early: verdicts for the ports that had `attempts` that count. */
void ptl_silence_verdicts(struct ptl_plan *plan, uint32_t lane, uint32_t attempts);

/* ---- refusal.c ---- */

#define PTL_FAR_NS 250000000ULL /* whoever refuses may be so much nearer than the target itself */

/* What has answered was refused for that reason, or what was refused has answered. */
void ptl_refusal_disprove(uint32_t *reasons, uint8_t reason);
bool ptl_refusal_is_disproved(const struct ptl_plan *plan, const struct ptl_lane *lane,
                              uint8_t reason);
/* The target has answered nothing yet: its answers may only take longer than a refusal by something
 * on the way. */
bool ptl_refusal_is_early(const struct ptl_plan *plan, const struct ptl_lane *lane,
                          const struct ptl_timed *refusal);
/* How many sentinels of the run tell what it, or a silence, means, of those that were sent from
 * *from_ns on. */
uint32_t ptl_refusal_told_by(const struct ptl_plan *plan, const struct ptl_timed *doubt,
                             uint64_t *from_ns);
/* Holds it till the lane has nothing else to do. False: there is no room. */
bool ptl_refusal_hold(struct ptl_plan *plan, struct ptl_lane *lane,
                      const struct ptl_timed *refusal);
/* The oldest that is held; there is one. */
struct ptl_timed ptl_refusal_take(struct ptl_plan *plan, struct ptl_lane *lane);
/* Of how many of those that are held the ports are to be asked again, to see whether they are true;
 * once for a lane. */
uint32_t ptl_refusal_ask_again(struct ptl_lane *lane);
/* It is the port's verdict. */
void ptl_refusal_believe(struct ptl_plan *plan, const struct ptl_timed *refusal);
/* The port is asked again, or is taken for silent: the reason is remembered. */
void ptl_refusal_note(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_probe *probe);
/* That of the port in that place; 0: none. */
uint8_t ptl_refusal_reason(const struct ptl_lane *lane, uint32_t index);

/* ---- vouch.c ---- */

/* The attempt's silence counts. */
void ptl_vouch_add(struct ptl_plan *plan, struct ptl_lane *lane, const struct ptl_timed *silence);
/* Marks what sentinels by now tell of; `all`: no more of them is waited for. */
void ptl_vouch_review(struct ptl_plan *plan, struct ptl_lane *lane, bool all);
/* A port was found that had been silent. */
void ptl_vouch_found(struct ptl_lane *lane, const struct ptl_mark *mark);
/* What was weighed so far is asked again. */
void ptl_vouch_pass_begins(struct ptl_lane *lane);
/* A pass has ended: is what was vouched for as good as answered? */
bool ptl_vouch_suffices(const struct ptl_lane *lane, double share);

/* ---- uneven.c ---- */

/* So many attempts to the target are proven lost, while others were answered. */
void ptl_uneven_lost(struct ptl_plan *plan, struct ptl_lane *lane, uint32_t count);
/* A sentinel has ended, and nothing is paused. */
void ptl_uneven_told(struct ptl_recent *recent, bool answered);
/* Does the target share a limit with some of the others, as far as is known? */
bool ptl_uneven_may_share(struct ptl_plan *plan, const struct ptl_lane *lane);
/* And are attempts to those that do still lost? */
bool ptl_uneven_loses(const struct ptl_plan *plan);

/* ---- pass.c ---- */

/* An attempt beyond a port's first was answered, which proves the one before lost. */
void ptl_pass_found(struct ptl_plan *plan, struct ptl_lane *lane);
/* All ports were asked so often: another pass, or their verdicts. */
void ptl_pass_next(struct ptl_plan *plan, uint32_t lane);

/* ---- lookup.c: networks that this machine is on, lanes whose address has to be looked up ---- */

void ptl_neighbours_init(struct ptl_neighbours *neighbours);
void ptl_neighbours_free(struct ptl_neighbours *neighbours);
/* A new lane: has its address to be looked up? Not this machine's own ones. */
void ptl_lookup_begin(struct ptl_plan *plan, uint32_t lane);
/* May such a lane send something now? Else it rests. */
bool ptl_lookup_lets(struct ptl_plan *plan, uint32_t lane);
/* An attempt to it was handed out, or somebody answered. */
void ptl_lookup_sent(struct ptl_plan *plan, struct ptl_lane *lane);
void ptl_lookup_heard(struct ptl_plan *plan, struct ptl_lane *lane);
/* Where nothing else is left to do, or there is no room for others, lanes whose address nobody has
 * get their verdicts; there are some. */
void ptl_lookup_conclude(struct ptl_plan *plan);

/* ---- sentinel.c ---- */

/* A port of the lane has answered: one to ask again, where ptl_lane_room() found room for it. */
void ptl_sentinel_learn(struct ptl_plan *plan, struct ptl_lane *lane, struct ptl_known *room,
                        uint16_t port, bool refuses);
/* Does the silence of such a port mean something, of the lane or of the run? */
bool ptl_sentinel_knows(const struct ptl_known *known);
bool ptl_sentinel_any(const struct ptl_plan *plan);
/* Only then has it to be found out whether one is due, be it of the run or of a lane. */
static inline bool ptl_sentinel_may_be_due(const struct ptl_path *path, uint32_t debt)
{
    return path->paused || debt >= PTL_SENTINEL_EVERY;
}
/* Is one due, for the run as a whole? `wanted`: a doubt asks for one. */
bool ptl_sentinel_is_due(const struct ptl_plan *plan, bool wanted);
/* Is one due, for the lane alone? */
bool ptl_sentinel_is_due_of(const struct ptl_plan *plan, const struct ptl_lane *lane);
/* The next; false: nothing is known that could be asked. */
bool ptl_sentinel_take(struct ptl_plan *plan, struct ptl_probe *probe);
bool ptl_sentinel_take_of(struct ptl_plan *plan, uint32_t lane, struct ptl_probe *probe);
/* What became of it. */
void ptl_sentinel_settle(struct ptl_plan *plan, const struct ptl_outcome *outcome);

/* ---- sample.c ---- */

/* Place `number` of PTL_SENTINEL_TARGETS: a lane that is none, active where a target has it. */
struct ptl_lane *ptl_sample_place(const struct ptl_plan *plan, uint32_t number);
/* A port of the lane is known now, which refuses or is open; `is_new`: the first of it. */
void ptl_sample_learn(struct ptl_plan *plan, const struct ptl_lane *lane, bool refuses,
                      bool is_new);
enum ptl_blame { PTL_BLAME_RUN, PTL_BLAME_TARGETS, PTL_BLAME_UNKNOWN };
/* Whose are the losses of those in the sample? */
enum ptl_blame ptl_sample_blame(const struct ptl_plan *plan);
/* The pace was changed by what they said: it counts for less. */
void ptl_sample_forget(struct ptl_plan *plan);
/* The same, and others take the places of those that lose much, for it is their own loss. */
void ptl_sample_replace(struct ptl_plan *plan);
/* The target has a limit of its own. */
void ptl_sample_drop(struct ptl_plan *plan, uint32_t target);

/* ---- restore.c ---- */

/* Is all of the target in that place settled already? Then it is counted. */
bool ptl_restore_whole(struct ptl_plan *plan, uint64_t place);
/* A new lane: takes over what is known of it. False: nothing is. */
bool ptl_restore_lane(struct ptl_plan *plan, uint32_t id);
/* Takes the next port of the lane that was never asked, as an index; there has to be one. */
uint32_t ptl_restore_take_first(const struct ptl_plan *plan, struct ptl_lane *lane);
/* The run is over: the counts of targets that were not begun again. */
void ptl_restore_rest(struct ptl_plan *plan);

/* ---- note.c: for the journal ---- */

/* A verdict that is not kept, an attempt that was silent, a target that was given up or lives after
 * all; `code` is that of struct ptl_journal_note. */
static inline void ptl_note(struct ptl_plan *plan, const struct ptl_lane *lane, uint16_t port,
                            unsigned code)
{
    struct ptl_journal_note one = {.place = lane->position, .port = port, .code = (uint16_t)code};
    if (plan->takes_notes && !ptl_journal_add_note(&plan->notes, &one))
        plan->notes_lost = true;
}
static inline void ptl_note_parked(struct ptl_plan *plan, const struct ptl_lane *lane,
                                   uint16_t port, const struct ptl_mark *mark)
{
    ptl_note(plan, lane, port, PTL_NOTE_PARKED + 32U * (mark->asked & 31U) + mark->counted);
}
static inline void ptl_note_gave_up(struct ptl_plan *plan, const struct ptl_lane *lane)
{
    ptl_note(plan, lane, plan->ports[0], lane->gave_up ? PTL_NOTE_GAVE_UP : PTL_NOTE_LIVES);
}

/* ---- verdict.c ---- */

/* A verdict, after so many attempts. */
void ptl_verdict_count(struct ptl_plan *plan, const struct ptl_outcome *outcome, uint8_t attempts);
/* The verdict on a port from which nothing came, after the attempts of its mark. */
void ptl_verdict_filtered(struct ptl_plan *plan, uint32_t lane, uint16_t port,
                          enum ptl_reason reason, struct ptl_mark mark);
/* What a confirmation found; `asked`: this machine did ask. */
void ptl_verdict_confirm(struct ptl_plan *plan, const struct ptl_outcome *outcome, bool asked);
/* Keeps the open ports whose confirmation did not come to its end. */
void ptl_verdict_confirmations(struct ptl_plan *plan);
/* Is its recall, as far as it can be told by now, below what the profile asks for? */
bool ptl_verdict_misses_too_many(struct ptl_plan *plan, struct ptl_lane *lane);
/* The counts of a lane that has come to its end. */
void ptl_verdict_target(struct ptl_plan *plan, struct ptl_lane *lane);
/* Counts of a target, whose flags are set here. */
void ptl_verdict_add_target(struct ptl_plan *plan, struct ptl_target_counts *counts, bool gave_up);
/* The probe goes back to its lane, for so long at least. */
void ptl_verdict_later(struct ptl_plan *plan, const struct ptl_probe *probe, uint64_t delay_ns);

#endif
