#include "results/results.h"

#include "base/array.h"
#include "base/permute.h"
#include "base/text.h"
#include "results/judge.h"
#include "results/stored.h"
#include "results/untouched.h"
#include "target/services.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALL_OPEN_PROBES 64 /* so many, and 19 of 20 open: no host is like that */

_Static_assert(sizeof(struct ptl_result) == 20, "a run may keep millions of these");

struct ptl_results *ptl_results_new(void)
{
    return calloc(1, sizeof(struct ptl_results));
}

struct ptl_results *ptl_results_new_spilled(void)
{
    struct ptl_results *results = ptl_results_new();
    if (results != NULL && ((results->spill = ptl_spill_new()) == NULL ||
                            (results->stored = ptl_stored_new(results->spill)) == NULL)) {
        ptl_results_free(results);
        return NULL;
    }
    return results;
}

static void free_merged(struct ptl_results *results)
{
    for (size_t i = 0; i < results->merged_count; i++) {
        free(results->merged[i].file);
        free(results->merged[i].profile);
        free(results->merged[i].ports);
    }
    free(results->merged);
    free(results->disagreements);
}

void ptl_results_free(struct ptl_results *results)
{
    if (results == NULL)
        return;
    ptl_run_info_free(&results->run);
    ptl_spill_drop(results->spill, results->items);
    ptl_spill_drop(results->spill, results->targets);
    free(results->untouched.ranges);
    for (size_t i = 0; i < results->unresolved_count; i++)
        free(results->unresolved[i].input);
    free(results->unresolved);
    ptl_text_list_free(results->warnings, results->warning_count);
    free(results->warning_hashes);
    free(results->expectations);
    free_merged(results);
    if (results->changes != NULL)
        ptl_changes_clear(results->changes);
    free(results->changes);
    ptl_judge_free(results->judge);
    ptl_targets_free(results->live);
    ptl_stored_free(results->stored);
    ptl_spill_free(results->spill);
    free(results);
}

enum ptl_status ptl_results_add(struct ptl_results *results, const struct ptl_result *result)
{
    if (!PTL_SPILL_ROOM(results->spill, results->items, results->capacity, results->count))
        return PTL_E_NO_MEMORY;
    ptl_results_rest(results, results->count);
    struct ptl_result *new = &results->items[results->count++];
    *new = *result;
    if (new->offset_ms < results->watermark_ms)
        new->offset_ms = results->watermark_ms;
    return PTL_OK;
}

enum ptl_status ptl_results_add_outage(struct ptl_results *results, const struct ptl_outage *outage)
{
    struct ptl_path_info *path = &results->run.path;
    if (path->outage_count >= PTL_OUTAGES_LISTED)
        return PTL_OK;
    if (!PTL_ROOM(path->outages, path->outage_capacity, path->outage_count))
        return PTL_E_NO_MEMORY;
    path->outages[path->outage_count++] = *outage;
    return PTL_OK;
}

enum ptl_status ptl_results_add_target(struct ptl_results *results,
                                       const struct ptl_target_counts *counts)
{
    if (!PTL_SPILL_ROOM(results->spill, results->targets, results->target_capacity,
                        results->target_count))
        return PTL_E_NO_MEMORY;
    ptl_results_rest(results, results->target_count);
    results->targets[results->target_count++] = *counts;
    return PTL_OK;
}

bool ptl_results_lists_target(const struct ptl_results *results,
                              const struct ptl_target_counts *counts)
{
    return results->summary.targets <= PTL_TARGETS_LISTED || counts->states[PTL_OPEN] > 0 ||
           counts->states[PTL_ERROR] > 0 || counts->states[PTL_UNPROBED] > 0;
}

uint8_t ptl_results_target_flags(const struct ptl_target_counts *counts)
{
    uint32_t known = 0;
    for (int s = 0; s < PTL_UNPROBED; s++)
        known += counts->states[s];
    bool all_open = known >= ALL_OPEN_PROBES && counts->states[PTL_OPEN] * 20U >= known * 19U;
    return all_open ? PTL_TARGET_ALL_OPEN : 0;
}

