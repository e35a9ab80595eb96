#include "unit/results/model.h"

static enum ptl_state some_open(uint32_t target, uint16_t port)
{
    if (target >= 300)
        return port == 5 ? PTL_FILTERED : PTL_CLOSED;
    return target % 3 == 0 && port <= 2 ? PTL_OPEN : PTL_CLOSED;
}

#define HOSTS "hosts: [127.0.0.0/23, \"::1\"]\nports: 1-5\n"

/* What is saved loads, and holds for what it was saved from. */
static void what_is_saved_holds(void **state)
{
    (void)state;
    struct model model;
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 20);
    ptl_buf_add(&text, HOSTS);
    model_open(&model, HOSTS, NULL);
    for (uint32_t target = 0; target < model.targets; target++)
        model_scan(&model, target, some_open);
    assert_int_equal(ptl_results_seal(model.results, NULL), PTL_OK);
    assert_int_equal(ptl_results_save_expect(model.results, &text, NULL), PTL_OK);
    model_close(&model);
    assert_non_null(strstr(ptl_buf_text(&text), "      - \"127.0.1.42-127.0.1.255\"\n"));
    assert_non_null(strstr(ptl_buf_text(&text), "    only: \"1-2\"\n"));

    assert_int_equal(model_open(&model, ptl_buf_text(&text), NULL), PTL_OK);
    for (uint32_t target = 0; target < model.targets; target++)
        model_scan(&model, target, some_open);
    assert_int_equal(ptl_results_seal(model.results, NULL), PTL_OK);
    assert_true(model.results->verdicts[PTL_FAIL] == 0);
    assert_true(model.results->verdicts[PTL_INCONCLUSIVE] == 0);
    assert_true(model.results->verdicts[PTL_PASS] == 513 + 200);
    model_close(&model);
    ptl_buf_free(&text);
}

static enum ptl_state one_in_error(uint32_t target, uint16_t port)
{
    (void)target;
    return port == 3 ? PTL_ERROR : PTL_CLOSED;
}

static enum ptl_state one_unprobed(uint32_t target, uint16_t port)
{
    (void)target;
    return port == 3 ? PTL_UNPROBED : PTL_CLOSED;
}

static void refuse(const char *yaml, const char *unresolved,
                   enum ptl_state (*state_of)(uint32_t target, uint16_t port), const char *why)
{
    struct model model;
    struct ptl_error error;
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 20);
    model_open(&model, yaml, unresolved);
    for (uint32_t target = 0; target < model.targets; target++)
        model_scan(&model, target, state_of);
    assert_int_equal(ptl_results_seal(model.results, NULL), PTL_OK);
    assert_int_equal(ptl_results_save_expect(model.results, &text, &error), PTL_E_INVALID);
    assert_non_null(strstr(error.message, why));
    assert_int_equal(text.length, 0);
    model_close(&model);
    ptl_buf_free(&text);
}

/* As many sets of open ports as targets. */
static enum ptl_state all_different(uint32_t target, uint16_t port)
{
    return (target >> (port - 1) & 1) != 0 ? PTL_OPEN : PTL_CLOSED;
}

static void what_it_cannot_know_it_does_not_save(void **state)
{
    (void)state;
    refuse(HOSTS, NULL, one_in_error, "not complete");
    refuse(HOSTS, NULL, one_unprobed, "not complete");
    refuse("hosts: [127.0.0.1, gone.invalid]\nports: 1-5\n", "gone.invalid", some_open,
           "not complete");
    refuse(HOSTS "report: {states: [closed]}\n", NULL, some_open, "report.states");
    refuse("hosts: 127.0.0.0/21\nports: 1-12\n", NULL, all_different, "more ways");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_holds),
        cmocka_unit_test(what_it_cannot_know_it_does_not_save),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
