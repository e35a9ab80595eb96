#include "portolan/json.h"
#include "report/records.h"
#include "report/writer.h"

/* Appends ` "key": VALUE,` and frees the value. */
static void add_member(struct ptl_writing *writing, const char *key, struct ptl_json *value)
{
    ptl_buf_printf(&writing->line, " \"%s\": ", key);
    ptl_json_print(value, &writing->line, false);
    ptl_buf_add(&writing->line, ",\n");
    ptl_json_free(value);
}

/* Appends ` "key": [ELEMENTS],`. */
static bool write_list(struct ptl_writing *writing, const char *key, size_t count,
                       ptl_record_nth *nth)
{
    ptl_buf_printf(&writing->line, " \"%s\": ", key);
    if (!ptl_record_write_list(writing, count, nth, ptl_writing_flush))
        return false;
    ptl_buf_add(&writing->line, ",\n");
    return true;
}

static bool write_target(struct ptl_writing *writing, const struct ptl_target_counts *counts,
                         const struct ptl_result *items, size_t count, const char *comma)
{
    struct ptl_json *json = ptl_record_target(writing->results, counts, items, count);
    ptl_buf_add(&writing->line, comma);
    ptl_json_print(json, &writing->line, false);
    ptl_json_free(json);
    return ptl_writing_flush(writing);
}

static bool write_targets(struct ptl_writing *writing)
{
    if (writing->results->untouched.count > 0)
        add_member(writing, "untouched", ptl_record_untouched(writing->results));
    ptl_buf_add(&writing->line, " \"targets\": [");
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    size_t first, count;
    const char *comma = "\n";
    while (ptl_results_next_target(writing->results, &cursor, &counts, &first, &count)) {
        if (!write_target(writing, &counts, writing->results->items + first, count, comma))
            return false;
        comma = ",\n";
    }
    ptl_buf_add(&writing->line, "\n ],\n \"results\": [");
    return ptl_writing_flush(writing);
}

/* One a line, and written one by one: there may be as many as probes. */
static bool write_expectations(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, " \"expectations\": [");
    for (size_t i = 0; i < results->expectation_count; i++) {
        struct ptl_json *json = ptl_record_expectation(results, &results->expectations[i]);
        ptl_buf_add(&writing->line, i > 0 ? ",\n" : "\n");
        ptl_json_print(json, &writing->line, false);
        ptl_json_free(json);
        if (!ptl_writing_flush(writing))
            return false;
    }
    ptl_buf_add(&writing->line, results->expectation_count > 0 ? "\n ],\n" : "],\n");
    return ptl_writing_flush(writing);
}

/* What only results of several runs have. */
static bool write_merged(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    if (results->merged_count == 0)
        return true;
    if (!write_list(writing, "merged", results->merged_count, ptl_record_merged))
        return false;
    ptl_buf_add(&writing->line, " \"disagreements\": [");
    for (size_t i = 0; i < results->disagreement_count;) {
        ptl_buf_add(&writing->line, i > 0 ? ",\n" : "\n");
        struct ptl_json *json = ptl_record_disagreement(results, &i);
        ptl_json_print(json, &writing->line, false);
        ptl_json_free(json);
        if (!ptl_writing_flush(writing))
            return false;
    }
    ptl_buf_add(&writing->line, results->disagreement_count > 0 ? "\n ],\n" : "],\n");
    return ptl_writing_flush(writing);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, "{\"schema\": \"portolan-results/1\",\n");
    add_member(writing, "tool", ptl_record_tool(&results->run));
    add_member(writing, "run", ptl_record_run(&results->run));
    add_member(writing, "summary", ptl_record_summary(results));
    ptl_buf_add(&writing->line, " \"open_ports\": ");
    ptl_record_open_ports(results, &writing->line);
    ptl_buf_add(&writing->line, ",\n");
    return write_list(writing, "unresolved", results->unresolved_count, ptl_record_unresolved) &&
           write_list(writing, "warnings", results->warning_count, ptl_record_warning_text) &&
           write_expectations(writing) && write_merged(writing) && write_targets(writing);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    struct ptl_json *json = ptl_record_result(row);
    ptl_buf_add(&writing->line, writing->written > 0 ? ",\n" : "\n");
    ptl_json_print(json, &writing->line, false);
    ptl_json_free(json);
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    ptl_buf_add(&writing->line, "\n ]}\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_json = {
    .name = "json", .extension = "json", .begin = begin, .result = result, .end = end};
