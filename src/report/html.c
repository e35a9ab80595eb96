/*
 * The page of a run. Its data is two JSON values: "data" holds what results.json says of the run
 * as a whole, "rows" the results as arrays, written as they come: a hundred thousand of them are
 * three megabytes, and none is held here.
 */
#include "report/page.h"
#include "report/parts.h"
#include "report/writer.h"

#include <inttypes.h>

static bool flush_json(struct ptl_writing *writing)
{
    return ptl_page_flush(writing->output, &writing->line);
}

static void add_object(struct ptl_writing *writing, const char *key,
                       const struct ptl_object *object, const void *from)
{
    ptl_buf_printf(&writing->line, "\"%s\":", key);
    ptl_object_print(object, from, &writing->line);
    ptl_buf_add(&writing->line, ",\n");
}

static bool write_list(struct ptl_writing *writing, struct ptl_part_list list)
{
    ptl_buf_printf(&writing->line, "\"%s\":", list.key);
    if (!ptl_part_write_list(writing, list, list.has_lines ? "\n" : "", "", flush_json))
        return false;
    ptl_buf_add(&writing->line, ",\n");
    return true;
}

/* [input, host, ip, open, closed, filtered, error, unprobed, gave up, suspicious] */
static bool write_target(struct ptl_writing *writing, const struct ptl_target_counts *counts,
                         bool first)
{
    struct ptl_buf *line = &writing->line;
    struct ptl_target_names names;
    ptl_results_names(writing->results, counts->target, &names);
    const char *const texts[] = {names.input, names.host, names.ip};
    ptl_buf_add(line, first ? "\n[" : ",\n[");
    for (int i = 0; i < 3; i++) {
        ptl_json_print_string(texts[i], line);
        ptl_buf_add_char(line, ',');
    }
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_buf_printf(line, "%u,", counts->states[s]);
    ptl_buf_add(line, (counts->flags & PTL_TARGET_GAVE_UP) != 0 ? "true," : "false,");
    ptl_buf_add(line, (counts->flags & PTL_TARGET_ALL_OPEN) != 0 ? "\"all-open\"," : "null,");
    struct ptl_estimate estimate = ptl_estimate_target(writing->results, counts);
    ptl_buf_printf(
        line, "%llu]",
        (unsigned long long)(ptl_estimate_is_poor(&estimate) ? estimate.missed_at_most : 0));
    return flush_json(writing);
}

static bool write_targets(struct ptl_writing *writing)
{
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    size_t first_result, count;
    bool first = true;
    ptl_buf_add(&writing->line, "\"targets\":[");
    while (ptl_results_next_target(writing->results, &cursor, &counts, &first_result, &count)) {
        if (!write_target(writing, &counts, first))
            return false;
        first = false;
    }
    ptl_buf_add(&writing->line, "]}");
    return flush_json(writing);
}

static bool begin(struct ptl_writing *writing)
{
    const struct ptl_results *results = writing->results;
    if (!ptl_page_begin(writing->output, &writing->line, PTL_PAGE_RUN, "", results->run.profile))
        return false;
    ptl_page_open_data(writing->output, "data");
    ptl_buf_add(&writing->line, "{");
    add_object(writing, "tool", &ptl_object_tool, &results->run);
    add_object(writing, "run", &ptl_object_run, &results->run);
    add_object(writing, "summary", &ptl_object_summary, results);
    if (results->changes != NULL)
        add_object(writing, "changes", &ptl_object_changes, results->changes);
    ptl_buf_printf(&writing->line, "\"untouched\":%" PRIu64 ",\n", results->untouched.count);
    struct ptl_buf told;
    ptl_buf_init(&told, 4096);
    bool is_poor = ptl_estimate_warn(results, &told);
    if (is_poor)
        ptl_buf_add(&told, "; ");
    ptl_estimate_tell(results, &told);
    ptl_buf_add(&writing->line, "\"estimate\":");
    ptl_json_print_string(ptl_buf_text(&told), &writing->line);
    ptl_buf_printf(&writing->line, ",\n\"poor\":%s,\n", is_poor ? "true" : "false");
    ptl_buf_free(&told);
    struct ptl_part_list lists[PTL_PART_LISTS];
    ptl_part_lists(results, lists);
    for (int i = 0; i < PTL_PART_LISTS_OF_ALL; i++)
        if (!write_list(writing, lists[i]))
            return false;
    if (!write_targets(writing))
        return false;
    ptl_page_close_data(writing->output);
    ptl_page_open_data(writing->output, "rows");
    ptl_buf_add(&writing->line, "{\"groups\":[");
    return flush_json(writing);
}

