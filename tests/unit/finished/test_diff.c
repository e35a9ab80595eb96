/* What changed between runs of this process, port by port, as the writers take it. */
#include "finished/differences.h"
#include "report/report.h"
#include "results/read.h"
#include "unit/results/model.h"

#include <unistd.h>

#define PROFILE(first) "hosts: [" first "]\nports: 22,80,443\nscope: [198.18.0.0/15]\n"

static enum ptl_state before(uint32_t target, uint16_t port)
{
    if (target == 3)
        return PTL_UNPROBED;
    return port == 22 || (port == 80 && target == 1) ? PTL_OPEN : PTL_CLOSED;
}

/* Its targets are numbered otherwise: one more comes first. */
static enum ptl_state after(uint32_t target, uint16_t port)
{
    if (target == 0 || target == 4)
        return port == 443 ? PTL_OPEN : PTL_CLOSED;
    if (port == 22)
        return target == 3 ? PTL_CLOSED : PTL_FILTERED;
    return port == 80 ? PTL_OPEN : PTL_CLOSED;
}

static void seal(struct model *model)
{
    model->results->run.ports = strdup("22,80,443");
    assert_int_equal(ptl_results_seal(model->results, NULL), PTL_OK);
}

/* Each port had one attempt; of so many of a hundred sentinels nothing was heard again. */
static void note(struct model *model, uint32_t target, uint32_t lost)
{
    struct ptl_results *results = model->results;
    for (size_t i = 0; i < results->target_count; i++) {
        struct ptl_target_counts *counts = &results->targets[i];
        if (counts->target != target)
            continue;
        counts->has_evidence = true;
        counts->evidence.open[0] = counts->states[PTL_OPEN];
        counts->evidence.closed[0] = counts->states[PTL_CLOSED];
        counts->evidence.silent[0] = counts->states[PTL_FILTERED];
        counts->evidence.asked = 100;
        counts->evidence.slices = 10;
        counts->evidence.lost = lost;
    }
}

/* The run's first three targets were begun, if it was cut; its last one never was. */
static void scan(struct model *model, const char *profile, bool is_new)
{
    assert_int_equal(model_open(model, profile, NULL), PTL_OK);
    uint32_t targets = (uint32_t)model->targets - !is_new;
    for (uint32_t target = 0; target < targets; target++)
        model_scan(model, target, is_new ? after : before);
    if (!is_new) {
        model->results->started = targets;
        model->results->run.complete = false;
        model->results->run.stopped_by = PTL_STOP_SIGNAL;
        model->results->summary.states[PTL_UNPROBED] = model->ports;
    }
    if (is_new)
        note(model, 2, 50);
    seal(model);
}

static const struct {
    const char *ip;
    uint16_t port;
    enum ptl_difference change;
} wanted[] = {
    {"198.18.0.1", 22, PTL_DIFFERENCE_CLOSED},         {"198.18.0.1", 80, PTL_DIFFERENCE_OPENED},
    {"198.18.0.2", 22, PTL_DIFFERENCE_PERHAPS_CLOSED}, {"198.18.0.3", 22, PTL_DIFFERENCE_CLOSED},
    {"198.18.0.3", 80, PTL_DIFFERENCE_OPENED},         {"198.18.0.4", 443, PTL_DIFFERENCE_UNKNOWN},
};

static void expect(const struct ptl_results *old, const struct ptl_results *new)
{
    struct ptl_diff *diff = NULL;
    size_t number = 0;
    assert_int_equal(ptl_diff_new(old, "old", new, "new", &diff, NULL), PTL_OK);
    for (; number < diff->port_count; number++) {
        const struct ptl_diff_port *one = &diff->ports[number];
        struct ptl_target_names names;
        ptl_diff_names(diff, one->hosts, &names);
        assert_true(number < sizeof(wanted) / sizeof(wanted[0]));
        assert_string_equal(names.ip, wanted[number].ip);
        assert_int_equal(one->port, wanted[number].port);
        assert_int_equal(one->change, wanted[number].change);
        assert_int_equal(one->states[PTL_NEW] & (1U << PTL_OPEN),
                         one->change == PTL_DIFFERENCE_OPENED ||
                                 one->change == PTL_DIFFERENCE_UNKNOWN
                             ? 1U << PTL_OPEN
                             : 0);
    }
    assert_int_equal(number, sizeof(wanted) / sizeof(wanted[0]));
    assert_int_equal(diff->changes[PTL_DIFFERENCE_CLOSED], 2);
    assert_int_equal(diff->changes[PTL_DIFFERENCE_PERHAPS_CLOSED], 1);
    assert_int_equal(diff->changes[PTL_DIFFERENCE_OPENED], 2);
    assert_true(ptl_diff_is_different(diff) && ptl_diff_is_perhaps_different(diff));
    ptl_diff_free(diff);
}

static struct ptl_results *read_again(const struct ptl_results *results)
{
    char name[] = "/tmp/portolan-test-XXXXXX";
    struct ptl_report_options options = {.color = false};
    struct ptl_report *report = NULL;
    struct ptl_results *again = NULL;
    close(mkstemp(name));
    assert_int_equal(ptl_report_open(PTL_FORMAT_JSON, name, &options, &report, NULL), PTL_OK);
    assert_int_equal(ptl_report_write(report, results, NULL), PTL_OK);
    assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
    assert_int_equal(ptl_results_read(name, &again, NULL), PTL_OK);
    unlink(name);
    return again;
}

static void a_run_is_compared_before_it_is_written(void **state)
{
    (void)state;
    struct model old, new;
    scan(&old, PROFILE("198.18.0.1-198.18.0.4"), false);
    scan(&new, PROFILE("198.18.0.9, 198.18.0.1-198.18.0.4"), true);
    expect(old.results, new.results);
    struct ptl_results *again = read_again(old.results);
    expect(again, new.results);
    ptl_results_free(again);
    again = read_again(new.results);
    expect(old.results, again);
    ptl_results_free(again);
    model_close(&old);
    model_close(&new);
}

static void a_run_is_as_its_file_tells(void **state)
{
    (void)state;
    struct model new;
    struct ptl_diff *diff = NULL;
    scan(&new, PROFILE("198.18.0.1-198.18.0.5"), true);
    struct ptl_results *again = read_again(new.results);
    assert_int_equal(ptl_diff_new(new.results, "new", again, "again", &diff, NULL), PTL_OK);
    assert_false(ptl_diff_is_different(diff) || ptl_diff_is_perhaps_different(diff));
    assert_int_equal(diff->port_count, 0);
    ptl_diff_free(diff);
    ptl_results_free(again);
    model_close(&new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_compared_before_it_is_written),
        cmocka_unit_test(a_run_is_as_its_file_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
