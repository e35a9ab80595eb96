/* Results without a scan: a profile, its targets, and the verdicts that a test gives them. */
#ifndef TESTS_RESULTS_MODEL_H
#define TESTS_RESULTS_MODEL_H

#include "support/cmocka_all.h"

#include "results/judge.h"
#include "results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct model {
    struct ptl_profile *profile;
    struct ptl_results *results;
    struct ptl_problems problems;
    uint64_t targets, ports;
};

/* Targets are the profile's literal hosts; names in `unresolved` did not resolve. */
static inline enum ptl_status model_open(struct model *model, const char *yaml,
                                         const char *unresolved)
{
    struct ptl_error error = {.code = PTL_OK};
    *model = (struct model){.profile = NULL};
    ptl_profile_load_text(yaml, strlen(yaml), "t.yaml", ".", NULL, 0, &model->profile,
                          &model->problems);
    for (size_t i = 0; i < model->problems.count; i++)
        print_error("%s\n", model->problems.items[i].message);
    assert_non_null(model->profile);
    struct ptl_results *results = model->results = ptl_results_new();
    const struct ptl_hosts *hosts = &model->profile->hosts;
    struct ptl_named_block *blocks = calloc(hosts->count + 1, sizeof(*blocks));
    size_t count = 0;
    for (size_t i = 0; i < hosts->count; i++)
        if (!ptl_hosts_get(hosts, i).is_name)
            blocks[count++] = (struct ptl_named_block){.block = ptl_hosts_get(hosts, i).block,
                                                       .input = ptl_hosts_get(hosts, i).text};
    assert_int_equal(ptl_targets_build(blocks, count, NULL, 0, &results->live, &error), PTL_OK);
    free(blocks);
    if (unresolved != NULL)
        ptl_results_add_unresolved(results, unresolved, "no such host");
    enum ptl_status status =
        ptl_judge_new(model->profile, results->live, false, results->unresolved,
                      results->unresolved_count, NULL, &results->judge, &model->problems, &error);
    model->targets = ptl_targets_count(results->live);
    model->ports = ptl_portset_count(model->profile->ports);
    results->run.profile = strdup("test");
    results->run.file = strdup("t.yaml");
    results->run.complete = true;
    memcpy(results->run.states, model->profile->report_states, sizeof(results->run.states));
    results->summary.targets = model->targets;
    results->summary.probes = model->targets * model->ports;
    results->started = model->targets;
    return status;
}

/* Gives every port of a target the state that `state_of` says, and keeps what the profile lists. */
static inline void model_scan(struct model *model, uint32_t target,
                              enum ptl_state (*state_of)(uint32_t target, uint16_t port))
{
    struct ptl_results *results = model->results;
    const uint16_t *ports = ptl_portset_seal(model->profile->ports);
    struct ptl_target_counts counts = {.target = target};
    for (uint64_t i = 0; i < model->ports; i++) {
        enum ptl_state state = state_of(target, ports[i]);
        counts.states[state]++;
        results->summary.states[state]++;
        if (state == PTL_UNPROBED) {
            results->run.complete = false;
            continue;
        }
        assert_true(ptl_judge_note(results->judge, target, ports[i], state));
        if (!results->run.states[state])
            continue;
        struct ptl_result result = {.target = target,
                                    .port = ports[i],
                                    .state = state & 7U,
                                    .attempts = 1,
                                    .rtt_us = PTL_US_NONE,
                                    .connect_us = PTL_US_NONE};
        assert_int_equal(ptl_results_add(results, &result), PTL_OK);
    }
    assert_int_equal(ptl_results_add_target(results, &counts), PTL_OK);
}

static inline void model_close(struct model *model)
{
    ptl_results_free(model->results);
    ptl_profile_free(model->profile);
    ptl_problems_free(&model->problems);
}

#endif
