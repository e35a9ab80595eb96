/* portolan-diff/1: a table of keys an object, as a results file has them. */
#include "finished/diff_keys.h"

/* ---- the two runs, and all together ---- */

#define AT(member) PTL_AT(struct ptl_diff_run_keys, member)
static const struct ptl_key run_keys[] = {
    {"file", &ptl_key_text, AT(file), .about = "the results file"},
    {"profile", &ptl_key_text, AT(profile), .about = "its run.profile"},
    {"profile_sha256", &ptl_key_text, AT(profile_sha256), .about = "its run.profile_sha256"},
    {"started", &ptl_key_time, AT(started_ms), .about = "its run.started"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "its run.finished"},
    {"complete", &ptl_key_bool, AT(complete), .about = "its run.complete"},
    {"ports", &ptl_key_text, AT(ports), .about = "its run.ports"},
    {"targets", &ptl_key_number, AT(targets), .about = "its summary.targets"},
    {"probes", &ptl_key_number, AT(probes), .about = "its summary.probes"},
    PTL_STATE_KEYS(struct ptl_diff_run_keys, states, "probes"),
    {"unresolved", &ptl_key_number, AT(unresolved), .about = "entries without an address"},
};
#undef AT
const struct ptl_object ptl_diff_run_object =
    PTL_OBJECT(struct ptl_diff_run_keys, run_keys, "a run");

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
    {"opened", &ptl_key_number, AT(changes[PTL_CHANGE_OPENED]),
     .about = "ports that are open, and were not"},
    {"closed", &ptl_key_number, AT(changes[PTL_CHANGE_CLOSED]),
     .about = "ports that were open, and are not"},
    {"changed", &ptl_key_number, AT(changes[PTL_CHANGE_STATE]),
     .about = "ports that changed otherwise"},
    {"perhaps_closed", &ptl_key_number, AT(changes[PTL_CHANGE_PERHAPS_CLOSED]), .is_later = true,
     .is_promised = true,
     .about = "ports that were open and are silent, where the new run may have missed them"},
    {"perhaps_changed", &ptl_key_number, AT(changes[PTL_CHANGE_PERHAPS_STATE]), .is_later = true,
     .is_promised = true, .about = "ports that changed otherwise, or that a run may have missed"},
    {"unknown", &ptl_key_number, AT(changes[PTL_CHANGE_UNKNOWN]),
     .about = "ports that are open in one run and not known in the other"},
};
#undef AT
const struct ptl_object ptl_diff_summary_object =
    PTL_OBJECT(struct ptl_diff, summary_keys, "summary");

/* ---- hosts ---- */

static const char *const sides[] = {[PTL_OLD] = "old", [PTL_NEW] = "new"};
/* Of enum ptl_unknown, what can be said of a host; and of a port. */
static const char *const host_whys[] = {
    [PTL_UNKNOWN_UNRESOLVED] = "unresolved", [PTL_UNKNOWN_NOT_LISTED] = "not-listed"};
static const char *const port_whys[] = {[PTL_UNKNOWN_NOT_PROBED] = "not-probed",
                                        [PTL_UNKNOWN_UNPROBED] = "unprobed",
                                        [PTL_UNKNOWN_ERROR] = "error",
                                        [PTL_UNKNOWN_NOT_LISTED] = "not-listed"};
#define AT(member) PTL_AT(struct ptl_diff_host_keys, member)
#define HOST                                                                                       \
    {"input", &ptl_key_text, AT(input), .about = "entry of the profile that named it first"},      \
        {"host", &ptl_key_text, AT(host), .about = "name, or address"},                            \
    {                                                                                              \
        "ip", &ptl_key_text, AT(ip), .about = "address"                                            \
    }
#define OPEN_PORTS                                                                                 \
    {                                                                                              \
        "open_ports", &ptl_key_open_ports, AT(open_ports), .about = "its open ports, ascending"    \
    }
static const struct ptl_key host_keys[] = {HOST, OPEN_PORTS};
static const struct ptl_key unknown_host_keys[] = {
    HOST,
    {"in", &ptl_key_word, AT(side), PTL_WORDS(sides), .about = "the run that has it"},
    {"why", &ptl_key_word, AT(why), PTL_WORDS(host_whys),
     .about = "it may be in the other one, too"},
    OPEN_PORTS,
};
#undef AT
#undef HOST
#undef OPEN_PORTS
const struct ptl_object ptl_diff_host_object =
                            PTL_OBJECT(struct ptl_diff_host_keys, host_keys, "a host"),
                        ptl_diff_unknown_host_object =
                            PTL_OBJECT(struct ptl_diff_host_keys, unknown_host_keys, "a host");

#define AT(member) PTL_AT(struct ptl_diff_shift_keys, member)
static const struct ptl_key shift_keys[] = {
    {"host", &ptl_key_text, AT(host), .about = "name, or address"},
    {"ip", &ptl_key_text, AT(ip), .about = "address"},
    {"open", &ptl_key_signed, AT(more[PTL_OPEN]), .about = "so many more of its ports are open"},
    {"closed", &ptl_key_signed, AT(more[PTL_CLOSED]), .about = "so many more are closed"},
    {"filtered", &ptl_key_signed, AT(more[PTL_FILTERED]), .about = "so many more are filtered"},
    {"perhaps", &ptl_key_bool, AT(perhaps), .is_later = true, .is_promised = true,
     .about = "nothing else than what a run may have missed: no difference is known"},
};
#undef AT
const struct ptl_object ptl_diff_shift_object =
    PTL_OBJECT(struct ptl_diff_shift_keys, shift_keys, "a shift");

