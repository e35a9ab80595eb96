/*
 * The model of a run: what was asked, what was found, what could not be found out. Filled by
 * scan/ (one thread at a time); sealed; then constant and read by writers.
 */
#ifndef RESULTS_RESULTS_H
#define RESULTS_RESULTS_H

#include "base/buf.h"
#include "base/error.h"
#include "base/evidence.h"
#include "base/spill.h"
#include "profile/profile.h"
#include "results/changes.h"
#include "results/estimate.h"
#include "results/run_info.h"
#include "target/address.h"
#include "target/targets.h"

/*
 * Why a probe is in its state. Below PTL_REASON_ERRNO: nmap's words, by ptl_reason_name. From
 * there on: errno + PTL_REASON_ERRNO, named as the errno ("EMFILE").
 */
enum ptl_reason {
    PTL_REASON_SYN_ACK,
    PTL_REASON_CONN_REFUSED,
    PTL_REASON_NO_RESPONSE,
    PTL_REASON_NET_UNREACH,
    PTL_REASON_HOST_UNREACH,
    PTL_REASON_PROTO_UNREACH,
    PTL_REASON_PORT_UNREACH,
    PTL_REASON_NET_PROHIBITED,
    PTL_REASON_HOST_PROHIBITED,
    PTL_REASON_ADMIN_PROHIBITED,
    PTL_REASON_TIME_EXCEEDED,
    PTL_REASON_PARAMETER_PROBLEM,
    PTL_REASON_PACKET_TOO_BIG,
    PTL_REASON_SOURCE_ROUTE_FAILED,
    PTL_REASON_UNKNOWN_ICMP,
    PTL_REASON_ERRNO = 64, /* + errno */
};
#define PTL_REASON_NAME_SIZE 32
/* "conn-refused", "EMFILE"; "errno-150" for an errno without a name. Returns text. */
const char *ptl_reason_name(uint8_t reason, char text[PTL_REASON_NAME_SIZE]);
/* The other way. False: no such reason. */
bool ptl_reason_parse(const char *text, uint8_t *reason);

/* One kept verdict: 20 bytes, since a run may keep millions. */
struct ptl_result {
    uint32_t target; /* index of the target */
    uint16_t port;
    uint8_t state : 3;        /* enum ptl_state */
    uint8_t attempts : 5;     /* connect attempts made; 0 when even the first could not be asked */
    uint8_t reason;           /* enum ptl_reason */
    uint32_t rtt_us : 28;     /* PTL_US_NONE: null */
    uint32_t confirm_yes : 4; /* of `confirm_done` further probes, how many found it open */
    uint32_t connect_us : 28; /* PTL_US_NONE: null */
    uint32_t confirm_done : 4;
    uint32_t offset_ms; /* from the run's start to the verdict */
};
#define PTL_US_NONE ((1U << 28) - 1)

enum ptl_target_flag { PTL_TARGET_GAVE_UP = 1, PTL_TARGET_ALL_OPEN = 2 };

/* The counts of one target, kept for at most 65,536 targets, and for those of interest beyond. */
struct ptl_target_counts {
    uint32_t target;                  /* first: they are sorted by it */
    uint16_t states[PTL_STATE_COUNT]; /* by enum ptl_state; a target has at most 65,535 probes */
    uint8_t flags;                    /* enum ptl_target_flag */
    bool has_evidence;                /* files of older versions tell none */
    struct ptl_target_evidence evidence;
};

struct ptl_latency { /* microseconds, over the open ports whose rtt is known */
    uint64_t count;
    uint32_t min, p50, p90, p99, max; /* nearest-rank; 0 when count is 0 */
};

/*
 * What a run counts while it asks, and what cannot be told from its results: of the summary, and of
 * the journal, which keeps it (journal/counters.c). One struct that both have, and whose members
 * are their own.
 */
#define PTL_SUMS                                                                                   \
    uint64_t retried; /* probes that took more than one attempt */                                 \
    uint64_t attempts;                                                                             \
    uint64_t syn_resent; /* SYNs that the kernel sent again within an attempt */                   \
    uint32_t peak_in_flight;
struct ptl_sums {
    PTL_SUMS
};

struct ptl_summary {
    uint64_t targets;
    uint64_t probes;
    uint64_t states[PTL_STATE_COUNT];
    union {
        struct ptl_sums sums;
        struct {
            PTL_SUMS
        };
    };
    double probes_per_second; /* one decimal */
    struct ptl_latency rtt;
};

/* Of runs that are put together. */
void ptl_sums_add(struct ptl_sums *sums, const struct ptl_sums *other);

