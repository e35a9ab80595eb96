#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_PROM,
              "# HELP portolan_run_info What ran: always 1.\n"
              "# TYPE portolan_run_info gauge\n"
              "portolan_run_info{profile=\"test\",version=\"1.2.3\",engine=\"pool\"} 1\n"
              "# HELP portolan_run_start_timestamp_seconds When the run started.\n"
              "# TYPE portolan_run_start_timestamp_seconds gauge\n"
              "portolan_run_start_timestamp_seconds{profile=\"test\"} 1767225600\n"
              "# HELP portolan_run_end_timestamp_seconds When the run ended.\n"
              "# TYPE portolan_run_end_timestamp_seconds gauge\n"
              "portolan_run_end_timestamp_seconds{profile=\"test\"} 1767225601.5\n"
              "# HELP portolan_run_duration_seconds How long the run took.\n"
              "# TYPE portolan_run_duration_seconds gauge\n"
              "portolan_run_duration_seconds{profile=\"test\"} 1.50025\n"
              "# HELP portolan_run_complete 1 when every host resolved and every probe was made,"
              " else 0.\n"
              "# TYPE portolan_run_complete gauge\n"
              "portolan_run_complete{profile=\"test\"} 0\n"
              "# HELP portolan_targets Addresses that the run was about.\n"
              "# TYPE portolan_targets gauge\n"
              "portolan_targets{profile=\"test\"} 3\n"
              "# HELP portolan_unresolved_hosts Hosts that did not resolve.\n"
              "# TYPE portolan_unresolved_hosts gauge\n"
              "portolan_unresolved_hosts{profile=\"test\"} 1\n"
              "# HELP portolan_probes Probes by the state they ended in.\n"
              "# TYPE portolan_probes gauge\n"
              "portolan_probes{profile=\"test\",state=\"open\"} 2\n"
              "portolan_probes{profile=\"test\",state=\"closed\"} 2\n"
              "portolan_probes{profile=\"test\",state=\"filtered\"} 1\n"
              "portolan_probes{profile=\"test\",state=\"error\"} 1\n"
              "portolan_probes{profile=\"test\",state=\"unprobed\"} 3\n"
              "# HELP portolan_expectations Expectations of the profile by verdict.\n"
              "# TYPE portolan_expectations gauge\n"
              "portolan_expectations{profile=\"test\",verdict=\"pass\"} 1\n"
              "portolan_expectations{profile=\"test\",verdict=\"fail\"} 2\n"
              "portolan_expectations{profile=\"test\",verdict=\"inconclusive\"} 1\n"
              "# HELP portolan_expectation_unmet An expectation that did not pass: always 1.\n"
              "# TYPE portolan_expectation_unmet gauge\n"
              "portolan_expectation_unmet{profile=\"test\",host=\"web.example\",ip=\"127.0.0.1\","
              "port=\"80\",expected=\"not-open\",state=\"open\",verdict=\"fail\"} 1\n"
              "portolan_expectation_unmet{profile=\"test\",host=\"web.example\",ip=\"127.0.0.1\","
              "port=\"443\",expected=\"open\",state=\"closed\",verdict=\"fail\"} 1\n"
              "portolan_expectation_unmet{profile=\"test\",host=\"::1\",ip=\"::1\",port=\"22\","
              "expected=\"closed\",state=\"filtered\",verdict=\"inconclusive\"} 1\n"
              "# HELP portolan_open_port_info An open port: always 1.\n"
              "# TYPE portolan_open_port_info gauge\n"
              "portolan_open_port_info{profile=\"test\",host=\"web.example\",ip=\"127.0.0.1\","
              "port=\"22\",service=\"ssh\"} 1\n"
              "portolan_open_port_info{profile=\"test\",host=\"web.example\",ip=\"127.0.0.1\","
              "port=\"80\",service=\"http\"} 1\n");
}

/* Backslash, quote and newline are escaped, the rest is data. */
static void test_labels(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    free(model.results->run.profile);
    model.results->run.profile = strdup("a\\b\"c\nd\x1b{}\xff");
    char *text = report_of(PTL_FORMAT_PROM, model.results);
    assert_non_null(
        strstr(text, "\nportolan_targets{profile=\"a\\\\b\\\"c\\nd\x1b{}\xef\xbf\xbd\"} 3\n"));
    free(text);
    model_close(&model);
}

/* What run.paths tells; no series for what is not known. */
static void test_path(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    struct ptl_path_info *path = &model.results->run.path;
    char *text = report_of(PTL_FORMAT_PROM, model.results);
    assert_null(strstr(text, "portolan_path_"));
    free(text);
    model.results->run.has_path = true;
    text = report_of(PTL_FORMAT_PROM, model.results);
    assert_null(strstr(text, "portolan_path_limit{"));
    assert_null(strstr(text, "portolan_path_round_trip_seconds"));
    assert_non_null(strstr(text, "\nportolan_path_outages{profile=\"test\",via=\"all\"} 0\n"));
    free(text);
    path->limit = 2000;
    path->limited_by = PTL_LIMITED_BY_PATH;
    path->answers_per_second = 1700;
    path->round_trip_us = 20500;
    path->sentinels_asked = 50;
    path->sentinels_lost = 8;
    path->unanswered_peak = 77;
    path->outages = calloc(2, sizeof(*path->outages));
    assert_non_null(path->outages);
    path->outages[0] = (struct ptl_outage){.at_ms = 1, .lasted_ms = 1500};
    path->outages[1] = (struct ptl_outage){.at_ms = 9000, .lasted_ms = 2000, .ip = "::1"};
    path->outage_count = 2;
    text = report_of(PTL_FORMAT_PROM, model.results);
    static const char *const series[] = {
        "# TYPE portolan_path_limit gauge\nportolan_path_limit{profile=\"test\",via=\"all\"} "
        "2000\n",
        "\nportolan_path_limited_by{profile=\"test\",via=\"all\",by=\"nothing\"} 0\n",
        "\nportolan_path_limited_by{profile=\"test\",via=\"all\",by=\"path\"} 1\n",
        "\nportolan_path_answers_per_second{profile=\"test\",via=\"all\"} 1700\n",
        "\nportolan_path_round_trip_seconds{profile=\"test\",via=\"all\"} 0.0205\n",
        "\nportolan_path_sentinels_asked{profile=\"test\",via=\"all\"} 50\n",
        "\nportolan_path_sentinels_lost{profile=\"test\",via=\"all\"} 8\n",
        "\nportolan_path_outages{profile=\"test\",via=\"all\"} 2\n",
        "\nportolan_path_outage_seconds{profile=\"test\",via=\"all\"} 3.5\n",
        "\nportolan_path_unanswered_peak{profile=\"test\",via=\"all\"} 77\n"};
    for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++)
        assert_non_null(strstr(text, series[i]));
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
