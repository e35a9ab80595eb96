/*
 * The kept runs of a profile: a folder with a results file a run and an index that is enough to
 * tell of all of them (docs/history.md). What is read is constant; what is kept is kept by one
 * process at a time. One thread.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include "base/error.h"
#include "results/changes.h"
#include "results/estimate.h"
#include "results/results.h"
#include "target/address.h"

/* What a run tells of a port; of a host, which is port 0, what its ports tell together. */
enum ptl_sight {
    PTL_SIGHT_UNKNOWN,   /* not asked, or nothing is known of it */
    PTL_SIGHT_OPEN,      /* of a host: a port or a few answered, open or closed */
    PTL_SIGHT_CONFIRMED, /* open, and each further probe found it so; of a host: four or more
                            answered */
    PTL_SIGHT_CLOSED,
    PTL_SIGHT_FILTERED, /* silent, or an error came from the way */
    PTL_SIGHT_SHUT,     /* closed or filtered: which is not kept; of a host: none answered */
    PTL_SIGHT_PERHAPS   /* silent, as one that is open may be */
};
#define PTL_SIGHT_COUNT 7
extern const char *const ptl_sight_names[PTL_SIGHT_COUNT]; /* "unknown", ...: keys of `seen` */
static inline bool ptl_sight_is_open(enum ptl_sight seen)
{
    return seen == PTL_SIGHT_OPEN || seen == PTL_SIGHT_CONFIRMED;
}

/* A line of the index. */
#define PTL_HISTORY_NAME_SIZE 40 /* of a results file */
struct ptl_history_run {
    int64_t when_ms, finished_ms; /* wall clock */
    char file[PTL_HISTORY_NAME_SIZE];
    bool complete;
    char plan_sha256[PTL_SHA256_SIZE];
    char profile_sha256[PTL_SHA256_SIZE];
    double elapsed_ms;
    uint64_t targets, probes, states[PTL_STATE_COUNT], attempts;
    uint64_t unresolved;
    double probes_per_second;
    uint64_t limit;      /* attempts a second; 0: none was found */
    uint32_t limited_by; /* enum ptl_limited_by; PTL_LIMITED_BY_COUNT: not known */
    struct ptl_latency rtt;
    struct ptl_estimate estimate; /* basis, known, missed, missed_at_most, recall_at_least */
    struct ptl_changes changes;
};

/* From that run on it was seen so. */
struct ptl_history_step {
    uint32_t run;
    uint8_t seen; /* enum ptl_sight */
};

/* A port that was open in one of the runs; port 0: the host, which answered. */
struct ptl_history_row {
    uint16_t port;
    struct ptl_history_step *steps;
    size_t step_count;
};

struct ptl_history_host {
    struct ptl_address address;
    char *name;                   /* NULL: its address is its name */
    struct ptl_history_row *rows; /* by port */
    size_t row_count;
};

struct ptl_stored;
struct ptl_history {
    struct ptl_history_run *runs; /* in the order in which they ended */
    size_t run_count, run_capacity;
    struct ptl_history_host *hosts; /* as they were first seen */
    size_t host_count, host_capacity;
    size_t row_count;          /* of all hosts */
    struct ptl_stored *places; /* of hosts, by address */
    uint64_t length;           /* bytes of the index that are whole lines */
    bool is_torn;              /* it has more, which is no whole line */
};
/* Ports beyond that are not followed. */
#define PTL_HISTORY_ROWS_MAX 50000

/*
 * Reads the index of a folder; what is no whole line at its end is left out. Without an index there
 * are no runs. *history is the caller's. Errors: PTL_E_INVALID with file and line, PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_history_read(const char *folder, struct ptl_history **history,
                                 struct ptl_error *error);
void ptl_history_free(struct ptl_history *history);
/* What the run tells of the row. */
enum ptl_sight ptl_history_seen(const struct ptl_history_row *row, size_t run);

/* What the runs from `first` on tell of a port. */
struct ptl_history_port {
    size_t first_open, last_open; /* runs; SIZE_MAX: in none was it open */
    size_t open, known;           /* so many runs have it open, know of it */
};
struct ptl_history_port ptl_history_port(const struct ptl_history *history,
                                         const struct ptl_history_row *row, size_t first);

/*
 * What changed since the last complete run of the same plan; `after` is the profile's
 * changes_after. *changes is the caller's (ptl_changes_clear, free). Errors: PTL_E_NO_MEMORY,
 * PTL_E_INVALID.
 */
enum ptl_status ptl_history_compare(const struct ptl_history *history,
                                    const struct ptl_results *results, uint32_t after,
                                    struct ptl_changes **changes, struct ptl_error *error);

/* ---- keeping ---- */

/* How long results files are kept. */
struct ptl_history_keep {
    uint64_t all_ms, daily_ms; /* PTL_KEPT_FOREVER */
    /* Ages count from when the run before the newest began, if that is earlier than now: a clock
     * that is ahead for one run takes nothing away. */
    bool is_of_run_before;
};

/* Makes the folder, and sees that it can be written to and that its index reads: all of that is
 * known before anything is sent. Errors: PTL_E_OUTPUT, PTL_E_INVALID, PTL_E_NO_MEMORY. */
enum ptl_status ptl_history_check(const char *folder, struct ptl_error *error);
/*
 * Gives results files that no line names their line, in the order of time: what a run that was
 * killed has left, or all of them where the index is gone. So the next run is compared with them.
 * Where another run keeps in the folder at that moment, it does so instead. Errors: PTL_E_OUTPUT,
 * PTL_E_INVALID, PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_history_mend(const char *folder, struct ptl_error *error);
/*
 * Keeps a run: its results file, its line, latest.json, after it has mended the history. Waits for
 * another run that keeps in the folder, 30 s at most. Of one that is kept already (the same start
 * and seed, the same states) only latest.json is written. Errors: PTL_E_OUTPUT, PTL_E_INVALID,
 * PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_history_keep(const char *folder, const struct ptl_results *results,
                                 struct ptl_error *error);

/* A results file that goes, or would go. */
typedef void ptl_history_gone(void *context, const struct ptl_history_run *run, uint64_t bytes);
/*
 * Removes the results files that `keep` does not keep at `now_ms` (wall clock); with `dry` only
 * tells them. `gone` may be NULL. Errors: PTL_E_OUTPUT, PTL_E_INVALID, PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_history_prune(const char *folder, const struct ptl_history_keep *keep,
                                  int64_t now_ms, bool dry, ptl_history_gone *gone, void *context,
                                  struct ptl_error *error);

#endif