enum ptl_status ptl_results_add_merged(struct ptl_results *results,
                                       const struct ptl_merged_run *run)
{
    if (!PTL_ROOM_FOR_FEW(results->merged, results->merged_count))
        return PTL_E_NO_MEMORY;
    struct ptl_merged_run *new = &results->merged[results->merged_count++];
    *new = *run;
    new->file = strdup(run->file);
    new->profile = strdup(run->profile);
    new->ports = strdup(run->ports);
    bool good = new->file != NULL &&new->profile != NULL &&new->ports != NULL;
    return good ? PTL_OK : PTL_E_NO_MEMORY;
}

enum ptl_status ptl_results_add_disagreement(struct ptl_results *results,
                                             const struct ptl_disagreement *one)
{
    if (!PTL_ROOM_FOR_FEW(results->disagreements, results->disagreement_count))
        return PTL_E_NO_MEMORY;
    results->disagreements[results->disagreement_count++] = *one;
    return PTL_OK;
}

enum ptl_status ptl_results_add_unresolved(struct ptl_results *results, const char *input,
                                           const char *message)
{
    if (results->unresolved_count == PTL_UNRESOLVED_LISTED)
        return ptl_results_warn(results,
                                "more than %d hosts did not resolve: the others are not listed",
                                PTL_UNRESOLVED_LISTED);
    if (!PTL_ROOM(results->unresolved, results->unresolved_capacity, results->unresolved_count))
        return PTL_E_NO_MEMORY;
    size_t input_size = strlen(input) + 1, message_size = strlen(message) + 1;
    struct ptl_unresolved new = {.input = malloc(input_size + message_size)};
    if (new.input == NULL)
        return PTL_E_NO_MEMORY;
    new.message = new.input + input_size;
    memcpy(new.input, input, input_size);
    memcpy(new.message, message, message_size);
    results->unresolved[results->unresolved_count++] = new;
    return PTL_OK;
}

static uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xCBF29CE484222325ULL;
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001B3ULL; /* FNV-1a */
    return hash;
}

static bool is_known_warning(const struct ptl_results *results, const char *text, uint64_t hash)
{
    for (size_t i = 0; i < results->warning_count; i++)
        if (results->warning_hashes[i] == hash && strcmp(results->warnings[i], text) == 0)
            return true;
    return false;
}

/* The list is full: its last place tells of all that are not there, its own first text too. */
static enum ptl_status leave_warning_out(struct ptl_results *results)
{
    uint64_t left_out = results->warnings_left_out == 0 ? 2 : results->warnings_left_out + 1;
    char **last = &results->warnings[PTL_WARNINGS_LISTED - 1], *text;
    if (asprintf(&text, "%" PRIu64 " more warnings are left out", left_out) < 0)
        return PTL_E_NO_MEMORY;
    free(*last);
    *last = text;
    results->warning_hashes[PTL_WARNINGS_LISTED - 1] = hash_text(text);
    results->warnings_left_out = left_out;
    return PTL_OK;
}

static enum ptl_status add_warning(struct ptl_results *results, char *text, uint64_t hash)
{
    if (results->warnings == NULL)
        results->warnings = calloc(PTL_WARNINGS_LISTED, sizeof(*results->warnings));
    if (results->warning_hashes == NULL)
        results->warning_hashes = calloc(PTL_WARNINGS_LISTED, sizeof(*results->warning_hashes));
    if (results->warnings == NULL || results->warning_hashes == NULL)
        return PTL_E_NO_MEMORY;
    results->warning_hashes[results->warning_count] = hash;
    results->warnings[results->warning_count++] = text;
    return PTL_OK;
}

