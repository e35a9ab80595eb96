#include "embed/embed.h"

#include "report/writer.h"
#include "results/objects.h"
#include "results/stored.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static_assert((int)PORTOLAN_OPEN == (int)PTL_OPEN && (int)PORTOLAN_CLOSED == (int)PTL_CLOSED &&
                  (int)PORTOLAN_FILTERED == (int)PTL_FILTERED &&
                  (int)PORTOLAN_ERROR == (int)PTL_ERROR &&
                  (int)PORTOLAN_UNPROBED == (int)PTL_UNPROBED,
              "a state is handed over as it is");

/* What the results borrow from goes after them. */
static void free_parts(const struct portolan_results *parts)
{
    ptl_results_free(parts->results);
    ptl_journal_free(parts->journal);
    ptl_past_free(parts->past);
    portolan_profile_free(parts->profile);
}

enum portolan_status ptl_embed_results(const struct portolan_results *parts,
                                       struct portolan_results **made,
                                       struct portolan_problems *problems)
{
    struct portolan_results *new = malloc(sizeof(*new));
    if (new == NULL) {
        free_parts(parts);
        return ptl_embed_no_memory(problems);
    }
    *new = *parts;
    *made = new;
    return PORTOLAN_OK;
}

enum portolan_status portolan_results_read(const char *path, struct portolan_results **results,
                                           struct portolan_problems *problems)
{
    struct ptl_past *past = NULL;
    struct ptl_results *read = NULL;
    struct ptl_error error;
    struct ptl_embed_thread before = ptl_embed_enter();
    enum ptl_status status = ptl_journal_read_results(path, &past, &read, &error);
    ptl_embed_leave(&before);
    if (status == PTL_OK)
        return ptl_embed_results(&(struct portolan_results){.results = read, .past = past}, results,
                                 problems);
    return ptl_embed_fail(problems, &error);
}

static struct portolan_estimate estimate_of(const struct ptl_estimate *estimate)
{
    return (struct portolan_estimate){.known = estimate->known,
                                      .basis = ptl_basis_names[estimate->basis],
                                      .missed_open = estimate->missed,
                                      .missed_open_at_most = estimate->missed_at_most,
                                      .recall_at_least = estimate->recall_at_least};
}

bool portolan_results_summary(const struct portolan_results *results,
                              struct portolan_summary *summary)
{
    const struct ptl_results *inner = results->results;
    const struct ptl_run_info *run = &inner->run;
    const struct ptl_summary *sums = &inner->summary;
    struct portolan_summary own = {.profile = run->profile,
                                   .profile_sha256 = run->profile_sha256,
                                   .started_ms = run->started_ms,
                                   .finished_ms = run->finished_ms,
                                   .elapsed_ms = run->elapsed_ms,
                                   .complete = run->complete,
                                   .incomplete = ptl_report_incomplete(inner),
                                   .stopped_by = ptl_stop_names[run->stopped_by],
                                   .targets = sums->targets,
                                   .probes = sums->probes,
                                   .open = sums->states[PTL_OPEN],
                                   .closed = sums->states[PTL_CLOSED],
                                   .filtered = sums->states[PTL_FILTERED],
                                   .error = sums->states[PTL_ERROR],
                                   .unprobed = sums->states[PTL_UNPROBED],
                                   .retried = sums->retried,
                                   .attempts = sums->attempts,
                                   .probes_per_second = sums->probes_per_second,
                                   .peak_in_flight = sums->peak_in_flight,
                                   .rtt_min_us = sums->rtt.min,
                                   .rtt_p50_us = sums->rtt.p50,
                                   .rtt_p90_us = sums->rtt.p90,
                                   .rtt_p99_us = sums->rtt.p99,
                                   .rtt_max_us = sums->rtt.max,
                                   .rtt_count = sums->rtt.count,
                                   .estimate = estimate_of(&inner->estimate),
                                   .results = inner->count,
                                   .warnings = inner->warning_count,
                                   .unresolved = inner->unresolved_count,
                                   .expectations = inner->expectation_count,
                                   .passed = inner->verdicts[PTL_PASS],
                                   .failed = inner->verdicts[PTL_FAIL],
                                   .inconclusive = inner->verdicts[PTL_INCONCLUSIVE]};
    if (inner->changes != NULL)
        own.changes = ptl_changes_count(inner->changes);
    return ptl_embed_give(summary, &own, sizeof(own));
}

