#include "results/reader.h"
#include "results/seal.h"

#include <stdlib.h>
#include <string.h>

/* The two lists as numbers of the stored table, and the common order being made of them. */
struct merge {
    const struct ptl_results *results;
    uint32_t *numbers; /* by stored number: the new one */
    uint32_t next;
    size_t listed; /* of results->targets, numbered so far */
};

static void give_number(struct merge *merge, uint32_t target)
{
    merge->numbers[target] = merge->next++;
}

/* Numbers the listed targets up to and with this one. */
static void number_listed(struct merge *merge, uint32_t target)
{
    const struct ptl_results *results = merge->results;
    while (merge->listed < results->target_count) {
        uint32_t here = results->targets[merge->listed++].target;
        give_number(merge, here);
        if (here == target)
            return;
    }
}

static void number_all(struct merge *merge, bool is_lines)
{
    const struct ptl_results *results = merge->results;
    const struct ptl_stored *stored = results->stored;
    for (size_t i = 0; i < results->count && !is_lines; i++) {
        uint32_t target = results->items[i].target;
        if (i > 0 && results->items[i - 1].target == target)
            continue;
        if (ptl_stored_has_mark(stored, target, PTL_STORED_LISTED))
            number_listed(merge, target);
        else
            give_number(merge, target);
    }
    number_listed(merge, PTL_STORED_NONE);
    for (uint32_t t = 0; t < ptl_stored_count(stored); t++)
        if (merge->numbers[t] == PTL_STORED_NONE)
            give_number(merge, t);
}

static int compare_stored(const void *a, const void *b, void *stored)
{
    struct ptl_address x = ptl_stored_address(stored, *(const uint32_t *)a),
                       y = ptl_stored_address(stored, *(const uint32_t *)b);
    return ptl_address_compare(&x, &y);
}

/* The lines of jsonl come by time, and of many targets not all have a line that tells their place.
 * Where those that have one go by address, as those of a network do, all do. False: no memory. */
static bool number_by_address(struct merge *merge)
{
    const struct ptl_results *results = merge->results;
    uint32_t count = ptl_stored_count(results->stored);
    for (size_t i = 1; i < results->target_count; i++)
        if (compare_stored(&results->targets[i - 1].target, &results->targets[i].target,
                           results->stored) > 0)
            return true;
    uint32_t *sorted = reallocarray(NULL, count + 1UL, sizeof(*sorted));
    if (sorted == NULL)
        return false;
    for (uint32_t t = 0; t < count; t++)
        sorted[t] = t;
    qsort_r(sorted, count, sizeof(*sorted), compare_stored, results->stored);
    for (uint32_t t = 0; t < count; t++)
        give_number(merge, sorted[t]);
    free(sorted);
    return true;
}

static bool is_in_order(const uint32_t *numbers, uint32_t count)
{
    for (uint32_t t = 0; t < count; t++)
        if (numbers[t] != t)
            return false;
    return true;
}

/* Gives targets their final numbers: the order of both lists. */
static enum ptl_status renumber(struct ptl_reader *reader, struct ptl_error *error)
{
    struct ptl_results *results = reader->results;
    uint32_t count = ptl_stored_count(results->stored);
    struct merge merge = {.results = results};
    merge.numbers = reallocarray(NULL, count + 1UL, sizeof(*merge.numbers));
    if (merge.numbers == NULL)
        return ptl_error_no_memory(error);
    memset(merge.numbers, 0xFF, (count + 1UL) * sizeof(*merge.numbers)); /* PTL_STORED_NONE */
    bool good = !reader->is_lines || results->target_count == count || number_by_address(&merge);
    if (merge.next == 0)
        number_all(&merge, reader->is_lines);
    if (good && !is_in_order(merge.numbers, count)) {
        good = ptl_stored_renumber(results->stored, merge.numbers);
        for (size_t i = 0; i < results->count && good; i++)
            results->items[i].target = merge.numbers[results->items[i].target];
        for (size_t i = 0; i < results->target_count && good; i++)
            results->targets[i].target = merge.numbers[results->targets[i].target];
        for (size_t i = 0; i < results->expectation_count && good; i++)
            if (!results->expectations[i].is_unresolved)
                results->expectations[i].target = merge.numbers[results->expectations[i].target];
        for (size_t i = 0; i < results->disagreement_count && good; i++)
            results->disagreements[i].target = merge.numbers[results->disagreements[i].target];
    }
    free(merge.numbers);
    if (!good)
        return ptl_error_no_memory(error);
    ptl_results_sort(results);
    return PTL_OK;
}

static enum ptl_status refuse(const struct ptl_reader *reader, uint32_t target,
                              struct ptl_error *error, const char *what)
{
    struct ptl_target_names names;
    ptl_results_names(reader->results, target, &names);
    return ptl_error_at(error, &reader->summary_place, "%s: %s", names.ip, what);
}

