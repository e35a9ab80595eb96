/*
 * page KIND FILE: HTML pages that no scan on this machine gives, for the browser tests and for
 * looking at by hand.
 *   hostile    names, a description and messages that try to be markup
 *   office     30 hosts with a few dozen services, some of them silent; incomplete
 *   large      100,000 results
 *   empty      nothing found
 */
#include "report/report.h"
#include "target/services.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTILE_1 "</script><script>window.hacked=1</script>"
#define HOSTILE_2 "<img src=x onerror=\"window.hacked=1\">"
#define HOSTILE_3 "\xe2\x80\xaegro.elpmaxe\xe2\x80\xac\xe2\x80\xa8'\"&amp;<!--"

static void must(enum ptl_status status, const struct ptl_error *error)
{
    if (status == PTL_OK)
        return;
    fprintf(stderr, "page: status %d %s\n", (int)status, error != NULL ? error->message : "");
    exit(1);
}

static struct ptl_results *start(const char *description, bool complete)
{
    struct ptl_results *results = ptl_results_new();
    if (results == NULL)
        exit(1);
    struct ptl_run_info *run = &results->run;
    snprintf(run->tool_version, sizeof(run->tool_version), "0.0.0-test");
    memset(run->profile_sha256, '0', 64);
    run->profile = strdup("office");
    run->description = strdup(description);
    run->file = strdup("configs/office.yaml");
    run->ports = strdup("1-10000");
    run->started_ms = 1767225600000;
    run->finished_ms = 1767225612345;
    run->elapsed_ms = 12345.678;
    run->complete = complete;
    run->states[PTL_OPEN] = run->states[PTL_ERROR] = true;
    run->engine = PTL_ENGINE_POOL;
    run->concurrency = run->effective_concurrency = 512;
    run->workers = 2;
    run->timeout_ms = 900;
    run->retries = 1;
    run->loss_retries = 4;
    run->seed = 1;
    results->summary.peak_in_flight = 512;
    return results;
}

/* `count` targets of 198.18.0.0/15, or with the names given. */
static void add_targets(struct ptl_results *results, const char *const *names, size_t count)
{
    struct ptl_named_block *blocks = calloc(count, sizeof(*blocks));
    if (blocks == NULL)
        exit(1);
    for (size_t i = 0; i < count; i++) {
        char text[PTL_ADDRESS_SIZE];
        snprintf(text, sizeof(text), "198.18.%zu.%zu", i / 250, i % 250 + 1);
        must(ptl_address_parse(text, &blocks[i].block.first, NULL), NULL);
        blocks[i].block.last = blocks[i].block.first;
        blocks[i].input = names != NULL ? names[i] : "198.18.0.0/16";
        blocks[i].is_name = names != NULL;
    }
    struct ptl_error error;
    must(ptl_targets_build(blocks, count, NULL, 0, &results->live, &error), &error);
    free(blocks);
    results->started = count;
    results->summary.targets = count;
}

static void add(struct ptl_results *results, uint32_t target, uint16_t port, enum ptl_state state,
                uint8_t reason, uint32_t rtt_us)
{
    struct ptl_result result = {.target = target,
                                .port = port,
                                .state = (uint8_t)(state & 7),
                                .attempts = 1,
                                .reason = reason,
                                .rtt_us = rtt_us & PTL_US_NONE,
                                .connect_us = (rtt_us + 40) & PTL_US_NONE,
                                .offset_ms = (uint32_t)results->count % 12000};
    if (rtt_us == PTL_US_NONE)
        result.connect_us = PTL_US_NONE;
    must(ptl_results_add(results, &result), NULL);
}

static void count_target(struct ptl_results *results, uint32_t target, unsigned probes,
                         unsigned unprobed)
{
    struct ptl_target_counts counts = {.target = target};
    for (size_t i = 0; i < results->count; i++)
        if (results->items[i].target == target)
            counts.states[results->items[i].state]++;
    counts.states[PTL_UNPROBED] = (uint16_t)unprobed;
    unsigned known = unprobed;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += counts.states[s];
    counts.states[PTL_CLOSED] = (uint16_t)(counts.states[PTL_CLOSED] + probes - known);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        results->summary.states[s] += counts.states[s];
    results->summary.probes += probes;
    results->summary.attempts += probes - unprobed;
    must(ptl_results_add_target(results, &counts), NULL);
}

static struct ptl_results *hostile(void)
{
    static const char *const names[] = {HOSTILE_1, HOSTILE_2, HOSTILE_3};
    struct ptl_results *results = start(HOSTILE_1 " " HOSTILE_2 " " HOSTILE_3, true);
    free(results->run.profile);
    results->run.profile = strdup(HOSTILE_2);
    free(results->run.file);
    results->run.file = strdup(HOSTILE_1);
    add_targets(results, names, 3);
    for (uint32_t t = 0; t < 3; t++) {
        add(results, t, 22, PTL_OPEN, PTL_REASON_SYN_ACK, 900 + t);
        count_target(results, t, 100, 0);
    }
    must(ptl_results_add_unresolved(results, HOSTILE_2, HOSTILE_3), NULL);
    must(ptl_results_warn(results, "%s", HOSTILE_1), NULL);
    return results;
}

