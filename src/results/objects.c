#include "results/objects.h"

#define STATE_WORDS(count) .words = ptl_state_names, .word_count = (count)

static const char *const protocols[] = {"tcp"};

/* ---- summary ---- */

#define QUANTILE(word, what)                                                                       \
    {                                                                                              \
#word, &ptl_key_number, PTL_AT(struct ptl_latency, word),                                  \
            PTL_COUNT_AT(struct ptl_latency, count), .is_nullable = true,                          \
                                                     .about = what "; null: nothing is counted"    \
    }
static const struct ptl_key latency_keys[] = {
    {"count", &ptl_key_number, PTL_AT(struct ptl_latency, count),
     .about = "open ports whose time is known"},
    QUANTILE(min, "the least"),
    QUANTILE(p50, "half are no longer (nearest rank)"),
    QUANTILE(p90, "nine of ten are no longer"),
    QUANTILE(p99, "99 of 100 are no longer"),
    QUANTILE(max, "the most"),
};
const struct ptl_object ptl_object_latency =
    PTL_OBJECT(struct ptl_latency, latency_keys, "summary.rtt_us");

static const struct ptl_key verdict_keys[] = {
    {"pass", &ptl_key_number, PTL_AT(struct ptl_results, verdicts[PTL_PASS]),
     .about = "as expected"},
    {"fail", &ptl_key_number, PTL_AT(struct ptl_results, verdicts[PTL_FAIL]),
     .about = "not as expected"},
    {"inconclusive", &ptl_key_number, PTL_AT(struct ptl_results, verdicts[PTL_INCONCLUSIVE]),
     .about = "no telling"},
};
static const struct ptl_object verdicts =
    PTL_OBJECT(struct ptl_results, verdict_keys, "summary.expectations");

#define AT(member) PTL_AT(struct ptl_results, summary.member)
static const struct ptl_key summary_keys[] = {
    {"targets", &ptl_key_number, AT(targets), .max = PTL_TARGETS_MAX, .about = "addresses scanned"},
    {"probes", &ptl_key_number, AT(probes),
     .about = "ports of all targets; the five states add up to it"},
    PTL_STATE_KEYS(struct ptl_results, summary.states, "probes"),
    {"retried", &ptl_key_number, AT(retried), .about = "probes that took more than one attempt"},
    {"attempts", &ptl_key_number, AT(attempts), .about = "connects of all probes"},
    {"syn_resent", &ptl_key_number, AT(syn_resent), .is_later = true, .is_promised = true,
     .about = "SYNs that the kernel sent again within an attempt (timeouts over 1 s)"},
    {"probes_per_second", &ptl_key_decimal, AT(probes_per_second), .about = "over the whole run"},
    {"peak_in_flight", &ptl_key_number, AT(peak_in_flight), .about = "most probes at a time"},
    {"expectations", &ptl_key_object, .object = &verdicts, .is_later = true, .is_promised = true,
     .about = "of all expectations, those not listed too"},
    {"estimate", &ptl_key_estimate, PTL_AT(struct ptl_results, estimate), .is_later = true,
     .about = "how many open ports were missed (docs/estimates.md)"},
    {"evidence", &ptl_key_evidence, PTL_AT(struct ptl_results, evidence),
     PTL_COUNT_AT(struct ptl_results, has_evidence), .is_later = true, .is_omitted = true,
     .about = "what the estimate rests on; of older files nothing is known"},
    {"rtt_us", &ptl_key_object, AT(rtt), .object = &ptl_object_latency,
     .about = "round trips of the open ports, in microseconds"},
};
#undef AT
const struct ptl_object ptl_object_summary =
    PTL_OBJECT(struct ptl_results, summary_keys, "summary");

/* ---- the lists ---- */

static const struct ptl_key unresolved_keys[] = {
    {"input", &ptl_key_text, PTL_AT(struct ptl_unresolved, input), .about = "entry of the profile"},
    {"message", &ptl_key_text, PTL_AT(struct ptl_unresolved, message),
     .about = "why it has no address"},
};
const struct ptl_object ptl_object_unresolved =
    PTL_OBJECT(struct ptl_unresolved, unresolved_keys, "unresolved");

#define AT(member) PTL_AT(struct ptl_expectation_keys, member)
static const struct ptl_key expectation_keys[] = {
    {"host", &ptl_key_text, AT(host), .max = PTL_NAME_BYTES, .about = "name, or address"},
    {"ip", &ptl_key_text, AT(ip), .max = PTL_ADDRESS_SIZE - 1, .is_nullable = true,
     .about = "address; null: the host did not resolve"},
    {"port", &ptl_key_port, AT(one.port), .is_nullable = true,
     .about = "port; null: all others of the host together, none of them open"},
    {"expected", &ptl_key_word, AT(one.expected), PTL_WORDS(ptl_expected_names),
     .about = "what the profile says; not-open: a port off the list of only"},
    {"state", &ptl_key_word, AT(one.state), PTL_WORDS(ptl_state_names), .is_nullable = true,
     .none = PTL_STATE_COUNT, .about = "what was seen; null: no port is open"},
    {"verdict", &ptl_key_word, AT(one.verdict), PTL_WORDS(ptl_verdict_names),
     .about = "whether it is as expected"},
};
#undef AT
const struct ptl_object ptl_object_expectation =
    PTL_OBJECT(struct ptl_expectation_keys, expectation_keys, "an expectation");

