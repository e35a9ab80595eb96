/* portolan-diff/1: a table of keys an object, as a results file has them; and the document, valid
 * JSON, one host, port or shift a line. */
#include "finished/differences.h"
#include "results/objects.h"

/* ---- the two runs, and all together ---- */

struct run_keys {
    const char *file;
    struct ptl_run_info run;
    struct ptl_summary summary;
    size_t unresolved;
};
#define AT(member) PTL_AT(struct run_keys, member)
static const struct ptl_key run_keys[] = {
    {"file", &ptl_key_text, AT(file), .about = "the results file"},
    {"profile", &ptl_key_text, AT(run.profile), .about = "its run.profile"},
    {"profile_sha256", &ptl_key_chars, AT(run.profile_sha256), .about = "its run.profile_sha256"},
    {"started", &ptl_key_time, AT(run.started_ms), .about = "its run.started"},
    {"finished", &ptl_key_time, AT(run.finished_ms), .about = "its run.finished"},
    {"complete", &ptl_key_bool, AT(run.complete), .about = "its run.complete"},
    {"ports", &ptl_key_text, AT(run.ports), .about = "its run.ports"},
    {"targets", &ptl_key_number, AT(summary.targets), .about = "its summary.targets"},
    {"probes", &ptl_key_number, AT(summary.probes), .about = "its summary.probes"},
    PTL_STATE_KEYS(struct run_keys, summary.states, "probes"),
    {"unresolved", &ptl_key_number, AT(unresolved), .about = "entries without an address"},
};
#undef AT
static const struct ptl_object run_object = PTL_OBJECT(struct run_keys, run_keys, "a run");

#define AT(member) PTL_AT(struct ptl_diff, member)
static const struct ptl_key summary_keys[] = {
    {"hosts_compared", &ptl_key_number, AT(compared), .about = "that both runs have"},
    {"hosts_changed", &ptl_key_number, AT(changed), .about = "of these, with a difference"},
    {"hosts_perhaps_changed", &ptl_key_number, AT(perhaps), .is_later = true, .is_promised = true,
     .about = "of these, perhaps with a difference: a run may have missed what is silent"},
    {"hosts_appeared", &ptl_key_number, AT(lone[PTL_APPEARED]), .about = "only the new run has"},
    {"hosts_vanished", &ptl_key_number, AT(lone[PTL_VANISHED]), .about = "only the old run has"},
    {"hosts_unknown", &ptl_key_number, AT(lone[PTL_LONE_UNKNOWN]),
     .about = "one run has, and the other may have"},
    {"opened", &ptl_key_number, AT(changes[PTL_DIFFERENCE_OPENED]),
     .about = "ports that are open, and were not"},
    {"closed", &ptl_key_number, AT(changes[PTL_DIFFERENCE_CLOSED]),
     .about = "ports that were open, and are not"},
    {"changed", &ptl_key_number, AT(changes[PTL_DIFFERENCE_STATE]),
     .about = "ports that changed otherwise"},
    {"perhaps_closed", &ptl_key_number, AT(changes[PTL_DIFFERENCE_PERHAPS_CLOSED]),
     .is_later = true, .is_promised = true,
     .about = "ports that were open and are silent, where the new run may have missed them"},
    {"perhaps_changed", &ptl_key_number, AT(changes[PTL_DIFFERENCE_PERHAPS_STATE]),
     .is_later = true, .is_promised = true,
     .about = "ports that changed otherwise, or that a run may have missed"},
    {"unknown", &ptl_key_number, AT(changes[PTL_DIFFERENCE_UNKNOWN]),
     .about = "ports that are open in one run and not known in the other"},
};
#undef AT
static const struct ptl_object summary_object =
    PTL_OBJECT(struct ptl_diff, summary_keys, "summary");

/* ---- hosts ---- */

/* A host that one run has: the other one has it not, or may have it. */
struct host_keys {
    struct ptl_target_names names;
    struct ptl_diff_host host;
    struct ptl_open_ports open_ports;
};

static const char *const sides[] = {[PTL_OLD] = "old", [PTL_NEW] = "new"};
/* Of enum ptl_unknown, what can be said of a host; and of a port. */
static const char *const host_whys[] = {
    [PTL_UNKNOWN_UNRESOLVED] = "unresolved", [PTL_UNKNOWN_NOT_LISTED] = "not-listed"};
static const char *const port_whys[] = {[PTL_UNKNOWN_NOT_PROBED] = "not-probed",
                                        [PTL_UNKNOWN_UNPROBED] = "unprobed",
                                        [PTL_UNKNOWN_ERROR] = "error",
                                        [PTL_UNKNOWN_NOT_LISTED] = "not-listed"};