/* Four, one of each verdict and one of a host without an address. */
static void expect(struct ptl_results *results)
{
    static const struct ptl_expectation judged[] = {
        {.target = 0, .port = 22, .expected = PTL_EXPECT_OPEN, .state = PTL_OPEN},
        {.target = 1,
         .port = 23,
         .expected = PTL_EXPECT_OPEN,
         .state = PTL_CLOSED,
         .verdict = PTL_FAIL},
        {.target = 2,
         .port = 25,
         .expected = PTL_EXPECT_CLOSED,
         .state = PTL_FILTERED,
         .verdict = PTL_INCONCLUSIVE},
        {.expected = PTL_EXPECT_NOT_OPEN, .state = PTL_STATE_COUNT, .is_unresolved = true},
    };
    results->expectations = malloc(sizeof(judged));
    if (results->expectations == NULL)
        exit(1);
    memcpy(results->expectations, judged, sizeof(judged));
    results->expectation_count = sizeof(judged) / sizeof(judged[0]);
    for (size_t i = 0; i < results->expectation_count; i++)
        results->verdicts[judged[i].verdict]++;
}

/* A limit that is found, lost in an outage and found again. */
static void limit(struct ptl_run_info *run)
{
    static const struct ptl_outage outages[] = {
        {.at_ms = 5000, .lasted_ms = 1500},
        {.at_ms = 9000, .lasted_ms = 1000, .ip = "198.18.0.7"},
    };
    struct ptl_path_info *path = &run->path;
    run->has_path = true;
    path->targets = 30;
    path->limit = 2000;
    path->limited_by = PTL_LIMITED_BY_PATH;
    path->answers_per_second = 1700;
    path->round_trip_us = 900;
    path->sentinels_asked = 900;
    path->sentinels_lost = 40;
    path->outages = malloc(sizeof(outages));
    if (path->outages == NULL)
        exit(1);
    memcpy(path->outages, outages, sizeof(outages));
    path->outage_count = 2;
    for (uint32_t i = 0; i < 24; i++) {
        bool silent = i >= 11 && i < 14;
        path->points[path->point_count++] =
            (struct ptl_path_point){.at_ms = (i + 1) * 500,
                                    .limit = i == 3            ? 90000
                                             : i < 3 || silent ? 0
                                                               : 2200 - i * 10,
                                    .answers_per_second = silent  ? 0
                                                          : i < 3 ? 3400
                                                                  : 1900 - i * 9};
    }
}

static struct ptl_results *office(void)
{
    static const uint16_t ports[] = {21,   22,   25,   53,   80,   110,  139,  143,
                                     389,  443,  445,  631,  993,  1433, 2049, 3128,
                                     3306, 3389, 5432, 5900, 6379, 8080, 8443, 9100};
    struct ptl_results *results =
        start("Every machine in the office, all well-known services, once a night", false);
    results->run.states[PTL_FILTERED] = true;
    results->run.stopped_by = PTL_STOP_DEADLINE;
    limit(&results->run);
    add_targets(results, NULL, 30);
    uint32_t random = 12345;
    for (uint32_t t = 0; t < 30; t++) {
        for (size_t p = 0; p < sizeof(ports) / sizeof(ports[0]); p++) {
            random = random * 1664525 + 1013904223;
            unsigned dice = random >> 24;
            uint32_t rtt = 180 + (random >> 8 & 255) * (random >> 16 & 255) / 12 + t * 30;
            if (t % 7 == 6)
                continue;
            if (dice < 40 || ports[p] == 22)
                add(results, t, ports[p], PTL_OPEN, PTL_REASON_SYN_ACK, rtt);
            else if (dice > 235)
                add(results, t, ports[p], PTL_FILTERED,
                    dice > 245 ? PTL_REASON_NO_RESPONSE : PTL_REASON_ADMIN_PROHIBITED, PTL_US_NONE);
            else if (dice == 100)
                add(results, t, ports[p], PTL_ERROR, PTL_REASON_ERRNO + EMFILE, PTL_US_NONE);
        }
        count_target(results, t, 10000, t == 29 ? 4000 : 0);
    }
    must(ptl_results_add_unresolved(results, "printer.example", "Name or service not known"), NULL);
    expect(results);
    must(ptl_results_warn(results, "concurrency 2000 clamped to 512: descriptors"), NULL);
    return results;
}

static struct ptl_results *large(void)
{
    struct ptl_results *results = start("", true);
    results->run.states[PTL_CLOSED] = true;
    add_targets(results, NULL, 10);
    for (uint32_t t = 0; t < 10; t++) {
        for (uint32_t port = 1; port <= 10000; port++) {
            bool open = port % 97 == 0;
            add(results, t, (uint16_t)port, open ? PTL_OPEN : PTL_CLOSED,
                open ? PTL_REASON_SYN_ACK : PTL_REASON_CONN_REFUSED,
                open ? 200 + port % 4000 : PTL_US_NONE);
        }
        count_target(results, t, 10000, 0);
    }
    return results;
}

static struct ptl_results *empty(void)
{
    struct ptl_results *results = start("", true);
    add_targets(results, NULL, 1);
    count_target(results, 0, 10000, 0);
    return results;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        struct ptl_results *(*make)(void);
    } kinds[] = {{"hostile", hostile}, {"office", office}, {"large", large}, {"empty", empty}};
    struct ptl_results *results = NULL;
    for (size_t i = 0; argc == 3 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(argv[1], kinds[i].name) == 0)
            results = kinds[i].make();
    if (results == NULL) {
        fputs("usage: page hostile|office|large|empty FILE\n", stderr);
        return 2;
    }
    struct ptl_error error;
    struct ptl_report *report;
    struct ptl_report_options options = {.color = false};
    must(ptl_results_seal(results, &error), &error);
    must(ptl_report_open(PTL_FORMAT_HTML, argv[2], &options, &report, &error), &error);
    must(ptl_report_write(report, results, &error), &error);
    must(ptl_report_close(report, &error), &error);
    ptl_results_free(results);
    return 0;
}
