#include "report/parts.h"

static const struct ptl_part_style style = {.before = " ",
                                            .between = " ",
                                            .after = ",\n",
                                            .has_lines = true,
                                            .end = "\n ",
                                            .flush = ptl_writing_flush};

static bool write_targets(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, " \"targets\": [");
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_names names;
    struct ptl_target_keys keys;
    const char *comma = "\n";
    while (ptl_part_next_target(results, &cursor, &names, &keys)) {
        ptl_buf_add(&writing->line, comma);
        ptl_object_print(&ptl_object_target, &keys, &writing->line);
        if (!ptl_writing_flush(writing))
            return false;
        comma = ",\n";
    }
    ptl_buf_add(&writing->line, "\n ],\n \"results\": [");
    return ptl_writing_flush(writing);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, "{\"schema\": \"portolan-results/1\",\n");
    ptl_part_add(writing, &style, "tool", &ptl_object_tool, &results->run);
    ptl_part_add(writing, &style, "run", &ptl_object_run, &results->run);
    ptl_part_add(writing, &style, "summary", &ptl_object_summary, results);
    ptl_buf_add(&writing->line, " \"open_ports\": ");
    ptl_part_open_ports(results, &writing->line);
    ptl_buf_add(&writing->line, ",\n");
    if (results->changes != NULL)
        ptl_part_add(writing, &style, "changes", &ptl_object_changes, results->changes);
    struct ptl_part_list lists[PTL_PART_LISTS];
    size_t count = ptl_part_lists(results, lists);
    for (size_t i = 0; i < count; i++)
        if (!ptl_part_write_list(writing, &style, &lists[i]))
            return false;
    if (results->untouched.count > 0)
        ptl_part_add(writing, &style, "untouched", &ptl_object_untouched, &results->untouched);
    return write_targets(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    char confirmed[PTL_CONFIRMED_SIZE];
    struct ptl_result_keys keys = ptl_part_result(row, confirmed);
    ptl_buf_add(&writing->line, writing->written > 0 ? ",\n" : "\n");
    ptl_object_print(&ptl_object_result, &keys, &writing->line);
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    ptl_buf_add(&writing->line, "\n ]}\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_json = {.begin = begin, .result = result, .end = end};
