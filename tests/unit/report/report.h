/* A small run with a bit of everything, and each report of it as a string. */
#ifndef TESTS_REPORT_H
#define TESTS_REPORT_H

#include "unit/results/model.h"

#include "report/report.h"

#include <errno.h>
#include <unistd.h>

/*
 * Three targets: web.example (127.0.0.1) with 22 and 80 open and 443 closed, where 23 and 443
 * should be open; ::1 with 22 filtered and 80 in error; 127.0.0.9, which was never asked.
 * gone.example did not resolve. What is listed: open, filtered, error.
 */
#define SAMPLE_YAML                                                                                \
    "hosts: [127.0.0.1, '::1', 127.0.0.9]\nports: 22,80,443\n"                                     \
    "report: {states: [open, filtered]}\n"                                                         \
    "expect:\n  - {hosts: 127.0.0.1, open: [22, 443], only: '22,443'}\n"                           \
    "  - {hosts: '::1', closed: [22]}\n"

static inline enum ptl_state sample_state(uint32_t target, uint16_t port)
{
    static const enum ptl_state first[] = {PTL_OPEN, PTL_OPEN, PTL_CLOSED};
    static const enum ptl_state second[] = {PTL_FILTERED, PTL_ERROR, PTL_CLOSED};
    int index = port == 22 ? 0 : port == 80 ? 1 : 2;
    return target == 0 ? first[index] : target == 1 ? second[index] : PTL_UNPROBED;
}

static inline void sample_open(struct model *model)
{
    assert_int_equal(model_open(model, SAMPLE_YAML, "gone.example"), PTL_OK);
    struct ptl_results *results = model->results;
    struct ptl_run_info *run = &results->run;
    const struct ptl_hosts *hosts = &model->profile->hosts;
    struct ptl_named_block blocks[3] = {
        {.input = "web.example", .is_name = true}, {.input = "::1"}, {.input = "127.0.0.9"}};
    for (int i = 0; i < 3; i++)
        blocks[i].block = ptl_hosts_get(hosts, i).block;
    ptl_targets_free(results->live);
    results->live = NULL;
    assert_int_equal(ptl_targets_build(blocks, 3, NULL, 0, &results->live, NULL), PTL_OK);
    strcpy(run->tool_version, "1.2.3");
    strcpy(run->profile_sha256, "00ff");
    run->started_ms = 1767225600000;
    run->finished_ms = 1767225601500;
    run->elapsed_ms = 1500.25;
    run->ports = strdup("22,80,443");
    run->engine = PTL_ENGINE_POOL;
    run->concurrency = 512;
    run->effective_concurrency = 100;
    run->workers = 2;
    run->timeout_ms = 900;
    run->adaptive = true;
    run->retries = 1;
    run->loss_retries = 4;
    run->seed = 7;
    for (uint32_t target = 0; target < 3; target++)
        model_scan(model, target, sample_state);
    run->stopped_by = PTL_STOP_DEADLINE;
    assert_int_equal(results->count, 4);
    for (size_t i = 0; i < results->count; i++) {
        struct ptl_result *r = &results->items[i];
        bool open = r->state == PTL_OPEN;
        r->reason = open                    ? PTL_REASON_SYN_ACK
                    : r->state == PTL_ERROR ? PTL_REASON_ERRNO + EMFILE
                                            : PTL_REASON_ADMIN_PROHIBITED;
        r->rtt_us = open && r->port == 22 ? 25 : PTL_US_NONE;
        r->connect_us = open ? 31 : PTL_US_NONE;
        r->attempts = r->state == PTL_ERROR ? 0 : 1;
        r->offset_ms = (uint32_t)(9 - 2 * i);
    }
    results->items[1].confirm_done = 3;
    results->items[1].confirm_yes = 2;
    results->summary.attempts = 6;
    results->summary.peak_in_flight = 3;
    assert_int_equal(ptl_results_warn(results, "a -- \x1b[1mwarning"), PTL_OK);
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
}

/* The report of these results; the caller's. */
static inline char *report_of(enum ptl_format format, const struct ptl_results *results)
{
    char path[] = "/tmp/portolan-report-XXXXXX";
    struct ptl_report_options options = {.color = true};
    struct ptl_report *report = NULL;
    close(mkstemp(path));
    assert_int_equal(ptl_report_open(format, path, &options, &report, NULL), PTL_OK);
    assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
    assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 1U << 20);
    assert_non_null(file);
    assert_non_null(text);
    assert_true(fread(text, 1, (1U << 20) - 1, file) < (1U << 20) - 1);
    fclose(file);
    unlink(path);
    return text;
}

/* The report of the sample is exactly this. */
static inline void sample_is(enum ptl_format format, const char *wanted)
{
    struct model model;
    sample_open(&model);
    char *text = report_of(format, model.results);
    assert_string_equal(text, wanted);
    free(text);
    model_close(&model);
}

#endif
