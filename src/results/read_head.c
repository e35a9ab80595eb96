#include "results/objects.h"
#include "results/reader.h"

#include <stdlib.h>
#include <string.h>

enum ptl_status ptl_read_tool(struct ptl_reader *reader, struct ptl_members *tool)
{
    ptl_object_read(&ptl_object_tool, PTL_KEYS_ALL, tool, &reader->results->run);
    return tool->status;
}

/* The set is what the sums are checked against, so it has to be the canonical form. */
static void read_ports(struct ptl_reader *reader, struct ptl_members *run)
{
    const char *text = reader->results->run.ports;
    ptl_portset_free(reader->ports);
    reader->ports = NULL;
    if (run->status == PTL_OK && (reader->ports = ptl_portset_new()) == NULL)
        ptl_members_no_memory(run);
    if (run->status != PTL_OK)
        return;
    enum ptl_status status = ptl_portset_add(reader->ports, text, NULL);
    char *again = ptl_portset_text(reader->ports);
    if (status == PTL_E_NO_MEMORY || again == NULL)
        ptl_members_no_memory(run);
    else if (again[0] == '\0' || strcmp(again, text) != 0)
        ptl_members_refuse(run, "\"ports\" is no list like 1-1024,8080, ascending");
    free(again);
}

/* A file of one slice says which, so that what is missing beside it is known. */
static void check_shard(struct ptl_members *run, const struct ptl_shard_info *shard)
{
    bool has_one = ptl_json_get(run->json, "shard") != NULL;
    if (has_one && (shard->index == 0 || shard->index > shard->count))
        ptl_members_refuse(run, "\"shard\" is %u of %u", shard->index, shard->count);
    else if (has_one && strlen(shard->plan_sha256) != 64)
        ptl_members_refuse(run, "\"plan_sha256\" of \"shard\" is no SHA-256");
}

enum ptl_status ptl_read_run(struct ptl_reader *reader, struct ptl_members *members)
{
    struct ptl_run_info *info = &reader->results->run;
    struct ptl_members run = *members;
    run.error = &reader->run_error;
    ptl_object_read(&ptl_object_run, PTL_KEYS_ASKED, &run, info);
    check_shard(&run, &info->shard);
    read_ports(reader, &run);
    reader->asked_status = run.status;
    ptl_object_read(&ptl_object_run, PTL_KEYS_FOUND, &run, info);
    info->path.outage_capacity = info->path.outage_count;
    info->cut = info->cut || info->missing_shards != NULL; /* older versions did not say so */
    reader->run_status = run.status; /* told once it is known that there is no other */
    if (reader->asked_status != PTL_OK) {
        ptl_portset_free(reader->ports);
        reader->ports = NULL;
    }
    return PTL_OK;
}

enum ptl_status ptl_read_summary(struct ptl_reader *reader, struct ptl_members *members)
{
    const struct ptl_summary *summary = &reader->results->summary;
    ptl_object_read(&ptl_object_summary, PTL_KEYS_ALL, members, reader->results);
    uint64_t sum = 0;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        sum += summary->states[s];
    if (sum != summary->probes)
        ptl_members_refuse(members,
                           "open, closed, filtered, error and unprobed add up to %llu, "
                           "not to the %llu probes",
                           (unsigned long long)sum, (unsigned long long)summary->probes);
    if (members->status == PTL_OK &&
        !ptl_evidence_fits(&reader->results->evidence, summary->states[PTL_OPEN],
                           summary->states[PTL_CLOSED], summary->states[PTL_FILTERED]))
        ptl_members_refuse(members, "\"evidence\" tells of more ports than are counted");
    reader->summary_place = *members->place;
    return members->status;
}

enum ptl_status ptl_read_open_ports(struct ptl_reader *reader, struct ptl_members *whole)
{
    ptl_members_ports(whole, whole->json, "open_ports", reader->open_ports);
    return whole->status;
}

enum ptl_status ptl_read_unresolved(struct ptl_reader *reader, struct ptl_members *one)
{
    if (reader->results->unresolved_count == PTL_UNRESOLVED_LISTED)
        return ptl_members_refuse(one, "more than %d of them", PTL_UNRESOLVED_LISTED);
    struct ptl_unresolved keys = {.input = NULL};
    ptl_object_read(&ptl_object_unresolved, PTL_KEYS_ALL, one, &keys);
    if (one->status == PTL_OK &&
        ptl_results_add_unresolved(reader->results, keys.input, keys.message) != PTL_OK)
        return ptl_members_no_memory(one);
    return one->status;
}

enum ptl_status ptl_read_warning(struct ptl_reader *reader, struct ptl_members *one)
{
    const char *text = "";
    if (!ptl_json_as_string(one->json, &text))
        return ptl_error_at(one->error, one->place, "warnings: one is no string");
    if (ptl_results_warn(reader->results, "%s", text) != PTL_OK)
        return ptl_members_no_memory(one);
    return PTL_OK;
}

enum ptl_status ptl_read_untouched(struct ptl_reader *reader, struct ptl_members *members)
{
    struct ptl_untouched *untouched = &reader->results->untouched;
    ptl_object_read(&ptl_object_untouched, PTL_KEYS_ALL, members, untouched);
    if ((untouched->count == 0) != (untouched->range_count == 0))
        ptl_members_refuse(members, "%llu targets in %zu ranges",
                           (unsigned long long)untouched->count, untouched->range_count);
    return members->status;
}

enum ptl_status ptl_read_changes(struct ptl_reader *reader, struct ptl_members *members)
{
    struct ptl_changes *changes = calloc(1, sizeof(*changes));
    if (changes == NULL)
        return ptl_error_no_memory(members->error);
    reader->results->changes = changes;
    ptl_object_read(&ptl_object_changes, PTL_KEYS_ALL, members, changes);
    for (int i = 0; i < PTL_CHANGE_KINDS; i++)
        if (changes->lists[i].all < changes->lists[i].count)
            ptl_members_refuse(members, "more of \"%s\" are listed than counted",
                               ptl_change_kinds[i]);
    return members->status;
}

/* ---- of merged results ---- */

enum ptl_status ptl_read_merged(struct ptl_reader *reader, struct ptl_members *one)
{
    struct ptl_merged_run run = {.file = NULL};
    ptl_object_read(&ptl_object_merged, PTL_KEYS_ALL, one, &run);
    if (reader->results->merged_count >= PTL_MERGED_LISTED)
        ptl_members_refuse(one, "more than %d of them", PTL_MERGED_LISTED);
    if (one->status == PTL_OK && ptl_results_add_merged(reader->results, &run) != PTL_OK)
        return ptl_members_no_memory(one);
    return one->status;
}

enum ptl_status ptl_read_disagreement(struct ptl_reader *reader, struct ptl_members *members)
{
    struct ptl_disagreement_keys keys = {.seen = NULL};
    ptl_object_read(&ptl_object_disagreement, PTL_KEYS_ALL, members, &keys);
    if (keys.seen_count == 0)
        ptl_members_refuse(members, "\"seen\" is no list of what was seen");
    uint32_t target = 0;
    if (members->status == PTL_OK)
        target = ptl_read_enter(reader, members, keys.ip, keys.host);
    for (size_t i = 0; i < keys.seen_count && members->status == PTL_OK; i++) {
        keys.seen[i].target = target;
        keys.seen[i].port = keys.port;
        if (ptl_results_add_disagreement(reader->results, &keys.seen[i]) != PTL_OK)
            ptl_members_no_memory(members);
    }
    free(keys.seen);
    return members->status;
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
