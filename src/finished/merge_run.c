/* The run that several become. */
#include "finished/merging.h"
#include "results/stored.h"

#include <stdio.h>

void ptl_merge_begin_run(struct ptl_run_info *run, const struct ptl_run_info *first)
{
    *run = *first;
    run->profile = run->description = run->file = run->ports = NULL;
    run->has_path = false; /* each was held back by something else */
    run->path = (struct ptl_path_info){.outages = NULL};
    run->segments = NULL;
    run->segment_count = 0;
    run->shard = (struct ptl_shard_info){.count = 0};
    run->shards = NULL;
    run->shard_count = 0;
    run->missing_shards = NULL;
    snprintf(run->tool_version, sizeof(run->tool_version), "%s", PTL_VERSION);
}

void ptl_merge_join_run(struct ptl_run_info *run, const struct ptl_run_info *other)
{
    if (other->started_ms < run->started_ms)
        run->started_ms = other->started_ms;
    if (other->finished_ms > run->finished_ms)
        run->finished_ms = other->finished_ms;
    run->complete = run->complete && other->complete;
    run->cut = run->cut || other->cut;
    if (run->stopped_by == PTL_STOP_NONE || other->stopped_by == PTL_STOP_MEMORY)
        run->stopped_by = other->stopped_by;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        run->states[s] = run->states[s] && other->states[s];
}

bool ptl_merge_add_notes(struct ptl_results *results, const struct ptl_results *from)
{
    bool same;
    for (size_t i = 0; i < from->warning_count; i++)
        if (ptl_results_warn(results, "%s", from->warnings[i]) != PTL_OK)
            return false;
    for (unsigned port = 1; port <= 65535; port++) {
        const char *service = ptl_results_service(from, (uint16_t)port);
        if (service != NULL &&
            !ptl_stored_set_service(results->stored, (uint16_t)port, service, &same))
            return false;
    }
    return true;
}
