#include "history/index.h"

#include "results/objects.h"

#include <string.h>

/* ---- the estimate, which the index has no evidence of: it is read back as it stands ---- */

static void read_estimate(const struct ptl_key *key, const struct ptl_json *value,
                          struct ptl_members *members, void *object)
{
    struct ptl_estimate estimate = {.basis = PTL_BASIS_NOT_RECORDED};
    const char *basis = "";
    ptl_json_as_string(ptl_json_get(value, "basis"), &basis);
    for (int i = 0; i < PTL_BASIS_COUNT; i++)
        if (strcmp(basis, ptl_basis_names[i]) == 0)
            estimate.basis = (enum ptl_basis)i;
    if (ptl_json_type(value) != PTL_JSON_OBJECT)
        ptl_members_refuse(members, "\"%s\" is no object", key->name);
    estimate.known =
        ptl_json_as_double(ptl_json_get(value, "missed_open"), &estimate.missed) &&
        ptl_json_as_number(ptl_json_get(value, "missed_open_at_most"), &estimate.missed_at_most) &&
        ptl_json_as_double(ptl_json_get(value, "recall_at_least"), &estimate.recall_at_least) &&
        estimate.missed >= 0 && estimate.recall_at_least >= 0 && estimate.recall_at_least <= 1;
    memcpy((char *)object + key->offset, &estimate, sizeof(estimate));
}

static const struct ptl_key_type key_estimate = {"object", ptl_estimate_print, read_estimate,
                                                 .describe = ptl_estimate_describe};

/* ---- the line ---- */

static const char *const schemas[] = {PTL_INDEX_SCHEMA};
#define AT(member) PTL_AT(struct ptl_index_line, run.member)
static const struct ptl_key line_keys[] = {
    {"schema", &ptl_key_const, PTL_WORDS(schemas), .about = "name and version of the format"},
    {"when", &ptl_key_time, AT(when_ms), .about = "start of the run"},
    {"finished", &ptl_key_time, AT(finished_ms), .about = "its end"},
    {"file", &ptl_key_chars, AT(file), .about = "its results file, in the folder of the index"},
    {"complete", &ptl_key_bool, AT(complete), .about = "others are never compared with"},
    {"plan_sha256", &ptl_key_chars, AT(plan_sha256), .about = "as run.plan_sha256"},
    {"profile_sha256", &ptl_key_chars, AT(profile_sha256), .about = "as run.profile_sha256"},
    {"elapsed_ms", &ptl_key_decimal, AT(elapsed_ms), .steps = 1000, .about = "how long it took"},
    {"targets", &ptl_key_number, AT(targets), .about = "addresses scanned"},
    {"unresolved", &ptl_key_number, AT(unresolved), .about = "entries without an address"},
    {"probes", &ptl_key_number, AT(probes), .about = "the five states add up to it"},
    PTL_STATE_KEYS(struct ptl_index_line, run.states, "probes"),
    {"attempts", &ptl_key_number, AT(attempts), .about = "connects of all probes"},
    {"probes_per_second", &ptl_key_decimal, AT(probes_per_second), .about = "over the whole run"},
    {"limit", &ptl_key_number, AT(limit), .is_nullable = true,
     .about = "attempts a second that the network bore, at the end; null: no limit was found"},
    {"limited_by", &ptl_key_word, AT(limited_by), PTL_WORDS(ptl_limited_by_names),
     .is_nullable = true, .none = PTL_LIMITED_BY_COUNT,
     .about = "what held the run back; null: not known"},
    {"rtt_us", &ptl_key_object, AT(rtt), .object = &ptl_object_latency,
     .about = "round trips of the open ports, in microseconds"},
    {"estimate", &key_estimate, AT(estimate),
     .about = "how many open ports were missed (docs/estimates.md)"},
    {"changes", &ptl_key_object, AT(changes), PTL_COUNT_AT(struct ptl_index_line, has_changes),
     .object = &ptl_object_changes, .is_omitted = true,
     .about = "since the last complete run, as in results.json"},
    {"seen", &ptl_key_sightings, PTL_AT(struct ptl_index_line, seen),
     .about = "what differs from the line before"},
};
#undef AT
const struct ptl_object ptl_object_index_line =
    PTL_OBJECT(struct ptl_index_line, line_keys, "a line of the index");
const struct ptl_object ptl_object_history_run = {.name = "a run",
                                                  .bytes = sizeof(struct ptl_index_line),
                                                  .keys = line_keys + 1,
                                                  .count = PTL_COUNT(line_keys) - 2};

struct ptl_history_run ptl_index_run(const struct ptl_results *results, const char *file)
{
    const struct ptl_run_info *info = &results->run;
    const struct ptl_summary *summary = &results->summary;
    struct ptl_history_run run = {.when_ms = info->started_ms,
                                  .finished_ms = info->finished_ms,
                                  .complete = info->complete && !info->cut,
                                  .elapsed_ms = info->elapsed_ms,
                                  .targets = summary->targets,
                                  .probes = summary->probes,
                                  .attempts = summary->attempts,
                                  .unresolved = results->unresolved_count,
                                  .probes_per_second = summary->probes_per_second,
                                  .limit = info->path.limit,
                                  .limited_by =
                                      info->has_path ? info->path.limited_by : PTL_LIMITED_BY_COUNT,
                                  .rtt = summary->rtt,
                                  .estimate = results->estimate};
    strncpy(run.file, file, sizeof(run.file) - 1);
    memcpy(run.plan_sha256, info->plan_sha256, sizeof(run.plan_sha256));
    memcpy(run.profile_sha256, info->profile_sha256, sizeof(run.profile_sha256));
    memcpy(run.states, summary->states, sizeof(run.states));
    return run;
}
