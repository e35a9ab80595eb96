/*
 * The journal of a run: an append-only file of what is settled, so that a run that ends before its
 * end, by whatever cause, can go on. docs/journal.md describes it, and its format.
 *
 * The way of one: ptl_journal_open (looks at PATH; what is there is read), ptl_prepare_again where
 * there is something to go on with, else ptl_prepare, ptl_journal_create, ptl_run with it, the
 * reports, ptl_journal_finish. What was read alone: ptl_journal_read.
 */
#ifndef JOURNAL_JOURNAL_H
#define JOURNAL_JOURNAL_H

#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"
#include "target/targets.h"

/* ---- what a journal holds ---- */

/* Sums over all segments. */
struct ptl_journal_counters {
    union {
        struct ptl_sums sums;
        struct {
            PTL_SUMS
        };
    };
    uint64_t lost; /* attempts that an answer to a later one proves lost */
    uint64_t sentinels_asked, sentinels_lost;
    uint64_t begun;     /* targets */
    uint64_t in_flight; /* probes, when this was written */
    bool has_evidence;  /* false: something of it is not known any more */
    struct ptl_evidence evidence;
};

/* What was found to get through, and what was lost, when it was written last. */
struct ptl_journal_limit {
    uint64_t place; /* of the target; PTL_JOURNAL_RUN: what all targets share */
    uint64_t rate;  /* attempts a second; 0: none was found */
    uint32_t window;
    uint32_t lost; /* attempts to the target that are proven lost */
    uint32_t found,
        found_before; /* by attempts beyond the first, in this pass and the one before */
};
#define PTL_JOURNAL_RUN UINT64_MAX

struct ptl_ledger;

/* What was read from a journal. Constant; any thread. */
struct ptl_past;

/* Options of reading. */
struct ptl_past_request {
    bool salvage;        /* take what is whole where something is damaged */
    uint64_t max_age_ms; /* older verdicts are none; 0: of any age */
};

/* Does the file begin as a journal does? */
bool ptl_journal_is(const char *path);
/* Reads a journal, also one that is being written. PTL_E_INVALID: it is none, or damaged. */
enum ptl_status ptl_journal_read(const char *path, const struct ptl_past_request *request,
                                 struct ptl_past **past, struct ptl_error *error);
void ptl_past_free(struct ptl_past *past);
/* The targets, resolved, and those that were not; the seed in force. Borrowed. */
const struct ptl_named_block *ptl_past_blocks(const struct ptl_past *past, size_t *count);
const struct ptl_unresolved *ptl_past_unresolved(const struct ptl_past *past, size_t *count);
uint64_t ptl_past_seed(const struct ptl_past *past);
/* What the run was said to be when it began its last segment, as far as `run` of a results file
 * tells it beforehand; without a segment, nothing. What it allocates is the info's. */
enum ptl_status ptl_past_asked(const struct ptl_past *past, struct ptl_run_info *info,
                               struct ptl_error *error);
/* Sealed results of what is known, as a run that was stopped would have left them. They borrow from
 * `past`, which must outlive them. */
enum ptl_status ptl_past_results(const struct ptl_past *past, struct ptl_results **results,
                                 struct ptl_error *error);
/* Reads a results file (results/read.h), or the same of a journal as far as it is whole: what a run
 * that was killed had settled. *past, NULL for a results file, is yours as well. */
enum ptl_status ptl_journal_read_results(const char *path, struct ptl_past **past,
                                         struct ptl_results **results, struct ptl_error *error);
/* What the journal holds, in a few lines for people. */
void ptl_past_tell(const struct ptl_past *past, struct ptl_buf *buf);

/* ---- what the scan takes from it ---- */

/* By position: see journal/ledger.h. Borrowed. */
const struct ptl_ledger *ptl_past_ledger(const struct ptl_past *past);
const struct ptl_journal_counters *ptl_past_counters(const struct ptl_past *past);
const struct ptl_journal_limit *ptl_past_limits(const struct ptl_past *past, size_t *count);
/* The kept verdicts, by no order. */
const struct ptl_result *ptl_past_items(const struct ptl_past *past, size_t *count);
/* Was the target in that place given up? */
bool ptl_past_gave_up(const struct ptl_past *past, uint64_t place);
/* Milliseconds of work before, and from the run's start to the last word of it. */
uint64_t ptl_past_worked_ms(const struct ptl_past *past);
int64_t ptl_past_started_ms(const struct ptl_past *past);
uint64_t ptl_past_offset_ms(const struct ptl_past *past);
/* The segments so far, and what a run that goes on takes over from them. */
const struct ptl_segment *ptl_past_segments(const struct ptl_past *past, size_t *count);
struct ptl_resumed ptl_past_resumed(const struct ptl_past *past);

