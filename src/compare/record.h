/*
 * What is kept of one run of a study, of which there may be many: of each target the ports that
 * were not closed, as spans. The process that did the run hands over results.json; it is read back
 * as any such file is, and not kept.
 */
#ifndef COMPARE_RECORD_H
#define COMPARE_RECORD_H

#include "compare/compare.h"
#include "results/results.h"

/* What the process of a run tells beside its results, as it lies in memory: it is the same program,
 * and only one that ended well is asked for more than the progress. */
struct ptl_run_notes {
    uint64_t done, probes; /* progress, while the run is under way */
    double user_ms, system_ms;
    uint64_t peak_rss_kb;
    uint64_t targets_hash; /* ptl_record_hash */
    char failure[2048];    /* why there are no results; "": there are */
};

struct ptl_record_target { /* one with something to tell */
    struct ptl_address address;
    char *host;   /* NULL: its address */
    bool partial; /* some of its ports were not asked */
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

struct ptl_record {
    struct ptl_compared_run run; /* but what is measured by the reference */
    uint64_t targets_hash;
    bool partial_everywhere;
    struct ptl_record_target *targets;
    size_t target_count, target_capacity;
    struct ptl_record_span *spans; /* by target, then port */
    size_t span_count, span_capacity;
    struct ptl_record_times *times;
    size_t time_count;
    char **warnings;
    size_t warning_count;
};

void ptl_record_free(struct ptl_record *record); /* NULL is nothing */

/* Builds one from sealed results. PTL_E_NO_MEMORY. */
enum ptl_status ptl_record_build(const struct ptl_results *results,
                                 const struct ptl_run_notes *notes, struct ptl_record **record,
                                 struct ptl_error *error);
/* One that says only why it failed; NULL: no memory. */
struct ptl_record *ptl_record_failed(const char *reason);
/* Which targets a run has, as a number: two runs with one hash asked the same hosts. */
uint64_t ptl_record_hash(const struct ptl_targets *targets);

/* Puts a warning behind others, unless they have it or are as many as a comparison tells. False: no
 * memory. */
bool ptl_compare_warn(char ***list, size_t *count, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* By the process of the run: false where they cannot be written. */
bool ptl_run_notes_write(int fd, const struct ptl_run_notes *notes);
/* By the one that compares: false, and all zero, where there are none yet. */
bool ptl_run_notes_read(int fd, struct ptl_run_notes *notes);

#endif
