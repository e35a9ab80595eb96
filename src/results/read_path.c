/* What limited a run, read back. A key that came later: a file may lack it. */
#include "results/members.h"
#include "results/reader.h"

#include <string.h>

static void read_outage(struct ptl_members *path, const struct ptl_json *json,
                        struct ptl_results *results)
{
    struct ptl_members one = *path;
    struct ptl_outage outage = {.at_ms = 0};
    one.json = json;
    one.what = "run.paths.outages";
    outage.at_ms = (uint32_t)ptl_members_number(&one, "at_ms", UINT32_MAX);
    outage.lasted_ms = (uint32_t)ptl_members_number(&one, "lasted_ms", UINT32_MAX);
    const char *ip = ptl_members_text_or_null(&one, "target", sizeof(outage.ip) - 1);
    if (ip != NULL)
        memcpy(outage.ip, ip, strlen(ip));
    if (one.status == PTL_OK && ptl_results_add_outage(results, &outage) != PTL_OK)
        one.status = ptl_error_set(one.error, PTL_E_NO_MEMORY, "out of memory");
    path->status = one.status;
}

static void read_point(struct ptl_members *path, const struct ptl_json *json,
                       struct ptl_path_info *info)
{
    struct ptl_members one = *path;
    if (info->point_count == PTL_PATH_POINTS) {
        ptl_members_refuse(path, "more than %d points of its course", PTL_PATH_POINTS);
        return;
    }
    one.json = json;
    one.what = "run.paths.course";
    info->points[info->point_count++] = (struct ptl_path_point){
        .at_ms = (uint32_t)ptl_members_number(&one, "at_ms", UINT32_MAX),
        .limit = (uint32_t)ptl_members_number(&one, "limit", UINT32_MAX),
        .answers_per_second = (uint32_t)ptl_members_number(&one, "answers_per_second", UINT32_MAX)};
    path->status = one.status;
}

static const struct ptl_json *array_of(struct ptl_members *path, const char *key)
{
    const struct ptl_json *array = ptl_members_get(path, key);
    if (array != NULL && ptl_json_type(array) != PTL_JSON_ARRAY)
        ptl_members_refuse(path, "\"%s\" is no array", key);
    return path->status == PTL_OK ? ptl_json_first(array) : NULL;
}

void ptl_read_path(struct ptl_members *run, struct ptl_results *results)
{
    struct ptl_path_info *info = &results->run.path;
    const struct ptl_json *paths = ptl_json_get(run->json, "paths");
    if (ptl_json_type(paths) != PTL_JSON_ARRAY || ptl_json_first(paths) == NULL)
        return;
    struct ptl_members path = *run;
    path.json = ptl_json_first(paths);
    path.what = "run.paths";
    results->run.has_path = true;
    info->point_count = 0;
    info->outage_count = 0;
    info->targets = ptl_members_number(&path, "targets", UINT64_MAX);
    info->limit = ptl_members_number_or_null(&path, "limit", UINT64_MAX, 0);
    info->limited_by = (enum ptl_limited_by)ptl_members_word(
        &path, "limited_by", ptl_limited_by_names, PTL_LIMITED_BY_COUNT);
    info->answers_per_second = ptl_members_number(&path, "answers_per_second", UINT64_MAX);
    info->round_trip_us =
        (uint32_t)ptl_members_number_or_null(&path, "round_trip_us", UINT32_MAX, 0);
    info->unanswered_peak = (uint32_t)ptl_members_number(&path, "unanswered_peak", UINT32_MAX);
    struct ptl_members sentinels = path;
    sentinels.json = ptl_members_get(&path, "sentinels");
    sentinels.what = "run.paths.sentinels";
    info->sentinels_asked = ptl_members_number(&sentinels, "asked", UINT64_MAX);
    info->sentinels_lost = ptl_members_number(&sentinels, "lost", UINT64_MAX);
    path.status = path.status == PTL_OK ? sentinels.status : path.status;
    const struct ptl_json *one;
    for (one = array_of(&path, "outages"); one != NULL && path.status == PTL_OK;
         one = ptl_json_next(one))
        read_outage(&path, one, results);
    for (one = array_of(&path, "course"); one != NULL && path.status == PTL_OK;
         one = ptl_json_next(one))
        read_point(&path, one, info);
    run->status = path.status;
}
