#include "report/parts.h"

/* Appends ` "key": VALUE,`. */
static void add_object(struct ptl_writing *writing, const char *key,
                       const struct ptl_object *object, const void *from)
{
    ptl_buf_printf(&writing->line, " \"%s\": ", key);
    ptl_object_print(object, from, &writing->line);
    ptl_buf_add(&writing->line, ",\n");
}

/* Appends ` "key": [ELEMENTS],`. */
static bool write_list(struct ptl_writing *writing, struct ptl_part_list list)
{
    ptl_buf_printf(&writing->line, " \"%s\": ", list.key);
    if (!ptl_part_write_list(writing, list, list.has_lines ? "\n" : "", list.has_lines ? "\n " : "",
                             ptl_writing_flush))
        return false;
    ptl_buf_add(&writing->line, ",\n");
    return true;
}

static bool write_targets(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, " \"targets\": [");
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    struct ptl_target_names names;
    size_t first, count;
    const char *comma = "\n";
    while (ptl_results_next_target(results, &cursor, &counts, &first, &count)) {
        struct ptl_target_keys keys =
            ptl_part_target(results, &counts, results->items + first, count, &names);
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
    add_object(writing, "tool", &ptl_object_tool, &results->run);
    add_object(writing, "run", &ptl_object_run, &results->run);
    add_object(writing, "summary", &ptl_object_summary, results);
    ptl_buf_add(&writing->line, " \"open_ports\": ");
    ptl_part_open_ports(results, &writing->line);
    ptl_buf_add(&writing->line, ",\n");
    if (results->changes != NULL)
        add_object(writing, "changes", &ptl_object_changes, results->changes);
    struct ptl_part_list lists[PTL_PART_LISTS];
    size_t count = ptl_part_lists(results, lists);
    for (size_t i = 0; i < count; i++)
        if (!write_list(writing, lists[i]))
            return false;
    if (results->untouched.count > 0)
        add_object(writing, "untouched", &ptl_object_untouched, &results->untouched);
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

const struct ptl_writer ptl_writer_json = {
    .name = "json", .extension = "json", .begin = begin, .result = result, .end = end};
