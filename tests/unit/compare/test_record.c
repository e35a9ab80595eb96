/* Records: what is built from a run comes back from the file, and nothing damaged is believed. */
#include "support/failing_malloc.h"

#include "compare/record.h"
#include "results/results.h"

#include <math.h>
#include <stdio.h>
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
    ptl_results_warn(results, "mind the %s", "gap");
    ptl_results_add_unresolved(results, "no.example", "no such host");
    assert_int_equal(ptl_results_seal(results, NULL), PTL_OK);
    results->run.elapsed_ms = 12.5;
    results->estimate = (struct ptl_estimate){.known = true,
                                              .basis = PTL_BASIS_SENTINELS,
                                              .missed = 1.5,
                                              .missed_at_most = 4,
                                              .recall_at_least = 0.5};
    return results;
}

static void check(const struct ptl_record *record, const struct ptl_results *results)
{
    const struct ptl_record_head *head = &record->head;
    assert_null(ptl_record_failure(record));
    assert_int_equal(head->target_count, 2);
    assert_string_equal(record->texts + record->targets[0].host, "one.example");
    assert_string_equal(record->texts + record->targets[1].host, "2001:2::5");
    assert_int_equal(record->targets[0].partial, 0);
    assert_int_equal(record->targets[1].partial, 1);
    /* 22; 30-32; 33; 40; 41, which was confirmed; and of the other host 1; 2 */
    assert_int_equal(head->span_count, 7);
    assert_int_equal(record->spans[1].first, 30);
    assert_int_equal(record->spans[1].last, 32);
    assert_int_equal(record->spans[1].state, PTL_FILTERED);
    assert_int_equal(record->spans[2].state, PTL_ERROR);
    assert_int_equal(record->spans[3].confirmed, 0);
    assert_int_equal(record->spans[4].confirmed, 1);
    assert_int_equal(record->spans[6].target, 1);
    assert_int_equal(head->time_count, 4);
    assert_int_equal(record->times[0].rtt_us, 40);
    assert_int_equal(record->times[3].rtt_us, PTL_US_NONE);
    assert_int_equal(head->states[PTL_CLOSED], 93);
    assert_int_equal(head->probes, 200);
    assert_int_equal(head->done, 102);
    assert_int_equal(head->targets_hash, ptl_record_hash(results->live));
    assert_int_equal(head->is_estimated, 1);
    assert_int_equal(head->basis, PTL_BASIS_SENTINELS);
    assert_int_equal(head->missed_at_most, 4);
    assert_true(head->missed == 1.5 && head->recall_at_least == 0.5);
    const char *warning = ptl_record_warning(record, NULL);
    assert_string_equal(warning, "no.example did not resolve: no such host");
    warning = ptl_record_warning(record, warning);
    assert_string_equal(warning, "mind the gap");
    assert_null(ptl_record_warning(record, warning));
}

static int file_of(const struct ptl_record *record)
{
    int fd = memfd_create("record", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(ptl_record_write(fd, record));
    return fd;
}

static void what_is_written_comes_back(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record, *again;
    assert_int_equal(ptl_record_build(results, &record, NULL), PTL_OK);
    check(record, results);
    int fd = file_of(record);
    assert_int_equal(ptl_record_read(fd, &again, NULL), PTL_OK);
    check(again, results);
    close(fd);
    ptl_record_free(record);
    ptl_record_free(again);
    ptl_results_free(results);
}

static void a_failure_comes_back_with_its_reason(void **state)
{
    (void)state;
    struct ptl_record *record = ptl_record_failed("no reason at all"), *again;
    int fd = file_of(record);
    assert_int_equal(ptl_record_read(fd, &again, NULL), PTL_OK);
    assert_string_equal(ptl_record_failure(again), "no reason at all");
    assert_null(ptl_record_warning(again, NULL));
    close(fd);
    ptl_record_free(record);
    ptl_record_free(again);
}

static void progress_is_no_record(void **state)
{
    (void)state;
    struct ptl_record *record;
    struct ptl_error error = {.code = PTL_OK};
    uint64_t done = 9, probes = 9;
    int fd = memfd_create("record", MFD_CLOEXEC);
    assert_false(ptl_record_read_progress(fd, &done, &probes));
    ptl_record_write_progress(fd, 5, 7);
    assert_true(ptl_record_read_progress(fd, &done, &probes));
    assert_int_equal(done, 5);
    assert_int_equal(probes, 7);
    assert_int_equal(ptl_record_read(fd, &record, &error), PTL_E_INVALID);
    close(fd);
}

/* A process may die at any point of writing. */
static void a_file_cut_short_is_not_believed(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record, *again;
    assert_int_equal(ptl_record_build(results, &record, NULL), PTL_OK);
    int fd = file_of(record);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t left = size - 1; left >= 0; left--) {
        struct ptl_error error = {.code = PTL_OK};
        assert_int_equal(ftruncate(fd, left), 0);
        assert_int_equal(ptl_record_read(fd, &again, &error), PTL_E_INVALID);
        assert_true(error.message[0] != '\0');
    }
    close(fd);
    ptl_record_free(record);
    ptl_results_free(results);
}

