/*
 * A report with every list as long as it gets is read back: what one part of the program writes,
 * another must not refuse for its length.
 */
#include "unit/results/model.h"

#include "report/report.h"
#include "results/read.h"

#include <sys/stat.h>
#include <unistd.h>

#define UNRESOLVED 200000 /* 40 MB of them: far beyond what one record may hold */
#define LONG_TEXT 60000   /* nearly what the reader takes for a text */

static enum ptl_state open_or_silent(uint32_t target, uint16_t port)
{
    (void)port;
    return target == 0 ? PTL_OPEN : PTL_FILTERED;
}

static void fill_path(struct ptl_path_info *path)
{
    for (uint32_t i = 0; i < PTL_PATH_POINTS; i++)
        path->points[path->point_count++] = (struct ptl_path_point){i * 1000, 2000000000, 1999999};
}

static void fill_changes(struct ptl_results *results)
{
    char host[300], service[] = "a-service";
    results->changes = calloc(1, sizeof(*results->changes));
    assert_non_null(results->changes);
    for (int i = 0; i < PTL_CHANGES_LISTED + 5; i++) {
        snprintf(host, sizeof(host), "host-%d.%0230d.example", i, i);
        struct ptl_changed one = {.host = host,
                                  .service = service,
                                  .ip = "2001:db8:1111:2222:3333:4444:5555:6666",
                                  .port = 65535,
                                  .was = 1U << PTL_OPEN,
                                  .is = 1U << PTL_CLOSED | 1U << PTL_FILTERED};
        assert_true(ptl_changes_add(results->changes, PTL_CHANGED_CLOSED, &one));
    }
    strcpy(results->changes->since, "2026-01-01T00:00:00.000Z");
}

/* A run that is of a slice, and one that was merged of many, in one. */
static void fill_shards(struct ptl_run_info *run)
{
    run->shard = (struct ptl_shard_info){.index = 1, .count = 100000, .targets = 2, .ports = 65535};
    memset(run->shard.plan_sha256, 'a', 64);
    run->shard.names = calloc(PTL_SHARD_NAMES_LISTED, sizeof(*run->shard.names));
    assert_non_null(run->shard.names);
    run->shard.name_count = PTL_SHARD_NAMES_LISTED;
    for (int i = 0; i < PTL_SHARD_NAMES_LISTED; i++) {
        snprintf(run->shard.names[i].name, sizeof(run->shard.names[i].name), "n%d.%0230d", i, i);
        strcpy(run->shard.names[i].ip, "2001:db8:1111:2222:3333:4444:5555:6666");
    }
    run->shards = calloc(PTL_SHARD_RUNS_LISTED, sizeof(*run->shards));
    assert_non_null(run->shards);
    run->shard_count = PTL_SHARD_RUNS_LISTED;
    for (int i = 0; i < PTL_SHARD_RUNS_LISTED; i++) {
        struct ptl_shard_run *one = &run->shards[i];
        *one = (struct ptl_shard_run){.index = (uint32_t)i + 1,
                                      .complete = true,
                                      .workers = 2,
                                      .probes = UINT32_MAX,
                                      .limit = 1000000000,
                                      .elapsed_ms = 123456789.125,
                                      .answers_per_second = 1000000000};
        memset(one->machine, 'm', PTL_MACHINE_SIZE - 1);
        strcpy(one->source_address, "2001:db8:1111:2222:3333:4444:5555:6666");
    }
}

static void fill_lists(struct ptl_results *results)
{
    char text[LONG_TEXT + 1];
    memset(text, 'x', LONG_TEXT);
    text[LONG_TEXT] = '\0';
    for (int i = 0; i < PTL_WARNINGS_LISTED + 5; i++)
        assert_int_equal(ptl_results_warn(results, "%d %s", i, i < 400 ? text : "short"), PTL_OK);
    for (int i = 0; i < UNRESOLVED; i++) {
        snprintf(text, sizeof(text), "host-%d.%0200d.example", i, i);
        assert_int_equal(ptl_results_add_unresolved(results, text, "Name or service not known"),
                         PTL_OK);
    }
    for (uint32_t i = 0; i < PTL_OUTAGES_LISTED + 5; i++) {
        struct ptl_outage outage = {.at_ms = i * 10, .lasted_ms = 5, .ip = "127.0.0.1"};
        assert_int_equal(ptl_results_add_outage(results, &outage), PTL_OK);
    }
    fill_path(&results->run.path);
    results->run.has_path = true;
    fill_changes(results);
    fill_shards(&results->run);
}

/* Every port of one target open, and of the other silent, all expected. */
static void open_full(struct model *model)
{
    static const char yaml[] = "hosts: [127.0.0.1, 127.0.0.2]\nports: 1-65535\n"
                               "report: {states: [open, closed, filtered]}\n"
                               "expect: [{hosts: [127.0.0.1, 127.0.0.2], open: 1-65535}]\n";
    assert_int_equal(model_open(model, yaml, NULL), PTL_OK);
    struct ptl_results *results = model->results;
    results->run.ports = strdup("1-65535");
    strcpy(results->run.tool_version, "0.0.0");
    for (uint32_t target = 0; target < model->targets; target++)
        model_scan(model, target, open_or_silent);
    fill_lists(results);
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    assert_int_equal(results->expectation_count, 65535); /* those that fail */
}

static void compare(const struct ptl_results *a, const struct ptl_results *b)
{
    assert_int_equal(a->count, b->count);
    assert_int_equal(a->target_count, b->target_count);
    assert_int_equal(a->expectation_count, b->expectation_count);
    assert_int_equal(a->run.path.outage_count, b->run.path.outage_count);
    assert_int_equal(a->run.path.point_count, b->run.path.point_count);
    assert_int_equal(b->run.shard.name_count, PTL_SHARD_NAMES_LISTED);
    assert_int_equal(b->run.shard_count, PTL_SHARD_RUNS_LISTED);
    assert_int_equal(b->changes->lists[PTL_CHANGED_CLOSED].count, PTL_CHANGES_LISTED);
    assert_int_equal(b->changes->lists[PTL_CHANGED_CLOSED].all, PTL_CHANGES_LISTED + 5);
    assert_int_equal(a->warning_count, b->warning_count);
    for (size_t i = 0; i < a->warning_count; i++)
        assert_string_equal(a->warnings[i], b->warnings[i]);
    assert_int_equal(a->unresolved_count, b->unresolved_count);
    for (size_t i = 0; i < a->unresolved_count; i++)
        assert_string_equal(a->unresolved[i].input, b->unresolved[i].input);
}

static void every_list_at_its_longest_is_read_back(void **state)
{
    (void)state;
    static const enum ptl_format formats[] = {PTL_FORMAT_JSON, PTL_FORMAT_JSONL};
    struct model model;
    open_full(&model);
    for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
        char name[] = "/tmp/portolan-full-XXXXXX";
        struct ptl_report_options options = {.color = false};
        struct ptl_report *report = NULL;
        struct ptl_results *again = NULL;
        struct ptl_error error = {.message = ""};
        close(mkstemp(name));
        assert_int_equal(ptl_report_open(formats[i], name, &options, &report, NULL), PTL_OK);
        assert_int_equal(ptl_report_write(report, model.results, NULL), PTL_OK);
        assert_int_equal(ptl_report_close(report, &error), PTL_OK);
        if (ptl_results_read(name, &again, &error) != PTL_OK)
            fail_msg("%s: %u:%u: %s", ptl_format_names[formats[i]], error.line, error.column,
                     error.message);
        unlink(name);
        compare(model.results, again);
        ptl_results_free(again);
    }
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_list_at_its_longest_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
