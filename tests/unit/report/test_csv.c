#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_CSV,
              "\"host\",\"ip\",\"port\",\"protocol\",\"state\",\"reason\",\"service\",\"rtt_us\","
              "\"connect_us\",\"attempts\",\"offset_ms\",\"expected\",\"verdict\","
              "\"run\",\"started\"\r\n"
              "\"web.example\",\"127.0.0.1\",\"22\",\"tcp\",\"open\",\"syn-ack\",\"ssh\",\"25\","
              "\"31\",\"1\",\"9\",\"open\",\"pass\","
              "\"test\",\"2026-01-01T00:00:00.000Z\"\r\n"
              "\"web.example\",\"127.0.0.1\",\"80\",\"tcp\",\"open\",\"syn-ack\",\"http\",\"\","
              "\"31\",\"1\",\"7\",\"not-open\",\"fail\","
              "\"test\",\"2026-01-01T00:00:00.000Z\"\r\n"
              "\"::1\",\"::1\",\"22\",\"tcp\",\"filtered\",\"admin-prohibited\",\"ssh\",\"\",\"\","
              "\"1\",\"5\",\"closed\",\"inconclusive\","
              "\"test\",\"2026-01-01T00:00:00.000Z\"\r\n"
              "\"::1\",\"::1\",\"80\",\"tcp\",\"error\",\"EMFILE\",\"http\",\"\",\"\",\"0\",\"3\","
              "\"\",\"\","
              "\"test\",\"2026-01-01T00:00:00.000Z\"\r\n");
}

/* Quotes double; what a spreadsheet would take for a formula is data, and stays. */
static void test_fields(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    struct ptl_named_block block = {.block = ptl_hosts_get(&model.profile->hosts, 0).block,
                                    .input = "=a\"b,\r\n\x1b\xff",
                                    .is_name = true};
    ptl_targets_free(model.results->live);
    assert_int_equal(ptl_targets_build(&block, 1, NULL, 0, &model.results->live, NULL), PTL_OK);
    model.results->count = 1;
    char *text = report_of(PTL_FORMAT_CSV, model.results);
    assert_string_equal(strchr(text, '\n') + 1,
                        "\"=a\"\"b,\r\n\x1b\xef\xbf\xbd\",\"127.0.0.1\",\"22\",\"tcp\","
                        "\"open\",\"syn-ack\",\"ssh\",\"25\",\"31\",\"1\",\"9\",\"open\",\"pass\","
                        "\"test\",\"2026-01-01T00:00:00.000Z\"\r\n");
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
