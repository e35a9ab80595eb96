#include "results/objects.h"
#include "results/reader.h"

#include <stdlib.h>

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