#define AT(member) PTL_AT(struct host_keys, member)
#define HOST                                                                                       \
    {"input", &ptl_key_chars, AT(names.input),                                                     \
     .about = "entry of the profile that named it first"},                                         \
        {"host", &ptl_key_chars, AT(names.host), .about = "name, or address"},                     \
    {                                                                                              \
        "ip", &ptl_key_chars, AT(names.ip), .about = "address"                                     \
    }
#define OPEN_PORTS                                                                                 \
    {                                                                                              \
        "open_ports", &ptl_key_open_ports, AT(open_ports), .about = "its open ports, ascending"    \
    }
static const struct ptl_key host_keys[] = {HOST, OPEN_PORTS};
static const struct ptl_key unknown_host_keys[] = {
    HOST,
    {"in", &ptl_key_word, AT(host.side), PTL_WORDS(sides), .about = "the run that has it"},
    {"why", &ptl_key_word, AT(host.why), PTL_WORDS(host_whys),
     .about = "it may be in the other one, too"},
    OPEN_PORTS,
};
#undef AT
#undef HOST
#undef OPEN_PORTS
static const struct ptl_object host_object = PTL_OBJECT(struct host_keys, host_keys, "a host"),
                               unknown_host_object =
                                   PTL_OBJECT(struct host_keys, unknown_host_keys, "a host");

/* A host with ports that changed and that neither file lists. */
struct shift_keys {
    struct ptl_target_names names;
    struct ptl_diff_shift shift;
};
#define AT(member) PTL_AT(struct shift_keys, member)
static const struct ptl_key shift_keys[] = {
    {"host", &ptl_key_chars, AT(names.host), .about = "name, or address"},
    {"ip", &ptl_key_chars, AT(names.ip), .about = "address"},
    {"open", &ptl_key_signed, AT(shift.more[PTL_OPEN]),
     .about = "so many more of its ports are open"},
    {"closed", &ptl_key_signed, AT(shift.more[PTL_CLOSED]), .about = "so many more are closed"},
    {"filtered", &ptl_key_signed, AT(shift.more[PTL_FILTERED]),
     .about = "so many more are filtered"},
    {"perhaps", &ptl_key_bool, AT(shift.perhaps), .is_later = true, .is_promised = true,
     .about = "nothing else than what a run may have missed: no difference is known"},
};
#undef AT
static const struct ptl_object shift_object = PTL_OBJECT(struct shift_keys, shift_keys, "a shift");

/* ---- ports ---- */

/* A port with a difference, with one that may be none, or that one run does not know. */
struct port_keys {
    struct ptl_target_names names;
    const char *service;
    struct ptl_diff_port port;
};

static const char *const protocols[] = {"tcp"};
#define AT(member) PTL_AT(struct port_keys, member)
#define PORT                                                                                       \
    {"host", &ptl_key_chars, AT(names.host), .about = "name, or address"},                         \
        {"ip", &ptl_key_chars, AT(names.ip), .about = "address"},                                  \
        {"port", &ptl_key_port, AT(port.port), .about = "port"},                                   \
        {"protocol", &ptl_key_fixed, PTL_WORDS(protocols), .about = "always tcp"},                 \
    {                                                                                              \
        "service", &ptl_key_text, AT(service),                                                     \
            .is_nullable = true, .about = "what usually listens there; null: not known"            \
    }
#define STATES(member)                                                                             \
    &ptl_key_states, AT(member), .words = ptl_state_names, .word_count = PTL_ERROR
static const struct ptl_key change_keys[] = {
    PORT,
    {"change", &ptl_key_word, AT(port.change), .words = ptl_difference_names,
     .word_count = PTL_DIFFERENCE_PERHAPS_CLOSED,
     .about = "opened: it is open and was not; closed: it was open and is not; changed: else"},
    {"old", STATES(port.states[PTL_OLD]), .about = "states that it can have been in"},
    {"new", STATES(port.states[PTL_NEW]), .about = "states that it can be in"},
    {"missed_before", &ptl_key_bool, AT(port.missed), .is_later = true, .is_promised = true,
     .about = "opened: the old run may just have missed it"},
};
static const char *const perhaps_words[PTL_DIFFERENCE_COUNT] = {
    [PTL_DIFFERENCE_PERHAPS_CLOSED] = "perhaps-closed",
    [PTL_DIFFERENCE_PERHAPS_STATE] = "perhaps-changed"};
static const struct ptl_key perhaps_keys[] = {
    PORT,
    {"change", &ptl_key_word, AT(port.change), PTL_WORDS(perhaps_words),
     .about = "perhaps-closed: it was open and is silent; perhaps-changed: else"},
    {"old", STATES(port.states[PTL_OLD]), .about = "states that it can have been in"},
    {"new", STATES(port.states[PTL_NEW]), .about = "states that it can be in"},
};
static const struct ptl_key unknown_keys[] = {
    PORT,
    {"why", &ptl_key_word, AT(port.why), PTL_WORDS(port_whys), .about = "one run does not know it"},
    {"old", STATES(port.states[PTL_OLD]), .is_nullable = true,
     .about = "states that it can have been in; null: not known"},
    {"new", STATES(port.states[PTL_NEW]), .is_nullable = true,
     .about = "states that it can be in; null: not known"},
};
#undef AT
#undef PORT
#undef STATES
static const struct ptl_object change_object = PTL_OBJECT(struct port_keys, change_keys, "a port"),
                               perhaps_object =
                                   PTL_OBJECT(struct port_keys, perhaps_keys, "a port"),
                               unknown_object =
                                   PTL_OBJECT(struct port_keys, unknown_keys, "a port");

