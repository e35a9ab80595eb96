#include "finished/merging.h"

#include "results/objects.h"
#include "results/stored.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run ---- */

static bool is_same_text(const struct ptl_merging *merging, size_t offset)
{
    const char *first = *(char *const *)((const char *)&merging->views[0].results->run + offset);
    for (size_t i = 1; i < merging->count; i++) {
        const char *other =
            *(char *const *)((const char *)&merging->views[i].results->run + offset);
        if (first == NULL || other == NULL ? first != other : strcmp(first, other) != 0)
            return false;
    }
    return true;
}

static char *same_text(const struct ptl_merging *merging, size_t offset, const char *otherwise)
{
    const char *first = *(char *const *)((const char *)&merging->views[0].results->run + offset);
    if (!is_same_text(merging, offset) || first == NULL)
        first = otherwise;
    return strdup(first);
}

static bool has_same_settings(const struct ptl_run_info *a, const struct ptl_run_info *b)
{
    for (size_t i = 0; i < ptl_object_run.count; i++) {
        const struct ptl_key *key = &ptl_object_run.keys[i];
        if (key->is_setting &&
            memcmp((const char *)a + key->offset, (const char *)b + key->offset, key->bytes) != 0)
            return false;
    }
    return true;
}

static bool make_run(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    struct ptl_run_info *run = &results->run;
    const struct ptl_run_info *first = &merging->views[0].results->run;
    ptl_merge_begin_run(run, first);
    run->profile = same_text(merging, offsetof(struct ptl_run_info, profile), "merged");
    run->description = same_text(merging, offsetof(struct ptl_run_info, description), "");
    run->file = same_text(merging, offsetof(struct ptl_run_info, file), "");
    bool is_alike = true;
    for (size_t i = 1; i < merging->count; i++) {
        const struct ptl_run_info *other = &merging->views[i].results->run;
        ptl_merge_join_run(run, other);
        run->elapsed_ms += other->elapsed_ms;
        is_alike = is_alike && has_same_settings(first, other);
        if (strcmp(run->profile_sha256, other->profile_sha256) != 0)
            run->profile_sha256[0] = '\0';
    }
    unsigned all = 0;
    for (size_t i = 0; i < merging->count; i++) {
        all += ptl_portset_count(merging->views[i].ports);
        ptl_portset_add(merging->ports, merging->views[i].results->run.ports, NULL);
    }
    merging->is_disjoint = all == ptl_portset_count(merging->ports);
    run->ports = ptl_portset_text(merging->ports);
    if (run->profile == NULL || run->description == NULL || run->file == NULL || run->ports == NULL)
        return false;
    return is_alike || ptl_results_warn(results,
                                        "the merged runs had different settings: those of %s are "
                                        "written",
                                        merging->views[0].name) == PTL_OK;
}

static bool warn_of_states(struct ptl_merging *merging)
{
    for (int s = 0; s < PTL_ERROR; s++) {
        bool any = false;
        for (size_t i = 0; i < merging->count; i++)
            any = any || merging->views[i].results->run.states[s];
        if (any && !merging->results->run.states[s] &&
            ptl_results_warn(merging->results,
                             "not all of the merged runs list the state %s: the results leave it "
                             "out, the counts have it",
                             ptl_state_names[s]) != PTL_OK)
            return false;
    }
    return true;
}

/* ---- its lists ---- */

static bool add_hosts(struct ptl_merging *merging)
{
    struct ptl_stored *stored = merging->results->stored;
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_view *view = &merging->views[i];
        for (uint32_t h = 0; h < view->host_count; h++) {
            struct ptl_target_names names;
            if (ptl_stored_find(stored, &view->hosts[h].address) != PTL_STORED_NONE)
                continue;
            ptl_results_names(view->results, h, &names);
            if (ptl_stored_add(stored, &view->hosts[h].address, names.input, names.host) ==
                PTL_STORED_NONE)
                return false;
        }
    }
    return true;
}

