/* The targets that an interrupted run of many never came to, read back. */
#include "results/members.h"
#include "results/reader.h"
#include "results/untouched.h"

#include <string.h>

/* As portolan writes it, and behind the range before. */
static void read_range(struct ptl_members *members, const struct ptl_json *json,
                       struct ptl_untouched *untouched)
{
    struct ptl_block range;
    const char *text = "";
    char again[PTL_BLOCK_SIZE];
    bool is_block = false;
    size_t count = untouched->range_count;
    if (count == PTL_UNTOUCHED_LISTED)
        ptl_members_refuse(members, "more than %d ranges", PTL_UNTOUCHED_LISTED);
    else if (!ptl_json_as_string(json, &text) || strlen(text) >= sizeof(again) ||
             ptl_block_parse(text, &range, &is_block, NULL) != PTL_OK || !is_block ||
             strcmp(ptl_block_format(&range, again), text) != 0)
        ptl_members_refuse(members, "a range is no \"ADDRESS-ADDRESS\" in its usual form");
    else if (count > 0 &&
             ptl_address_compare(&untouched->ranges[count - 1].last, &range.first) >= 0)
        ptl_members_refuse(members, "\"%s\" is out of the order of the ranges", text);
    else if (!ptl_untouched_add(untouched, &range))
        members->status = ptl_error_set(members->error, PTL_E_NO_MEMORY, "out of memory");
}

enum ptl_status ptl_read_untouched(struct ptl_reader *reader, const struct ptl_json *json,
                                   const struct ptl_origin *place, struct ptl_error *error)
{
    struct ptl_untouched *untouched = &reader->results->untouched;
    struct ptl_members members = {
        .json = json, .place = place, .what = "untouched", .error = error};
    untouched->count = ptl_members_number(&members, "count", PTL_TARGETS_MAX);
    const struct ptl_json *ranges = ptl_members_get(&members, "ranges");
    if (members.status == PTL_OK && ptl_json_type(ranges) != PTL_JSON_ARRAY)
        ptl_members_refuse(&members, "\"ranges\" is no list");
    if (members.status != PTL_OK)
        return members.status;
    for (const struct ptl_json *one = ptl_json_first(ranges);
         one != NULL && members.status == PTL_OK; one = ptl_json_next(one))
        read_range(&members, one, untouched);
    if (members.status == PTL_OK && (untouched->count == 0) != (untouched->range_count == 0))
        ptl_members_refuse(&members, "%llu targets in %zu ranges",
                           (unsigned long long)untouched->count, untouched->range_count);
    return members.status;
}
