/*
 * A comparison: variants of profiles run side by side, by turns, several times each; what came of
 * it as numbers, verdicts and a recommendation.
 *
 * The way of one: ptl_variants_build, ptl_study_new (prepares each variant, sends nothing),
 * ptl_study_run (each run in a process of its own, which the caller starts), then the writers.
 */
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "base/buf.h"
#include "base/cancel.h"
#include "base/error.h"
#include "profile/profile.h"
#include "report/output.h"
#include "results/results.h"
#include "target/address.h"

#define PTL_VARIANTS_MAX 256
#define PTL_REPEAT_MAX 1000
#define PTL_WARMUP_MAX 100
#define PTL_FLIPS_LISTED 1000 /* of those that flipped, so many are listed by name */
#define PTL_CONNECT_BINS 41   /* five a decade, from 1 us to 100 s */
#define PTL_SAME_SPEED 0.05   /* a difference below this share is nobody's reason to choose */
#define PTL_PACE_LEVEL 0.02   /* of the test, over all comparisons of a study together */

/* ---- variants ---- */

/* One --vary: a key of the profile and the values it takes. */
struct ptl_vary {
    char *key;
    char **values;
    size_t count;
};

/*
 * "concurrency=1,10,100", or with ";" where a value holds a comma: "ports=1-10,22;1-100".
 * PTL_E_INVALID tells what is wrong. Free with ptl_vary_free.
 */
enum ptl_status ptl_vary_parse(const char *text, struct ptl_vary *vary, struct ptl_error *error);
void ptl_vary_free(struct ptl_vary *vary);

struct ptl_variant {
    char *name; /* the profile's, and what is varied: "localhost concurrency=10 engine=pool" */
    struct ptl_profile *profile;
    struct ptl_setting *settings; /* what sets this variant apart, borrowed from the varies */
    size_t setting_count;
};

struct ptl_variants {
    struct ptl_variant *items;
    size_t count;
};

struct ptl_variants_request {
    const char *const *paths; /* as ptl_profile_find gives them; "-" once */
    size_t path_count;
    const struct ptl_setting *settings; /* for all of them */
    size_t setting_count;
    const struct ptl_vary *varies; /* their cross product, for each path */
    size_t vary_count;
};

/*
 * Loads every variant, in the order of the paths, the first --vary turning slowest. The problems
 * of all go to `problems`, each with its variant's name. PTL_E_INVALID: there were some (a
 * profile is wrong). More than PTL_VARIANTS_MAX: PTL_E_NO_MEMORY, as memory that is out. The
 * request's varies must outlive the variants.
 */
enum ptl_status ptl_variants_build(const struct ptl_variants_request *request,
                                   struct ptl_variants *variants, struct ptl_problems *problems);
void ptl_variants_free(struct ptl_variants *variants);
/* PTL_E_INVALID when two have one name. */
enum ptl_status ptl_variants_check_names(const struct ptl_variants *variants,
                                         struct ptl_error *error);
/* The variant of this name, or whose varied part alone is it ("concurrency=10") where only one
 * is. PTL_E_INVALID: none, or several. */
enum ptl_status ptl_variants_find(const struct ptl_variants *variants, const char *name,
                                  size_t *index, struct ptl_error *error);

/* ---- the finished study ---- */

struct ptl_spread { /* NAN: unknown */
    double median, low, high, min, max;
    double coverage; /* what the interval low..high gives; 0 for a single run */
};

/* One counted run. */
struct ptl_compared_run {
    unsigned order; /* from 1, over the whole study */
    unsigned round; /* from 1 */
    int64_t started_ms;
    char *failure; /* NULL; else why there are no numbers */
    bool complete; /* every probe was asked */
    double elapsed_ms;
    double probes_per_second;
    uint64_t probes;
    uint64_t states[PTL_STATE_COUNT];
    uint64_t retried, attempts;
    uint64_t found, missed, extra; /* against the reference */
    double recall, precision;      /* NAN: nothing to measure by */
    struct ptl_estimate estimate;  /* what it says of itself, whatever the reference */
    struct ptl_latency rtt;
    uint32_t peak_in_flight;
    uint32_t effective_concurrency, workers; /* in force */
    double user_ms, system_ms;
    uint64_t peak_rss_kb;
};