/* ---- ports ---- */

static const char *const protocols[] = {"tcp"};
#define AT(member) PTL_AT(struct ptl_diff_port_keys, member)
#define PORT                                                                                       \
    {"host", &ptl_key_text, AT(host), .about = "name, or address"},                                \
        {"ip", &ptl_key_text, AT(ip), .about = "address"},                                         \
        {"port", &ptl_key_port, AT(port), .about = "port"},                                        \
        {"protocol", &ptl_key_fixed, PTL_WORDS(protocols), .about = "always tcp"},                 \
    {                                                                                              \
        "service", &ptl_key_text, AT(service),                                                     \
            .is_nullable = true, .about = "what usually listens there; null: not known"            \
    }
#define STATES(member)                                                                             \
    &ptl_key_states, AT(member), .words = ptl_state_names, .word_count = PTL_ERROR
static const struct ptl_key change_keys[] = {
    PORT,
    {"change", &ptl_key_word, AT(change), .words = ptl_change_names,
     .word_count = PTL_CHANGE_PERHAPS_CLOSED,
     .about = "opened: it is open and was not; closed: it was open and is not; changed: else"},
    {"old", STATES(states[PTL_OLD]), .about = "states that it can have been in"},
    {"new", STATES(states[PTL_NEW]), .about = "states that it can be in"},
    {"missed_before", &ptl_key_bool, AT(missed), .is_later = true, .is_promised = true,
     .about = "opened: the old run may just have missed it"},
};
static const char *const perhaps_words[PTL_CHANGE_COUNT] = {
    [PTL_CHANGE_PERHAPS_CLOSED] = "perhaps-closed", [PTL_CHANGE_PERHAPS_STATE] = "perhaps-changed"};
static const struct ptl_key perhaps_keys[] = {
    PORT,
    {"change", &ptl_key_word, AT(change), PTL_WORDS(perhaps_words),
     .about = "perhaps-closed: it was open and is silent; perhaps-changed: else"},
    {"old", STATES(states[PTL_OLD]), .about = "states that it can have been in"},
    {"new", STATES(states[PTL_NEW]), .about = "states that it can be in"},
};
static const struct ptl_key unknown_keys[] = {
    PORT,
    {"why", &ptl_key_word, AT(why), PTL_WORDS(port_whys), .about = "one run does not know it"},
    {"old", STATES(states[PTL_OLD]), .is_nullable = true,
     .about = "states that it can have been in; null: not known"},
    {"new", STATES(states[PTL_NEW]), .is_nullable = true,
     .about = "states that it can be in; null: not known"},
};
#undef AT
#undef PORT
#undef STATES
const struct ptl_object ptl_diff_change_object =
                            PTL_OBJECT(struct ptl_diff_port_keys, change_keys, "a port"),
                        ptl_diff_perhaps_object =
                            PTL_OBJECT(struct ptl_diff_port_keys, perhaps_keys, "a port"),
                        ptl_diff_unknown_object =
                            PTL_OBJECT(struct ptl_diff_port_keys, unknown_keys, "a port");

/* ---- the whole document ---- */

static const char *const schemas[] = {"portolan-diff/1"};
static const struct ptl_key diff_keys[] = {
    PTL_PART("schema", &ptl_key_const, "name and version of the format", PTL_WORDS(schemas)),
    PTL_PART("tool", &ptl_key_object, "what wrote it", .object = &ptl_object_tool),
    PTL_PART("old", &ptl_key_object, "the first run", .object = &ptl_diff_run_object),
    PTL_PART("new", &ptl_key_object, "the second run", .object = &ptl_diff_run_object),
    PTL_PART("different", &ptl_key_bool, "a difference is known", ),
    PTL_PART("summary", &ptl_key_object, "counts", .object = &ptl_diff_summary_object),
    PTL_PART("warnings", &ptl_key_texts, "for people", ),
    PTL_PART("appeared", &ptl_key_list, "hosts that only the new run has",
             .object = &ptl_diff_host_object),
    PTL_PART("vanished", &ptl_key_list, "hosts that only the old run has",
             .object = &ptl_diff_host_object),
    PTL_PART("unknown_hosts", &ptl_key_list, "hosts that one run has, and the other may have",
             .object = &ptl_diff_unknown_host_object),
    PTL_PART("unlisted", &ptl_key_list, "hosts with ports that changed and that neither file lists",
             .object = &ptl_diff_shift_object),
    PTL_PART("changes", &ptl_key_list, "ports with a difference",
             .object = &ptl_diff_change_object),
    PTL_PART("perhaps", &ptl_key_list, "ports that changed, if no run missed them",
             .object = &ptl_diff_perhaps_object, .is_later = true, .is_promised = true),
    PTL_PART("unknown", &ptl_key_list, "ports that are open in one run and not known in the other",
             .object = &ptl_diff_unknown_object),
};
const struct ptl_object ptl_object_diff = PTL_OBJECT(struct ptl_diff, diff_keys, "a diff");
