/* The key `seen` of a line: {"open":{"192.0.2.7":[0,22]},"names":{"192.0.2.7":"web.example"}}. */
#include "base/array.h"
#include "history/index.h"
#include "results/run_info.h"

#include <stdlib.h>
#include <string.h>

const char *const ptl_sight_names[PTL_SIGHT_COUNT] = {"unknown",  "open", "confirmed", "closed",
                                                      "filtered", "shut", "perhaps"};
static const char *const abouts[PTL_SIGHT_COUNT] = {
    "not asked, or nothing is known of it",
    "open; port 0, which stands for the host: up to three of its ports answered",
    "open, and so found each further probe; port 0: four or more answered",
    "refused",
    "silent, or an error came from the way",
    "closed or filtered, which of them is not kept; port 0: none answered",
    "silent, as one that is open may be"};

bool ptl_sightings_add(struct ptl_sightings *sightings, const struct ptl_sighting *one)
{
    if (!PTL_ROOM(sightings->items, sightings->capacity, sightings->count))
        return false;
    sightings->items[sightings->count++] = *one;
    return true;
}

bool ptl_sightings_name(struct ptl_sightings *sightings, const struct ptl_address *address,
                        const char *name)
{
    struct ptl_sighting_name one = {.address = *address, .name = strdup(name)};
    if (one.name == NULL ||
        !PTL_ROOM(sightings->names, sightings->name_capacity, sightings->name_count)) {
        free(one.name);
        return false;
    }
    sightings->names[sightings->name_count++] = one;
    return true;
}

void ptl_sightings_free(struct ptl_sightings *sightings)
{
    for (size_t i = 0; i < sightings->name_count; i++)
        free(sightings->names[i].name);
    free(sightings->items);
    free(sightings->names);
    *sightings = (struct ptl_sightings){.items = NULL};
}

/* ---- out ---- */

static void print_kind(const struct ptl_sightings *sightings, unsigned kind, struct ptl_buf *buf)
{
    const struct ptl_sighting *last = NULL;
    char text[PTL_ADDRESS_SIZE];
    for (size_t i = 0; i < sightings->count; i++) {
        const struct ptl_sighting *one = &sightings->items[i];
        if (one->seen != kind)
            continue;
        if (last != NULL && ptl_address_compare(&last->address, &one->address) == 0)
            ptl_buf_printf(buf, ",%u", one->port);
        else
            ptl_buf_printf(buf, "%s\"%s\":[%u", last != NULL ? "]," : "",
                           ptl_address_format(&one->address, text), one->port);
        last = one;
    }
    ptl_buf_add(buf, "]}");
}

static void print_names(const struct ptl_sightings *sightings, struct ptl_buf *buf)
{
    char text[PTL_ADDRESS_SIZE];
    for (size_t i = 0; i < sightings->name_count; i++) {
        const struct ptl_sighting_name *one = &sightings->names[i];
        ptl_buf_printf(buf, "%s\"%s\":", i > 0 ? "," : "", ptl_address_format(&one->address, text));
        ptl_json_print_string(one->name, buf);
    }
    ptl_buf_add_char(buf, '}');
}

static void print_sightings(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const struct ptl_sightings *sightings = (const void *)((const char *)object + key->offset);
    const char *comma = "";
    bool has[PTL_SIGHT_COUNT] = {false};
    for (size_t i = 0; i < sightings->count; i++)
        has[sightings->items[i].seen] = true;
    ptl_buf_add_char(buf, '{');
    for (unsigned kind = 0; kind < PTL_SIGHT_COUNT; kind++) {
        if (!has[kind])
            continue;
        ptl_buf_printf(buf, "%s\"%s\":{", comma, ptl_sight_names[kind]);
        print_kind(sightings, kind, buf);
        comma = ",";
    }
    if (sightings->name_count > 0) {
        ptl_buf_printf(buf, "%s\"names\":{", comma);
        print_names(sightings, buf);
    }
    ptl_buf_add_char(buf, '}');
}

/* ---- in ---- */