#define AT(member) PTL_AT(struct ptl_target_keys, member)
static const struct ptl_key target_keys[] = {
    {"input", &ptl_key_text, AT(input), .max = PTL_NAME_BYTES,
     .about = "entry of the profile that named it first"},
    {"host", &ptl_key_text, AT(host), .max = PTL_NAME_BYTES, .about = "name, or address"},
    {"ip", &ptl_key_text, AT(ip), .max = PTL_ADDRESS_SIZE - 1, .about = "address"},
    {"open_ports", &ptl_key_open_ports, AT(open_ports),
     .about = "its open ports among the results, ascending"},
    PTL_STATE_KEYS(struct ptl_target_keys, states, "ports"),
    {"gave_up", &ptl_key_bool, AT(gave_up),
     .about = "nothing answered `give_up_after` probes: the rest is unprobed"},
    {"suspicious", &ptl_key_text, AT(suspicious), .max = 64, .is_nullable = true,
     .about = "all-open: 19 of 20 ports, and at least 64, answer as open; null: nothing is odd"},
    {"estimate", &ptl_key_estimate, AT(estimate), .is_later = true,
     .about = "how many of its open ports were missed (docs/estimates.md)"},
    {"evidence", &ptl_key_evidence, AT(evidence),
     PTL_COUNT_AT(struct ptl_target_keys, has_evidence), .is_later = true, .is_omitted = true,
     .about = "what the estimate rests on; of older files nothing is known"},
};
#undef AT
const struct ptl_object ptl_object_target =
    PTL_OBJECT(struct ptl_target_keys, target_keys, "a target");

#define AT(member) PTL_AT(struct ptl_result_keys, member)
#define US AT
static const struct ptl_key result_keys[] = {
    {"host", &ptl_key_text, AT(host), .max = PTL_NAME_BYTES, .about = "name, or address"},
    {"ip", &ptl_key_text, AT(ip), .max = PTL_ADDRESS_SIZE - 1, .about = "address"},
    {"port", &ptl_key_port, AT(port), .about = "port"},
    {"protocol", &ptl_key_word, AT(protocol), PTL_WORDS(protocols), .about = "always tcp"},
    {"state", &ptl_key_word, AT(state), STATE_WORDS(PTL_UNPROBED), .about = "state of the port"},
    {"reason", &ptl_key_reason, AT(reason),
     .about = "why, in nmap's words; of an error, the errno's name"},
    {"service", &ptl_key_text, AT(service), .max = PTL_NAME_BYTES, .is_nullable = true,
     .about = "what usually listens there; null: not known"},
    {"rtt_us", &ptl_key_number, AT(rtt_us), .max = PTL_US_NONE - 1, .is_nullable = true,
     .none = PTL_US_NONE, .about = "the kernel's own measure of the handshake; null: it has none"},
    {"connect_us", &ptl_key_number, AT(connect_us), .max = PTL_US_NONE - 1, .is_nullable = true,
     .none = PTL_US_NONE,
     .about = "from connect() to the answer being read, on the monotonic clock; null: no answer"},
    {"attempts", &ptl_key_number, AT(attempts), .max = 31,
     .about = "connects; 0: not even the first could be made"},
    {"confirmed", &ptl_key_text, AT(confirmed), .max = 16, .is_nullable = true,
     .about = "n/N: of N further probes, n found it open; null: there were none"},
    {"offset_ms", &ptl_key_number, AT(offset_ms), .about = "from the run's start to the verdict"},
};
#undef AT
#undef US
const struct ptl_object ptl_object_result =
    PTL_OBJECT(struct ptl_result_keys, result_keys, "a result");

/* ---- of merged results only ---- */

#define AT(member) PTL_AT(struct ptl_merged_run, member)
static const struct ptl_key merged_keys[] = {
    {"file", &ptl_key_text, AT(file), .about = "the results file"},
    {"profile", &ptl_key_text, AT(profile), .about = "its run.profile"},
    {"profile_sha256", &ptl_key_chars, AT(profile_sha256), .about = "its run.profile_sha256"},
    {"started", &ptl_key_time, AT(started_ms), .about = "its run.started"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "its run.finished"},
    {"elapsed_ms", &ptl_key_decimal, AT(elapsed_ms), .steps = 1000, .about = "its run.elapsed_ms"},
    {"complete", &ptl_key_bool, AT(complete), .about = "its run.complete"},
    {"ports", &ptl_key_text, AT(ports), .max = PTL_PORTS_BYTES, .about = "its run.ports"},
    {"targets", &ptl_key_number, AT(targets), .max = PTL_TARGETS_MAX,
     .about = "its summary.targets"},
    {"probes", &ptl_key_number, AT(probes), .about = "its summary.probes"},
};
#undef AT
const struct ptl_object ptl_object_merged =
    PTL_OBJECT(struct ptl_merged_run, merged_keys, "a merged run");

