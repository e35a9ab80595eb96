/* What a run finds under the name of its journal: something to go on with, nothing, or what is in
 * the way. */
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

/* May a run of the profile go on with it? PTL_E_INVALID: it is of another plan; which keys differ
 * is said. */
static enum ptl_status agrees(const struct ptl_past *past, const struct ptl_profile *profile,
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

static enum ptl_status is_unfinished(const char *path, struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_INVALID,
                         "the journal %s is of a run that is not finished: --resume goes on with "
                         "it, and where it is removed a new run can begin",
                         path);
}

static enum ptl_status look(const struct ptl_journal_request *request,
                            const struct ptl_profile *profile, int fd, struct ptl_past **past,
                            struct ptl_error *error)
{
    enum ptl_status status = ptl_past_read(fd, request->path, &request->past, true, past, error);
    if (status != PTL_OK)
        return status;
    /* Where no segment has begun, nothing was asked: a run of several that could not begin. Only a
     * segment tells which slice of the plan it is of. */
    bool is_empty = (*past)->segment_count == 0 && (*past)->damaged_at == UINT64_MAX;
    bool begins = is_empty && (!request->resume || profile->shard.count > 0);
    if ((*past)->done || begins) {
        ptl_past_free(*past);
        *past = NULL;
        return PTL_OK;
    }
    return request->resume ? agrees(*past, profile, error) : is_unfinished(request->path, error);
}

enum ptl_status ptl_past_find(const struct ptl_journal_request *request,
                              const struct ptl_profile *profile, struct ptl_journal_file *file,
                              struct ptl_past **past, struct ptl_error *refused,
                              struct ptl_error *error)
{
    struct ptl_error why = {.code = PTL_OK};
    enum ptl_status status = ptl_journal_file_open(request->path, file, error);
    if (status != PTL_OK || file->fd < 0)
        return status;
    status = look(request, profile, file->fd, past, &why);
    if (status == PTL_E_INVALID && request->resume && request->set_aside &&
        ptl_journal_is(request->path)) {
        ptl_past_free(*past);
        *past = NULL;
        *refused = why;
        return PTL_OK;
    }
    if (status != PTL_OK && error != NULL)
        *error = why;
    return status;
}
