#include "results/members.h"
#include "results/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (64UL * 1024) /* warnings, inputs, paths */
#define PORTS_TEXT_MAX (512UL * 1024)

static enum ptl_status no_memory(struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
}

/* Replaces *text by a copy. */
static void keep_text(struct ptl_members *members, char **text, const char *value)
{
    free(*text);
    *text = strdup(value);
    if (*text == NULL && members->status == PTL_OK)
        members->status = no_memory(members->error);
}

enum ptl_status ptl_read_tool(struct ptl_reader *reader, const struct ptl_json *json,
                              const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_members tool = {.json = json, .place = place, .what = "tool", .error = error};
    ptl_members_text(&tool, "name", TEXT_MAX);
    snprintf(reader->results->run.tool_version, sizeof(reader->results->run.tool_version), "%s",
             ptl_members_text(&tool, "version", sizeof(reader->results->run.tool_version) - 1));
    return tool.status;
}

static void read_states(struct ptl_members *run, bool states[PTL_STATE_COUNT])
{
    const struct ptl_json *list = ptl_members_get(run, "states");
    if (run->status == PTL_OK && ptl_json_type(list) != PTL_JSON_ARRAY)
        ptl_members_refuse(run, "\"states\" is no list");
    memset(states, 0, PTL_STATE_COUNT * sizeof(*states));
    if (run->status != PTL_OK)
        return;
    for (const struct ptl_json *one = ptl_json_first(list); one != NULL; one = ptl_json_next(one)) {
        const char *name = "";
        int state = 0;
        ptl_json_as_string(one, &name);
        while (state < PTL_UNPROBED && strcmp(name, ptl_state_names[state]) != 0)
            state++;
        if (state == PTL_UNPROBED || states[state])
            ptl_members_refuse(run, "\"states\" holds an unknown state, or one twice");
        states[state] = true;
    }
}

/* The set is what the sums are checked against, so it has to be the canonical form. */
static void read_ports(struct ptl_reader *reader, struct ptl_members *run)
{
    const char *text = ptl_members_text(run, "ports", PORTS_TEXT_MAX);
    keep_text(run, &reader->results->run.ports, text);
    ptl_portset_free(reader->ports);
    reader->ports = ptl_portset_new();
    if (reader->ports == NULL && run->status == PTL_OK)
        run->status = no_memory(run->error);
    if (run->status != PTL_OK)
        return;
    struct ptl_buf again;
    ptl_buf_init(&again, PORTS_TEXT_MAX);
    struct ptl_error reason;
    enum ptl_status status = ptl_portset_add(reader->ports, text, &reason);
    if (status == PTL_OK)
        ptl_portset_format(reader->ports, &again);
    if (status == PTL_E_NO_MEMORY || again.failed)
        run->status = no_memory(run->error);
    else if (again.length == 0 || strcmp(ptl_buf_text(&again), text) != 0)
        ptl_members_refuse(run, "\"ports\" is no list like 1-1024,8080, ascending");
    ptl_buf_free(&again);
}

static uint32_t read_concurrency(struct ptl_members *run, const char *key)
{
    const char *text = "";
    const struct ptl_json *value = ptl_members_get(run, key);
    if (value != NULL && ptl_json_as_string(value, &text)) {
        const uint32_t words[] = {PTL_CONCURRENCY_UNLIMITED, PTL_CONCURRENCY_AUTO};
        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
            if (strcmp(text, ptl_concurrency_word(words[i])) == 0)
                return words[i];
    }
    return (uint32_t)ptl_members_number(run, key, UINT32_MAX - 2);
}

static void read_settings(struct ptl_members *run, struct ptl_run_info *info)
{
    info->engine = (enum ptl_engine)ptl_members_word(run, "engine", ptl_engine_names, 4);
    info->concurrency = read_concurrency(run, "concurrency");
    info->timeout_ms = ptl_members_number(run, "timeout_ms", UINT32_MAX);
    info->adaptive_timeout = ptl_members_bool(run, "adaptive_timeout");
    info->adaptive = ptl_members_bool(run, "adaptive");
    info->retries = (uint32_t)ptl_members_number(run, "retries", UINT32_MAX);
    info->loss_retries = (uint32_t)ptl_members_number(run, "loss_retries", UINT32_MAX);
    info->rate = ptl_members_number(run, "rate", UINT64_MAX);
    info->order = (enum ptl_order)ptl_members_word(run, "order", ptl_order_names, 3);
    info->seed = ptl_members_number(run, "seed", UINT64_MAX);
    /* Keys that came later: a file may lack them. */
    if (ptl_json_get(run->json, "description") != NULL)
        keep_text(run, &info->description, ptl_members_text(run, "description", TEXT_MAX));
    info->confirm = 0;
    if (ptl_json_get(run->json, "confirm") != NULL)
        info->confirm = (uint32_t)ptl_members_number(run, "confirm", UINT32_MAX);
}

static void read_stop(struct ptl_members *run, struct ptl_run_info *info)
{
    static const char *const names[] = {"signal", "deadline"};
    static const enum ptl_stop stops[] = {PTL_STOP_SIGNAL, PTL_STOP_DEADLINE};
    info->complete = ptl_members_bool(run, "complete");
    info->stopped_by = PTL_STOP_NONE;
    if (ptl_json_get(run->json, "cut") != NULL)
        info->cut = ptl_members_bool(run, "cut");
    if (ptl_json_type(ptl_members_get(run, "stopped_by")) != PTL_JSON_NULL)
        info->stopped_by = stops[ptl_members_word(run, "stopped_by", names, 2)];
    else if (ptl_json_get(run->json, "out_of_memory") != NULL &&
             ptl_members_bool(run, "out_of_memory"))
        info->stopped_by = PTL_STOP_MEMORY;
}

