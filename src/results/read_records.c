#include "results/keys.h"
#include "results/objects.h"
#include "results/reader.h"

#include <stdio.h>
#include <string.h>

/* As portolan writes it, so that it comes out as it went in. */
static struct ptl_address parse_ip(struct ptl_members *members, const char *ip)
{
    struct ptl_address address = {.family = 4};
    char text[PTL_ADDRESS_SIZE];
    if (ptl_address_parse(ip, &address, NULL) != PTL_OK ||
        strcmp(ptl_address_format(&address, text), ip) != 0)
        ptl_members_refuse(members, "\"ip\" is \"%s\", no address in its usual form", ip);
    return address;
}

/* Targets and results come in one order: what both lists hold must not go back. */
static void check_order(struct ptl_reader *reader, struct ptl_members *members, uint32_t target,
                        const char *ip)
{
    if (reader->is_lines)
        return;
    if (reader->last_known != PTL_STORED_NONE && target <= reader->last_known)
        ptl_members_refuse(members, "%s is out of the order of the targets", ip);
    reader->last_known = target;
}

/* The first result of a target, or in jsonl one of another target than the last. */
static void turn_to(struct ptl_reader *reader, struct ptl_members *members, const char *ip,
                    const char *host)
{
    struct ptl_stored *stored = reader->results->stored;
    struct ptl_address address = parse_ip(members, ip);
    if (members->status != PTL_OK)
        return;
    uint32_t target = ptl_stored_find(stored, &address);
    bool is_known = target != PTL_STORED_NONE;
    if (!is_known)
        target = ptl_stored_add(stored, &address, NULL, host);
    else if (!ptl_stored_is_host(stored, target, host))
        ptl_members_refuse(members, "%s is called \"%s\" here and something else before", ip, host);
    if (target == PTL_STORED_NONE) {
        ptl_members_no_memory(members);
        return;
    }
    bool is_listed = ptl_stored_has_mark(stored, target, PTL_STORED_LISTED);
    bool all_are_listed = (reader->seen >> PTL_PART_TARGETS & 1U) != 0 &&
                          (reader->seen >> PTL_PART_SUMMARY & 1U) != 0 &&
                          reader->results->summary.targets <= PTL_TARGETS_LISTED;
    if (!is_listed && all_are_listed)
        ptl_members_refuse(members, "%s is not among the targets", ip);
    if (!reader->is_lines && ptl_stored_has_mark(stored, target, PTL_STORED_HAS_RESULTS))
        ptl_members_refuse(members, "the results of %s stand in two places", ip);
    if (is_listed)
        check_order(reader, members, target, ip);
    ptl_stored_set_mark(stored, target, PTL_STORED_HAS_RESULTS);
    reader->result_target = target;
    reader->has_result = true;
    reader->port = 0;
    snprintf(reader->ip, sizeof(reader->ip), "%s", ip);
    snprintf(reader->host, sizeof(reader->host), "%s", host);
}

static void check_port(struct ptl_reader *reader, struct ptl_members *members, uint16_t port)
{
    if (!reader->is_lines && port <= reader->port)
        ptl_members_refuse(members, "port %u of %s follows port %u: twice, or out of order", port,
                           reader->ip, reader->port);
    else if (reader->ports != NULL && !ptl_portset_contains(reader->ports, port))
        ptl_members_refuse(members, "port %u is not among the ports of the run", port);
    reader->port = port;
}

static void read_confirmed(struct ptl_members *members, const char *text, struct ptl_result *result)
{
    unsigned yes = 0, done = 0;
    char again[32];
    if (text == NULL)
        return;
    bool good = sscanf(text, "%2u/%2u", &yes, &done) == 2 && yes <= done && done > 0 && done <= 15;
    snprintf(again, sizeof(again), "%u/%u", yes, done);
    if (!good || strcmp(again, text) != 0)
        ptl_members_refuse(members, "\"confirmed\" is \"%s\", no count like 2/3", text);
    result->confirm_yes = yes & 15U;
    result->confirm_done = done & 15U;
}

static void keep_service(struct ptl_reader *reader, struct ptl_members *members, uint16_t port,
                         const char *service)
{
    bool same = true;
    if (!ptl_stored_set_service(reader->results->stored, port, service, &same))
        ptl_members_no_memory(members);
    else if (!same)
        ptl_members_refuse(members, "port %u has another service here than before", port);
}

static enum ptl_status keep_result(struct ptl_reader *reader, struct ptl_members *one,
                                   const struct ptl_result_keys *keys)
{
    if (!reader->has_result || strcmp(keys->ip, reader->ip) != 0 ||
        strcmp(keys->host, reader->host) != 0)
        turn_to(reader, one, keys->ip, keys->host);
    struct ptl_result result = {.target = reader->result_target,
                                .port = keys->port,
                                .state = keys->state & 7U,
                                .reason = keys->reason,
                                .rtt_us = keys->rtt_us & PTL_US_NONE,
                                .connect_us = keys->connect_us & PTL_US_NONE,
                                .attempts = keys->attempts & 31U,
                                .offset_ms = keys->offset_ms};
    check_port(reader, one, keys->port);
    read_confirmed(one, keys->confirmed, &result);
    if (reader->ports != NULL && reader->run_status == PTL_OK &&
        !reader->results->run.states[result.state])
        ptl_members_refuse(one, "%s is not among the states of the run",
                           ptl_state_names[result.state]);
    if (one->status == PTL_OK)
        keep_service(reader, one, keys->port, keys->service);
    if (one->status == PTL_OK && ptl_results_add(reader->results, &result) != PTL_OK)
        return ptl_members_no_memory(one);
    return one->status;
}

