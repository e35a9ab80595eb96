#include "results/members.h"

#include "portolan/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

const struct ptl_json *ptl_members_get(struct ptl_members *members, const char *key)
{
    if (members->status != PTL_OK)
        return NULL;
    const struct ptl_json *value = ptl_json_get(members->json, key);
    if (value == NULL)
        ptl_members_refuse(members, "the key \"%s\" is missing", key);
    return value;
}

static const char *check_text(struct ptl_members *members, const char *key,
                              const struct ptl_json *value, size_t max)
{
    const char *text;
    if (!ptl_json_as_string(value, &text)) {
        ptl_members_refuse(members, "\"%s\" is no string", key);
        return "";
    }
    if (strlen(text) > max) {
        ptl_members_refuse(members, "\"%s\" is longer than %zu bytes", key, max);
        return "";
    }
    return text;
}

const char *ptl_members_text(struct ptl_members *members, const char *key, size_t max)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    return value != NULL ? check_text(members, key, value, max) : "";
}

const char *ptl_members_text_or_null(struct ptl_members *members, const char *key, size_t max)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    if (ptl_json_type(value) == PTL_JSON_NULL)
        return NULL;
    return check_text(members, key, value, max);
}

static uint64_t check_number(struct ptl_members *members, const char *key,
                             const struct ptl_json *value, uint64_t max)
{
    uint64_t number;
    if (!ptl_json_as_number(value, &number))
        ptl_members_refuse(members, "\"%s\" is no whole number from 0 on", key);
    else if (number > max)
        ptl_members_refuse(members, "\"%s\" is %" PRIu64 ", more than %" PRIu64, key, number, max);
    else
        return number;
    return 0;
}

uint64_t ptl_members_number(struct ptl_members *members, const char *key, uint64_t max)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    return value != NULL ? check_number(members, key, value, max) : 0;
}

uint64_t ptl_members_number_or_null(struct ptl_members *members, const char *key, uint64_t max,
                                    uint64_t none)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    if (ptl_json_type(value) == PTL_JSON_NULL)
        return none;
    return check_number(members, key, value, max);
}

double ptl_members_double(struct ptl_members *members, const char *key)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    double number = 0;
    if (value != NULL && (!ptl_json_as_double(value, &number) || !(number >= 0 && number < 1e15)))
        ptl_members_refuse(members, "\"%s\" is no number from 0 on", key);
    return number;
}

int64_t ptl_members_time(struct ptl_members *members, const char *key)
{
    int64_t ms = 0;
    const char *text = ptl_members_text(members, key, PTL_RFC3339_SIZE);
    if (members->status == PTL_OK && !ptl_clock_parse_rfc3339(text, &ms))
        ptl_members_refuse(members, "\"%s\" is no time like 2026-01-31T12:00:00.000Z", key);
    return ms;
}

bool ptl_members_bool(struct ptl_members *members, const char *key)
{
    const struct ptl_json *value = ptl_members_get(members, key);
    bool truth = false;
    if (value != NULL && !ptl_json_as_bool(value, &truth))
        ptl_members_refuse(members, "\"%s\" is neither true nor false", key);
    return truth;
}

unsigned ptl_members_word(struct ptl_members *members, const char *key, const char *const *names,
                          size_t count)
{
    const char *text = ptl_members_text(members, key, 64);
    for (size_t i = 0; i < count; i++)
        if (strcmp(text, names[i]) == 0)
            return (unsigned)i;
    ptl_members_refuse(members, "\"%s\" is \"%s\", which is none that this version knows", key,
                       text);
    return 0;
}

unsigned ptl_members_ports(struct ptl_members *members, const struct ptl_json *array,
                           const char *key, uint8_t bits[8192])
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
            bits[port / 8] |= (uint8_t)(1U << (port % 8));
        last = port;
        count++;
    }
    return count;
}