static void add_us(struct ptl_buf *line, uint32_t us)
{
    if (us == PTL_US_NONE)
        ptl_buf_add(line, "null,");
    else
        ptl_buf_printf(line, "%u,", us);
}

/* A string, or 0 for none: shorter than null. */
static void add_string(struct ptl_buf *line, const char *text)
{
    if (text != NULL)
        ptl_json_print_string(text, line);
    else
        ptl_buf_add_char(line, '0');
}

/* A group is [host, ip, [row...]]: a target's name stands in the page once, not once a row. */
static void add_group(struct ptl_writing *writing, const struct ptl_row *row)
{
    ptl_buf_add(&writing->line, writing->written > 0 ? "]],\n[" : "\n[");
    add_string(&writing->line, row->names->host);
    ptl_buf_add_char(&writing->line, ',');
    add_string(&writing->line, row->names->ip);
    ptl_buf_add(&writing->line, ",[");
}

/* [port, state, reason, rtt_us, connect_us, attempts, offset_ms, confirmed, service] */
static bool result(struct ptl_writing *writing, const struct ptl_row *row)
{
    const struct ptl_result *r = row->result;
    struct ptl_buf *line = &writing->line;
    if (writing->written == 0 || writing->state.html.target != r->target)
        add_group(writing, row);
    else
        ptl_buf_add_char(line, ',');
    writing->state.html.target = r->target;
    writing->state.html.reasons[r->reason / 8] |= (uint8_t)(1U << r->reason % 8);
    ptl_buf_printf(line, "[%u,%u,%u,", r->port, (unsigned)r->state, r->reason);
    add_us(line, r->rtt_us);
    add_us(line, r->connect_us);
    ptl_buf_printf(line, "%u,%u,", (unsigned)r->attempts, r->offset_ms);
    if (r->confirm_done > 0)
        ptl_buf_printf(line, "\"%u/%u\",", (unsigned)r->confirm_yes, (unsigned)r->confirm_done);
    else
        ptl_buf_add(line, "0,");
    add_string(line, row->service);
    ptl_buf_add_char(line, ']');
    return flush_json(writing);
}

static bool end(struct ptl_writing *writing)
{
    ptl_buf_add(&writing->line, writing->written > 0 ? "]]],\n\"reasons\":{" : "],\"reasons\":{");
    const char *comma = "";
    for (unsigned reason = 0; reason < 256; reason++) {
        if ((writing->state.html.reasons[reason / 8] >> (reason % 8) & 1) == 0)
            continue;
        char name[PTL_REASON_NAME_SIZE];
        ptl_buf_printf(&writing->line, "%s\"%u\":", comma, reason);
        add_string(&writing->line, ptl_reason_name((uint8_t)reason, name));
        comma = ",";
    }
    ptl_buf_add(&writing->line, "}}");
    if (!flush_json(writing))
        return false;
    ptl_page_close_data(writing->output);
    ptl_page_end(writing->output, PTL_PAGE_RUN);
    return true;
}

const struct ptl_writer ptl_writer_html = {
    .name = "html", .extension = "html", .begin = begin, .result = result, .end = end};
