/*
 * The record of one run, as the process that did it leaves it for the one that compares: a head of
 * fixed size, then targets, spans, times and texts. Both are the same program on one machine, so
 * numbers lie as they are in memory; still nothing of it is believed unchecked, since a process
 * may die at any point of writing.
 */
#ifndef COMPARE_RECORD_H
#define COMPARE_RECORD_H

#include "base/error.h"
#include "profile/profile.h"
#include "results/results.h"
#include "target/address.h"
#include "target/targets.h"

#define PTL_RECORD_MAX (512ULL << 20)
#define PTL_RECORD_MAGIC 0x3252544c50ULL /* "PLTR2" */
/* Above so many targets with unprobed ports the record says "any" instead of which. */
#define PTL_PARTIAL_MAX 65536

struct ptl_record_head {
    uint64_t magic;
    uint64_t done, probes; /* progress, written while the run is under way */
    uint64_t finished;     /* 1: the rest is there */
    int64_t started_ms;
    double elapsed_ms, user_ms, system_ms;
    uint64_t peak_rss_kb;
    uint64_t states[PTL_STATE_COUNT];
    uint64_t retried, attempts, targets, targets_hash;
    uint32_t peak_in_flight, effective_concurrency, workers;
    uint32_t stopped_by; /* enum ptl_stop */
    uint32_t complete, unresolved, partial_everywhere, failed;
    uint64_t target_count, span_count, time_count, text_bytes;
    uint64_t warnings_at;           /* where in the texts they begin */
    double missed, recall_at_least; /* what the run says of itself, as struct ptl_estimate has it */
    uint64_t missed_at_most;
    uint32_t is_estimated, basis;
};

struct ptl_record_target { /* one with something to tell */
    uint64_t high, low;
    uint32_t host; /* where its name begins in the texts */
    uint8_t family;
    uint8_t partial; /* some of its ports were not asked */
    uint16_t unused;
};

struct ptl_record_span { /* consecutive ports of one target in one state; never closed */
    uint32_t target;
    uint16_t first, last;
    uint8_t state;     /* PTL_OPEN, PTL_FILTERED, PTL_ERROR */
    uint8_t confirmed; /* a further probe found it open too */
    uint16_t unused;
};

struct ptl_record_times {        /* of one open port */
    uint32_t connect_us, rtt_us; /* PTL_US_NONE: unknown */
};

/* A record in memory. */
struct ptl_record {
    struct ptl_record_head head;
    struct ptl_record_target *targets;
    struct ptl_record_span *spans; /* by target, then port */
    struct ptl_record_times *times;
    char *texts; /* NUL-terminated pieces: why it failed, or ""; host names; warnings to the end */
};

void ptl_record_free(struct ptl_record *record);
/* NULL, or why there are no numbers. Borrowed. */
const char *ptl_record_failure(const struct ptl_record *record);

/* Builds one from sealed results. PTL_E_NO_MEMORY, also when it would pass PTL_RECORD_MAX. */
enum ptl_status ptl_record_build(const struct ptl_results *results, struct ptl_record **record,
                                 struct ptl_error *error);
/* One that says only why it failed; NULL: no memory. */
struct ptl_record *ptl_record_failed(const char *reason);
/* Which targets a run has, as a number: two runs with one hash asked the same hosts. */
uint64_t ptl_record_hash(const struct ptl_targets *targets);
/* Warnings: the first with NULL, then each after the one before; NULL at the end. */
const char *ptl_record_warning(const struct ptl_record *record, const char *previous);

/* At the start of the file. False: it could not be written. */
bool ptl_record_write(int fd, const struct ptl_record *record);
/* The progress fields alone. */
void ptl_record_write_progress(int fd, uint64_t done, uint64_t probes);
bool ptl_record_read_progress(int fd, uint64_t *done, uint64_t *probes);
/* PTL_E_INVALID: it is no whole record, and the message says in what. */
enum ptl_status ptl_record_read(int fd, struct ptl_record **record, struct ptl_error *error);

#endif
