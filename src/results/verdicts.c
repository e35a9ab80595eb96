/* The end of a run: what was expected against what was seen. */
#include "results/judging.h"
#include "results/untouched.h"

#include <stdlib.h>
#include <string.h>

/* Either counts, or lists what is to be listed. */
struct conclusion {
    const struct ptl_judge *judge;
    struct ptl_results *results;
    struct ptl_expectation *list; /* NULL: only count */
    size_t listed;
    bool without_passes;
    const struct ptl_judge_extra *extras; /* sorted */
    size_t extra_count, next_extra;
    struct ptl_target_cursor cursor; /* for the counts of targets */
    struct ptl_target_counts counts;
    bool has_counts;
};

static enum ptl_verdict judge_state(enum ptl_expected expected, enum ptl_state state)
{
    if (expected == PTL_EXPECT_OPEN)
        return state == PTL_OPEN                              ? PTL_PASS
               : state == PTL_CLOSED || state == PTL_FILTERED ? PTL_FAIL
                                                              : PTL_INCONCLUSIVE;
    if (state == PTL_OPEN)
        return PTL_FAIL;
    if (state == PTL_CLOSED || (expected == PTL_EXPECT_NOT_OPEN && state == PTL_FILTERED))
        return PTL_PASS;
    return PTL_INCONCLUSIVE;
}

static void add(struct conclusion *end, struct ptl_expectation one)
{
    if (end->list == NULL)
        end->results->verdicts[one.verdict]++;
    else if (!end->without_passes || one.verdict != PTL_PASS)
        end->list[end->listed++] = one;
}

static void add_port(struct conclusion *end, uint32_t target, uint16_t port,
                     enum ptl_expected expected, enum ptl_state state)
{
    add(end, (struct ptl_expectation){.target = target,
                                      .port = port,
                                      .expected = (uint8_t)expected,
                                      .state = (uint8_t)state,
                                      .verdict = (uint8_t)judge_state(expected, state)});
}

/* All ports of a host under `only` that are not on the list, none of which is known to be open. */
static void add_others(struct conclusion *end, uint32_t target, bool some_unprobed)
{
    add(end, (struct ptl_expectation){
                 .target = target,
                 .expected = PTL_EXPECT_NOT_OPEN,
                 .state = some_unprobed ? PTL_UNPROBED : PTL_STATE_COUNT,
                 .verdict = some_unprobed ? PTL_INCONCLUSIVE : PTL_PASS,
             });
}

/* How many probes of a target were never made. Targets are asked for in ascending order. */
static uint32_t count_unprobed(struct conclusion *end, uint32_t target)
{
    const struct ptl_summary *summary = &end->results->summary;
    size_t first, count;
    if (!ptl_results_has_started(end->results, target))
        return (uint32_t)(summary->probes / summary->targets);
    while (!end->has_counts || end->counts.target < target) {
        end->has_counts =
            ptl_results_next_target(end->results, &end->cursor, &end->counts, &first, &count);
        if (!end->has_counts)
            return 0; /* not listed: it has nothing unprobed */
    }
    return end->counts.target == target ? end->counts.states[PTL_UNPROBED] : 0;
}

/* The expected ports and the extras of one target, both ascending, as one ascending list. */
static void conclude_target(struct conclusion *end, const struct ptl_judge_span *span,
                            uint32_t target)
{
    const struct ptl_judge_group *group = &end->judge->groups[span->group];
    uint32_t known_unprobed = 0;
    bool found = false;
    for (uint32_t rank = 0; rank <= group->port_count; rank++) {
        unsigned port = rank < group->port_count ? group->ports[rank] : PTL_PORTS;
        for (; end->next_extra < end->extra_count; end->next_extra++) {
            const struct ptl_judge_extra *extra = &end->extras[end->next_extra];
            if (extra->target > target || (extra->target == target && extra->port > port))
                break;
            add_port(end, target, extra->port, PTL_EXPECT_NOT_OPEN, (enum ptl_state)extra->state);
            found = true;
        }
        if (rank == group->port_count)
            break;
        enum ptl_state state = ptl_judge_state(end->judge, span, target, rank);
        known_unprobed += state == PTL_UNPROBED;
        if (ptl_port_bit(group->open, port))
            add_port(end, target, (uint16_t)port, PTL_EXPECT_OPEN, state);
        if (ptl_port_bit(group->closed, port))
            add_port(end, target, (uint16_t)port, PTL_EXPECT_CLOSED, state);
        bool extra = group->only && !ptl_port_bit(group->allowed, port);
        if (extra && (state == PTL_OPEN || state == PTL_ERROR)) {
            add_port(end, target, (uint16_t)port, PTL_EXPECT_NOT_OPEN, state);
            found = true;
        }
    }
    if (!group->only)
        return;
    bool some_unprobed = count_unprobed(end, target) > known_unprobed;
    if (some_unprobed || !found)
        add_others(end, target, some_unprobed);
}

