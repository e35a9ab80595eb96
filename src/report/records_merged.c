#include "portolan/clock.h"
#include "report/records.h"

#include <math.h>

struct ptl_json *ptl_record_merged(const struct ptl_results *results, size_t number)
{
    const struct ptl_merged_run *run = &results->merged[number];
    struct ptl_json *json = ptl_json_object();
    char time[PTL_RFC3339_SIZE];
    ptl_json_add_string(json, "file", run->file);
    ptl_json_add_string(json, "profile", run->profile);
    ptl_json_add_string(json, "profile_sha256", run->profile_sha256);
    ptl_json_add_string(json, "started", ptl_clock_rfc3339(run->started_ms, time));
    ptl_json_add_string(json, "finished", ptl_clock_rfc3339(run->finished_ms, time));
    ptl_json_add_double(json, "elapsed_ms", round(run->elapsed_ms * 1000) / 1000);
    ptl_json_add_bool(json, "complete", run->complete);
    ptl_json_add_string(json, "ports", run->ports);
    ptl_json_add_number(json, "targets", run->targets);
    ptl_json_add_number(json, "probes", run->probes);
    return json;
}

struct ptl_json *ptl_record_disagreement(const struct ptl_results *results, size_t *next)
{
    const struct ptl_disagreement *first = &results->disagreements[*next];
    struct ptl_target_names names;
    char reason[PTL_REASON_NAME_SIZE];
    ptl_results_names(results, first->target, &names);
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "host", names.host);
    ptl_json_add_string(json, "ip", names.ip);
    ptl_json_add_number(json, "port", first->port);
    ptl_json_add_string(json, "protocol", "tcp");
    struct ptl_json *list = ptl_json_add_array(json, "seen");
    for (; *next < results->disagreement_count; ++*next) {
        const struct ptl_disagreement *one = &results->disagreements[*next];
        if (one->target != first->target || one->port != first->port)
            break;
        struct ptl_json *seen = ptl_json_add_object(list, NULL);
        ptl_json_add_number(seen, "run", one->run);
        struct ptl_json *states = ptl_json_add_array(seen, "states");
        for (int s = 0; s < PTL_ERROR; s++)
            if ((one->states >> s & 1) != 0)
                ptl_json_add_string(states, NULL, ptl_state_names[s]);
        bool has = one->reason != PTL_REASON_NONE;
        ptl_json_add_string(seen, "reason", has ? ptl_reason_name(one->reason, reason) : NULL);
    }
    return json;
}