static enum ptl_status check_targets(const struct ptl_reader *reader, struct ptl_error *error)
{
    const struct ptl_results *results = reader->results;
    const struct ptl_origin *place = &reader->summary_place;
    uint64_t targets = results->summary.targets, ports = ptl_portset_count(reader->ports);
    uint32_t stored = ptl_stored_count(results->stored);
    if (results->summary.probes != targets * ports)
        return ptl_error_at(error, place,
                            "summary: %llu targets with %llu ports are not %llu probes",
                            (unsigned long long)targets, (unsigned long long)ports,
                            (unsigned long long)results->summary.probes);
    if (stored > targets)
        return ptl_error_at(error, place, "summary: %u targets in the file, and %llu counted",
                            stored, (unsigned long long)targets);
    uint64_t untouched = results->untouched.count;
    if (untouched > targets || untouched * ports > results->summary.states[PTL_UNPROBED] ||
        (untouched > 0 && targets <= PTL_TARGETS_LISTED))
        return ptl_error_at(
            error, place, "summary: %llu targets, %llu probes unprobed, and %llu untouched",
            (unsigned long long)targets, (unsigned long long)results->summary.states[PTL_UNPROBED],
            (unsigned long long)untouched);
    if (targets > PTL_TARGETS_LISTED)
        return PTL_OK;
    for (uint32_t t = 0; t < stored; t++)
        if (!ptl_stored_has_mark(results->stored, t, PTL_STORED_LISTED))
            return refuse(reader, t, error, "it has results and is not among the targets");
    if (results->target_count != targets)
        return ptl_error_at(error, place, "summary: %llu targets counted, and %zu listed",
                            (unsigned long long)targets, results->target_count);
    return PTL_OK;
}

static enum ptl_status check_results(const struct ptl_reader *reader, struct ptl_error *error)
{
    const struct ptl_results *results = reader->results;
    uint64_t kept[PTL_STATE_COUNT] = {0};
    for (size_t i = 0; i < results->count; i++) {
        const struct ptl_result *r = &results->items[i];
        ptl_results_rest(results, i);
        if (i > 0 && r[-1].target == r->target && r[-1].port == r->port)
            return refuse(reader, r->target, error, "one of its ports has two results");
        if (!ptl_portset_contains(reader->ports, r->port))
            return refuse(reader, r->target, error, "a result whose port is not one of the run's");
        if (!results->run.states[r->state])
            return refuse(reader, r->target, error, "a result whose state is not one of the run's");
        kept[r->state]++;
    }
    bool may_lack = results->run.stopped_by == PTL_STOP_MEMORY;
    for (int s = 0; s < PTL_UNPROBED; s++) {
        uint64_t counted = results->summary.states[s];
        if (results->run.states[s] && kept[s] != counted && !(may_lack && kept[s] < counted))
            return ptl_error_at(
                error, &reader->summary_place,
                "summary: %llu probes are counted as %s, and %llu are in the results",
                (unsigned long long)counted, ptl_state_names[s], (unsigned long long)kept[s]);
    }
    uint8_t bits[PTL_PORT_BYTES];
    ptl_results_open_ports(results, bits);
    if (memcmp(bits, reader->open_ports, sizeof(bits)) != 0)
        return ptl_error_at(error, &reader->summary_place,
                            "\"open_ports\" holds other ports than are open in the results");
    return PTL_OK;
}

/* Each target's counts, against its ports and its results. */
static enum ptl_status check_counts(const struct ptl_reader *reader, struct ptl_error *error)
{
    const struct ptl_results *results = reader->results;
    bool may_lack = results->run.stopped_by == PTL_STOP_MEMORY;
    uint64_t sums[PTL_STATE_COUNT] = {0};
    struct ptl_target_cursor cursor = {.next_target = 0};
    struct ptl_target_counts counts;
    size_t first, count;
    while (ptl_results_next_target(results, &cursor, &counts, &first, &count)) {
        unsigned all = 0, kept[PTL_STATE_COUNT] = {0};
        for (size_t i = 0; i < count; i++)
            kept[results->items[first + i].state]++;
        for (int s = 0; s < PTL_STATE_COUNT; s++) {
            all += counts.states[s];
            sums[s] += counts.states[s];
            if (s != PTL_UNPROBED && results->run.states[s] && kept[s] != counts.states[s] &&
                !(may_lack && kept[s] < counts.states[s]))
                return refuse(reader, counts.target, error,
                              "its counts and its results do not agree");
        }
        if (all != ptl_portset_count(reader->ports))
            return refuse(reader, counts.target, error, "its counts do not add up to its ports");
        struct ptl_evidence evidence = ptl_evidence_of(&counts.evidence);
        if (!ptl_evidence_fits(&evidence, counts.states[PTL_OPEN], counts.states[PTL_CLOSED],
                               counts.states[PTL_FILTERED]))
            return refuse(reader, counts.target, error,
                          "its evidence tells of more ports than its counts");
    }
    bool partial = results->summary.targets > PTL_TARGETS_LISTED;
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        if (sums[s] > results->summary.states[s] ||
            (!partial && sums[s] != results->summary.states[s]))
            return ptl_error_at(error, &reader->summary_place,
                                "summary: the targets' counts of %s add up to %llu, not %llu",
                                ptl_state_names[s], (unsigned long long)sums[s],
                                (unsigned long long)results->summary.states[s]);
    return PTL_OK;
}

enum ptl_status ptl_read_finish(struct ptl_reader *reader, struct ptl_error *error)
{
    enum ptl_status status = ptl_read_finish_expectations(reader, error);
    if (status == PTL_OK)
        status = ptl_read_finish_merged(reader, error);
    ptl_stored_forget_index(reader->results->stored);
    if (status == PTL_OK)
        status = renumber(reader, error);
    if (status == PTL_OK && reader->is_cut)
        status = ptl_read_finish_cut(reader, error);
    reader->results->started = reader->results->summary.targets;
    if (status == PTL_OK)
        status = check_targets(reader, error);
    if (status == PTL_OK)
        status = check_results(reader, error);
    if (status == PTL_OK)
        status = check_counts(reader, error);
    if (status == PTL_OK)
        reader->results->estimate = ptl_estimate_run(reader->results);
    return status;
}