enum ptl_status ptl_read_run(struct ptl_reader *reader, const struct ptl_json *json,
                             const struct ptl_origin *place, struct ptl_error *error)
{
    (void)error;
    struct ptl_run_info *info = &reader->results->run;
    struct ptl_members run = {
        .json = json, .place = place, .what = "run", .error = &reader->run_error};
    keep_text(&run, &info->profile, ptl_members_text(&run, "profile", TEXT_MAX));
    keep_text(&run, &info->file, ptl_members_text(&run, "file", TEXT_MAX));
    snprintf(info->profile_sha256, sizeof(info->profile_sha256), "%s",
             ptl_members_text(&run, "profile_sha256", 64));
    info->started_ms = ptl_members_time(&run, "started");
    read_ports(reader, &run);
    read_states(&run, info->states);
    read_settings(&run, info);
    reader->asked_status = run.status;
    info->effective_concurrency = read_concurrency(&run, "effective_concurrency");
    info->workers = (uint32_t)ptl_members_number(&run, "workers", UINT32_MAX);
    info->finished_ms = ptl_members_time(&run, "finished");
    info->elapsed_ms = ptl_members_double(&run, "elapsed_ms");
    read_stop(&run, info);
    ptl_read_path(&run, reader->results);
    reader->run_status = run.status; /* told once it is known that there is no other */
    if (reader->asked_status != PTL_OK) {
        ptl_portset_free(reader->ports);
        reader->ports = NULL;
    }
    return PTL_OK;
}

/* A key that came later: a file may lack it. */
static void read_verdicts(struct ptl_members *summary, const struct ptl_json *json,
                          uint64_t verdicts[PTL_VERDICT_COUNT])
{
    if (json == NULL)
        return;
    summary->json = json;
    summary->what = "summary.expectations";
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        verdicts[v] = ptl_members_number(summary, ptl_verdict_names[v], UINT64_MAX);
}

enum ptl_status ptl_read_summary(struct ptl_reader *reader, const struct ptl_json *json,
                                 const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_summary *to = &reader->results->summary;
    struct ptl_members summary = {.json = json, .place = place, .what = "summary", .error = error};
    to->targets = ptl_members_number(&summary, "targets", PTL_TARGETS_MAX);
    to->probes = ptl_members_number(&summary, "probes", UINT64_MAX);
    uint64_t sum = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++) {
        to->states[s] = ptl_members_number(&summary, ptl_state_names[s], UINT64_MAX);
        sum += to->states[s];
    }
    to->retried = ptl_members_number(&summary, "retried", UINT64_MAX);
    to->attempts = ptl_members_number(&summary, "attempts", UINT64_MAX);
    /* A key that came later: a file may lack it. */
    if (ptl_json_get(json, "syn_resent") != NULL)
        to->syn_resent = ptl_members_number(&summary, "syn_resent", UINT64_MAX);
    to->probes_per_second = ptl_members_double(&summary, "probes_per_second");
    to->peak_in_flight = (uint32_t)ptl_members_number(&summary, "peak_in_flight", UINT32_MAX);
    if (summary.status == PTL_OK && sum != to->probes)
        ptl_members_refuse(&summary,
                           "open, closed, filtered, error and unprobed add up to %llu, "
                           "not to the %llu probes",
                           (unsigned long long)sum, (unsigned long long)to->probes);
    struct ptl_members rtt = {.json = ptl_members_get(&summary, "rtt_us"),
                              .place = place,
                              .what = "summary.rtt_us",
                              .status = summary.status,
                              .error = error};
    to->rtt.count = ptl_members_number(&rtt, "count", UINT64_MAX);
    uint32_t *const values[] = {&to->rtt.min, &to->rtt.p50, &to->rtt.p90, &to->rtt.p99,
                                &to->rtt.max};
    static const char *const keys[] = {"min", "p50", "p90", "p99", "max"};
    for (int i = 0; i < 5; i++)
        *values[i] =
            (uint32_t)(to->rtt.count > 0 ? ptl_members_number(&rtt, keys[i], UINT32_MAX)
                                         : ptl_members_number_or_null(&rtt, keys[i], 0, 0));
    reader->summary_place = *place;
    if (rtt.status == PTL_OK)
        read_verdicts(&rtt, ptl_json_get(json, "expectations"), reader->results->verdicts);
    return rtt.status;
}

enum ptl_status ptl_read_open_ports(struct ptl_reader *reader, const struct ptl_json *json,
                                    const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_members whole = {.place = place, .what = "the results", .error = error};
    ptl_members_ports(&whole, json, "open_ports", reader->open_ports);
    return whole.status;
}

enum ptl_status ptl_read_unresolved(struct ptl_reader *reader, const struct ptl_json *json,
                                    const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_members one = {.json = json, .place = place, .what = "unresolved", .error = error};
    if (reader->results->unresolved_count == PTL_UNRESOLVED_LISTED)
        return ptl_members_refuse(&one, "more than %d of them", PTL_UNRESOLVED_LISTED);
    const char *input = ptl_members_text(&one, "input", TEXT_MAX);
    const char *message = ptl_members_text(&one, "message", TEXT_MAX);
    if (one.status == PTL_OK &&
        ptl_results_add_unresolved(reader->results, input, message) != PTL_OK)
        return no_memory(error);
    return one.status;
}

enum ptl_status ptl_read_warning(struct ptl_reader *reader, const struct ptl_json *json,
                                 const struct ptl_origin *place, struct ptl_error *error)
{
    const char *text = "";
    if (!ptl_json_as_string(json, &text))
        return ptl_error_at(error, place, "warnings: one is no string");
    if (ptl_results_warn(reader->results, "%s", text) != PTL_OK)
        return no_memory(error);
    return PTL_OK;
}