/* ---- the whole document ---- */

static const char *const schemas[] = {"portolan-diff/1"};
static const struct ptl_key diff_keys[] = {
    PTL_PART("schema", &ptl_key_const, "name and version of the format", PTL_WORDS(schemas)),
    PTL_PART("tool", &ptl_key_object, "what wrote it", .object = &ptl_object_tool),
    PTL_PART("old", &ptl_key_object, "the first run", .object = &run_object),
    PTL_PART("new", &ptl_key_object, "the second run", .object = &run_object),
    PTL_PART("different", &ptl_key_bool, "a difference is known", ),
    PTL_PART("summary", &ptl_key_object, "counts", .object = &summary_object),
    PTL_PART("warnings", &ptl_key_texts, "for people", ),
    PTL_PART("appeared", &ptl_key_list, "hosts that only the new run has", .object = &host_object),
    PTL_PART("vanished", &ptl_key_list, "hosts that only the old run has", .object = &host_object),
    PTL_PART("unknown_hosts", &ptl_key_list, "hosts that one run has, and the other may have",
             .object = &unknown_host_object),
    PTL_PART("unlisted", &ptl_key_list, "hosts with ports that changed and that neither file lists",
             .object = &shift_object),
    PTL_PART("changes", &ptl_key_list, "ports with a difference", .object = &change_object),
    PTL_PART("perhaps", &ptl_key_list, "ports that changed, if no run missed them",
             .object = &perhaps_object, .is_later = true, .is_promised = true),
    PTL_PART("unknown", &ptl_key_list, "ports that are open in one run and not known in the other",
             .object = &unknown_object),
};
const struct ptl_object ptl_object_diff = PTL_OBJECT(struct ptl_diff, diff_keys, "a diff");

/* ---- writing ---- */

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
    struct run_keys keys = {view->name, results->run, results->summary, results->unresolved_count};
    add_object(document, key, &run_object, &keys);
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
        uint32_t count;
        if (host->lone != lone)
            continue;
        struct host_keys keys = {.host = *host};
        ptl_view_names(&diff->views[host->side], host->host, &keys.names);
        keys.open_ports.items = ptl_diff_results(diff, host, &count);
        keys.open_ports.count = count;
        if (!add_element(document, lone == PTL_LONE_UNKNOWN ? &unknown_host_object : &host_object,
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
        struct shift_keys keys = {.shift = diff->shifts[i]};
        ptl_diff_names(diff, keys.shift.hosts, &keys.names);
        if (!add_element(document, &shift_object, &keys))
            return false;
    }
    end_list(document, ",\n");
    return true;
}

/* The list of ports with the changes from `first` to `last`. */
static bool write_ports(struct document *document, const char *key, enum ptl_difference first,
                        enum ptl_difference last, const struct ptl_object *object)
{
    const struct ptl_diff *diff = document->diff;
    begin_list(document, key);
    for (size_t i = 0; i < diff->port_count; i++) {
        const struct ptl_diff_port *port = &diff->ports[i];
        if (port->change < first || port->change > last)
            continue;
        struct port_keys keys = {.service = ptl_diff_service(diff, port->port), .port = *port};
        ptl_diff_names(diff, port->hosts, &keys.names);
        if (!add_element(document, object, &keys))
            return false;
    }
    end_list(document, last == PTL_DIFFERENCE_UNKNOWN ? "}\n" : ",\n");
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
    add_object(&document, "summary", &summary_object, diff);
    add_warnings(&document);
    bool good = write_hosts(&document, "appeared", PTL_APPEARED) &&
                write_hosts(&document, "vanished", PTL_VANISHED) &&
                write_hosts(&document, "unknown_hosts", PTL_LONE_UNKNOWN) &&
                write_shifts(&document) &&
                write_ports(&document, "changes", PTL_DIFFERENCE_OPENED, PTL_DIFFERENCE_STATE,
                            &change_object) &&
                write_ports(&document, "perhaps", PTL_DIFFERENCE_PERHAPS_CLOSED,
                            PTL_DIFFERENCE_PERHAPS_STATE, &perhaps_object) &&
                write_ports(&document, "unknown", PTL_DIFFERENCE_UNKNOWN, PTL_DIFFERENCE_UNKNOWN,
                            &unknown_object);
    ptl_buf_free(&document.line);
    return good;
}
