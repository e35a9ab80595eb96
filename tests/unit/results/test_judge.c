#include "unit/results/model.h"

#include "base/buf.h"

/* "ip port expected state verdict\n" for each expectation that is listed. */
static char *told(const struct ptl_results *results)
{
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 20);
    ptl_buf_add(&text, "");
    for (size_t i = 0; i < results->expectation_count; i++) {
        const struct ptl_expectation *one = &results->expectations[i];
        struct ptl_target_names names;
        ptl_results_expectation_names(results, one, &names);
        ptl_buf_printf(&text, "%s %u %s %s %s\n", names.host, one->port,
                       ptl_expected_names[one->expected],
                       one->state < PTL_STATE_COUNT ? ptl_state_names[one->state] : "-",
                       ptl_verdict_names[one->verdict]);
    }
    return ptl_buf_steal(&text);
}

static void check(struct model *model, const char *expected)
{
    assert_int_equal(ptl_results_seal(model->results, NULL), PTL_OK);
    char *text = told(model->results);
    assert_string_equal(text, expected);
    free(text);
    uint64_t verdicts[PTL_VERDICT_COUNT] = {0};
    for (size_t i = 0; i < model->results->expectation_count; i++)
        verdicts[model->results->expectations[i].verdict]++;
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        assert_true(verdicts[v] == model->results->verdicts[v]);
    model_close(model);
}

/* Ports 1 to 5: one in each state, on every target. */
static enum ptl_state each_state(uint32_t target, uint16_t port)
{
    (void)target;
    return (enum ptl_state)(port - 1);
}

static void every_state_under_open_and_closed(void **state)
{
    (void)state;
    struct model model;
    assert_int_equal(model_open(&model,
                                "hosts: 127.0.0.1\nports: 1-5\nreport: {states: [closed]}\n"
                                "expect:\n  - {hosts: 127.0.0.1, open: 1-5}\n",
                                NULL),
                     PTL_OK);
    model_scan(&model, 0, each_state);
    check(&model, "127.0.0.1 1 open open pass\n127.0.0.1 2 open closed fail\n"
                  "127.0.0.1 3 open filtered fail\n127.0.0.1 4 open error inconclusive\n"
                  "127.0.0.1 5 open unprobed inconclusive\n");
    model_open(&model,
               "hosts: 127.0.0.1\nports: 1-5\nexpect:\n  - {hosts: 127.0.0.1, closed: 1-5}\n",
               NULL);
    model_scan(&model, 0, each_state);
    check(&model, "127.0.0.1 1 closed open fail\n127.0.0.1 2 closed closed pass\n"
                  "127.0.0.1 3 closed filtered inconclusive\n127.0.0.1 4 closed error "
                  "inconclusive\n127.0.0.1 5 closed unprobed inconclusive\n");
}

static void every_state_off_the_list(void **state)
{
    (void)state;
    struct model model;
    model_open(&model, "hosts: 127.0.0.1\nports: 1-5\nexpect:\n  - {hosts: 127.0.0.1, only: 2}\n",
               NULL);
    model_scan(&model, 0, each_state);
    check(&model, "127.0.0.1 1 not-open open fail\n127.0.0.1 2 open closed fail\n"
                  "127.0.0.1 4 not-open error inconclusive\n"
                  "127.0.0.1 0 not-open unprobed inconclusive\n");
}

static enum ptl_state all_closed(uint32_t target, uint16_t port)
{
    (void)target;
    (void)port;
    return PTL_CLOSED;
}

static enum ptl_state first_open(uint32_t target, uint16_t port)
{
    (void)target;
    return port == 1 ? PTL_OPEN : PTL_FILTERED;
}

static void an_empty_list_allows_nothing(void **state)
{
    (void)state;
    const char *yaml = "hosts: 127.0.0.1\nports: 1-5\nexpect:\n  - {hosts: 127.0.0.1, only: []}\n";
    struct model model;
    model_open(&model, yaml, NULL);
    model_scan(&model, 0, all_closed);
    check(&model, "127.0.0.1 0 not-open - pass\n");
    model_open(&model, yaml, NULL);
    model_scan(&model, 0, first_open);
    check(&model, "127.0.0.1 1 not-open open fail\n");
}

