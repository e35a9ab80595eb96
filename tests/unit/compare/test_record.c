/* Records: what a run saw, as its results tell it; and the notes that come with them. */
#include "support/failing_malloc.h"

#include "compare/record.h"
#include "report/report.h"
#include "results/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Two hosts, 100 ports each; the second was not asked everything. */
static struct ptl_results *make_results(void)
{
    static const struct {
        uint32_t target;
        uint16_t port;
        enum ptl_state state;
        uint32_t confirm_yes, rtt_us;
    } rows[] = {
        {0, 22, PTL_OPEN, 0, 40},    {0, 30, PTL_FILTERED, 0, 0}, {0, 31, PTL_FILTERED, 0, 0},
        {0, 32, PTL_FILTERED, 0, 0}, {0, 33, PTL_ERROR, 0, 0},    {0, 40, PTL_OPEN, 0, 50},
        {0, 41, PTL_OPEN, 1, 60},    {1, 1, PTL_FILTERED, 0, 0},  {1, 2, PTL_OPEN, 0, UINT32_MAX}};
    struct ptl_results *results = ptl_results_new();
    struct ptl_named_block blocks[2] = {{.input = "one.example", .is_name = true},
                                        {.input = "2001:2::5", .is_name = false}};
    ptl_address_parse("198.18.0.1", &blocks[0].block.first, NULL);
    ptl_address_parse("2001:2::5", &blocks[1].block.first, NULL);
    for (int i = 0; i < 2; i++)
        blocks[i].block.last = blocks[i].block.first;
    assert_int_equal(ptl_targets_build(blocks, 2, NULL, 0, &results->live, NULL), PTL_OK);
    results->started = results->summary.targets = 2;
    results->summary.probes = 200;
    struct ptl_target_counts counts[2] = {{.target = 0}, {.target = 1}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ptl_result result = {.target = rows[i].target,
                                    .port = rows[i].port,
                                    .state = rows[i].state & 7U,
                                    .confirm_yes = rows[i].confirm_yes & 15U,
                                    .confirm_done = 3,
                                    .rtt_us = rows[i].rtt_us & PTL_US_NONE,
                                    .connect_us = (rows[i].rtt_us + 5) & PTL_US_NONE};
        assert_int_equal(ptl_results_add(results, &result), PTL_OK);
        counts[rows[i].target].states[rows[i].state]++;
    }
    counts[0].states[PTL_CLOSED] = 93;
    counts[1].states[PTL_UNPROBED] = 98;
    for (int t = 0; t < 2; t++) {
        assert_int_equal(ptl_results_add_target(results, &counts[t]), PTL_OK);
        for (int s = 0; s < PTL_STATE_COUNT; s++)
            results->summary.states[s] += counts[t].states[s];
    }
    results->run.profile = strdup("p");
    results->run.file = strdup("p.yaml");
    results->run.ports = strdup("1-100");
    results->run.states[PTL_OPEN] = results->run.states[PTL_FILTERED] =
        results->run.states[PTL_ERROR] = true;
    results->run.elapsed_ms = 12.5;
    results->run.workers = 3;
    results->summary.attempts = 105;
    ptl_results_warn(results, "mind the %s", "gap");
    ptl_results_add_unresolved(results, "no.example", "no such host");
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    return results;
}

static const struct ptl_run_notes notes = {
    .user_ms = 1.5, .system_ms = 2.5, .peak_rss_kb = 4000, .targets_hash = 77};

static void check(const struct ptl_record *record)
{
    const struct ptl_compared_run *run = &record->run;
    assert_null(run->failure);
    assert_int_equal(record->target_count, 2);
    assert_string_equal(record->targets[0].host, "one.example");
    assert_int_equal(record->targets[0].address.low, 0xC6120001);
    assert_null(record->targets[1].host);
    assert_int_equal(record->targets[1].address.low, 5);
    assert_int_equal(record->targets[1].address.family, 6);
    assert_false(record->targets[0].partial);
    assert_true(record->targets[1].partial);
    assert_false(record->partial_everywhere);
    /* 22; 30-32; 33; 40; 41, which was confirmed; and of the other host 1; 2 */
    assert_int_equal(record->span_count, 7);
    assert_int_equal(record->spans[1].first, 30);
    assert_int_equal(record->spans[1].last, 32);
    assert_int_equal(record->spans[1].state, PTL_FILTERED);
    assert_int_equal(record->spans[2].state, PTL_ERROR);
    assert_int_equal(record->spans[3].confirmed, 0);
    assert_int_equal(record->spans[4].confirmed, 1);
    assert_int_equal(record->spans[6].target, 1);
    assert_int_equal(record->time_count, 4);
    assert_int_equal(record->times[0].rtt_us, 40);
    assert_int_equal(record->times[0].connect_us, 45);
    assert_int_equal(record->times[3].rtt_us, PTL_US_NONE);
    assert_int_equal(run->states[PTL_CLOSED], 93);
    assert_int_equal(run->probes, 200);
    assert_int_equal(run->attempts, 105);
    assert_int_equal(run->workers, 3);
    assert_true(run->elapsed_ms == 12.5 && run->probes_per_second == 102 / 12.5 * 1000);
    assert_int_equal(run->rtt.count, 3);
    assert_int_equal(run->rtt.p50, 50);
    assert_false(run->complete);
    assert_false(run->estimate.known);
    assert_true(run->user_ms == 1.5 && run->system_ms == 2.5);
    assert_int_equal(run->peak_rss_kb, 4000);
    assert_int_equal(record->targets_hash, 77);
    assert_int_equal(record->warning_count, 2);
    assert_string_equal(record->warnings[0], "no.example did not resolve: no such host");
    assert_string_equal(record->warnings[1], "mind the gap");
}