static bool take_address(struct ptl_members *members, const char *text, struct ptl_address *address)
{
    if (ptl_address_parse(text, address, NULL) == PTL_OK)
        return true;
    ptl_members_refuse(members, "\"%.64s\" is no address", text);
    return false;
}

static void read_ports(const struct ptl_json *ports, struct ptl_sighting one,
                       struct ptl_members *members, struct ptl_sightings *sightings)
{
    uint64_t port = 0;
    if (ptl_json_type(ports) != PTL_JSON_ARRAY)
        ptl_members_refuse(members, "\"seen\" has an address without a list of ports");
    for (const struct ptl_json *at = ptl_json_first(ports); at != NULL && members->status == PTL_OK;
         at = ptl_json_next(at)) {
        if (!ptl_json_as_number(at, &port) || port > 65535) {
            ptl_members_refuse(members, "\"seen\" has a port that is none");
            return;
        }
        one.port = (uint16_t)port;
        if (!ptl_sightings_add(sightings, &one))
            ptl_members_no_memory(members);
    }
}

static void read_kind(const struct ptl_json *json, enum ptl_sight seen, struct ptl_members *members,
                      struct ptl_sightings *sightings)
{
    struct ptl_sighting one = {.seen = (uint8_t)seen};
    if (ptl_json_type(json) != PTL_JSON_OBJECT)
        ptl_members_refuse(members, "\"seen.%s\" is no object", ptl_sight_names[seen]);
    for (const struct ptl_json *host = members->status == PTL_OK ? ptl_json_first(json) : NULL;
         host != NULL && members->status == PTL_OK; host = ptl_json_next(host))
        if (take_address(members, ptl_json_key(host), &one.address))
            read_ports(host, one, members, sightings);
}

static void read_names(const struct ptl_json *json, struct ptl_members *members,
                       struct ptl_sightings *sightings)
{
    const char *name = NULL;
    struct ptl_address address;
    if (ptl_json_type(json) != PTL_JSON_OBJECT)
        ptl_members_refuse(members, "\"seen.names\" is no object");
    for (const struct ptl_json *one = members->status == PTL_OK ? ptl_json_first(json) : NULL;
         one != NULL && members->status == PTL_OK; one = ptl_json_next(one)) {
        if (!ptl_json_as_string(one, &name) || strlen(name) > PTL_NAME_BYTES)
            ptl_members_refuse(members, "\"seen.names\" has a name that is none");
        else if (take_address(members, ptl_json_key(one), &address) &&
                 !ptl_sightings_name(sightings, &address, name))
            ptl_members_no_memory(members);
    }
}

static void read_sightings(const struct ptl_key *key, const struct ptl_json *value,
                           struct ptl_members *members, void *object)
{
    struct ptl_sightings *sightings = (void *)((char *)object + key->offset);
    if (ptl_json_type(value) != PTL_JSON_OBJECT) {
        ptl_members_refuse(members, "\"seen\" is no object");
        return;
    }
    for (unsigned kind = 0; kind < PTL_SIGHT_COUNT; kind++) {
        const struct ptl_json *json = ptl_json_get(value, ptl_sight_names[kind]);
        if (json != NULL)
            read_kind(json, (enum ptl_sight)kind, members, sightings);
    }
    const struct ptl_json *names = ptl_json_get(value, "names");
    if (names != NULL)
        read_names(names, members, sightings);
}

static void describe_sightings(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    ptl_json_add_string(schema, "type", "object");
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (int i = 0; i < PTL_SIGHT_COUNT; i++)
        ptl_json_describe(ptl_json_add_object(properties, ptl_sight_names[i]),
                          "{'description': '%s', 'type': 'object', 'additionalProperties':"
                          " {'type': 'array', 'items':"
                          " {'type': 'integer', 'minimum': 0, 'maximum': 65535}}}",
                          abouts[i]);
    ptl_json_describe(
        properties,
        "{'names': {'description': 'names of addresses, where they are new or have changed',"
        " 'type': 'object', 'additionalProperties': {'type': 'string'}}}");
}

const struct ptl_key_type ptl_key_sightings = {"object", print_sightings, read_sightings,
                                               .describe = describe_sightings};
