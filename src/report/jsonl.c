/*
 * JSON, an object a line: the run, each result as it is found, the targets, and the summary with
 * all that is known only at the end. The objects are those of results.json, with a "type".
 */
#include "report/parts.h"

static bool write_line(struct ptl_writing *writing, const char *type,
                       const struct ptl_object *object, const void *from)
{
    ptl_buf_printf(&writing->line, "{\"type\":\"%s\",", type);
    ptl_object_print_keys(object, PTL_KEYS_ALL, from, &writing->line);
    ptl_buf_add(&writing->line, "}\n");
    return ptl_writing_flush(writing);
}

static const struct ptl_part_style style = {
    .before = ",", .between = "", .after = "", .flush = ptl_writing_flush};

/* While the run lasts, results hold nothing yet but what was asked. */
static bool begin(struct ptl_writing *writing)
{
    const struct ptl_run_info *run = &writing->results->run;
    ptl_buf_add(&writing->line, "{\"type\":\"run\",\"schema\":\"portolan-results/1\"");
    ptl_part_add(writing, &style, "tool", &ptl_object_tool, run);
    ptl_buf_add(&writing->line, ",\"run\":{");
    ptl_object_print_keys(&ptl_object_run, PTL_KEYS_ASKED, run, &writing->line);
    ptl_buf_add(&writing->line, "}}\n");
    return ptl_writing_flush(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    char confirmed[PTL_CONFIRMED_SIZE];
    struct ptl_result_keys keys = ptl_part_result(row, confirmed);
    return write_line(writing, "result", &ptl_object_result, &keys);
}

static bool write_targets(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_names names;
    struct ptl_target_keys keys;
    while (ptl_part_next_target(results, &cursor, &names, &keys))
        if (!write_line(writing, "target", &ptl_object_target, &keys))
            return false;
    return true;
}

static bool end(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    if (!write_targets(writing))
        return false;
    ptl_buf_add(&writing->line, "{\"type\":\"summary\"");
    ptl_part_add(writing, &style, "run", &ptl_object_run, &results->run);
    ptl_part_add(writing, &style, "summary", &ptl_object_summary, results);
    ptl_buf_add(&writing->line, ",\"open_ports\":");
    ptl_part_open_ports(results, &writing->line);
    if (results->changes != NULL)
        ptl_part_add(writing, &style, "changes", &ptl_object_changes, results->changes);
    if (results->untouched.count > 0)
        ptl_part_add(writing, &style, "untouched", &ptl_object_untouched, &results->untouched);
    struct ptl_part_list lists[PTL_PART_LISTS];
    size_t count = ptl_part_lists(results, lists);
    for (size_t i = 0; i < count; i++)
        if (!ptl_part_write_list(writing, &style, &lists[i]))
            return false;
    ptl_buf_add(&writing->line, "}\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_jsonl = {
    .by_time = true, .begin = begin, .result = result, .end = end};
