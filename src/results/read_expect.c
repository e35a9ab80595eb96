#include "base/array.h"
#include "results/objects.h"
#include "results/reader.h"

#include <stdlib.h>
#include <string.h>

/* The number of a host that did not resolve; those of one host stand together. */
static uint32_t enter_missing(struct ptl_reader *reader, struct ptl_members *members,
                              const char *host)
{
    size_t count = reader->missing_count;
    if (count > 0 && strcmp(reader->missing[count - 1], host) == 0)
        return (uint32_t)count - 1;
    if (!PTL_ROOM_FOR_FEW(reader->missing, count)) {
        ptl_members_no_memory(members);
        return 0;
    }
    reader->missing[count] = strdup(host);
    if (reader->missing[count] == NULL)
        ptl_members_no_memory(members);
    else
        reader->missing_count++;
    return (uint32_t)count;
}

uint32_t ptl_read_enter(struct ptl_reader *reader, struct ptl_members *members, const char *ip,
                        const char *host)
{
    struct ptl_address address;
    if (ptl_address_parse(ip, &address, NULL) != PTL_OK) {
        ptl_members_refuse(members, "\"ip\" is \"%s\", no address", ip);
        return 0;
    }
    uint32_t target = ptl_stored_find(reader->expected, &address);
    if (target == PTL_STORED_NONE)
        target = ptl_stored_add(reader->expected, &address, NULL, host);
    if (target == PTL_STORED_NONE)
        ptl_members_no_memory(members);
    else if (!ptl_stored_is_host(reader->expected, target, host))
        ptl_members_refuse(members, "%s is called \"%s\" here and something else before", ip, host);
    return target;
}

static bool add(struct ptl_results *results, const struct ptl_expectation *one)
{
    size_t count = results->expectation_count;
    if (!PTL_ROOM_FOR_FEW(results->expectations, count))
        return false;
    results->expectations[results->expectation_count++] = *one;
    return true;
}

enum ptl_status ptl_read_expectation(struct ptl_reader *reader, struct ptl_members *one)
{
    struct ptl_expectation_keys keys = {.host = NULL};
    struct ptl_expectation *new = &keys.one;
    ptl_object_read(&ptl_object_expectation, PTL_KEYS_ALL, one, &keys);
    /* Of the other ports of a host none is open: the one thing without a state. */
    if (new->state == PTL_STATE_COUNT && (new->port != 0 || new->verdict != PTL_PASS))
        ptl_members_refuse(one, "\"state\" is null, and \"port\" is not, or it is no pass");
    new->is_unresolved = keys.ip == NULL;
    if (one->status == PTL_OK)
        new->target = keys.ip == NULL ? enter_missing(reader, one, keys.host)
                                      : ptl_read_enter(reader, one, keys.ip, keys.host);
    if (one->status == PTL_OK && !add(reader->results, new))
        return ptl_members_no_memory(one);
    return one->status;
}

/* From the number of a host that is expected to that of the target, new beyond those that are
 * listed. */
enum ptl_status ptl_read_find_target(struct ptl_reader *reader, const char *what, uint32_t *number,
                                     struct ptl_error *error)
{
    struct ptl_stored *stored = reader->results->stored;
    struct ptl_address address = ptl_stored_address(reader->expected, *number);
    struct ptl_target_names names;
    ptl_stored_names(reader->expected, *number, &names);
    *number = ptl_stored_find(stored, &address);
    if (*number == PTL_STORED_NONE && reader->results->summary.targets > PTL_TARGETS_LISTED) {
        *number = ptl_stored_add(stored, &address, NULL, names.host);
        return *number != PTL_STORED_NONE ? PTL_OK : ptl_error_no_memory(error);
    }
    if (*number == PTL_STORED_NONE || !ptl_stored_is_host(stored, *number, names.host))
        return ptl_error_at(error, &reader->summary_place,
                            "%s of %s (%s), which is not among the targets", what, names.host,
                            names.ip);
    return PTL_OK;
}

static int compare_inputs(const void *a, const void *b)
{
    return strcmp((*(const struct ptl_unresolved *const *)a)->input,
                  (*(const struct ptl_unresolved *const *)b)->input);
}

/* Replaces each number of a missing host by that of its entry in `unresolved`. */
static enum ptl_status find_missing(struct ptl_reader *reader, uint32_t *numbers,
                                    struct ptl_error *error)
{
    const struct ptl_results *results = reader->results;
    size_t count = results->unresolved_count;
    const struct ptl_unresolved **sorted = calloc(count + 1, sizeof(*sorted));
    if (sorted == NULL)
        return ptl_error_no_memory(error);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &results->unresolved[i];
    qsort(sorted, count, sizeof(*sorted), compare_inputs);
    enum ptl_status status = PTL_OK;
    for (size_t i = 0; i < reader->missing_count && status == PTL_OK; i++) {
        struct ptl_unresolved wanted = {.input = reader->missing[i]};
        const struct ptl_unresolved *key = &wanted;
        const struct ptl_unresolved **found =
            bsearch(&key, sorted, count, sizeof(*sorted), compare_inputs);
        if (found == NULL)
            status = ptl_error_at(error, &reader->summary_place,
                                  "an expectation of %s, which is not among the unresolved hosts",
                                  reader->missing[i]);
        else
            numbers[i] = (uint32_t)(*found - results->unresolved);
    }
    free(sorted);
    return status;
}

static enum ptl_status check_verdicts(const struct ptl_reader *reader, struct ptl_error *error)
{
    const struct ptl_results *results = reader->results;
    uint64_t listed[PTL_VERDICT_COUNT] = {0}, all = 0;
    for (size_t i = 0; i < results->expectation_count; i++)
        listed[results->expectations[i].verdict]++;
    for (int v = 0; v < PTL_VERDICT_COUNT; v++)
        all += results->verdicts[v];
    for (int v = 0; v < PTL_VERDICT_COUNT; v++) {
        bool partial = v == PTL_PASS && all > PTL_EXPECTATIONS_LISTED;
        if (partial ? listed[v] > results->verdicts[v] : listed[v] != results->verdicts[v])
            return ptl_error_at(error, &reader->summary_place,
                                "summary: %llu expectations counted as %s, and %llu listed",
                                (unsigned long long)results->verdicts[v], ptl_verdict_names[v],
                                (unsigned long long)listed[v]);
    }
    return PTL_OK;
}

enum ptl_status ptl_read_finish_expectations(struct ptl_reader *reader, struct ptl_error *error)
{
    struct ptl_results *results = reader->results;
    uint32_t *numbers = calloc(reader->missing_count + 1, sizeof(*numbers));
    if (numbers == NULL)
        return ptl_error_no_memory(error);
    enum ptl_status status = PTL_OK;
    if (reader->missing_count > 0)
        status = find_missing(reader, numbers, error);
    for (size_t i = 0; i < results->expectation_count && status == PTL_OK; i++) {
        struct ptl_expectation *one = &results->expectations[i];
        if (one->is_unresolved)
            one->target = numbers[one->target];
        else
            status = ptl_read_find_target(reader, "an expectation", &one->target, error);
    }
    free(numbers);
    return status == PTL_OK ? check_verdicts(reader, error) : status;
}