static void an_estimate_that_cannot_be_is_not_believed(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record, *again;
    assert_int_equal(ptl_record_build(results, &record, NULL), PTL_OK);
    const struct ptl_record_head good = record->head;
    for (int i = 0; i < 6; i++) {
        struct ptl_record_head *head = &record->head;
        *head = good;
        if (i == 0)
            head->basis = PTL_BASIS_COUNT;
        else if (i == 1)
            head->is_estimated = 2;
        else if (i <= 3)
            head->missed = i == 2 ? -1 : NAN;
        else
            head->recall_at_least = i == 4 ? 1.5 : NAN;
        int fd = file_of(record);
        assert_int_equal(ptl_record_read(fd, &again, NULL), PTL_E_INVALID);
        close(fd);
    }
    ptl_record_free(record);
    ptl_results_free(results);
}

/* Whatever byte is wrong: refused, or a record that can be walked from end to end. */
static void no_byte_can_lead_astray(void **state)
{
    (void)state;
    static const unsigned char wrong[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
    struct ptl_results *results = make_results();
    struct ptl_record *record, *again;
    assert_int_equal(ptl_record_build(results, &record, NULL), PTL_OK);
    int fd = file_of(record);
    off_t size = lseek(fd, 0, SEEK_END);
    size_t refused = 0;
    for (off_t at = 0; at < size; at++) {
        unsigned char right;
        assert_int_equal(pread(fd, &right, 1, at), 1);
        for (size_t w = 0; w < sizeof(wrong); w++) {
            assert_int_equal(pwrite(fd, &wrong[w], 1, at), 1);
            if (ptl_record_read(fd, &again, NULL) != PTL_OK) {
                refused++;
                continue;
            }
            size_t length = 0;
            for (uint64_t t = 0; t < again->head.target_count; t++)
                length += strlen(again->texts + again->targets[t].host);
            for (uint64_t s = 0; s < again->head.span_count; s++)
                assert_true(again->spans[s].target < again->head.target_count &&
                            again->spans[s].first <= again->spans[s].last);
            for (const char *text = NULL; (text = ptl_record_warning(again, text)) != NULL;)
                length += strlen(text);
            assert_true(length < (size_t)size * 4);
            ptl_record_free(again);
        }
        assert_int_equal(pwrite(fd, &right, 1, at), 1);
    }
    assert_true(refused > 100);
    close(fd);
    ptl_record_free(record);
    ptl_results_free(results);
}

static bool build_again(void *context)
{
    struct ptl_record *record = NULL;
    enum ptl_status status = ptl_record_build(context, &record, NULL);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    ptl_record_free(record);
    return status == PTL_OK;
}

static bool read_again(void *context)
{
    struct ptl_record *record = NULL;
    enum ptl_status status = ptl_record_read(*(int *)context, &record, NULL);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    if (status == PTL_OK)
        ptl_record_free(record);
    return status == PTL_OK;
}

static void memory_that_runs_out_is_told(void **state)
{
    (void)state;
    struct ptl_results *results = make_results();
    struct ptl_record *record;
    assert_int_equal(ptl_record_build(results, &record, NULL), PTL_OK);
    int fd = file_of(record);
    fail_each(build_again, results);
    fail_each(read_again, &fd);
    close(fd);
    ptl_record_free(record);
    ptl_results_free(results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back),
        cmocka_unit_test(a_failure_comes_back_with_its_reason),
        cmocka_unit_test(progress_is_no_record),
        cmocka_unit_test(a_file_cut_short_is_not_believed),
        cmocka_unit_test(an_estimate_that_cannot_be_is_not_believed),
        cmocka_unit_test(no_byte_can_lead_astray),
        cmocka_unit_test(memory_that_runs_out_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