struct ptl_connect_times { /* of the open ports of all runs, microseconds; by the monotonic clock */
    uint64_t count;
    uint32_t min, p50, p90, p99, max;
    uint64_t bins[PTL_CONNECT_BINS]; /* bin k from 10^(k/5) us on; see ptl_connect_bin_from */
};
/* Where a bin begins, in microseconds. The last one has no end. */
double ptl_connect_bin_from(unsigned bin);

enum ptl_pace {
    PTL_PACE_BASELINE,
    PTL_PACE_TIE,
    PTL_PACE_FASTER,
    PTL_PACE_SLOWER,
    PTL_PACE_UNDECIDED, /* too few runs for any difference to show at the level */
};
extern const char *const ptl_pace_names[5];

struct ptl_compared_variant {
    const char *name;    /* these four are borrowed from the study's variant */
    const char *profile; /* its name */
    const char *file;
    const struct ptl_setting *settings;
    size_t setting_count;
    bool is_baseline;
    enum ptl_engine engine;
    uint32_t concurrency;           /* asked; PTL_CONCURRENCY_UNLIMITED */
    uint32_t effective_concurrency; /* in force: the permits */
    uint32_t workers;
    uint64_t timeout_ms;
    char *ports;

    struct ptl_spread elapsed_ms;
    struct ptl_spread speedup;   /* of the baseline's time by this one's, round by round */
    double probes_per_second;    /* median */
    enum ptl_pace verdict;       /* against the baseline */
    double p_value;              /* of that, after Holm; NAN: none */
    double found, missed, extra; /* means over its runs */
    double recall, precision;    /* over all its runs; NAN: nothing to measure by */
    double missed_open;          /* as its runs estimate it, mean; NAN: one of them cannot */
    double recall_at_least;      /* the least that one of its runs is sure of; NAN: one is not */
    double agreement;            /* of the ports seen open by any of its runs, the share that all
                                    saw open; NAN: fewer than two runs, or nothing open */
    double filtered, error, retried; /* means */
    struct ptl_latency rtt;          /* of all its runs together */
    struct ptl_connect_times connect;
    uint32_t peak_in_flight;   /* the most of any run */
    double user_ms, system_ms; /* medians */
    uint64_t peak_rss_kb;      /* the most of any run */
    struct ptl_compared_run *runs;
    size_t run_count;
};

struct ptl_compared_port {
    struct ptl_address address;
    uint16_t port;
};

struct ptl_flip {
    struct ptl_compared_port at;
    char *host;                     /* its name in the profile, or its address */
    uint32_t seen[PTL_STATE_COUNT]; /* by how many runs */
    bool in_reference;
    const char **variants; /* the names of those with a run that departs: from open for a port of
                              the reference, else from closed where any run saw it closed, else from
                              filtered */
    size_t variant_count;
};

enum ptl_reference { PTL_REFERENCE_UNION, PTL_REFERENCE_EXPECT };

struct ptl_comparison {
    char tool_version[32];
    unsigned cpus;
    char *kernel;
    uint64_t memory_kb;
    int64_t started_ms, finished_ms;
    bool complete;  /* every round of every variant was run, and none failed */
    int stopped_by; /* a signal's number; 0 */
    unsigned repeat, warmup;
    uint64_t pause_ms;
    enum ptl_reference reference;
    struct ptl_compared_port *open; /* the reference, by address and port */
    size_t open_count;
    struct ptl_compared_variant *variants;
    size_t variant_count;
    struct ptl_flip *flips; /* those of open ports first, then by address and port */
    size_t flip_count;
    uint64_t flips_total;    /* with those not listed */
    uint64_t flips_of_open;  /* of flips_total, those where some run saw it open */
    const char *recommended; /* the name of a variant; NULL: none */
    char *why;
    const char **ties; /* variants no worse than the recommended one as far as can be told */
    size_t tie_count;
    char **warnings;
    size_t warning_count;
};

