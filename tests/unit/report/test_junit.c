#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_JUNIT,
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
              "<testsuites name=\"test\" tests=\"5\" failures=\"2\" errors=\"2\" skipped=\"0\" "
              "time=\"1.500\">\n"
              "<testsuite name=\"test\" tests=\"5\" failures=\"2\" errors=\"2\" skipped=\"0\" "
              "time=\"1.500\" timestamp=\"2026-01-01T00:00:00\">\n"
              "<testcase classname=\"test\" name=\"the run is complete\" time=\"1.500\"><error "
              "type=\"incomplete\" message=\"the deadline passed\">3 of 9 probes unprobed,"
              " 1 in error\n"
              "unresolved: gone.example: no such host\n"
              "</error></testcase>\n"
              "<testcase classname=\"web.example\" name=\"127.0.0.1 22/tcp open\" "
              "time=\"0\"></testcase>\n"
              "<testcase classname=\"web.example\" name=\"127.0.0.1 80/tcp not-open\" "
              "time=\"0\"><failure type=\"fail\" message=\"80/tcp: not on the list of open ports,"
              " is open\"/></testcase>\n"
              "<testcase classname=\"web.example\" name=\"127.0.0.1 443/tcp open\" "
              "time=\"0\"><failure type=\"fail\" message=\"443/tcp: expected open,"
              " is closed\"/></testcase>\n"
              "<testcase classname=\"::1\" name=\"::1 22/tcp closed\" time=\"0\"><error "
              "type=\"inconclusive\" message=\"22/tcp: expected closed,"
              " is filtered\"/></testcase>\n"
              "</testsuite>\n"
              "</testsuites>\n");
}

/* A whole run whose expectations hold: nothing failed, and one case says that it is whole. */
static void test_all_is_well(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    struct ptl_results *results = model.results;
    results->run.complete = true;
    results->run.stopped_by = PTL_STOP_NONE;
    results->expectation_count = 1;
    results->summary.states[PTL_ERROR] = 0;
    free(results->unresolved[0].input);
    results->unresolved_count = 0;
    char *text = report_of(PTL_FORMAT_JUNIT, results);
    assert_non_null(
        strstr(text, "<testsuites name=\"test\" tests=\"2\" failures=\"0\" errors=\"0\""));
    assert_non_null(strstr(text, "name=\"the run is complete\" time=\"1.500\"></testcase>"));
    /* An error of this machine is none of the target's, and the run is not whole. */
    results->summary.states[PTL_ERROR] = 1;
    free(text);
    text = report_of(PTL_FORMAT_JUNIT, results);
    assert_non_null(strstr(text, "failures=\"0\" errors=\"1\""));
    assert_non_null(strstr(text, "message=\"some probes ended in an error of this machine\""));
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_all_is_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