/* The runs themselves, then the runs that those were merged of. */
static bool add_runs(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_results *from = merging->views[i].results;
        struct ptl_merged_run run = {.file = (char *)(uintptr_t)merging->views[i].name,
                                     .profile = from->run.profile,
                                     .started_ms = from->run.started_ms,
                                     .finished_ms = from->run.finished_ms,
                                     .elapsed_ms = from->run.elapsed_ms,
                                     .complete = from->run.complete,
                                     .ports = from->run.ports,
                                     .targets = from->summary.targets,
                                     .probes = from->summary.probes};
        memcpy(run.profile_sha256, from->run.profile_sha256, sizeof(run.profile_sha256));
        if (ptl_results_add_merged(results, &run) != PTL_OK)
            return false;
    }
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_results *from = merging->views[i].results;
        uint32_t base = (uint32_t)results->merged_count;
        for (size_t k = 0; k < from->merged_count; k++)
            if (ptl_results_add_merged(results, &from->merged[k]) != PTL_OK)
                return false;
        for (size_t k = 0; k < from->disagreement_count; k++) {
            struct ptl_disagreement one = from->disagreements[k];
            one.run += base;
            one.target =
                ptl_stored_find(results->stored, &merging->views[i].hosts[one.target].address);
            if (ptl_results_add_disagreement(results, &one) != PTL_OK)
                return false;
        }
    }
    return true;
}

static bool add_notes(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_results *from = merging->views[i].results;
        if (!ptl_merge_add_notes(results, from))
            return false;
        for (size_t k = 0; k < from->unresolved_count; k++) {
            bool is_known = false;
            for (size_t before = 0; before < i && !is_known; before++)
                is_known =
                    ptl_view_is_unresolved(&merging->views[before], from->unresolved[k].input);
            if (!is_known && ptl_results_add_unresolved(results, from->unresolved[k].input,
                                                        from->unresolved[k].message) != PTL_OK)
                return false;
        }
    }
    return true;
}

/* ---- the whole ---- */

static int compare_disagreements(const void *a, const void *b)
{
    const struct ptl_disagreement *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->port != y->port)
        return x->port < y->port ? -1 : 1;
    return x->run < y->run ? -1 : x->run > y->run;
}

/* Where hosts were probed on different ports. */
static bool warn_of_gaps(struct ptl_merging *merging)
{
    uint64_t unprobed = merging->results->summary.states[PTL_UNPROBED];
    return merging->results->summary.probes <= merging->probes || unprobed == 0 ||
           ptl_results_warn(merging->results,
                            "not every host was probed on every port: %" PRIu64
                            " probes are unprobed",
                            unprobed) == PTL_OK;
}

static bool warn_of_overlaps(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    uint64_t ports = 0;
    for (size_t i = 0; i < results->disagreement_count; i++) {
        const struct ptl_disagreement *one = &results->disagreements[i];
        ports += i == 0 || one->target != one[-1].target || one->port != one[-1].port;
    }
    if (ports > 0 &&
        ptl_results_warn(results,
                         "the merged runs do not agree on %" PRIu64 " port%s: see disagreements",
                         ports, ports == 1 ? "" : "s") != PTL_OK)
        return false;
    if (merging->silent > 0 &&
        ptl_results_warn(results,
                         "the merged runs do not agree on ports that they do not list (%" PRIu64
                         " times): what the first of them says is counted",
                         merging->silent) != PTL_OK)
        return false;
    return merging->estimated == 0 ||
           ptl_results_warn(results,
                            "merged runs that overlap do not list every state: the counts of "
                            "closed and filtered are estimates for %" PRIu64 " of the hosts",
                            merging->estimated) == PTL_OK;
}

/* Of a run whose lines were cut, not all targets are known; another of the same profile has them.
 */
static bool knows_all_targets(const struct ptl_merging *merging)
{
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_run_info *cut = &merging->views[i].results->run;
        bool is_known = !cut->cut;
        for (size_t k = 0; k < merging->count && !is_known; k++) {
            const struct ptl_run_info *other = &merging->views[k].results->run;
            is_known = !other->cut && cut->profile_sha256[0] != '\0' &&
                       strcmp(cut->profile_sha256, other->profile_sha256) == 0;
        }
        if (!is_known)
            return false;
    }
    return true;
}