void ptl_comparison_free(struct ptl_comparison *comparison);

/* ---- carrying it out ---- */

struct ptl_study_options {
    unsigned repeat;   /* 1 to PTL_REPEAT_MAX */
    unsigned warmup;   /* 0 to PTL_WARMUP_MAX: rounds that are not counted */
    uint64_t pause_ms; /* before each run but the first */
    size_t baseline;   /* index of a variant */
};

struct ptl_study;
/*
 * Resolves names and checks scopes of every variant; sends nothing. `variants` must outlive the
 * study. PTL_E_INVALID: `problems` says why; PTL_E_CANCELLED, PTL_E_NO_MEMORY, PTL_E_SYSTEM.
 */
enum ptl_status ptl_study_new(const struct ptl_variants *variants,
                              const struct ptl_study_options *options,
                              const struct ptl_cancel *cancel, struct ptl_study **study,
                              struct ptl_problems *problems);
void ptl_study_free(struct ptl_study *study);

struct ptl_study_progress {
    unsigned done, runs; /* warm-ups included */
    bool is_warmup;
    const char *variant;
    uint64_t probes_done, probes; /* of the run under way */
    uint64_t elapsed_ms;
    uint64_t left_ms; /* UINT64_MAX: not known yet */
};
struct ptl_study_hooks { /* called on the thread that called ptl_study_run */
    void *context;
    unsigned tick_ms; /* 0: never */
    void (*tick)(void *context, const struct ptl_study_progress *progress);
};

struct ptl_record;
struct ptl_run_ticks {
    void *context;
    unsigned every_ms; /* 0: never */
    void (*tick)(void *context, uint64_t done, uint64_t probes);
};
/* Carries one run out. What went wrong in the run is in the record; an error ends the study. */
typedef enum ptl_status ptl_study_runner(void *context, const struct ptl_profile *profile,
                                         const struct ptl_cancel *cancel,
                                         const struct ptl_run_ticks *ticks,
                                         struct ptl_record **record, struct ptl_error *error);

/*
 * Has all rounds run and judges what was seen. A run that fails is in the comparison with its
 * reason; a cancelled study is one that is not complete. Errors: PTL_E_NO_MEMORY, PTL_E_SYSTEM, and
 * those of the runner.
 */
enum ptl_status ptl_study_run(struct ptl_study *study, ptl_study_runner *runner, void *context,
                              const struct ptl_cancel *cancel, const struct ptl_study_hooks *hooks,
                              struct ptl_comparison **comparison, struct ptl_error *error);

/*
 * The other side of a run: reads the profile on descriptor 0 and writes results.json to
 * descriptor 1 and its notes to descriptor 3, as whoever runs a study starts it. Nothing but
 * that program is meant to call it. Returns false when there is no descriptor 3 to write to.
 */
bool ptl_study_serve(const struct ptl_cancel *cancel);

/* ---- outputs: each appends the whole of it to buf; buf->failed tells that memory ran out ---- */

#define PTL_COMPARISON_MAX (256U << 20) /* bytes: the max of a buf that takes any of them */
/* portolan-comparison/1: valid JSON, one run and one flip a line. */
void ptl_comparison_json(const struct ptl_comparison *comparison, struct ptl_buf *buf);
/* RFC 4180: a header, one row a counted run. */
void ptl_comparison_csv(const struct ptl_comparison *comparison, struct ptl_buf *buf);
/* Tables for people, then the recommendation. */
void ptl_comparison_text(const struct ptl_comparison *comparison, struct ptl_buf *buf);
/* The root of the JSON, and a variant in it (variant_keys.c). */
extern const struct ptl_object ptl_object_comparison, ptl_object_variant;
/* Writes the comparison, whole or not at all, and closes the output. Only JSON, CSV, text and HTML
 * (one page that holds the JSON and draws it) exist here. Errors: PTL_E_OUTPUT, PTL_E_NO_MEMORY. */
enum ptl_status ptl_comparison_write(const struct ptl_comparison *comparison,
                                     enum ptl_format format, struct ptl_output *output,
                                     struct ptl_error *error);

#endif
