#include "results/members.h"
#include "results/reader.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX (64UL * 1024)
#define PORTS_TEXT_MAX (512UL * 1024)
#define RUNS_MAX 100000
#define NAME_MAX_BYTES 255

static enum ptl_status no_memory(struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
}

enum ptl_status ptl_read_merged(struct ptl_reader *reader, const struct ptl_json *json,
                                const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_members one = {.json = json, .place = place, .what = "a merged run", .error = error};
    struct ptl_merged_run run = {.complete = ptl_members_bool(&one, "complete")};
    const char *file = ptl_members_text(&one, "file", TEXT_MAX),
               *profile = ptl_members_text(&one, "profile", TEXT_MAX),
               *ports = ptl_members_text(&one, "ports", PORTS_TEXT_MAX);
    snprintf(run.profile_sha256, sizeof(run.profile_sha256), "%s",
             ptl_members_text(&one, "profile_sha256", 64));
    run.started_ms = ptl_members_time(&one, "started");
    run.finished_ms = ptl_members_time(&one, "finished");
    run.elapsed_ms = ptl_members_double(&one, "elapsed_ms");
    run.targets = ptl_members_number(&one, "targets", PTL_TARGETS_MAX);
    run.probes = ptl_members_number(&one, "probes", UINT64_MAX);
    if (one.status == PTL_OK && reader->results->merged_count >= RUNS_MAX)
        ptl_members_refuse(&one, "more than %d of them", RUNS_MAX);
    if (one.status != PTL_OK)
        return one.status;
    /* The copy that is made of them is the results' own. */
    run.file = (char *)(uintptr_t)file;
    run.profile = (char *)(uintptr_t)profile;
    run.ports = (char *)(uintptr_t)ports;
    if (ptl_results_add_merged(reader->results, &run) != PTL_OK)
        return no_memory(error);
    return PTL_OK;
}

static uint8_t read_states(struct ptl_members *seen)
{
    unsigned states = 0;
    const struct ptl_json *list = ptl_members_get(seen, "states");
    for (const struct ptl_json *one = ptl_json_first(list); one != NULL; one = ptl_json_next(one)) {
        const char *name = "";
        int state = 0;
        ptl_json_as_string(one, &name);
        while (state < PTL_ERROR && strcmp(name, ptl_state_names[state]) != 0)
            state++;
        if (state == PTL_ERROR)
            ptl_members_refuse(seen, "\"states\" holds an unknown state");
        states |= 1U << state;
    }
    if (states == 0)
        ptl_members_refuse(seen, "\"states\" is no list of states");
    return (uint8_t)states;
}

/* One element of "seen". */
static enum ptl_status read_seen(struct ptl_reader *reader, const struct ptl_json *json,
                                 const struct ptl_origin *place, struct ptl_disagreement *one,
                                 struct ptl_error *error)
{
    struct ptl_members seen = {
        .json = json, .place = place, .what = "a disagreement", .error = error};
    one->run = (uint32_t)ptl_members_number(&seen, "run", RUNS_MAX);
    one->states = read_states(&seen);
    one->reason = PTL_REASON_NONE;
    const char *reason = ptl_members_text_or_null(&seen, "reason", PTL_REASON_NAME_SIZE - 1);
    if (seen.status == PTL_OK && reason != NULL && !ptl_reason_parse(reason, &one->reason))
        ptl_members_refuse(&seen, "\"reason\" is \"%s\", which is none that this version knows",
                           reason);
    if (seen.status == PTL_OK && ptl_results_add_disagreement(reader->results, one) != PTL_OK)
        return no_memory(error);
    return seen.status;
}

enum ptl_status ptl_read_disagreement(struct ptl_reader *reader, const struct ptl_json *json,
                                      const struct ptl_origin *place, struct ptl_error *error)
{
    static const char *const protocols[] = {"tcp"};
    struct ptl_members port = {
        .json = json, .place = place, .what = "a disagreement", .error = error};
    const char *host = ptl_members_text(&port, "host", NAME_MAX_BYTES);
    const char *ip = ptl_members_text(&port, "ip", PTL_ADDRESS_SIZE - 1);
    struct ptl_disagreement one = {.port = (uint16_t)ptl_members_number(&port, "port", 65535)};
    ptl_members_word(&port, "protocol", protocols, 1);
    if (port.status == PTL_OK && one.port == 0)
        ptl_members_refuse(&port, "\"port\" is 0; ports go from 1 to 65535");
    const struct ptl_json *seen = ptl_members_get(&port, "seen");
    if (port.status == PTL_OK &&
        ptl_json_first(ptl_json_type(seen) == PTL_JSON_ARRAY ? seen : NULL) == NULL)
        ptl_members_refuse(&port, "\"seen\" is no list of what was seen");
    if (port.status == PTL_OK)
        one.target = ptl_read_enter(reader, &port, ip, host);
    enum ptl_status status = port.status;
    for (seen = ptl_json_first(seen); seen != NULL && status == PTL_OK; seen = ptl_json_next(seen))
        status = read_seen(reader, seen, place, &one, error);
    return status;
}

enum ptl_status ptl_read_finish_merged(struct ptl_reader *reader, struct ptl_error *error)
{
    struct ptl_results *results = reader->results;
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < results->disagreement_count && status == PTL_OK; i++) {
        struct ptl_disagreement *one = &results->disagreements[i];
        if (one->run >= results->merged_count)
            return ptl_error_at(error, &reader->summary_place,
                                "a disagreement of a run that is not among the merged ones");
        status = ptl_read_find_target(reader, "a disagreement", &one->target, error);
    }
    return status;
}