struct ptl_unresolved {
    char *input;
    char *message; /* of results: in the same allocation */
};
#define PTL_UNRESOLVED_LISTED 1100000 /* a list of hosts has at most a million entries */

/* One port of one host that the profile has an expectation of, judged. */
enum ptl_expected {
    PTL_EXPECT_OPEN,
    PTL_EXPECT_CLOSED,  /* refused: filtered is not enough */
    PTL_EXPECT_NOT_OPEN /* not on the host's list of the only open ports */
};
enum ptl_verdict { PTL_PASS, PTL_FAIL, PTL_INCONCLUSIVE };
#define PTL_VERDICT_COUNT 3
extern const char *const ptl_expected_names[3];                /* "open", "closed", "not-open" */
extern const char *const ptl_verdict_names[PTL_VERDICT_COUNT]; /* "pass", "fail", "inconclusive" */
struct ptl_expectation {
    uint32_t target;    /* index of the target; or of `unresolved`, where is_unresolved */
    uint16_t port;      /* 0: all ports of the host that are not on the list, together */
    uint8_t expected;   /* enum ptl_expected */
    uint8_t state;      /* enum ptl_state; of port 0, PTL_STATE_COUNT: none is open */
    uint8_t verdict;    /* enum ptl_verdict */
    bool is_unresolved; /* the host has no address */
};
#define PTL_EXPECTATIONS_LISTED 65536 /* of more than so many, those that pass are not listed */

/* Up to so many targets, all are listed; of more, those that have something to say: something open,
 * in error, or unprobed though it was begun. */
#define PTL_TARGETS_LISTED 65536

/* Of more targets than are listed, those that a run that stopped early never came to. Every one of
 * them lies in one of the ranges, which are in order and apart; of ranges beyond
 * PTL_UNTOUCHED_LISTED, neighbours are joined, so that others may lie in them, too. */
struct ptl_untouched {
    uint64_t count; /* of targets */
    struct ptl_block *ranges;
    size_t range_count;
};
#define PTL_UNTOUCHED_LISTED 65536

/* One of the runs that a merged file was made of. */
struct ptl_merged_run {
    char *file; /* the results file */
    char *profile;
    char profile_sha256[PTL_SHA256_SIZE];
    int64_t started_ms, finished_ms;
    double elapsed_ms;
    bool complete;
    char *ports;
    uint64_t targets, probes;
};

/* What one of these runs knew of a port of which they know different things. Those of a port stand
 * together, by run. */
struct ptl_disagreement {
    uint32_t target;
    uint32_t run; /* index of the merged run */
    uint16_t port;
    uint8_t states; /* that the port can have been in, a bit for each enum ptl_state */
    uint8_t reason; /* enum ptl_reason; PTL_REASON_NONE: it had no result */
};
#define PTL_REASON_NONE UINT8_MAX

struct ptl_target_names {
    char input[PTL_NAME_BYTES + 1]; /* the entry that named it */
    char host[PTL_NAME_BYTES + 1];  /* the name, or the address's text */
    char ip[PTL_ADDRESS_SIZE];
};

struct ptl_judge;

struct ptl_results {
    struct ptl_run_info run;
    struct ptl_summary summary;
    bool has_evidence; /* false: a file of an older version */
    struct ptl_evidence evidence;
    struct ptl_estimate estimate; /* of the run, once sealed */
    struct ptl_result *items;     /* after seal: by target, then port */
    size_t count, capacity;
    uint32_t watermark_ms; /* what is below it was told while the run lasts (live.h); 0: nothing */
    struct ptl_target_counts *targets; /* after seal: by target */
    size_t target_count, target_capacity;
    uint64_t lost_targets; /* that had answered, fell silent, and did not come back */
    struct ptl_untouched untouched;
    struct ptl_unresolved *unresolved;
    size_t unresolved_count, unresolved_capacity;
    char **warnings; /* at most PTL_WARNINGS_LISTED */
    uint64_t *warning_hashes;
    size_t warning_count;
    uint64_t warnings_left_out;           /* the last of them tells how many are not there */
    struct ptl_expectation *expectations; /* by target, then port; unresolved hosts last */
    size_t expectation_count;
    uint64_t verdicts[PTL_VERDICT_COUNT]; /* of all, those that are not listed too */
    struct ptl_merged_run *merged;        /* none: the results of one run */
    size_t merged_count;
    struct ptl_disagreement *disagreements; /* by target, then port */
    size_t disagreement_count;
    struct ptl_changes *changes; /* owned; NULL: no history was asked */
    struct ptl_judge *judge;     /* owned; NULL: nothing is expected (judge.h) */
    struct ptl_spill *spill;     /* owned; where items, targets and names lie; NULL: in memory */

