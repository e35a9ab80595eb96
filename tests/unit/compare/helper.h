/* Studies whose runs are made up: what each saw is said by the test. */
#ifndef TESTS_STUDY_HELPER_H
#define TESTS_STUDY_HELPER_H

#include "support/cmocka_all.h"

#include "compare/record.h"
#include "compare/study.h"
#include "scan/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One port that a made-up run saw in a state other than closed. */
struct made_port {
    uint16_t port;
    enum ptl_state state;
    bool confirmed;
};

struct made_run {
    double elapsed_ms;
    const char *failure;
    bool partial;           /* not every port of its host was asked */
    double recall_at_least; /* what it says of itself; 0: nothing */
    const struct made_port *ports;
    size_t count;
};

/* Runs by variant and round (warm-ups first); and a log of the order in which they were asked. */
struct made_study {
    struct ptl_variants variants;
    struct made_run runs[8][16];
    unsigned done[8];
    size_t log[64];
    size_t log_count;
    size_t stop_after; /* so many runs cancel the study; 0: none */
    struct ptl_cancel *cancel;
};

static inline uint64_t hash_of(const struct ptl_profile *profile, uint64_t *probes)
{
    struct ptl_prepared *prepared = NULL;
    struct ptl_problems problems = {.items = NULL};
    if (ptl_prepare(profile, NULL, &prepared, &problems) != PTL_OK) {
        ptl_problems_free(&problems);
        return 0; /* memory is out, which the tests that take it away expect */
    }
    uint64_t hash = ptl_record_hash(prepared->targets);
    *probes = prepared->probes;
    ptl_prepared_free(prepared);
    ptl_problems_free(&problems);
    return hash;
}

/* A record of a run on 127.0.0.1; NULL: no memory. */
static inline struct ptl_record *made_record(const struct made_run *run, uint64_t hash,
                                             uint64_t probes)
{
    if (run->failure != NULL)
        return ptl_record_failed(run->failure);
    struct ptl_record *record = calloc(1, sizeof(*record));
    if (record == NULL)
        return NULL;
    record->targets = calloc(1, sizeof(*record->targets));
    record->spans = calloc(run->count + 1, sizeof(*record->spans));
    record->times = calloc(run->count + 1, sizeof(*record->times));
    char *host = strdup("this host");
    if (record->targets == NULL || record->spans == NULL || record->times == NULL || host == NULL) {
        free(host);
        ptl_record_free(record);
        return NULL;
    }
    bool is_estimated = run->recall_at_least > 0;
    uint64_t left = probes;
    record->targets_hash = hash;
    record->targets[record->target_count++] = (struct ptl_record_target){
        .address = {.low = 0x7F000001, .family = 4}, .host = host, .partial = run->partial};
    record->run = (struct ptl_compared_run){
        .complete = !run->partial,
        .elapsed_ms = run->elapsed_ms,
        .probes_per_second = (double)probes / run->elapsed_ms * 1000,
        .probes = probes,
        .recall = NAN,
        .precision = NAN,
        .estimate = {.known = is_estimated,
                     .basis = is_estimated ? PTL_BASIS_BOTH : PTL_BASIS_NO_EVIDENCE,
                     .missed = is_estimated ? 1 : 0,
                     .missed_at_most = 2,
                     .recall_at_least = run->recall_at_least},
        .peak_in_flight = 7,
        .effective_concurrency = 10,
        .workers = 2,
        .user_ms = 1,
        .system_ms = 2,
        .peak_rss_kb = 1000};
    for (; record->span_count < run->count; left--) {
        const struct made_port *port = &run->ports[record->span_count];
        record->spans[record->span_count++] =
            (struct ptl_record_span){.first = port->port,
                                     .last = port->port,
                                     .state = (uint8_t)port->state,
                                     .confirmed = port->confirmed};
        record->run.states[port->state]++;
        if (port->state == PTL_OPEN)
            record->times[record->time_count++] =
                (struct ptl_record_times){.connect_us = 100U + port->port, .rtt_us = port->port};
    }
    record->run.states[run->partial ? PTL_UNPROBED : PTL_CLOSED] = left;
    return record;
}

static inline enum ptl_status run_made(void *context, const struct ptl_profile *profile,
                                       const struct ptl_cancel *cancel,
                                       const struct ptl_run_ticks *ticks,
                                       struct ptl_record **record, struct ptl_error *error)
{
    struct made_study *study = context;
    size_t variant = 0;
    while (study->variants.items[variant].profile != profile)
        variant++;
    (void)cancel;
    if (study->stop_after > 0 && study->log_count == study->stop_after) {
        ptl_cancel_trigger(study->cancel, 2);
        return ptl_error_set(error, PTL_E_CANCELLED, "cancelled");
    }
    if (study->log_count < 64)
        study->log[study->log_count++] = variant;
    uint64_t probes = 0, hash = hash_of(profile, &probes);
    if (ticks->tick != NULL && ticks->every_ms > 0)
        ticks->tick(ticks->context, probes / 2, probes);
    *record =
        hash == 0 ? NULL : made_record(&study->runs[variant][study->done[variant]++], hash, probes);
    return *record != NULL ? PTL_OK : ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
}

/* Variants "v0", "v1", ... of 127.0.0.1, ports 1 to 100; `extra` is added to each profile. */
static inline void make_variants(struct made_study *study, size_t count, const char *extra)
{
    memset(study, 0, sizeof(*study));
    study->variants.items = calloc(count, sizeof(*study->variants.items));
    assert_non_null(study->variants.items);
    for (; study->variants.count < count; study->variants.count++) {
        struct ptl_variant *variant = &study->variants.items[study->variants.count];
        struct ptl_problems problems = {.items = NULL};
        char text[512], name[8];
        snprintf(name, sizeof(name), "v%zu", study->variants.count);
        snprintf(text, sizeof(text), "name: %s\nhosts: 127.0.0.1\nports: 1-100\n%s", name, extra);
        assert_int_equal(ptl_profile_load_text(text, strlen(text), "t.yaml", "", NULL, 0,
                                               &variant->profile, &problems),
                         PTL_OK);
        ptl_problems_free(&problems);
        variant->name = strdup(name);
        variant->settings = calloc(1, sizeof(*variant->settings));
        assert_non_null(variant->name);
    }
}

static inline void set_run(struct made_study *study, size_t variant, unsigned round,
                           double elapsed_ms, const struct made_port *ports, size_t count)
{
    study->runs[variant][round] =
        (struct made_run){.elapsed_ms = elapsed_ms, .ports = ports, .count = count};
}

/* Carries it out. NULL: it failed, and *status says how. */
static inline struct ptl_comparison *compare_made(struct made_study *made,
                                                  const struct ptl_study_options *options,
                                                  const struct ptl_study_hooks *hooks,
                                                  enum ptl_status *status)
{
    struct ptl_study *study = NULL;
    struct ptl_comparison *comparison = NULL;
    struct ptl_problems problems = {.items = NULL};
    struct ptl_error error = {.code = PTL_OK};
    memset(made->done, 0, sizeof(made->done));
    made->log_count = 0;
    *status = ptl_study_new(&made->variants, options, NULL, &study, &problems);
    ptl_problems_free(&problems);
    if (*status != PTL_OK)
        return NULL;
    *status = ptl_study_run(study, run_made, made, made->cancel, hooks, &comparison, &error);
    if (*status == PTL_OK)
        assert_int_equal(error.code == PTL_OK || error.code == PTL_E_CANCELLED, true);
    else
        assert_int_equal(error.code, *status);
    ptl_study_free(study);
    return comparison;
}

#endif