bool portolan_results_next_target(const struct portolan_results *results,
                                  struct portolan_target *target)
{
    const struct ptl_results *inner = results->results;
    struct portolan_target own = {.number = 0};
    struct ptl_target_counts counts;
    struct ptl_target_names names;
    if (ptl_embed_size(target) < offsetof(struct portolan_target, number))
        return false; /* the next call would not know where this one was */
    struct ptl_target_cursor cursor = {.next_target = target->place[0],
                                       .next_counts = (size_t)target->place[1],
                                       .next_result = (size_t)target->place[2]};
    if (!ptl_results_next_target(inner, &cursor, &counts, &own.first_result, &own.result_count))
        return false;
    own.place[0] = cursor.next_target;
    own.place[1] = cursor.next_counts;
    own.place[2] = cursor.next_result;
    own.number = counts.target;
    ptl_results_names(inner, counts.target, &names);
    snprintf(own.input, sizeof(own.input), "%s", names.input);
    snprintf(own.host, sizeof(own.host), "%s", names.host);
    snprintf(own.ip, sizeof(own.ip), "%s", names.ip);
    own.open = counts.states[PTL_OPEN];
    own.closed = counts.states[PTL_CLOSED];
    own.filtered = counts.states[PTL_FILTERED];
    own.error = counts.states[PTL_ERROR];
    own.unprobed = counts.states[PTL_UNPROBED];
    own.gave_up = (counts.flags & PTL_TARGET_GAVE_UP) != 0;
    own.suspicious = (counts.flags & PTL_TARGET_ALL_OPEN) != 0;
    struct ptl_estimate estimate = ptl_estimate_target(inner, &counts);
    own.estimate = estimate_of(&estimate);
    return ptl_embed_give(target, &own, sizeof(own));
}

static int64_t time_of(uint32_t us)
{
    return us == PTL_US_NONE ? -1 : (int64_t)us;
}

void ptl_embed_result(const struct ptl_results *results, const struct ptl_result *item,
                      struct portolan_result *result)
{
    *result = (struct portolan_result){.size = sizeof(*result),
                                       .target = item->target,
                                       .port = item->port,
                                       .state = (enum portolan_state)item->state,
                                       .service = ptl_results_service(results, item->port),
                                       .rtt_us = time_of(item->rtt_us),
                                       .connect_us = time_of(item->connect_us),
                                       .attempts = item->attempts,
                                       .confirm_asked = item->confirm_done,
                                       .confirm_open = item->confirm_yes,
                                       .offset_ms = item->offset_ms};
    static_assert(sizeof(result->reason) >= PTL_REASON_NAME_SIZE, "every reason fits");
    ptl_reason_name(item->reason, result->reason);
}

bool portolan_results_get(const struct portolan_results *results, size_t number,
                          struct portolan_result *result)
{
    struct portolan_result own;
    if (number >= results->results->count)
        return false;
    ptl_embed_result(results->results, &results->results->items[number], &own);
    return ptl_embed_give(result, &own, sizeof(own));
}

void ptl_embed_names(const struct ptl_results *results, uint32_t target,
                     struct portolan_names *names)
{
    struct ptl_target_names found;
    ptl_results_names(results, target, &found);
    names->size = sizeof(*names);
    snprintf(names->input, sizeof(names->input), "%s", found.input);
    snprintf(names->host, sizeof(names->host), "%s", found.host);
    snprintf(names->ip, sizeof(names->ip), "%s", found.ip);
}

bool portolan_results_names(const struct portolan_results *results, uint32_t target,
                            struct portolan_names *names)
{
    const struct ptl_results *inner = results->results;
    struct portolan_names own = {.size = sizeof(own)};
    uint64_t count =
        inner->stored != NULL ? ptl_stored_count(inner->stored) : ptl_targets_count(inner->live);
    if (target >= count)
        return false;
    ptl_embed_names(inner, target, &own);
    return ptl_embed_give(names, &own, sizeof(own));
}

const char *portolan_results_warning(const struct portolan_results *results, size_t number)
{
    const struct ptl_results *inner = results->results;
    return number < inner->warning_count ? inner->warnings[number] : NULL;
}

bool portolan_results_unresolved(const struct portolan_results *results, size_t number,
                                 const char **input, const char **message)
{
    const struct ptl_results *inner = results->results;
    if (number >= inner->unresolved_count)
        return false;
    *input = inner->unresolved[number].input;
    *message = inner->unresolved[number].message;
    return true;
}

bool portolan_results_expectation(const struct portolan_results *results, size_t number,
                                  struct portolan_expectation *expectation)
{
    const struct ptl_results *inner = results->results;
    if (number >= inner->expectation_count)
        return false;
    const struct ptl_expectation *one = &inner->expectations[number];
    struct ptl_target_names names;
    ptl_results_expectation_names(inner, one, &names);
    struct portolan_expectation own = {.port = one->port,
                                       .expected = ptl_expected_names[one->expected],
                                       .state =
                                           portolan_state_name((enum portolan_state)one->state),
                                       .verdict = ptl_verdict_names[one->verdict]};
    snprintf(own.host, sizeof(own.host), "%s", names.host);
    snprintf(own.ip, sizeof(own.ip), "%s", names.ip);
    struct ptl_buf text;
    ptl_buf_init(&text, sizeof(own.text));
    ptl_expectation_tell(inner, one, &text);
    snprintf(own.text, sizeof(own.text), "%s", ptl_buf_text(&text));
    ptl_buf_free(&text);
    return ptl_embed_give(expectation, &own, sizeof(own));
}

const char *portolan_state_name(enum portolan_state state)
{
    return (unsigned)state < PTL_STATE_COUNT ? ptl_state_names[state] : "";
}

void portolan_results_free(struct portolan_results *results)
{
    if (results == NULL)
        return;
    free_parts(results);
    free(results);
}
