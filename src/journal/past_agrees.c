/* Is a journal of the plan that a profile asks for now? */
#include "journal/past.h"

static bool is_same_shard(const struct ptl_past *past, const struct ptl_profile *profile)
{
    struct ptl_run_info info = {.profile = NULL};
    bool same = ptl_past_asked(past, &info, NULL) == PTL_OK &&
                info.shard.index == profile->shard.index &&
                info.shard.count == profile->shard.count;
    ptl_run_info_free(&info);
    return same;
}

enum ptl_status ptl_past_agrees(const struct ptl_past *past, const struct ptl_profile *profile,
                                struct ptl_error *error)
{
    if (past->segment_count > 0 && past->last.asked == NULL)
        return ptl_error_set(
            error, PTL_E_INVALID,
            "the journal %s has lost what tells the slice of the plan that it is of: "
            "convert makes a report of it, and where it is removed a new run can "
            "begin",
            past->path);
    struct ptl_buf names;
    enum ptl_status status = PTL_OK;
    ptl_buf_init(&names, 512);
    ptl_head_differences(&past->head, profile, &names);
    bool has_begun = past->segment_count > 0 || profile->shard.count > 0;
    if (has_begun && !is_same_shard(past, profile))
        ptl_buf_add(&names, names.length > 0 ? ", shard" : "shard");
    if (names.length > 0)
        status = ptl_error_set(
            error, PTL_E_INVALID,
            "the journal %s is of a run with another %s than the profile %s: --resume goes on "
            "with the same plan alone",
            past->path, ptl_buf_text(&names), profile->file);
    ptl_buf_free(&names);
    return status;
}
