/* portolan-diff/1: valid JSON, one host, port or shift a line. */
#include "finished/diff_keys.h"

struct document {
    const struct ptl_diff *diff;
    struct ptl_output *output;
    struct ptl_buf line;
    const char *comma; /* before the next element of a list */
};

static bool flush(struct document *document)
{
    return ptl_output_write_line(document->output, &document->line);
}

static void add_object(struct document *document, const char *key, const struct ptl_object *object,
                       const void *from)
{
    ptl_buf_printf(&document->line, " \"%s\": ", key);
    ptl_object_print(object, from, &document->line);
    ptl_buf_add(&document->line, ",\n");
}

static bool add_element(struct document *document, const struct ptl_object *object,
                        const void *from)
{
    ptl_buf_add(&document->line, document->comma);
    ptl_object_print(object, from, &document->line);
    document->comma = ",\n";
    return flush(document);
}

static void begin_list(struct document *document, const char *key)
{
    ptl_buf_printf(&document->line, " \"%s\": [", key);
    document->comma = "\n";
}

static void end_list(struct document *document, const char *after)
{
    ptl_buf_add(&document->line, document->comma[0] == '\n' ? "]" : "\n ]");
    ptl_buf_add(&document->line, after);
}

static void add_run(struct document *document, const char *key, const struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    struct ptl_diff_run_keys keys = {.file = view->name,
                                     .profile = results->run.profile,
                                     .profile_sha256 = results->run.profile_sha256,
                                     .ports = results->run.ports,
                                     .started_ms = results->run.started_ms,
                                     .finished_ms = results->run.finished_ms,
                                     .complete = results->run.complete,
                                     .targets = results->summary.targets,
                                     .probes = results->summary.probes,
                                     .unresolved = results->unresolved_count};
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        keys.states[s] = results->summary.states[s];
    add_object(document, key, &ptl_diff_run_object, &keys);
}

static void add_warnings(struct document *document)
{
    const struct ptl_diff *diff = document->diff;
    ptl_buf_add(&document->line, " \"warnings\": [");
    for (size_t i = 0; i < diff->warning_count; i++) {
        ptl_buf_add(&document->line, i > 0 ? "," : "");
        ptl_json_print_string(diff->warnings[i], &document->line);
    }
    ptl_buf_add(&document->line, "],\n");
}

static bool write_hosts(struct document *document, const char *key, enum ptl_lone lone)
{
    const struct ptl_diff *diff = document->diff;
    begin_list(document, key);
    for (size_t i = 0; i < diff->host_count; i++) {
        const struct ptl_diff_host *host = &diff->hosts[i];
        struct ptl_target_names names;
        uint32_t count;
        if (host->lone != lone)
            continue;
        ptl_view_names(&diff->views[host->side], host->host, &names);
        struct ptl_diff_host_keys keys = {
            names.input, names.host, names.ip,
            host->side,  host->why,  {.items = ptl_diff_results(diff, host, &count)}};
        keys.open_ports.count = count;
        if (!add_element(document,
                         lone == PTL_LONE_UNKNOWN ? &ptl_diff_unknown_host_object
                                                  : &ptl_diff_host_object,
                         &keys))
            return false;
    }
    end_list(document, ",\n");
    return true;
}

static bool write_shifts(struct document *document)
{
    const struct ptl_diff *diff = document->diff;
    begin_list(document, "unlisted");
    for (size_t i = 0; i < diff->shift_count; i++) {
        struct ptl_target_names names;
        ptl_diff_names(diff, diff->shifts[i].hosts, &names);
        struct ptl_diff_shift_keys keys = {
            .host = names.host, .ip = names.ip, .perhaps = diff->shifts[i].perhaps};
        for (int s = 0; s < PTL_ERROR; s++)
            keys.more[s] = diff->shifts[i].more[s];
        if (!add_element(document, &ptl_diff_shift_object, &keys))
            return false;
    }
    end_list(document, ",\n");
    return true;
}

/* The list of ports with the changes from `first` to `last`. */
static bool write_ports(struct document *document, const char *key, enum ptl_change first,
                        enum ptl_change last, const struct ptl_object *object)
{
    const struct ptl_diff *diff = document->diff;
    begin_list(document, key);
    for (size_t i = 0; i < diff->port_count; i++) {
        const struct ptl_diff_port *port = &diff->ports[i];
        struct ptl_target_names names;
        if (port->change < first || port->change > last)
            continue;
        ptl_diff_names(diff, port->hosts, &names);
        struct ptl_diff_port_keys keys = {.host = names.host,
                                          .ip = names.ip,
                                          .service = ptl_diff_service(diff, port->port),
                                          .port = port->port,
                                          .change = port->change,
                                          .why = port->why,
                                          .states = {port->states[PTL_OLD], port->states[PTL_NEW]},
                                          .missed = port->missed};
        if (!add_element(document, object, &keys))
            return false;
    }
    end_list(document, last == PTL_CHANGE_UNKNOWN ? "}\n" : ",\n");
    return flush(document);
}

bool ptl_diff_write_json(const struct ptl_diff *diff, struct ptl_output *output)
{
    static const struct ptl_run_info here = {.tool_version = PTL_VERSION};
    struct document document = {.diff = diff, .output = output};
    ptl_buf_init(&document.line, 64U << 20);
    ptl_buf_add(&document.line, "{\"schema\": \"portolan-diff/1\",\n");
    add_object(&document, "tool", &ptl_object_tool, &here);
    add_run(&document, "old", &diff->views[PTL_OLD]);
    add_run(&document, "new", &diff->views[PTL_NEW]);
    ptl_buf_printf(&document.line, " \"different\": %s,\n",
                   ptl_diff_is_different(diff) ? "true" : "false");
    add_object(&document, "summary", &ptl_diff_summary_object, diff);
    add_warnings(&document);
    bool good = write_hosts(&document, "appeared", PTL_APPEARED) &&
                write_hosts(&document, "vanished", PTL_VANISHED) &&
                write_hosts(&document, "unknown_hosts", PTL_LONE_UNKNOWN) &&
                write_shifts(&document) &&
                write_ports(&document, "changes", PTL_CHANGE_OPENED, PTL_CHANGE_STATE,
                            &ptl_diff_change_object) &&
                write_ports(&document, "perhaps", PTL_CHANGE_PERHAPS_CLOSED,
                            PTL_CHANGE_PERHAPS_STATE, &ptl_diff_perhaps_object) &&
                write_ports(&document, "unknown", PTL_CHANGE_UNKNOWN, PTL_CHANGE_UNKNOWN,
                            &ptl_diff_unknown_object);
    ptl_buf_free(&document.line);
    return good;
}
