#include "results/members.h"
#include "results/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 255

static enum ptl_status no_memory(struct ptl_members *members)
{
    members->status = ptl_error_set(members->error, PTL_E_NO_MEMORY, "out of memory");
    return members->status;
}

/* As portolan writes it, so that it comes out as it went in. */
static struct ptl_address read_ip(struct ptl_members *members, const char **ip)
{
    struct ptl_address address = {.family = 4};
    char text[PTL_ADDRESS_SIZE];
    *ip = ptl_members_text(members, "ip", PTL_ADDRESS_SIZE - 1);
    if (members->status == PTL_OK && (ptl_address_parse(*ip, &address, NULL) != PTL_OK ||
                                      strcmp(ptl_address_format(&address, text), *ip) != 0))
        ptl_members_refuse(members, "\"ip\" is \"%s\", no address in its usual form", *ip);
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
static void turn_to(struct ptl_reader *reader, struct ptl_members *members, const char *host)
{
    struct ptl_stored *stored = reader->results->stored;
    const char *ip;
    struct ptl_address address = read_ip(members, &ip);
    if (members->status != PTL_OK)
        return;
    uint32_t target = ptl_stored_find(stored, &address);
    bool is_known = target != PTL_STORED_NONE;
    if (!is_known)
        target = ptl_stored_add(stored, &address, NULL, host);
    else if (!ptl_stored_is_host(stored, target, host))
        ptl_members_refuse(members, "%s is called \"%s\" here and something else before", ip, host);
    if (target == PTL_STORED_NONE) {
        no_memory(members);
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

static uint16_t read_port(struct ptl_reader *reader, struct ptl_members *members)
{
    uint16_t port = (uint16_t)ptl_members_number(members, "port", 65535);
    if (members->status != PTL_OK)
        return port;
    if (port == 0)
        ptl_members_refuse(members, "\"port\" is 0; ports go from 1 to 65535");
    else if (!reader->is_lines && port <= reader->port)
        ptl_members_refuse(members, "port %u of %s follows port %u: twice, or out of order", port,
                           reader->ip, reader->port);
    else if (reader->ports != NULL && !ptl_portset_contains(reader->ports, port))
        ptl_members_refuse(members, "port %u is not among the ports of the run", port);
    reader->port = port;
    return port;
}

static uint8_t read_reason(struct ptl_members *members)
{
    uint8_t reason = 0;
    const char *text = ptl_members_text(members, "reason", PTL_REASON_NAME_SIZE - 1);
    if (members->status == PTL_OK && !ptl_reason_parse(text, &reason))
        ptl_members_refuse(members, "\"reason\" is \"%s\", which is none that this version knows",
                           text);
    return reason;
}

/* "2/3": of three further probes two found it open. */
static void read_confirmed(struct ptl_members *members, struct ptl_result *result)
{
    const char *text = ptl_members_text_or_null(members, "confirmed", 16);
    unsigned yes = 0, done = 0;
    char again[32];
    if (text == NULL || members->status != PTL_OK)
        return;
    bool good = sscanf(text, "%2u/%2u", &yes, &done) == 2 && yes <= done && done > 0 && done <= 15;
    snprintf(again, sizeof(again), "%u/%u", yes, done);
    if (!good || strcmp(again, text) != 0)
        ptl_members_refuse(members, "\"confirmed\" is \"%s\", no count like 2/3", text);
    result->confirm_yes = yes & 15U;
    result->confirm_done = done & 15U;
}

static void read_service(struct ptl_reader *reader, struct ptl_members *members, uint16_t port)
{
    bool same = true;
    const char *service = ptl_members_text_or_null(members, "service", NAME_MAX_BYTES);
    if (members->status != PTL_OK)
        return;
    if (!ptl_stored_set_service(reader->results->stored, port, service, &same))
        no_memory(members);
    else if (!same)
        ptl_members_refuse(members, "port %u has another service here than before", port);
}

enum ptl_status ptl_read_result(struct ptl_reader *reader, const struct ptl_json *json,
                                const struct ptl_origin *place, struct ptl_error *error)
{
    static const char *const protocols[] = {"tcp"};
    struct ptl_members one = {.json = json, .place = place, .what = "a result", .error = error};
    if (ptl_json_type(json) != PTL_JSON_OBJECT)
        return ptl_members_refuse(&one, "it is no object");
    const char *host = ptl_members_text(&one, "host", NAME_MAX_BYTES);
    const char *ip = ptl_members_text(&one, "ip", PTL_ADDRESS_SIZE - 1);
    if (!reader->has_result || strcmp(ip, reader->ip) != 0 || strcmp(host, reader->host) != 0)
        turn_to(reader, &one, host);
    struct ptl_result result = {.target = reader->result_target};
    result.port = read_port(reader, &one);
    ptl_members_word(&one, "protocol", protocols, 1);
    result.state = ptl_members_word(&one, "state", ptl_state_names, PTL_UNPROBED) & 7U;
    result.reason = read_reason(&one);
    read_service(reader, &one, result.port);
    result.rtt_us =
        ptl_members_number_or_null(&one, "rtt_us", PTL_US_NONE - 1, PTL_US_NONE) & PTL_US_NONE;
    result.connect_us =
        ptl_members_number_or_null(&one, "connect_us", PTL_US_NONE - 1, PTL_US_NONE) & PTL_US_NONE;
    result.attempts = ptl_members_number(&one, "attempts", 31) & 31U;
    read_confirmed(&one, &result);
    result.offset_ms = (uint32_t)ptl_members_number(&one, "offset_ms", UINT32_MAX);
    if (one.status == PTL_OK && reader->ports != NULL && reader->run_status == PTL_OK &&
        !reader->results->run.states[result.state])
        ptl_members_refuse(&one, "%s is not among the states of the run",
                           ptl_state_names[result.state]);
    if (one.status == PTL_OK && ptl_results_add(reader->results, &result) != PTL_OK)
        return no_memory(&one);
    return one.status;
}

/* The target of the record: new, or known from a result. */
static uint32_t enter(struct ptl_reader *reader, struct ptl_members *members)
{
    struct ptl_stored *stored = reader->results->stored;
    const char *ip;
    const char *input = ptl_members_text(members, "input", NAME_MAX_BYTES);
    const char *host = ptl_members_text(members, "host", NAME_MAX_BYTES);
    struct ptl_address address = read_ip(members, &ip);
    if (members->status != PTL_OK)
        return PTL_STORED_NONE;
    uint32_t target = ptl_stored_find(stored, &address);
    if (target == PTL_STORED_NONE) {
        target = ptl_stored_add(stored, &address, input, host);
        if (target == PTL_STORED_NONE)
            no_memory(members);
        return target;
    }
    if (ptl_stored_has_mark(stored, target, PTL_STORED_LISTED))
        ptl_members_refuse(members, "%s stands twice among the targets", ip);
    else if (!ptl_stored_is_host(stored, target, host))
        ptl_members_refuse(members, "%s is called \"%s\" here and something else in its results",
                           ip, host);
    else if (!ptl_stored_set_input(stored, target, input))
        no_memory(members);
    check_order(reader, members, target, ip);
    return target;
}

enum ptl_status ptl_read_target(struct ptl_reader *reader, const struct ptl_json *json,
                                const struct ptl_origin *place, struct ptl_error *error)
{
    static const char *const suspicions[] = {"all-open"};
    struct ptl_members one = {.json = json, .place = place, .what = "a target", .error = error};
    if (ptl_json_type(json) != PTL_JSON_OBJECT)
        return ptl_members_refuse(&one, "it is no object");
    struct ptl_target_counts counts = {.target = enter(reader, &one)};
    unsigned listed =
        ptl_members_ports(&one, ptl_members_get(&one, "open_ports"), "open_ports", NULL);
    for (int s = 0; s < PTL_STATE_COUNT; s++)
        counts.states[s] = (uint16_t)ptl_members_number(&one, ptl_state_names[s], 65535);
    if (ptl_members_bool(&one, "gave_up"))
        counts.flags |= PTL_TARGET_GAVE_UP;
    if (ptl_json_type(ptl_members_get(&one, "suspicious")) != PTL_JSON_NULL) {
        ptl_members_word(&one, "suspicious", suspicions, 1);
        counts.flags |= PTL_TARGET_ALL_OPEN;
    }
    if (one.status == PTL_OK && listed > counts.states[PTL_OPEN])
        ptl_members_refuse(&one, "%u open ports are listed and %u are counted", listed,
                           counts.states[PTL_OPEN]);
    if (one.status != PTL_OK)
        return one.status;
    ptl_stored_set_mark(reader->results->stored, counts.target, PTL_STORED_LISTED);
    if (ptl_results_add_target(reader->results, &counts) != PTL_OK)
        return no_memory(&one);
    return PTL_OK;
}
