/* portolan-diff/1: valid JSON, one host, port or shift a line. */
#include "portolan/clock.h"
#include "portolan/json.h"
#include "report/records.h"
#include "study/diff.h"

struct document {
    const struct ptl_diff *diff;
    struct ptl_output *output;
    struct ptl_buf line;
    const char *comma; /* before the next element of a list */
};

static bool flush(struct document *document)
{
    if (document->line.failed)
        return false;
    ptl_output_write(document->output, ptl_buf_text(&document->line), document->line.length);
    ptl_buf_reset(&document->line);
    return true;
}

static void add_member(struct document *document, const char *key, struct ptl_json *value)
{
    ptl_buf_printf(&document->line, " \"%s\": ", key);
    ptl_json_print(value, &document->line, false);
    ptl_buf_add(&document->line, ",\n");
    ptl_json_free(value);
}

static bool add_element(struct document *document, struct ptl_json *value)
{
    ptl_buf_add(&document->line, document->comma);
    ptl_json_print(value, &document->line, false);
    ptl_json_free(value);
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

static struct ptl_json *run_of(const struct ptl_view *view)
{
    const struct ptl_results *results = view->results;
    struct ptl_json *json = ptl_json_object();
    char time[PTL_RFC3339_SIZE];
    ptl_json_add_string(json, "file", view->name);
    ptl_json_add_string(json, "profile", results->run.profile);
    ptl_json_add_string(json, "profile_sha256", results->run.profile_sha256);
    ptl_json_add_string(json, "started", ptl_clock_rfc3339(results->run.started_ms, time));
    ptl_json_add_string(json, "finished", ptl_clock_rfc3339(results->run.finished_ms, time));
    ptl_json_add_bool(json, "complete", results->run.complete);
    ptl_json_add_string(json, "ports", results->run.ports);
    ptl_json_add_number(json, "targets", results->summary.targets);
    ptl_json_add_number(json, "probes", results->summary.probes);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        ptl_json_add_number(json, ptl_state_names[s], results->summary.states[s]);
    ptl_json_add_number(json, "unresolved", results->unresolved_count);
    return json;
}

static struct ptl_json *summary_of(const struct ptl_diff *diff)
{
    struct ptl_json *json = ptl_json_object();
    ptl_json_add_number(json, "hosts_compared", diff->compared);
    ptl_json_add_number(json, "hosts_changed", diff->changed);
    ptl_json_add_number(json, "hosts_appeared", diff->lone[PTL_APPEARED]);
    ptl_json_add_number(json, "hosts_vanished", diff->lone[PTL_VANISHED]);
    ptl_json_add_number(json, "hosts_unknown", diff->lone[PTL_LONE_UNKNOWN]);
    for (int c = 0; c < PTL_CHANGE_COUNT; c++)
        ptl_json_add_number(json, ptl_change_names[c], diff->changes[c]);
    return json;
}

static struct ptl_json *warnings_of(const struct ptl_diff *diff)
{
    struct ptl_json *json = ptl_json_array();
    for (size_t i = 0; i < diff->warning_count; i++)
        ptl_json_add_string(json, NULL, diff->warnings[i]);
    return json;
}

static void add_names(struct ptl_json *json, const struct ptl_target_names *names)
{
    ptl_json_add_string(json, "host", names->host);
    ptl_json_add_string(json, "ip", names->ip);
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
        ptl_results_names(diff->views[host->side].results, host->host, &names);
        struct ptl_json *json = ptl_json_object();
        ptl_json_add_string(json, "input", names.input);
        add_names(json, &names);
        if (lone == PTL_LONE_UNKNOWN) {
            ptl_json_add_string(json, "in", host->side == PTL_NEW ? "new" : "old");
            ptl_json_add_string(json, "why", ptl_unknown_names[host->why]);
        }
        struct ptl_json *ports = ptl_json_add_array(json, "open_ports");
        const struct ptl_result *results = ptl_diff_results(diff, host, &count);
        for (uint32_t r = 0; r < count; r++)
            if (results[r].state == PTL_OPEN)
                ptl_json_add_number(ports, NULL, results[r].port);
        if (!add_element(document, json))
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
        struct ptl_json *json = ptl_json_object();
        ptl_diff_names(diff, diff->shifts[i].hosts, &names);
        add_names(json, &names);
        for (int s = 0; s < PTL_ERROR; s++)
            ptl_json_add_double(json, ptl_state_names[s], diff->shifts[i].more[s]);
        if (!add_element(document, json))
            return false;
    }
    end_list(document, ",\n");
    return true;
}

static void add_states(struct ptl_json *json, const char *key, unsigned states)
{
    if (states == 0) {
        ptl_json_add_null(json, key);
        return;
    }
    struct ptl_json *list = ptl_json_add_array(json, key);
    for (int s = 0; s < PTL_ERROR; s++)
        if ((states >> s & 1) != 0)
            ptl_json_add_string(list, NULL, ptl_state_names[s]);
}

static bool write_ports(struct document *document, const char *key, bool unknown)
{
    const struct ptl_diff *diff = document->diff;
    begin_list(document, key);
    for (size_t i = 0; i < diff->port_count; i++) {
        const struct ptl_diff_port *port = &diff->ports[i];
        struct ptl_target_names names;
        if ((port->change == PTL_CHANGE_UNKNOWN) != unknown)
            continue;
        struct ptl_json *json = ptl_json_object();
        ptl_diff_names(diff, port->hosts, &names);
        add_names(json, &names);
        ptl_json_add_number(json, "port", port->port);
        ptl_json_add_string(json, "protocol", "tcp");
        ptl_json_add_string(json, "service", ptl_diff_service(diff, port->port));
        ptl_json_add_string(json, unknown ? "why" : "change",
                            unknown ? ptl_unknown_names[port->why]
                                    : ptl_change_names[port->change]);
        add_states(json, "old", port->states[PTL_OLD]);
        add_states(json, "new", port->states[PTL_NEW]);
        if (!add_element(document, json))
            return false;
    }
    end_list(document, unknown ? "}\n" : ",\n");
    return flush(document);
}

bool ptl_diff_write_json(const struct ptl_diff *diff, struct ptl_output *output)
{
    static const struct ptl_run_info here = {.tool_version = PTL_VERSION};
    struct document document = {.diff = diff, .output = output};
    ptl_buf_init(&document.line, 64U << 20);
    ptl_buf_add(&document.line, "{\"schema\": \"portolan-diff/1\",\n");
    ptl_buf_add(&document.line, " \"tool\": ");
    ptl_object_print(&ptl_object_tool, &here, &document.line);
    ptl_buf_add(&document.line, ",\n");
    add_member(&document, "old", run_of(&diff->views[PTL_OLD]));
    add_member(&document, "new", run_of(&diff->views[PTL_NEW]));
    ptl_buf_printf(&document.line, " \"different\": %s,\n",
                   ptl_diff_is_different(diff) ? "true" : "false");
    add_member(&document, "summary", summary_of(diff));
    add_member(&document, "warnings", warnings_of(diff));
    bool good = write_hosts(&document, "appeared", PTL_APPEARED) &&
                write_hosts(&document, "vanished", PTL_VANISHED) &&
                write_hosts(&document, "unknown_hosts", PTL_LONE_UNKNOWN) &&
                write_shifts(&document) && write_ports(&document, "changes", false) &&
                write_ports(&document, "unknown", true);
    ptl_buf_free(&document.line);
    return good;
}
