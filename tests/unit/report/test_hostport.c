#include "unit/report/report.h"

static void test_sample(void **state)
{
    (void)state;
    sample_is(PTL_FORMAT_HOSTPORT, "127.0.0.1:22\n"
                                   "127.0.0.1:80\n");
}

/* What is open, and nothing else; an IPv6 address stands in brackets. */
static void test_only_open_ports(void **state)
{
    (void)state;
    struct model model;
    sample_open(&model);
    for (size_t i = 0; i < model.results->count; i++)
        model.results->items[i].state = i == 2 ? PTL_OPEN : PTL_CLOSED;
    char *text = report_of(PTL_FORMAT_HOSTPORT, model.results);
    assert_string_equal(text, "[::1]:22\n");
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_only_open_ports),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