/* A host without an address: nothing is known of its ports. */
static void conclude_lost(struct conclusion *end, const struct ptl_judge_lost *lost)
{
    const struct ptl_results *results = end->results;
    const struct ptl_judge_group *group = &end->judge->groups[lost->group];
    size_t at = 0;
    while (at < results->unresolved_count &&
           strcasecmp(results->unresolved[at].input, lost->name) != 0)
        at++;
    if (at == results->unresolved_count)
        return; /* whoever made the judge took its names over */
    struct ptl_expectation one = {.target = (uint32_t)at,
                                  .state = PTL_UNPROBED,
                                  .verdict = PTL_INCONCLUSIVE,
                                  .is_unresolved = true};
    for (uint32_t rank = 0; rank < group->port_count; rank++) {
        one.port = group->ports[rank];
        one.expected = ptl_port_bit(group->open, one.port) ? PTL_EXPECT_OPEN : PTL_EXPECT_CLOSED;
        add(end, one);
    }
    one.port = 0;
    one.expected = PTL_EXPECT_NOT_OPEN;
    if (group->only)
        add(end, one);
}

static void conclude(struct conclusion *end)
{
    const struct ptl_judge *judge = end->judge;
    end->next_extra = 0;
    end->cursor = (struct ptl_target_cursor){.next_target = 0};
    end->has_counts = false;
    for (size_t i = 0; i < judge->span_count; i++) {
        const struct ptl_judge_span *span = &judge->spans[i];
        for (uint64_t target = span->first; target <= span->last; target++)
            conclude_target(end, span, (uint32_t)target);
    }
    for (size_t i = 0; i < judge->lost_count; i++)
        conclude_lost(end, &judge->lost[i]);
}

static int compare_extras(const void *a, const void *b)
{
    const struct ptl_judge_extra *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    return x->port < y->port ? -1 : x->port > y->port;
}

enum ptl_status ptl_judge_conclude(const struct ptl_judge *judge, struct ptl_results *results,
                                   struct ptl_error *error)
{
    struct ptl_judge_extra *extras = calloc(judge->extra_count + 1, sizeof(*extras));
    if (extras == NULL)
        return ptl_error_no_memory(error);
    if (judge->extra_count > 0) {
        memcpy(extras, judge->extras, judge->extra_count * sizeof(*extras));
        qsort(extras, judge->extra_count, sizeof(*extras), compare_extras);
    }
    struct conclusion end = {
        .judge = judge, .results = results, .extras = extras, .extra_count = judge->extra_count};
    memset(results->verdicts, 0, sizeof(results->verdicts));
    conclude(&end);
    uint64_t unmet = results->verdicts[PTL_FAIL] + results->verdicts[PTL_INCONCLUSIVE];
    uint64_t all = unmet + results->verdicts[PTL_PASS];
    end.without_passes = all > PTL_EXPECTATIONS_LISTED;
    end.list = calloc((end.without_passes ? unmet : all) + 1, sizeof(*end.list));
    if (end.list != NULL)
        conclude(&end);
    free(extras);
    if (end.list == NULL)
        return ptl_error_no_memory(error);
    free(results->expectations);
    results->expectations = end.list;
    results->expectation_count = end.listed;
    return PTL_OK;
}
