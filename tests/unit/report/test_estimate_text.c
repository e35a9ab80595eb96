#include "unit/report/report.h"

#include "report/writer.h"

/* The sample, whose targets told how many attempts their ports took. */
static void open_with(struct model *model, const struct ptl_evidence *first,
                      const struct ptl_evidence *second)
{
    sample_open(model);
    struct ptl_results *results = model->results;
    const struct ptl_evidence none = {.open = {0}}, *const all[] = {first, second, &none};
    results->has_evidence = true;
    results->evidence.sentinels = first->sentinels;
    for (size_t i = 0; i < 3; i++) {
        results->targets[i].has_evidence = true;
        results->targets[i].evidence = ptl_evidence_of_target(all[i]);
        ptl_evidence_add(&results->evidence, &results->targets[i].evidence);
        ptl_late_join(&results->evidence.late, &all[i]->late);
    }
    results->estimate = ptl_estimate_run(results);
}

static void expect(enum ptl_format format, const struct model *model, const char *part, bool there)
{
    char *text = report_of(format, model->results);
    if ((strstr(text, part) != NULL) != there)
        print_error("%s\n", text);
    assert_true((strstr(text, part) != NULL) == there);
    free(text);
}

static void a_good_run_says_how_good(void **state)
{
    (void)state;
    struct model model;
    const struct ptl_evidence first = {.open = {20, 2},
                                       .closed = {1180, 5},
                                       .silent = {0, 0, 0, 60},
                                       .sentinels = {.asked = 200, .lost = 1, .slices = 9}},
                              second = {.closed = {90}, .silent = {0, 1}};
    open_with(&model, &first, &second);
    expect(
        PTL_FORMAT_TEXT, &model,
        "\nat most 1 open port was missed (95 %): 1290 of 1297 ports answered the first attempt, "
        "7 the second; of 200 asked again 1 were lost\n",
        true);
    expect(PTL_FORMAT_TEXT, &model, "trusted", false);
    expect(PTL_FORMAT_TEXT, &model, "may be open", false);
    expect(PTL_FORMAT_PROM, &model, "\nportolan_missed_open_ports_at_most{profile=\"test\"} 1\n",
           true);
    expect(PTL_FORMAT_PROM, &model, "\nportolan_recall_at_least{profile=\"test\"} 0.95", true);
    expect(PTL_FORMAT_HTML, &model, "\"poor\":false", true);
    expect(PTL_FORMAT_JUNIT, &model, "22/tcp: expected closed, is filtered\"", true);
    model_close(&model);
}

static void a_bad_run_says_so_first(void **state)
{
    (void)state;
    struct model model;
    const struct ptl_evidence first = {.open = {8},
                                       .closed = {100},
                                       .silent = {3000},
                                       .sentinels = {.asked = 120, .lost = 10, .slices = 4}};
    open_with(&model, &first, &first);
    expect(PTL_FORMAT_TEXT, &model,
           "the deadline passed\nnot to be trusted: about 1 open port was missed, ", true);
    expect(PTL_FORMAT_TEXT, &model, "\nweb.example (127.0.0.1): up to ", true);
    expect(PTL_FORMAT_TEXT, &model, "; the bound is poor for 2 targets\n", true);
    expect(PTL_FORMAT_HTML, &model, "\"estimate\":\"not to be trusted: about ", true);
    expect(PTL_FORMAT_JUNIT, &model,
           "22/tcp: expected closed, is filtered, and may have been missed: up to ", true);
    model_close(&model);
    /* Where hardly anything is known, what is expected is a guess, and not told. */
    const struct ptl_evidence hurried = {.open = {5},
                                         .closed = {120},
                                         .silent = {3800},
                                         .sentinels = {.asked = 11, .lost = 11, .slices = 3}};
    open_with(&model, &hurried, &hurried);
    expect(PTL_FORMAT_TEXT, &model, "the deadline passed\nnot to be trusted: up to ", true);
    expect(PTL_FORMAT_TEXT, &model, " open ports may have been missed (95 %)\n", true);
    model_close(&model);
}

static void what_is_not_known_is_told(void **state)
{
    (void)state;
    struct model model;
    const struct ptl_evidence once = {.open = {2}, .closed = {1}, .silent = {97}},
                              late = {.open = {2},
                                      .closed = {1},
                                      .silent = {0, 97},
                                      .late = {.listened = 60,
                                               .closed = 4,
                                               .slowest_ms = 970,
                                               .waited_ms = 900,
                                               .reach_ms = 978}},
                              dead = {.silent = {0, 100}}, whole = {.open = {3}, .closed = {4}};
    open_with(&model, &once, &once);
    expect(PTL_FORMAT_TEXT, &model, "\nnot to be trusted: how many open ports were missed cannot",
           true);
    expect(PTL_FORMAT_TEXT, &model, "web.example (127.0.0.1): more may be open\n", true);
    expect(PTL_FORMAT_TEXT, &model, "missed cannot be told: each port had one attempt, and", true);
    expect(PTL_FORMAT_PROM, &model, "recall_at_least", false);
    expect(PTL_FORMAT_JUNIT, &model, "is filtered, and may have been missed: it had one attempt",
           true);
    model_close(&model);
    open_with(&model, &late, &late);
    expect(PTL_FORMAT_TEXT, &model,
           "missed cannot be told; of 120 silent ports that were listened to for longer 8 answered "
           "too late\n",
           true);
    expect(PTL_FORMAT_TEXT, &model, "not to be trusted: how many", true);
    expect(PTL_FORMAT_JUNIT, &model,
           "is filtered, and may have been missed: answers came later than it was waited for",
           true);
    expect(PTL_FORMAT_PROM, &model, "recall_at_least", false);
    model_close(&model);
    open_with(&model, &dead, &dead);
    expect(PTL_FORMAT_TEXT, &model,
           "\nhow many open ports were missed cannot be told: nothing answered\n", true);
    expect(PTL_FORMAT_TEXT, &model, "trusted", false);
    model_close(&model);
    open_with(&model, &whole, &whole);
    expect(PTL_FORMAT_TEXT, &model,
           "\nno open port was missed of those that have a verdict: none is silent\n", true);
    model.results->summary.states[PTL_UNPROBED] = 0;
    expect(PTL_FORMAT_TEXT, &model, "\nno open port was missed: none is silent\n", true);
    model_close(&model);
    sample_open(&model); /* of an older version: nothing is said */
    expect(PTL_FORMAT_TEXT, &model, "missed", false);
    model_close(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_run_says_how_good),
        cmocka_unit_test(a_bad_run_says_so_first),
        cmocka_unit_test(what_is_not_known_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