static void what_results_tell_is_kept(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record;
    assert_int_equal(ptl_record_build(results, &notes, &record, NULL), PTL_OK);
    check(record);
    ptl_record_free(record);
    ptl_results_free(results);
}

static void so_is_what_results_tell_that_were_read_back(void **state)
{
    (void)state;
    char name[] = "/tmp/portolan-test-XXXXXX";
    struct ptl_results *results = make_results(), *again = NULL;
    struct ptl_report_options options = {.color = false};
    struct ptl_record *record;
    struct ptl_error error = {.message = ""};
    close(mkstemp(name));
    assert_int_equal(ptl_report_make(PTL_FORMAT_JSON, name, &options, results, NULL), PTL_OK);
    ptl_results_free(results);
    if (ptl_results_read(name, &again, &error) != PTL_OK)
        fail_msg("%s", error.message);
    unlink(name);
    assert_int_equal(ptl_record_build(again, &notes, &record, NULL), PTL_OK);
    ptl_results_free(again); /* of which nothing is borrowed */
    check(record);
    ptl_record_free(record);
}

static void warnings_are_as_many_as_a_comparison_tells(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record;
    for (int i = 0; i < 300; i++)
        assert_int_equal(
            ptl_results_add_unresolved(results, i % 2 == 0 ? "no.example" : "nor.this", "gone"),
            PTL_OK);
    for (int i = 0; i < 300; i++)
        assert_int_equal(ptl_results_warn(results, "warning %d", i), PTL_OK);
    assert_int_equal(ptl_record_build(results, &notes, &record, NULL), PTL_OK);
    assert_int_equal(record->warning_count, 100);
    assert_string_equal(record->warnings[2], "nor.this did not resolve: gone");
    assert_string_equal(record->warnings[4], "warning 0");
    ptl_record_free(record);
    ptl_results_free(results);
}

static void a_failure_keeps_its_reason(void **state)
{
    (void)state;
    struct ptl_record *record = ptl_record_failed("no reason at all");
    assert_string_equal(record->run.failure, "no reason at all");
    assert_int_equal(record->run.estimate.basis, PTL_BASIS_NOT_RECORDED);
    assert_int_equal(record->warning_count, 0);
    ptl_record_free(record);
}

static void notes_are_whole_or_none(void **state)
{
    (void)state;
    struct ptl_run_notes written = {.done = 5, .probes = 7, .failure = "why"}, read = {.done = 9};
    int fd = memfd_create("notes", MFD_CLOEXEC);
    assert_false(ptl_run_notes_read(fd, &read));
    assert_int_equal(read.done, 0);
    assert_true(ptl_run_notes_write(fd, &written));
    assert_true(ptl_run_notes_read(fd, &read));
    assert_int_equal(read.done, 5);
    assert_int_equal(read.probes, 7);
    assert_string_equal(read.failure, "why");
    assert_int_equal(ftruncate(fd, sizeof(read) - 1), 0);
    assert_false(ptl_run_notes_read(fd, &read));
    assert_int_equal(read.done, 0);
    assert_string_equal(read.failure, "");
    close(fd);
    assert_false(ptl_run_notes_write(fd, &written));
}

static bool build_again(void *context)
{
    struct ptl_record *record = NULL;
    enum ptl_status status = ptl_record_build(context, &notes, &record, NULL);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    ptl_record_free(record);
    return status == PTL_OK;
}

static bool fail_again(void *context)
{
    struct ptl_record *record = ptl_record_failed(context);
    bool good = record != NULL;
    ptl_record_free(record);
    return good;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    char reason[] = "why";
    fail_each(build_again, results);
    fail_each(fail_again, reason);
    ptl_results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_results_tell_is_kept),
        cmocka_unit_test(so_is_what_results_tell_that_were_read_back),
        cmocka_unit_test(warnings_are_as_many_as_a_comparison_tells),
        cmocka_unit_test(a_failure_keeps_its_reason),
        cmocka_unit_test(notes_are_whole_or_none),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
