#include "unit/report/report.h"

#include <fcntl.h>

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_TEXT,
              "portolan 1.2.3, profile test (t.yaml)\n"
              "started 2026-01-01T00:00:00.000Z, engine pool, concurrency 512 (100 in force),"
              " 2 workers, timeout 900ms, retries 1\n"
              "2 EXPECTATIONS FAILED, INCOMPLETE: the deadline passed\n"
              "\n"
              "web.example (127.0.0.1)\n"
              "PORT      STATE     REASON            SERVICE           RTT\n"
              "22/tcp    open      syn-ack           ssh               0.025 ms\n"
              "80/tcp    open      syn-ack           http              -\n"
              "\n"
              "::1\n"
              "PORT      STATE     REASON            SERVICE           RTT\n"
              "22/tcp    filtered  admin-prohibited  ssh               -\n"
              "80/tcp    error     EMFILE            http              -\n"
              "\n"
              "expectations: 1 passed, 2 failed, 1 inconclusive\n"
              "FAILED: web.example 80/tcp: not on the list of open ports, is open\n"
              "FAILED: web.example 443/tcp: expected open, is closed\n"
              "INCONCLUSIVE: ::1 22/tcp: expected closed, is filtered\n"
              "\n"
              "unresolved: gone.example: no such host\n"
              "warning: a -- \\x1B[1mwarning\n"
              "\n"
              "3 targets, 9 probes: 2 open, 2 closed, 1 filtered, 1 error, 3 unprobed; 1.500 s,"
              " 4.0 probes/s\n");
}

static void begins(const struct ptl_results *results, const char *third_line)
{
    char *text = report_of(PTL_FORMAT_TEXT, results);
    const char *line = strchr(strchr(text, '\n') + 1, '\n') + 1;
    assert_memory_equal(line, third_line, strlen(third_line));
    free(text);
}

/* COMPLETE, or why it is not: in the third line, before any port. What is not as it should be
 * stands before it. */
static void test_completeness(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    struct ptl_results *results = model.results;
    uint64_t failed = results->verdicts[PTL_FAIL];
    uint64_t inconclusive = results->verdicts[PTL_INCONCLUSIVE];
    results->verdicts[PTL_FAIL] = 1;
    begins(results, "1 EXPECTATION FAILED, INCOMPLETE: the deadline passed\n");
    results->verdicts[PTL_FAIL] = 0;
    begins(results, "1 EXPECTATION INCONCLUSIVE, INCOMPLETE: the deadline passed\n");
    results->verdicts[PTL_INCONCLUSIVE] = 0;
    begins(results, "INCOMPLETE: the deadline passed\n");
    results->run.stopped_by = PTL_STOP_SIGNAL;
    begins(results, "INCOMPLETE: stopped by a signal\n");
    results->run.stopped_by = PTL_STOP_MEMORY;
    begins(results, "INCOMPLETE: memory ran out\n");
    results->run.stopped_by = PTL_STOP_OUTAGE;
    begins(results, "INCOMPLETE: what had answered fell silent\n");
    results->run.stopped_by = PTL_STOP_NONE;
    begins(results, "INCOMPLETE: not every host or probe could be asked\n");
    results->run.complete = true; /* a host is still unresolved */
    begins(results, "INCOMPLETE: not every host or probe could be asked\n");
    results->unresolved_count = 0;
    begins(results, "INCOMPLETE: some probes ended in an error of this machine\n");
    uint64_t errors = results->summary.states[PTL_ERROR];
    results->summary.states[PTL_ERROR] = 0;
    begins(results, "COMPLETE\n");
    results->verdicts[PTL_FAIL] = failed;
    begins(results, "2 EXPECTATIONS FAILED, COMPLETE\n");
    results->verdicts[PTL_INCONCLUSIVE] = inconclusive;
    results->summary.states[PTL_ERROR] = errors;
    results->unresolved_count = 1;
    model_close(&model);
}

/* Colours, where it is a terminal and they are asked for; none of the outside's either way. */
static void test_colors(void **state)
{
    (void)state;
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        fail_msg("no pseudo-terminal here: %s", strerror(errno));
    struct model model;
    sample_open(&model);
    for (int color = 0; color < 2; color++) {
        struct ptl_report_options options = {.color = color != 0};
        struct ptl_report *report = NULL;
        char text[8192];
        int slave = open(ptsname(terminal), O_RDWR | O_NOCTTY); /* keeps what was written */
        assert_int_equal(
            ptl_report_open(PTL_FORMAT_TEXT, ptsname(terminal), &options, &report, NULL), PTL_OK);
        assert_int_equal(ptl_report_write(report, model.results, NULL), PTL_OK);
        assert_int_equal(ptl_report_close(report, NULL), PTL_OK);
        size_t length = 0;
        while (length == 0 || memmem(text, length, "probes/s", 8) == NULL) {
            ssize_t more = read(terminal, text + length, sizeof(text) - 1 - length);
            assert_true(more > 0);
            length += (size_t)more;
        }
        text[length] = '\0';
        assert_int_equal(strstr(text, "\x1b[32mopen") != NULL, color);
        assert_int_equal(strstr(text, "\x1b[31mFAILED") != NULL, color);
        assert_null(strstr(text, "\x1b[1mwarning"));
        close(slave);
    }
    close(terminal);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_completeness),
        cmocka_unit_test(test_colors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
