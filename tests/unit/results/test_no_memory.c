/* Each allocation of this storey refused in turn: a clean failure, no loss in silence, no leak. */
#include "support/failing_malloc.h"

#include "model.h"

#include "results/read.h"
#include "sample.h"
#include "target/services.h"

static bool keep(void *context)
{
    (void)context;
    struct ptl_results *results = ptl_results_new();
    bool all = results != NULL;
    struct ptl_result result = {.state = PTL_OPEN};
    struct ptl_target_counts counts = {.target = 0};
    for (uint32_t i = 0; i < 200 && all; i++) {
        result.target = counts.target = 200 - i;
        all = ptl_results_add(results, &result) == PTL_OK &&
              ptl_results_add_target(results, &counts) == PTL_OK;
    }
    for (int i = 0; i < 3 && all; i++)
        all = ptl_results_warn(results, "warning %d", i) == PTL_OK &&
              ptl_results_add_unresolved(results, "name", "message") == PTL_OK;
    struct ptl_error error = {0};
    if (all)
        all = ptl_results_seal(results, &error) == PTL_OK;
    assert_true(error.code == PTL_OK || error.code == PTL_E_NO_MEMORY);
    /* What is kept is whole, whatever was refused. */
    for (size_t i = 0; results != NULL && i < results->unresolved_count; i++)
        assert_true(results->unresolved[i].input != NULL && results->unresolved[i].message != NULL);
    for (size_t i = 0; results != NULL && i < results->warning_count; i++)
        assert_non_null(results->warnings[i]);
    ptl_results_free(results);
    return all;
}

static void keeping(void **state)
{
    (void)state;
    fail_each(keep, NULL);
}

static const char expecting[] = "hosts: [127.0.0.1, 127.0.0.2, 127.0.0.3, web.example]\n"
                                "ports: 1-20\n"
                                "expect:\n"
                                "  - {hosts: [127.0.0.1, web.example], open: 1-5, closed: 6-9}\n"
                                "  - {hosts: 127.0.0.1-2, only: [1, 2]}\n";

static enum ptl_state odd_is_open(uint32_t target, uint16_t port)
{
    (void)target;
    return port % 2 ? PTL_OPEN : PTL_CLOSED;
}

static bool judge(void *context)
{
    const struct model *model = context;
    const struct ptl_unresolved lost = {.input = (char *)(uintptr_t) "web.example",
                                        .message = (char *)(uintptr_t) "no such host"};
    struct ptl_error error = {0};
    struct ptl_problems problems = {0};
    struct ptl_judge *made = NULL;
    enum ptl_status status = ptl_judge_new(model->profile, model->results->live, false, &lost, 1,
                                           NULL, &made, &problems, &error);
    assert_int_equal(problems.count, 0);
    assert_true(status == PTL_OK || status == PTL_E_NO_MEMORY);
    assert_int_equal(status == PTL_OK, made != NULL);
    bool all = status == PTL_OK;
    for (uint32_t target = 0; target < 3 && all; target++)
        for (uint16_t port = 1; port <= 20 && all; port++)
            all = ptl_judge_note(made, target, port, odd_is_open(target, port));
    struct ptl_results *results = all ? model->results : NULL;
    if (results != NULL) {
        status = ptl_judge_conclude(made, results, &error);
        all = status == PTL_OK;
        assert_true(all || status == PTL_E_NO_MEMORY);
        free(results->expectations);
        results->expectations = NULL;
        results->expectation_count = 0;
    }
    ptl_judge_free(made);
    ptl_problems_free(&problems);
    return all;
}

static bool save(void *context)
{
    const struct model *model = context;
    struct ptl_buf buf;
    struct ptl_error error = {0};
    ptl_buf_init(&buf, 1 << 20);
    enum ptl_status status = ptl_results_save_expect(model->results, &buf, &error);
    assert_int_equal(status, error.code);
    if (status != PTL_OK && status != PTL_E_NO_MEMORY)
        fail_msg("%s", error.message); /* the run is not at fault */
    bool all = status == PTL_OK && !buf.failed;
    ptl_buf_free(&buf);
    return all;
}

static void judging_and_saving(void **state)
{
    (void)state;
    struct model model;
    assert_int_equal(model_open(&model, expecting, "web.example"), PTL_OK);
    fail_each(judge, &model);
    model_close(&model);
    assert_int_equal(model_open(&model, "hosts: 127.0.0.1-9\nports: 1-20\n", NULL), PTL_OK);
    for (uint32_t target = 0; target < 9; target++)
        model_scan(&model, target, odd_is_open);
    assert_int_equal(ptl_results_seal(model.results, NULL), PTL_OK);
    fail_each(save, &model);
    model_close(&model);
}

static bool read_back(void *context)
{
    struct ptl_results *results = NULL;
    struct ptl_error error = {0};
    enum ptl_status status = ptl_results_read(context, &results, &error);
    assert_int_equal(status, error.code);
    assert_int_equal(status == PTL_OK, results != NULL);
    if (status != PTL_OK && status != PTL_E_NO_MEMORY)
        fail_msg("%s", error.message); /* the file is not wrong because memory ran out */
    ptl_results_free(results);
    return status == PTL_OK;
}

static void reading(void **state)
{
    (void)state;
    char name[] = "/tmp/portolan-read-XXXXXX";
    write_file(name, SAMPLE, strlen(SAMPLE));
    fail_each(read_back, name);
    unlink(name);
}

int main(void)
{
    (void)ptl_services_available(); /* read once a process: not here */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeping),
        cmocka_unit_test(judging_and_saving),
        cmocka_unit_test(reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