enum ptl_status ptl_read_result(struct ptl_reader *reader, struct ptl_members *one)
{
    struct ptl_result_keys keys = {.host = NULL};
    if (ptl_json_type(one->json) != PTL_JSON_OBJECT)
        return ptl_members_refuse(one, "it is no object");
    ptl_object_read(&ptl_object_result, PTL_KEYS_ALL, one, &keys);
    return one->status == PTL_OK ? keep_result(reader, one, &keys) : one->status;
}

enum ptl_status ptl_read_result_at_sight(struct ptl_reader *reader, bool *taken,
                                         struct ptl_error *error)
{
    int next;
    enum ptl_status status = ptl_pieces_peek(reader->pieces, &next, error);
    if (status != PTL_OK)
        return status;
    struct ptl_origin place = ptl_pieces_place(reader->pieces);
    struct ptl_members one = {.place = &place, .what = "a result", .error = error};
    struct ptl_result_keys keys;
    struct ptl_scan scan;
    size_t length;
    const char *text = ptl_pieces_ahead(reader->pieces, &length);
    scan.at = text;
    scan.end = text + length;
    scan.used = 0;
    *taken = ptl_object_scan(&ptl_object_result, &scan, &keys);
    if (!*taken)
        return PTL_OK;
    ptl_pieces_skip(reader->pieces, (size_t)(scan.at - text));
    return keep_result(reader, &one, &keys);
}

/* The target of the record: new, or known from a result. */
static uint32_t enter(struct ptl_reader *reader, struct ptl_members *members,
                      const struct ptl_target_keys *keys)
{
    struct ptl_stored *stored = reader->results->stored;
    struct ptl_address address = parse_ip(members, keys->ip);
    if (members->status != PTL_OK)
        return PTL_STORED_NONE;
    uint32_t target = ptl_stored_find(stored, &address);
    if (target == PTL_STORED_NONE) {
        target = ptl_stored_add(stored, &address, keys->input, keys->host);
        if (target == PTL_STORED_NONE)
            ptl_members_no_memory(members);
        return target;
    }
    if (ptl_stored_has_mark(stored, target, PTL_STORED_LISTED))
        ptl_members_refuse(members, "%s stands twice among the targets", keys->ip);
    else if (!ptl_stored_is_host(stored, target, keys->host))
        ptl_members_refuse(members, "%s is called \"%s\" here and something else in its results",
                           keys->ip, keys->host);
    else if (!ptl_stored_set_input(stored, target, keys->input))
        ptl_members_no_memory(members);
    check_order(reader, members, target, keys->ip);
    return target;
}

enum ptl_status ptl_read_target(struct ptl_reader *reader, struct ptl_members *one)
{
    struct ptl_target_keys keys = {.host = NULL};
    if (ptl_json_type(one->json) != PTL_JSON_OBJECT)
        return ptl_members_refuse(one, "it is no object");
    ptl_object_read(&ptl_object_target, PTL_KEYS_ALL, one, &keys);
    if (keys.suspicious != NULL && strcmp(keys.suspicious, PTL_ALL_OPEN) != 0)
        ptl_members_refuse(one, "\"suspicious\" is \"%s\", which is none that this version knows",
                           keys.suspicious);
    if (one->status == PTL_OK && keys.open_ports.count > keys.states[PTL_OPEN])
        ptl_members_refuse(one, "%zu open ports are listed and %u are counted",
                           keys.open_ports.count, keys.states[PTL_OPEN]);
    if (one->status == PTL_OK &&
        !ptl_evidence_fits(&keys.evidence, UINT16_MAX, UINT16_MAX, UINT16_MAX))
        ptl_members_refuse(one, "\"evidence\" tells of more ports than there are");
    if (one->status != PTL_OK)
        return one->status;
    struct ptl_target_counts counts = {.target = enter(reader, one, &keys)};
    if (one->status != PTL_OK)
        return one->status;
    memcpy(counts.states, keys.states, sizeof(counts.states));
    counts.flags = (uint8_t)((keys.gave_up ? PTL_TARGET_GAVE_UP : 0) |
                             (keys.suspicious != NULL ? PTL_TARGET_ALL_OPEN : 0));
    counts.has_evidence = keys.has_evidence;
    counts.evidence = ptl_evidence_of_target(&keys.evidence);
    ptl_stored_set_mark(reader->results->stored, counts.target, PTL_STORED_LISTED);
    if (ptl_results_add_target(reader->results, &counts) != PTL_OK)
        return ptl_members_no_memory(one);
    return PTL_OK;
}