/* The parts of an interrupted scan are whole together: every probe has its verdict. */
static void judge_completeness(struct ptl_merging *merging)
{
    struct ptl_run_info *run = &merging->results->run;
    run->cut = !knows_all_targets(merging);
    if (run->cut || run->stopped_by == PTL_STOP_MEMORY ||
        merging->results->summary.states[PTL_UNPROBED] > 0)
        return;
    run->complete = true;
    run->stopped_by = PTL_STOP_NONE;
}

static bool fill(struct ptl_merging *merging)
{
    struct ptl_results *results = merging->results;
    struct ptl_summary *summary = &results->summary;
    if (!make_run(merging) || !warn_of_states(merging) || !add_hosts(merging) ||
        !add_notes(merging) || !ptl_merge_expectations(merging) || !add_runs(merging))
        return false;
    uint32_t targets = ptl_stored_count(results->stored);
    summary->targets = results->started = targets;
    summary->probes = (uint64_t)targets * ptl_portset_count(merging->ports);
    results->evidence.resets.is_known = true; /* till a run has none */
    for (size_t i = 0; i < merging->count; i++) {
        const struct ptl_summary *from = &merging->views[i].results->summary;
        merging->probes += from->probes;
        ptl_sums_add(&summary->sums, &from->sums);
        ptl_sentinels_join(&results->evidence.sentinels,
                           &merging->views[i].results->evidence.sentinels);
        ptl_late_join(&results->evidence.late, &merging->views[i].results->evidence.late);
        ptl_resets_join(&results->evidence.resets, &merging->views[i].results->evidence.resets);
    }
    results->has_evidence = true; /* till a host has none */
    for (uint32_t target = 0; target < targets; target++)
        if (!ptl_merge_host(merging, target))
            return false;
    if (results->disagreement_count > 0)
        qsort(results->disagreements, results->disagreement_count, sizeof(*results->disagreements),
              compare_disagreements);
    ptl_stored_forget_index(results->stored);
    judge_completeness(merging);
    if (!results->has_evidence)
        results->evidence = (struct ptl_evidence){.sentinels = {.asked = 0}};
    return warn_of_gaps(merging) && warn_of_overlaps(merging);
}

static enum ptl_status look(struct ptl_merging *merging, const struct ptl_results *const *runs,
                            const char *const *names, struct ptl_error *error)
{
    for (size_t i = 0; i < merging->count; i++) {
        if (runs[i]->summary.targets > PTL_TARGETS_LISTED)
            return ptl_error_set(error, PTL_E_INVALID,
                                 "%s has %" PRIu64 " targets; of more than 65,536 not all are "
                                 "listed, so that it cannot be merged",
                                 names[i], runs[i]->summary.targets);
        enum ptl_status status = ptl_view_init(&merging->views[i], names[i], runs[i], error);
        if (status != PTL_OK)
            return status;
    }
    return PTL_OK;
}

enum ptl_status ptl_merge(const struct ptl_results *const *runs, const char *const *names,
                          size_t count, struct ptl_results **merged, struct ptl_error *error)
{
    struct ptl_merging merging = {.count = count};
    merging.views = calloc(count, sizeof(*merging.views));
    merging.seen = calloc(8, sizeof(*merging.seen));
    merging.results = ptl_results_new_spilled();
    merging.ports = ptl_portset_new();
    enum ptl_status status = PTL_OK;
    if (merging.views == NULL || merging.seen == NULL || merging.ports == NULL ||
        merging.results == NULL)
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = look(&merging, runs, names, error);
    if (status == PTL_OK && !fill(&merging))
        status = ptl_error_no_memory(error);
    if (status == PTL_OK)
        status = ptl_results_seal(merging.results, error);
    for (size_t i = 0; merging.views != NULL && i < count; i++)
        ptl_view_free(&merging.views[i]);
    free(merging.views);
    free(merging.seen);
    ptl_portset_free(merging.ports);
    if (status == PTL_OK)
        *merged = merging.results;
    else
        ptl_results_free(merging.results);
    return status;
}