enum ptl_status ptl_results_warn(struct ptl_results *results, const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0)
        return PTL_E_NO_MEMORY;
    uint64_t hash = hash_text(text);
    enum ptl_status status = PTL_OK;
    bool is_new = !is_known_warning(results, text, hash);
    bool has_room = results->warning_count < PTL_WARNINGS_LISTED;
    if (is_new && has_room)
        status = add_warning(results, text, hash);
    else if (is_new)
        status = leave_warning_out(results);
    if (!is_new || !has_room || status != PTL_OK)
        free(text);
    return status;
}

void ptl_results_names(const struct ptl_results *results, uint32_t target,
                       struct ptl_target_names *names)
{
    if (results->stored != NULL) {
        ptl_stored_names(results->stored, target, names);
        return;
    }
    struct ptl_target found;
    ptl_targets_get(results->live, target, &found);
    ptl_address_format(&found.address, names->ip);
    snprintf(names->input, sizeof(names->input), "%s", found.input);
    snprintf(names->host, sizeof(names->host), "%s", found.is_name ? found.input : names->ip);
}

const char *ptl_results_service(const struct ptl_results *results, uint16_t port)
{
    if (results->stored != NULL)
        return ptl_stored_service(results->stored, port);
    return ptl_service_name(port);
}

bool ptl_results_has_started(const struct ptl_results *results, uint64_t target)
{
    uint64_t position = target;
    if (results->run.order == PTL_ORDER_RANDOM) {
        struct ptl_permute order;
        ptl_permute_init(&order, results->summary.targets, results->run.seed);
        position = ptl_permute_inverse(&order, target);
    }
    return position < results->started;
}

bool ptl_results_next_target(const struct ptl_results *results, struct ptl_target_cursor *cursor,
                             struct ptl_target_counts *counts, size_t *first_result,
                             size_t *result_count)
{
    uint64_t targets = results->summary.targets;
    bool all_started = results->started >= targets || targets > PTL_TARGETS_LISTED;
    for (; cursor->next_target < targets; cursor->next_target++) {
        bool has_counts = cursor->next_counts < results->target_count;
        const struct ptl_target_counts *next =
            has_counts ? &results->targets[cursor->next_counts] : NULL;
        if (next != NULL && next->target == cursor->next_target) {
            *counts = *next;
            ptl_results_rest(results, ++cursor->next_counts);
            break;
        }
        if (all_started) {
            /* Nothing between here and the next one kept is of interest. */
            if (next == NULL)
                return false;
            cursor->next_target = next->target - 1ULL;
            continue;
        }
        if (!ptl_results_has_started(results, cursor->next_target)) {
            *counts = (struct ptl_target_counts){.target = (uint32_t)cursor->next_target};
            counts->states[PTL_UNPROBED] = (uint16_t)(results->summary.probes / targets);
            counts->has_evidence = results->has_evidence;
            break;
        }
    }
    if (cursor->next_target >= targets)
        return false;
    cursor->next_target++;
    while (cursor->next_result < results->count &&
           results->items[cursor->next_result].target < counts->target)
        ptl_results_rest(results, ++cursor->next_result);
    *first_result = cursor->next_result;
    while (cursor->next_result < results->count &&
           results->items[cursor->next_result].target == counts->target)
        ptl_results_rest(results, ++cursor->next_result);
    *result_count = cursor->next_result - *first_result;
    return true;
}

void ptl_sums_add(struct ptl_sums *sums, const struct ptl_sums *other)
{
    sums->retried += other->retried;
    sums->attempts += other->attempts;
    sums->syn_resent += other->syn_resent;
    if (other->peak_in_flight > sums->peak_in_flight)
        sums->peak_in_flight = other->peak_in_flight;
}

void ptl_results_open_ports(const struct ptl_results *results, uint8_t bits[PTL_PORT_BYTES])
{
    memset(bits, 0, PTL_PORT_BYTES);
    for (size_t i = 0; i < results->count; i++) {
        ptl_results_rest(results, i);
        if (results->items[i].state == PTL_OPEN)
            ptl_port_set_bit(bits, results->items[i].port);
    }
}