    /* Where target indexes get their names: of a run that was scanned, `live`, whose labels are
     * borrowed from the profile, which must outlive the results; of one that was read back,
     * `stored`, which holds its own. Owned; the other is NULL. */
    struct ptl_targets *live;
    struct ptl_stored *stored;

    /* A run that stopped early: which targets never started. Index order position `p` started when
     * p < started; position of an index is the index itself, or with order random its inverse
     * under ptl_permute(seed). Both are equal to all targets in a complete run. */
    uint64_t started;
};

/* An empty model; NULL: no memory. */
struct ptl_results *ptl_results_new(void);
/* One with a table of names (stored.h), whose items, targets and names lie in files once there are
 * many (base/spill.h). */
struct ptl_results *ptl_results_new_spilled(void);
/* Walking such, at item `at`: now and then gives back the memory of what was walked. */
static inline void ptl_results_rest(const struct ptl_results *results, size_t at)
{
    if ((at & 0x3FFFF) == 0)
        ptl_spill_rest(results->spill);
}
void ptl_results_free(struct ptl_results *results);

/* Keeps one verdict; its offset_ms is raised to the watermark. Not thread-safe: scan/ calls it
 * under its lock. PTL_E_NO_MEMORY. */
enum ptl_status ptl_results_add(struct ptl_results *results, const struct ptl_result *result);
enum ptl_status ptl_results_add_target(struct ptl_results *results,
                                       const struct ptl_target_counts *counts);
/* Is the target one of those to be kept in the list? summary.targets is set. */
bool ptl_results_lists_target(const struct ptl_results *results,
                              const struct ptl_target_counts *counts);
/* What its counts alone tell: PTL_TARGET_ALL_OPEN, or nothing. */
uint8_t ptl_results_target_flags(const struct ptl_target_counts *counts);
enum ptl_status ptl_results_add_unresolved(struct ptl_results *results, const char *input,
                                           const char *message);
/* The same text twice is kept once. Beyond PTL_WARNINGS_LISTED, the last says how many are left
 * out. PTL_E_NO_MEMORY. */
#define PTL_WARNINGS_LISTED 1000
enum ptl_status ptl_results_warn(struct ptl_results *results, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Keeps an outage; beyond PTL_OUTAGES_LISTED none. PTL_E_NO_MEMORY. */
enum ptl_status ptl_results_add_outage(struct ptl_results *results,
                                       const struct ptl_outage *outage);

/* Adds a run, of which all is copied, or what it knew of a port. */
enum ptl_status ptl_results_add_merged(struct ptl_results *results,
                                       const struct ptl_merged_run *run);
enum ptl_status ptl_results_add_disagreement(struct ptl_results *results,
                                             const struct ptl_disagreement *one);

/*
 * Sorts, fills summary.rtt and probes_per_second, and lets the judge, if there is one, fill the
 * expectations. Call once, when all is in.
 * In place where the records came sorted; else qsort. Errors: PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_results_seal(struct ptl_results *results, struct ptl_error *error);

/* Names of a target. Any thread, after seal. */
void ptl_results_names(const struct ptl_results *results, uint32_t target,
                       struct ptl_target_names *names);

/* Names of what was judged: host and ip; ip is "" for a host that did not resolve. */
void ptl_results_expectation_names(const struct ptl_results *results,
                                   const struct ptl_expectation *expectation,
                                   struct ptl_target_names *names);

/* The service of a port: as the file says where the results were read back, else as this system
 * names it. NULL: none known. Borrowed. */
const char *ptl_results_service(const struct ptl_results *results, uint16_t port);

/*
 * Walks the targets to list, in order: all up to 65,536 of them, never-started ones included,
 * without holding them in memory; beyond, those with something open, in error, or begun and
 * unprobed. Start with a zeroed cursor; false at the end. For a listed target that never started,
 * all its ports are unprobed. *first_result and *result_count: its slice of results->items.
 */
struct ptl_target_cursor {
    uint64_t next_target;
    size_t next_counts;
    size_t next_result;
};
bool ptl_results_next_target(const struct ptl_results *results, struct ptl_target_cursor *cursor,
                             struct ptl_target_counts *counts, size_t *first_result,
                             size_t *result_count);

/* Does the address lie in one of the ranges of the untouched? */
bool ptl_results_is_untouched(const struct ptl_results *results, const struct ptl_address *address);

/* The union of open ports over all targets. Any thread. */
void ptl_results_open_ports(const struct ptl_results *results, uint8_t bits[PTL_PORT_BYTES]);

#endif