/* ---- writing ---- */

struct ptl_journal;

struct ptl_journal_request {
    const char *path;
    bool resume;
    bool set_aside; /* with resume: a journal that it cannot go on with gives way */
    struct ptl_past_request past;
};

/*
 * Looks at the path: where there is nothing, or a journal that is finished, nothing is done yet;
 * an unfinished one is locked and read where `resume` is set, and compared with the profile.
 * PTL_E_INVALID: it is unfinished and `resume` is not set, in use, of another plan, damaged, or no
 * journal at all; nothing was changed. Where it is to be set aside, one of another plan, or a
 * damaged one, is locked, and left to ptl_journal_create.
 */
enum ptl_status ptl_journal_open(const struct ptl_journal_request *request,
                                 const struct ptl_profile *profile, struct ptl_journal **journal,
                                 struct ptl_error *error);
/* What there is to go on with; NULL: nothing. Borrowed. */
const struct ptl_past *ptl_journal_past(const struct ptl_journal *journal);
/* Why the run cannot go on with what was there, which is to be set aside; NULL: nothing is.
 * Borrowed. */
const char *ptl_journal_set_aside(const struct ptl_journal *journal);
/* The path that it was opened by. Borrowed. */
const char *ptl_journal_path(const struct ptl_journal *journal);
/* What the run is of. Borrowed. */
struct ptl_journal_plan {
    const struct ptl_profile *profile;
    const struct ptl_targets *targets;
    struct ptl_portset *ports; /* sealed; of each target */
    const struct ptl_unresolved *unresolved;
    size_t unresolved_count;
    uint64_t seed; /* in force */
};

/* What follows the name of a journal that was set aside. */
#define PTL_JOURNAL_ASIDE ".old"
/*
 * Makes the file, or makes the one that was read ready to be written on; one that is to be set
 * aside gets another name before, and takes the place of the one that was set aside last.
 * PTL_E_OUTPUT: it cannot be written; PTL_E_INVALID: another run has made it meanwhile. The ports
 * must outlive the writing.
 */
enum ptl_status ptl_journal_create(struct ptl_journal *journal, const struct ptl_journal_plan *plan,
                                   struct ptl_error *error);

/* One verdict that is not kept, or an attempt that was silent. */
struct ptl_journal_note {
    uint32_t place; /* of the target */
    uint16_t port;
    uint16_t code; /* enum ptl_state, or one of those below */
};
#define PTL_NOTE_GAVE_UP 5 /* the target was given up... */
#define PTL_NOTE_LIVES 6   /* ...and lives after all */
#define PTL_NOTE_PARKED 8  /* and 32 times the attempts made, and those whose silence counts */

/* What came since the last time. The arrays are the journal's; they may grow. */
struct ptl_journal_batch {
    struct ptl_journal_note *notes;
    size_t note_count, note_capacity;
    struct ptl_result *results;
    size_t result_count, result_capacity;
    struct ptl_journal_limit *limits; /* all that there are now */
    size_t limit_count, limit_capacity;
    bool has_limits;
    struct ptl_journal_counters counters;
};
#define PTL_NOTES_MOST (1U << 23) /* more of them wait for the disk: it cannot keep up */

/* False: no memory, or PTL_NOTES_MOST. */
bool ptl_journal_add_note(struct ptl_journal_batch *batch, const struct ptl_journal_note *note);

/*
 * A segment of the run begins: from now on `take`, on the journal's own thread, is asked for what
 * came, five times a second. `info` is what the run is said to be; `base_ms`: from its start to
 * now. PTL_E_OUTPUT, PTL_E_SYSTEM.
 */
typedef bool ptl_journal_take(void *context, struct ptl_journal_batch *batch);
enum ptl_status ptl_journal_begin(struct ptl_journal *journal, const struct ptl_run_info *info,
                                  uint64_t base_ms, ptl_journal_take *take, void *context,
                                  struct ptl_error *error);
/* Why it could not be written; nothing more is written then. PTL_OK: it could. Any thread. */
enum ptl_status ptl_journal_failure(const struct ptl_journal *journal, struct ptl_error *error);
/* All that came is written and synced, and `take` is not called any more. */
void ptl_journal_drain(struct ptl_journal *journal);
/* The segment ends, after it was drained. */
void ptl_journal_end(struct ptl_journal *journal, enum ptl_stop reason, bool complete);
/*
 * After the reports are written: a run that is `done` needs its journal no more, which is removed,
 * or marked as finished where `keep` is set.
 */
enum ptl_status ptl_journal_finish(struct ptl_journal *journal, bool done, bool keep,
                                   struct ptl_error *error);
/* Leaves the file as it is. */
void ptl_journal_free(struct ptl_journal *journal);

#endif