static const struct ptl_key seen_keys[] = {
    {"run", &ptl_key_number, PTL_AT(struct ptl_disagreement, run), .max = PTL_MERGED_LISTED,
     .about = "which of the merged runs, from 0"},
    {"states", &ptl_key_states, PTL_AT(struct ptl_disagreement, states), STATE_WORDS(PTL_ERROR),
     .about = "that the port can have been in"},
    {"reason", &ptl_key_reason, PTL_AT(struct ptl_disagreement, reason), .is_nullable = true,
     .about = "of its result; null: it had none"},
};
static const struct ptl_object seen =
    PTL_OBJECT(struct ptl_disagreement, seen_keys, "a disagreement");

#define AT(member) PTL_AT(struct ptl_disagreement_keys, member)
static const struct ptl_key disagreement_keys[] = {
    {"host", &ptl_key_text, AT(host), .max = PTL_NAME_BYTES, .about = "name, or address"},
    {"ip", &ptl_key_text, AT(ip), .max = PTL_ADDRESS_SIZE - 1, .about = "address"},
    {"port", &ptl_key_port, AT(port), .about = "port"},
    {"protocol", &ptl_key_word, AT(protocol), PTL_WORDS(protocols), .about = "always tcp"},
    {"seen", &ptl_key_list, AT(seen), PTL_COUNT_AT(struct ptl_disagreement_keys, seen_count),
     .object = &seen, .about = "what each run knew of it"},
};
#undef AT
const struct ptl_object ptl_object_disagreement =
    PTL_OBJECT(struct ptl_disagreement_keys, disagreement_keys, "a disagreement");

/* ---- of interrupted runs of many targets only ---- */

static const struct ptl_key untouched_keys[] = {
    {"count", &ptl_key_number, PTL_AT(struct ptl_untouched, count), .max = PTL_TARGETS_MAX,
     .about = "targets that the run did not come to"},
    {"ranges", &ptl_key_ranges, PTL_AT(struct ptl_untouched, ranges),
     .about = "of addresses, ascending, in which they lie"},
};
const struct ptl_object ptl_object_untouched =
    PTL_OBJECT(struct ptl_untouched, untouched_keys, "untouched");

/* ---- the whole file ---- */

static const char *const schemas[] = {"portolan-results/1"};
static const struct ptl_key results_keys[] = {
    PTL_PART("schema", &ptl_key_const, "name and version of the format", PTL_WORDS(schemas)),
    PTL_PART("tool", &ptl_key_object, "what wrote it", .object = &ptl_object_tool),
    PTL_PART("run", &ptl_key_object, "what was asked, and how it went", .object = &ptl_object_run),
    PTL_PART("summary", &ptl_key_object, "counts and times", .object = &ptl_object_summary),
    PTL_PART("open_ports", &ptl_key_open_ports, "open on any target, ascending", ),
    PTL_PART("changes", &ptl_key_object,
             "of runs with a history only: what changed since the last complete run",
             .object = &ptl_object_changes, .is_omitted = true),
    PTL_PART("unresolved", &ptl_key_list, "entries without an address",
             .object = &ptl_object_unresolved),
    PTL_PART("warnings", &ptl_key_texts,
             "for people; of more than 1,000 the last says how many are left out", ),
    PTL_PART("expectations", &ptl_key_list, "what the profile's expect says, judged",
             .object = &ptl_object_expectation),
    PTL_PART("merged", &ptl_key_list, "of merged results only: the runs",
             .object = &ptl_object_merged, .is_omitted = true),
    PTL_PART("disagreements", &ptl_key_list,
             "of merged results only: ports of which they know different things",
             .object = &ptl_object_disagreement, .is_omitted = true),
    PTL_PART(
        "untouched", &ptl_key_object,
        "of runs that stopped early, of more targets than are listed: those that were not begun",
        .object = &ptl_object_untouched, .is_omitted = true),
    PTL_PART("targets", &ptl_key_list,
             "in the order of the profile; of more than 65,536, those with something to tell",
             .object = &ptl_object_target),
    PTL_PART("results", &ptl_key_list, "by target, then port, of the states that run.states names",
             .object = &ptl_object_result),
};
const struct ptl_object ptl_object_results =
    PTL_OBJECT(struct ptl_results, results_keys, "the results");
