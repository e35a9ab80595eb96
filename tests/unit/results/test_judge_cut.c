/* What is expected of a slice: the same as of the whole, as far as the slice goes. */
#include "unit/results/model.h"

#include "base/buf.h"
#include "target/slice.h"

#define TARGETS 6
#define PORTS 8

/* Something of everything, over all targets and ports. */
static enum ptl_state state_at(uint32_t target, uint16_t port)
{
    return (enum ptl_state)((target * 3 + port) % 4);
}

static uint32_t offset;

static enum ptl_state state_in_slice(uint32_t target, uint16_t port)
{
    return state_at(target + offset, port);
}

#define YAML                                                                                       \
    "hosts: 127.0.0.1-6\nports: 1-8\nexpect:\n"                                                    \
    "  - {hosts: 127.0.0.2-5, open: \"1,4,7\", closed: \"2,8\"}\n"                                 \
    "  - {hosts: [127.0.0.3, 127.0.0.6], only: \"3,5\"}\n"                                         \
    "  - {hosts: gone.test, open: 8}\n"

static bool is_in(const struct ptl_slice *slice, const struct ptl_portset *ports,
                  const struct ptl_expectation *one)
{
    return one->target >= slice->first && one->target - slice->first < slice->count &&
           ptl_portset_contains(ports, one->port);
}

/* Ports that are judged one by one; those off the list, together, are of what the slice knows. */
static void tell(struct ptl_buf *text, const struct ptl_results *results, uint64_t first,
                 const struct ptl_slice *slice, const struct ptl_portset *ports)
{
    for (size_t i = 0; i < results->expectation_count; i++) {
        struct ptl_expectation one = results->expectations[i];
        one.target += one.is_unresolved ? 0 : (uint32_t)first;
        if (one.is_unresolved || one.port == 0 || !is_in(slice, ports, &one))
            continue;
        ptl_buf_printf(text, "%u %u %u %u %u\n", one.target, one.port, one.expected, one.state,
                       one.verdict);
    }
}

static struct ptl_buf told_by(const struct ptl_results *results, uint64_t first,
                              const struct ptl_slice *slice, const struct ptl_portset *ports)
{
    struct ptl_buf text;
    ptl_buf_init(&text, 1U << 16);
    ptl_buf_add(&text, "");
    tell(&text, results, first, slice, ports);
    return text;
}

static void scan_slice(struct model *model, const struct ptl_slice *slice)
{
    struct ptl_portset *ports =
        ptl_portset_part(model->profile->ports, slice->first_port, slice->port_count);
    assert_true(ptl_judge_cut(model->results->judge, slice->first, slice->count, ports));
    ptl_targets_cut(model->results->live, slice->first, slice->count);
    ptl_portset_free(model->profile->ports);
    model->profile->ports = ports;
    model->ports = slice->port_count;
    model->results->started = model->results->summary.targets = slice->count;
    model->results->summary.probes = slice->count * slice->port_count;
    offset = (uint32_t)slice->first;
    for (uint32_t target = 0; target < slice->count; target++)
        model_scan(model, target, state_in_slice);
    assert_int_equal(ptl_results_seal(model->results, NULL), PTL_OK);
}

static void each_slice_judges_its_own(void **state)
{
    (void)state;
    struct model whole;
    assert_int_equal(model_open(&whole, YAML, "gone.test"), PTL_OK);
    struct ptl_slice all = {.count = TARGETS, .port_count = PORTS};
    offset = 0;
    for (uint32_t target = 0; target < TARGETS; target++)
        model_scan(&whole, target, state_in_slice);
    assert_int_equal(ptl_results_seal(whole.results, NULL), PTL_OK);
    struct ptl_buf text = told_by(whole.results, 0, &all, whole.profile->ports);
    assert_true(text.length > 100);
    ptl_buf_free(&text);
    for (uint32_t slices = 1; slices <= TARGETS * PORTS; slices++) {
        for (uint32_t i = 1; i <= slices; i++) {
            struct ptl_slice slice;
            struct model model;
            assert_true(ptl_slice_of(TARGETS, PORTS, i, slices, &slice));
            assert_int_equal(model_open(&model, YAML, "gone.test"), PTL_OK);
            scan_slice(&model, &slice);
            const struct ptl_portset *ports = model.profile->ports;
            struct ptl_buf got = told_by(model.results, slice.first, &slice, ports);
            struct ptl_buf wanted = told_by(whole.results, 0, &slice, ports);
            assert_string_equal(ptl_buf_text(&got), ptl_buf_text(&wanted));
            /* Nothing else is judged but what did not resolve, in full. */
            size_t lines = 0, others = 0;
            for (size_t c = 0; c < got.length; c++)
                lines += got.data[c] == '\n';
            for (size_t e = 0; e < model.results->expectation_count; e++) {
                const struct ptl_expectation *one = &model.results->expectations[e];
                others += one->port == 0;
                lines += one->is_unresolved && one->port == 8;
            }
            assert_int_equal(lines + others, model.results->expectation_count);
            ptl_buf_free(&got);
            ptl_buf_free(&wanted);
            model_close(&model);
        }
    }
    model_close(&whole);
}

static void a_run_that_expects_nothing(void **state)
{
    (void)state;
    assert_true(ptl_judge_cut(NULL, 3, 4, NULL));
}

/* Of a slice alone nobody can say whether a host is no target at all. */
static void hosts_of_other_slices_are_no_problem(void **state)
{
    (void)state;
    struct model model;
    struct ptl_judge *judge = NULL;
    assert_int_equal(model_open(&model, YAML, "gone.test"), PTL_OK);
    ptl_targets_cut(model.results->live, 0, 1);
    assert_int_equal(ptl_judge_new(model.profile, model.results->live, true,
                                   model.results->unresolved, 1, NULL, &judge, &model.problems,
                                   NULL),
                     PTL_OK);
    assert_int_equal(model.problems.count, 0);
    ptl_judge_free(judge);
    assert_int_equal(ptl_judge_new(model.profile, model.results->live, false,
                                   model.results->unresolved, 1, NULL, &judge, &model.problems,
                                   NULL),
                     PTL_OK);
    assert_int_equal(model.problems.count, 3);
    ptl_judge_free(judge);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_slice_judges_its_own),
        cmocka_unit_test(a_run_that_expects_nothing),
        cmocka_unit_test(hosts_of_other_slices_are_no_problem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
