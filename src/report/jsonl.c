/*
 * JSON, an object a line: the run, each result as it is found, the targets, and the summary with
 * all that is known only at the end. The objects are those of results.json, with a "type".
 */
#include "portolan/json.h"
#include "report/records.h"
#include "report/writer.h"

#include <string.h>

/* Writes json, an object with at least one member, as a line of that type, and frees it. */
static bool write_line(struct ptl_writing *writing, const char *type, struct ptl_json *json)
{
    struct ptl_buf *line = &writing->line;
    ptl_json_print(json, line, false);
    ptl_json_free(json);
    if (line->failed)
        return false;
    ptl_output_write(writing->output, "{\"type\":\"", 9);
    ptl_output_write(writing->output, type, strlen(type));
    ptl_output_write(writing->output, "\",", 2);
    ptl_output_write(writing->output, ptl_buf_text(line) + 1, line->length - 1);
    ptl_output_write(writing->output, "\n", 1);
    ptl_buf_reset(line);
    return true;
}

/* While the run lasts, results hold nothing yet but what was asked. */
static bool begin(struct ptl_writing *writing)
{
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_string(json, "schema", "portolan-results/1");
    ptl_json_add(json, "tool", ptl_record_tool(&writing->results->run));
    ptl_json_add(json, "run", ptl_record_run_begun(&writing->results->run));
    return write_line(writing, "run", json);
}

static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    return write_line(writing, "result", ptl_record_result(row));
}

static bool write_targets(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    size_t first, count;
    while (ptl_results_next_target(results, &cursor, &counts, &first, &count))
        if (!write_line(writing, "target",
                        ptl_record_target(results, &counts, results->items + first, count)))
            return false;
    return true;
}

/* Appends `,"key":VALUE` and frees the value. */
static void add_member(struct ptl_writing *writing, const char *key, struct ptl_json *value)
{
    ptl_buf_printf(&writing->line, ",\"%s\":", key);
    ptl_json_print(value, &writing->line, false);
    ptl_json_free(value);
}

/* Appends `,"key":[ELEMENTS]`. */
static bool write_list(struct ptl_writing *writing, const char *key, size_t count,
                       ptl_record_nth *nth)
{
    ptl_buf_printf(&writing->line, ",\"%s\":", key);
    return ptl_record_write_list(writing, count, nth, ptl_writing_flush);
}

static bool write_expectations(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    ptl_buf_add(&writing->line, ",\"expectations\":[");
    for (size_t i = 0; i < results->expectation_count; i++) {
        struct ptl_json *json = ptl_record_expectation(results, &results->expectations[i]);
        ptl_buf_add(&writing->line, i > 0 ? "," : "");
        ptl_json_print(json, &writing->line, false);
        ptl_json_free(json);
        if (!ptl_writing_flush(writing))
            return false;
    }
    ptl_buf_add(&writing->line, "]");
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
    ptl_buf_add(&writing->line, ",\"disagreements\":[");
    for (size_t i = 0; i < results->disagreement_count;) {
        ptl_buf_add(&writing->line, i > 0 ? "," : "");
        struct ptl_json *json = ptl_record_disagreement(results, &i);
        ptl_json_print(json, &writing->line, false);
        ptl_json_free(json);
        if (!ptl_writing_flush(writing))
            return false;
    }
    ptl_buf_add(&writing->line, "]");
    return ptl_writing_flush(writing);
}

static bool end(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    if (!write_targets(writing))
        return false;
    ptl_buf_add(&writing->line, "{\"type\":\"summary\"");
    add_member(writing, "run", ptl_record_run(&results->run));
    add_member(writing, "summary", ptl_record_summary(results));
    ptl_buf_add(&writing->line, ",\"open_ports\":");
    ptl_record_open_ports(results, &writing->line);
    if (results->untouched.count > 0)
        add_member(writing, "untouched", ptl_record_untouched(results));
    if (!write_list(writing, "unresolved", results->unresolved_count, ptl_record_unresolved) ||
        !write_list(writing, "warnings", results->warning_count, ptl_record_warning_text) ||
        !write_expectations(writing) || !write_merged(writing))
        return false;
    ptl_buf_add(&writing->line, "}\n");
    return ptl_writing_flush(writing);
}

const struct ptl_writer ptl_writer_jsonl = {.name = "jsonl",
                                            .extension = "jsonl",
                                            .by_time = true,
                                            .begin = begin,
                                            .result = result,
                                            .end = end};
