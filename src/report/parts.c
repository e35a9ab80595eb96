#include "report/parts.h"

#include <stdio.h>
#include <string.h>

bool ptl_part_next_target(const struct ptl_results *results, struct ptl_target_cursor *cursor,
                          struct ptl_target_names *names, struct ptl_target_keys *keys)
{
    struct ptl_target_counts counts;
    size_t first, count;
    if (!ptl_results_next_target(results, cursor, &counts, &first, &count))
        return false;
    ptl_results_names(results, counts.target, names);
    *keys = (struct ptl_target_keys){
        .input = names->input,
        .host = names->host,
        .ip = names->ip,
        .open_ports = {.items = results->items + first, .count = count},
        .gave_up = (counts.flags & PTL_TARGET_GAVE_UP) != 0,
        .suspicious = (counts.flags & PTL_TARGET_ALL_OPEN) != 0 ? PTL_ALL_OPEN : NULL,
        .estimate = ptl_estimate_target(results, &counts),
        .evidence = ptl_evidence_of(&counts.evidence),
        .has_evidence = counts.has_evidence};
    memcpy(keys->states, counts.states, sizeof(keys->states));
    return true;
}

struct ptl_result_keys ptl_part_result(const struct ptl_row *row,
                                       char confirmed[PTL_CONFIRMED_SIZE])
{
    const struct ptl_result *r = row->result;
    if (r->confirm_done > 0)
        snprintf(confirmed, PTL_CONFIRMED_SIZE, "%u/%u", r->confirm_yes, r->confirm_done);
    return (struct ptl_result_keys){.host = row->names->host,
                                    .ip = row->names->ip,
                                    .port = r->port,
                                    .state = r->state,
                                    .reason = r->reason,
                                    .service = row->service,
                                    .rtt_us = r->rtt_us,
                                    .connect_us = r->connect_us,
                                    .attempts = r->attempts,
                                    .confirmed = r->confirm_done > 0 ? confirmed : NULL,
                                    .offset_ms = r->offset_ms};
}

void ptl_part_open_ports(const struct ptl_results *results, struct ptl_buf *buf)
{
    uint8_t bits[PTL_PORT_BYTES];
    ptl_results_open_ports(results, bits);
    const char *comma = "";
    ptl_buf_add_char(buf, '[');
    for (unsigned port = 1; port <= 65535; port++) {
        if (!ptl_port_bit(bits, port))
            continue;
        ptl_buf_printf(buf, "%s%u", comma, port);
        comma = ",";
    }
    ptl_buf_add_char(buf, ']');
}

static void print_unresolved(const struct ptl_results *results, size_t *next, struct ptl_buf *buf)
{
    ptl_object_print(&ptl_object_unresolved, &results->unresolved[(*next)++], buf);
}

static void print_warning(const struct ptl_results *results, size_t *next, struct ptl_buf *buf)
{
    ptl_json_print_string(results->warnings[(*next)++], buf);
}

static void print_expectation(const struct ptl_results *results, size_t *next, struct ptl_buf *buf)
{
    const struct ptl_expectation *one = &results->expectations[(*next)++];
    struct ptl_target_names names;
    ptl_results_expectation_names(results, one, &names);
    struct ptl_expectation_keys keys = {names.host, names.ip[0] != '\0' ? names.ip : NULL, *one};
    ptl_object_print(&ptl_object_expectation, &keys, buf);
}

static void print_merged(const struct ptl_results *results, size_t *next, struct ptl_buf *buf)
{
    ptl_object_print(&ptl_object_merged, &results->merged[(*next)++], buf);
}

/* What the runs knew of a port stands together. */
static void print_disagreement(const struct ptl_results *results, size_t *next, struct ptl_buf *buf)
{
    struct ptl_disagreement *first = &results->disagreements[*next], *one = first;
    const struct ptl_disagreement *end = results->disagreements + results->disagreement_count;
    struct ptl_target_names names;
    ptl_results_names(results, first->target, &names);
    while (one < end && one->target == first->target && one->port == first->port)
        one++;
    struct ptl_disagreement_keys keys = {.host = names.host,
                                         .ip = names.ip,
                                         .port = first->port,
                                         .seen = first,
                                         .seen_count = (size_t)(one - first)};
    ptl_object_print(&ptl_object_disagreement, &keys, buf);
    *next += keys.seen_count;
}

size_t ptl_part_lists(const struct ptl_results *results, struct ptl_part_list lists[PTL_PART_LISTS])
{
    const struct ptl_part_list all[PTL_PART_LISTS] = {
        {"unresolved", false, results->unresolved_count, print_unresolved},
        {"warnings", false, results->warning_count, print_warning},
        {"expectations", true, results->expectation_count, print_expectation},
        {"merged", false, results->merged_count, print_merged},
        {"disagreements", true, results->disagreement_count, print_disagreement}};
    memcpy(lists, all, sizeof(all));
    return results->merged_count > 0 ? PTL_PART_LISTS : PTL_PART_LISTS_OF_ALL;
}

void ptl_part_add(struct ptl_writing *writing, const struct ptl_part_style *style, const char *key,
                  const struct ptl_object *object, const void *from)
{
    ptl_buf_printf(&writing->line, "%s\"%s\":%s", style->before, key, style->between);
    ptl_object_print(object, from, &writing->line);
    ptl_buf_add(&writing->line, style->after);
}

bool ptl_part_write_list(struct ptl_writing *writing, const struct ptl_part_style *style,
                         const struct ptl_part_list *list)
{
    bool has_lines = style->has_lines && list->has_lines;
    ptl_buf_printf(&writing->line, "%s\"%s\":%s[", style->before, list->key, style->between);
    for (size_t next = 0; next < list->count;) {
        ptl_buf_add(&writing->line, next > 0 ? "," : "");
        ptl_buf_add(&writing->line, has_lines ? "\n" : "");
        list->print(writing->results, &next, &writing->line);
        if (!style->flush(writing))
            return false;
    }
    ptl_buf_add(&writing->line, has_lines && list->count > 0 ? style->end : "");
    ptl_buf_printf(&writing->line, "]%s", style->after);
    return style->flush(writing);
}