/* Rules that overlap: each holds; a port must be on every list. */
static void rules_add_up(void **state)
{
    (void)state;
    struct model model;
    model_open(&model,
               "hosts: [127.0.0.0-2, \"::1\"]\nports: 1-5\nexpect:\n"
               "  - {hosts: 127.0.0.0/30, only: \"1,2\"}\n"
               "  - {hosts: [127.0.0.1, \"::1\", 127.0.0.1-2], only: 1}\n"
               "  - {hosts: 127.0.0.2, closed: 5}\n",
               NULL);
    for (uint32_t target = 0; target < 4; target++)
        model_scan(&model, target, first_open);
    check(&model, "127.0.0.0 1 open open pass\n127.0.0.0 2 open filtered fail\n"
                  "127.0.0.0 0 not-open - pass\n"
                  "127.0.0.1 1 open open pass\n127.0.0.1 2 open filtered fail\n"
                  "127.0.0.1 0 not-open - pass\n"
                  "127.0.0.2 1 open open pass\n127.0.0.2 2 open filtered fail\n"
                  "127.0.0.2 5 closed filtered inconclusive\n127.0.0.2 0 not-open - pass\n"
                  "::1 1 open open pass\n::1 0 not-open - pass\n");
}

static void a_host_that_did_not_resolve(void **state)
{
    (void)state;
    struct model model;
    model_open(&model,
               "hosts: [127.0.0.1, gone.invalid]\nports: 1-5\nexpect:\n"
               "  - {hosts: GONE.invalid, open: 1, closed: 2}\n"
               "  - {hosts: gone.invalid, only: []}\n",
               "gone.invalid");
    model_scan(&model, 0, all_closed);
    check(&model, "gone.invalid 1 open unprobed inconclusive\n"
                  "gone.invalid 2 closed unprobed inconclusive\n"
                  "gone.invalid 0 not-open unprobed inconclusive\n");
}

static void a_host_that_is_no_target_is_a_problem(void **state)
{
    (void)state;
    struct model model;
    model_open(&model,
               "hosts: 127.0.0.0/28\nports: 1-5\nexpect:\n"
               "  - {hosts: [127.0.0.15-127.0.0.16, 127.0.0.16], open: 1}\n",
               NULL);
    assert_int_equal(model.problems.count, 1);
    assert_string_equal(model.problems.items[0].message,
                        "expect: 127.0.0.16 covers no target of this profile");
    assert_int_equal(model.problems.items[0].line, 4);
    model_close(&model);
}

static void more_ports_than_memory_is_given_are_a_problem(void **state)
{
    (void)state;
    struct model model;
    model_open(&model,
               "hosts: 127.0.0.0/16\nports: 1-1000\nexpect:\n"
               "  - {hosts: 127.0.0.0/16, closed: 1-1000}\n",
               NULL);
    assert_int_equal(model.problems.count, 1);
    assert_non_null(strstr(model.problems.items[0].message, "16777216"));
    model_close(&model);
}

/* Many expectations: those that pass are counted, and not listed. */
static enum ptl_state one_is_open(uint32_t target, uint16_t port)
{
    return target == 7 && port == 300 ? PTL_OPEN : PTL_CLOSED;
}

static void many_that_pass_are_not_listed(void **state)
{
    (void)state;
    struct model model;
    model_open(&model,
               "hosts: 127.0.0.0/24\nports: 1-300\nexpect:\n"
               "  - {hosts: 127.0.0.0/24, closed: 1-300}\n",
               NULL);
    for (uint32_t target = 0; target < 256; target++)
        model_scan(&model, target, one_is_open);
    assert_int_equal(ptl_results_seal(model.results, NULL), PTL_OK);
    assert_true(model.results->verdicts[PTL_PASS] == 256 * 300 - 1);
    assert_int_equal(model.results->expectation_count, 1);
    char *text = told(model.results);
    assert_string_equal(text, "127.0.0.7 300 closed open fail\n");
    free(text);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_under_open_and_closed),
        cmocka_unit_test(every_state_off_the_list),
        cmocka_unit_test(an_empty_list_allows_nothing),
        cmocka_unit_test(rules_add_up),
        cmocka_unit_test(a_host_that_did_not_resolve),
        cmocka_unit_test(a_host_that_is_no_target_is_a_problem),
        cmocka_unit_test(more_ports_than_memory_is_given_are_a_problem),
        cmocka_unit_test(many_that_pass_are_not_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
