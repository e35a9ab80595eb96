#include "history/telling.h"

#include "history/index.h"
#include "results/objects.h"

#define SCHEMA "portolan-history/1"

#define AT(member) PTL_AT(struct ptl_telling_port, member)
static const struct ptl_key port_keys[] = {
    {"host", &ptl_key_chars, AT(host), .about = "name, or address"},
    {"ip", &ptl_key_chars, AT(ip), .about = "address"},
    {"port", &ptl_key_port, AT(port), .about = "port"},
    {"service", &ptl_key_text, AT(service), .is_nullable = true,
     .about = "what usually listens there; null: not known"},
    {"now", &ptl_key_word, AT(now), PTL_WORDS(ptl_sight_names),
     .about = "what the last run tells of it (docs/history.md)"},
    {"first_open", &ptl_key_time, AT(first_open_ms),
     .about = "start of the first of all runs that found it open"},
    {"last_open", &ptl_key_time, AT(last_open_ms), .about = "of the last"},
    {"open_runs", &ptl_key_number, AT(open_runs),
     .about = "of the runs that are told, have it open"},
    {"known_runs", &ptl_key_number, AT(known_runs), .about = "know of it, since it was first open"},
};
#undef AT
static const struct ptl_object port = PTL_OBJECT(struct ptl_telling_port, port_keys, "a port");

static const char *const schemas[] = {SCHEMA};
static const struct ptl_key root_keys[] = {
    PTL_PART("schema", &ptl_key_const, "name and version of the format", PTL_WORDS(schemas)),
    PTL_PART("profile", &ptl_key_text, "its name", ),
    PTL_PART("folder", &ptl_key_text, "where the runs are kept, as it was named", ),
    PTL_PART("runs", &ptl_key_list, "in the order in which they ended",
             .object = &ptl_object_history_run),
    PTL_PART("ports", &ptl_key_list, "that were open in one of them, by address and port",
             .object = &port),
};
const struct ptl_object ptl_object_telling =
    PTL_OBJECT(struct ptl_telling, root_keys, "the history");

static bool add(struct ptl_buf *line, struct ptl_output *output, bool first,
                const struct ptl_object *object, const void *from)
{
    ptl_buf_add(line, first ? "\n" : ",\n");
    ptl_object_print(object, from, line);
    return ptl_output_write_line(output, line);
}

bool ptl_tell_json(const struct ptl_telling *telling, const size_t *order, struct ptl_buf *line,
                   struct ptl_output *output)
{
    const struct ptl_history *history = telling->history;
    struct ptl_telling_cursor cursor = {.host = 0};
    struct ptl_telling_port one;
    ptl_buf_add(line, "{\"schema\": \"" SCHEMA "\",\n \"profile\": ");
    ptl_json_print_string(telling->name, line);
    ptl_buf_add(line, ",\n \"folder\": ");
    ptl_json_print_string(telling->folder, line);
    ptl_buf_add(line, ",\n \"runs\": [");
    for (size_t i = telling->first; i < history->run_count; i++) {
        struct ptl_index_line run = {.run = history->runs[i], .has_changes = true};
        if (!add(line, output, i == telling->first, &ptl_object_history_run, &run))
            return false;
    }
    ptl_buf_add(line, "\n ],\n \"ports\": [");
    for (bool first = true; ptl_telling_next(telling, order, &cursor, &one); first = false)
        if (!add(line, output, first, &port, &one))
            return false;
    ptl_buf_add(line, "\n ]}\n");
    return ptl_output_write_line(output, line);
}
