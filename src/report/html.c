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

static const struct ptl_part_style style = {
    .before = "", .between = "", .after = ",\n", .has_lines = true, .end = "", .flush = flush_json};

/* [input, host, ip, open, closed, filtered, error, unprobed, gave up, suspicious] */
static bool write_target(struct ptl_writing *writing, const struct ptl_target_keys *target,
                         bool first)
{
    struct ptl_buf *line = &writing->line;
    const char *const texts[] = {target->input, target->host, target->ip};
    ptl_buf_add(line, first ? "\n[" : ",\n[");
    for (int i = 0; i < 3; i++) {
        ptl_json_print_string(texts[i], line);
        ptl_buf_add_char(line, ',');
    }
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_buf_printf(line, "%u,", target->states[s]);
    ptl_buf_add(line, target->gave_up ? "true," : "false,");
    ptl_json_print_string(target->suspicious, line);
    bool is_poor = ptl_estimate_is_poor(&target->estimate);
    ptl_buf_printf(line, ",%" PRIu64 "]", is_poor ? target->estimate.missed_at_most : 0);
    return flush_json(writing);
}

static bool write_targets(struct ptl_writing *writing)
{
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_names names;
    struct ptl_target_keys keys;
    ptl_buf_add(&writing->line, "\"targets\":[");
    for (bool first = true; ptl_part_next_target(writing->results, &cursor, &names, &keys);
         first = false)
        if (!write_target(writing, &keys, first))
            return false;
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
    ptl_part_add(writing, &style, "tool", &ptl_object_tool, &results->run);
    ptl_part_add(writing, &style, "run", &ptl_object_run, &results->run);
    ptl_part_add(writing, &style, "summary", &ptl_object_summary, results);
    if (results->changes != NULL)
        ptl_part_add(writing, &style, "changes", &ptl_object_changes, results->changes);
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
        if (!ptl_part_write_list(writing, &style, &lists[i]))
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

const struct ptl_writer ptl_writer_html = {.begin = begin, .result = result, .end = end};
