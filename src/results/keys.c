#include "results/keys.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- an object that is taken apart ---- */

enum ptl_status ptl_members_refuse(struct ptl_members *members, const char *format, ...)
{
    if (members->status != PTL_OK)
        return members->status;
    char message[768];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    members->status =
        ptl_error_at(members->error, members->place, "%s: %s", members->what, message);
    return members->status;
}

enum ptl_status ptl_members_no_memory(struct ptl_members *members)
{
    members->status = ptl_error_no_memory(members->error);
    return members->status;
}

unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[PTL_PORT_BYTES])
{
    unsigned count = 0;
    uint64_t last = 0, port = 0;
    if (members->status != PTL_OK)
        return 0;
    if (ptl_json_type(array) != PTL_JSON_ARRAY) {
        ptl_members_refuse(members, "\"%s\" is no list", key);
        return 0;
    }
    for (const struct ptl_json *one = ptl_json_first(array); one != NULL;
         one = ptl_json_next(one)) {
        if (!ptl_json_as_number(one, &port) || port <= last || port > 65535) {
            ptl_members_refuse(members, "\"%s\" is no list of ports from 1 to 65535, ascending",
                               key);
            return 0;
        }
        if (bits != NULL)
            ptl_port_set_bit(bits, (unsigned)port);
        last = port;
        count++;
    }
    return count;
}

/* ---- members of any size ---- */

uint64_t ptl_key_load(const void *object, size_t offset, size_t bytes)
{
    const char *at = (const char *)object + offset;
    uint64_t eight = 0;
    uint32_t four;
    uint16_t two;
    switch (bytes) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        memcpy(&two, at, sizeof(two));
        return two;
    case 4:
        memcpy(&four, at, sizeof(four));
        return four;
    default:
        memcpy(&eight, at, sizeof(eight));
        return eight;
    }
}

void ptl_key_store(void *object, size_t offset, size_t bytes, uint64_t number)
{
    char *at = (char *)object + offset;
    uint32_t four = (uint32_t)number;
    uint16_t two = (uint16_t)number;
    switch (bytes) {
    case 1:
        *(uint8_t *)at = (uint8_t)number;
        break;
    case 2:
        memcpy(at, &two, sizeof(two));
        break;
    case 4:
        memcpy(at, &four, sizeof(four));
        break;
    default:
        memcpy(at, &number, sizeof(number));
    }
}

static bool is_of(const struct ptl_key *key, enum ptl_keys which)
{
    return which == PTL_KEYS_ALL || key->is_asked == (which == PTL_KEYS_ASKED);
}

static bool is_left_out(const struct ptl_key *key, const void *object)
{
    if (key->is_by_hand || !key->is_omitted)
        return key->is_by_hand;
    if (key->count_bytes > 0)
        return ptl_key_load(object, key->count_at, key->count_bytes) == 0;
    return ptl_key_load(object, key->offset, key->bytes) == 0;
}

void ptl_object_print_keys(const struct ptl_object *object, enum ptl_keys which, const void *from,
                           struct ptl_buf *buf)
{
    const char *before = "\"";
    for (const struct ptl_key *key = object->keys; key < object->keys + object->count; key++) {
        if (!is_of(key, which) || is_left_out(key, from))
            continue;
        ptl_buf_add(buf, key->begins_line ? ",\n\"" : before);
        ptl_buf_add(buf, key->name);
        ptl_buf_add_bytes(buf, "\":", 2);
        key->type->print(key, from, buf);
        before = ",\"";
    }
}

void ptl_object_print(const struct ptl_object *object, const void *from, struct ptl_buf *buf)
{
    ptl_buf_add_char(buf, '{');
    ptl_object_print_keys(object, PTL_KEYS_ALL, from, buf);
    ptl_buf_add_char(buf, '}');
}

void ptl_object_read(const struct ptl_object *object, enum ptl_keys which,
                     struct ptl_members *members, void *into)
{
    if (members->status != PTL_OK)
        return;
    /* Most come in the order of the table. What is no object has no keys. */
    bool is_object = ptl_json_type(members->json) == PTL_JSON_OBJECT;
    const struct ptl_json *next = is_object ? ptl_json_first(members->json) : NULL;
    for (const struct ptl_key *key = object->keys; key < object->keys + object->count; key++) {
        if (!is_of(key, which) || key->is_by_hand || key->type->read == NULL)
            continue;
        bool is_next = next != NULL && strcmp(ptl_json_key(next), key->name) == 0;
        const struct ptl_json *value = is_next ? next : ptl_json_get(members->json, key->name);
        if (value != NULL)
            key->type->read(key, value, members, into);
        else if (!key->is_later && !key->is_omitted)
            ptl_members_refuse(members, "the key \"%s\" is missing", key->name);
        if (members->status != PTL_OK)
            return;
        next = value != NULL ? ptl_json_next(value) : next;
    }
}

void ptl_key_describe_as(const struct ptl_key *key, const char *type, struct ptl_json *schema)
{
    if (!key->is_nullable) {
        ptl_json_add_string(schema, "type", type);
        return;
    }
    struct ptl_json *either = ptl_json_add_array(schema, "type");
    ptl_json_add_string(either, NULL, type);
    ptl_json_add_string(either, NULL, "null");
}

void ptl_object_describe(const struct ptl_object *object, struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "object");
    struct ptl_json *required = ptl_json_add_array(schema, "required");
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (const struct ptl_key *key = object->keys; key < object->keys + object->count; key++) {
        struct ptl_json *property = ptl_json_add_object(properties, key->name);
        if ((!key->is_later || key->is_promised) && !key->is_omitted)
            ptl_json_add_string(required, NULL, key->name);
        ptl_json_add_string(property, "description", key->about);
        if (key->type->json != NULL)
            ptl_key_describe_as(key, key->type->json, property);
        if (key->type->limits != NULL)
            ptl_json_describe(property, "%s", key->type->limits);
        if (key->type->describe != NULL)
            key->type->describe(key, property);
    }
}

void ptl_object_schema(const struct ptl_object *object, struct ptl_buf *buf)
{
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", object->keys[0].words[0]);
    ptl_object_describe(object, schema);
    ptl_json_print(schema, buf, true);
    ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
