/* Types of keys: texts, numbers, words. */
#include "base/clock.h"
#include "results/keys.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (64UL * 1024) /* warnings, inputs, paths */

static const void *at(const struct ptl_key *key, const void *object)
{
    return (const char *)object + key->offset;
}

/* ---- texts ---- */

static void print_text(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const char *text = *(const char *const *)at(key, object);
    ptl_json_print_string(text == NULL && !key->is_nullable ? "" : text, buf);
}

/* NULL: null, or something was wrong. */
static const char *take_text(const struct ptl_key *key, const struct ptl_json *value,
                             struct ptl_members *members, size_t max)
{
    const char *text = NULL;
    if (key->is_nullable && ptl_json_type(value) == PTL_JSON_NULL)
        return NULL;
    if (!ptl_json_as_string(value, &text)) {
        ptl_members_refuse(members, "\"%s\" is no string", key->name);
    } else if (strlen(text) > max) {
        ptl_members_refuse(members, "\"%s\" is longer than %zu bytes", key->name, max);
        text = NULL;
    }
    return text;
}

static void read_text(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    const char *text = take_text(key, value, members, key->max > 0 ? key->max : TEXT_MAX);
    memcpy((char *)object + key->offset, &text, sizeof(text));
}

static void read_copy(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    char **to = (char **)(void *)((char *)object + key->offset);
    const char *text = take_text(key, value, members, key->max > 0 ? key->max : TEXT_MAX);
    free(*to);
    *to = text != NULL ? strdup(text) : NULL;
    if (text != NULL && *to == NULL)
        ptl_members_no_memory(members);
}

const struct ptl_key_type ptl_key_text = {"text", print_text, read_text, .json = "string"};
const struct ptl_key_type ptl_key_copy = {"text", print_text, read_copy, .json = "string"};

static void print_chars(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const char *text = at(key, object);
    ptl_json_print_string(key->is_nullable && text[0] == '\0' ? NULL : text, buf);
}

static void read_chars(const struct ptl_key *key, const struct ptl_json *value,
                       struct ptl_members *members, void *object)
{
    const char *text = take_text(key, value, members, key->bytes - 1);
    snprintf((char *)object + key->offset, key->bytes, "%s", text != NULL ? text : "");
}

const struct ptl_key_type ptl_key_chars = {"text", print_chars, read_chars, .json = "string"};

static void print_fixed(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)object;
    ptl_json_print_string(key->words[0], buf);
}

static void read_fixed(const struct ptl_key *key, const struct ptl_json *value,
                       struct ptl_members *members, void *object)
{
    (void)object;
    take_text(key, value, members, TEXT_MAX);
}

const struct ptl_key_type ptl_key_fixed = {"text", print_fixed, read_fixed, .json = "string"};

static void describe_const(const struct ptl_key *key, struct ptl_json *schema)
{
    ptl_json_add_string(schema, "const", key->words[0]);
}

const struct ptl_key_type ptl_key_const = {"text", print_fixed, read_fixed,
                                           .describe = describe_const};

/* ---- numbers ---- */

static bool is_none(const struct ptl_key *key, const void *object, uint64_t number)
{
    if (!key->is_nullable)
        return false;
    if (key->count_bytes > 0)
        return ptl_key_load(object, key->count_at, key->count_bytes) == 0;
    return number == key->none;
}

void ptl_key_print_number(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    uint64_t number = ptl_key_load(object, key->offset, key->bytes);
    if (is_none(key, object, number))
        ptl_buf_add(buf, "null");
    else
        ptl_json_print_number(number, buf);
}

static uint64_t most(const struct ptl_key *key)
{
    return key->max > 0 ? key->max : UINT64_MAX >> (64 - 8 * key->bytes);
}

void ptl_key_read_number(const struct ptl_key *key, const struct ptl_json *value,
                         struct ptl_members *members, void *object)
{
    /* Where a count tells whether there is a number, its null is a 0. */
    bool by_count = key->count_bytes > 0,
         may_be_null = key->is_nullable && (!by_count || is_none(key, object, 0));
    uint64_t number = by_count ? 0 : key->none, max = by_count && may_be_null ? 0 : most(key);
    if (!may_be_null || ptl_json_type(value) != PTL_JSON_NULL) {
        if (!ptl_json_as_number(value, &number))
            ptl_members_refuse(members, "\"%s\" is no whole number from 0 on", key->name);
        else if (number > max)
            ptl_members_refuse(members, "\"%s\" is %" PRIu64 ", more than %" PRIu64, key->name,
                               number, max);
    }
    if (members->status == PTL_OK)
        ptl_key_store(object, key->offset, key->bytes, number);
}

const struct ptl_key_type ptl_key_number = {"number", ptl_key_print_number, ptl_key_read_number,
                                            .json = "integer", .limits = PTL_KEY_FROM_0};

static void read_port(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    ptl_key_read_number(key, value, members, object);
    if (members->status == PTL_OK && ptl_key_load(object, key->offset, key->bytes) == 0 &&
        ptl_json_type(value) == PTL_JSON_NUMBER)
        ptl_members_refuse(members, "\"%s\" is 0; ports go from 1 to 65535", key->name);
}

const struct ptl_key_type ptl_key_port = {"port", ptl_key_print_number, read_port,
                                          .json = "integer",
                                          .limits = "{'minimum': 1, 'maximum': 65535}"};

static void print_signed(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    ptl_buf_printf(buf, "%" PRId32, *(const int32_t *)at(key, object));
}

const struct ptl_key_type ptl_key_signed = {"number", print_signed, .json = "integer"};

static void print_decimal(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    double number = *(const double *)at(key, object);
    ptl_json_print_double(key->steps > 0 ? round(number * key->steps) / key->steps : number, buf);
}

static void read_decimal(const struct ptl_key *key, const struct ptl_json *value,
                         struct ptl_members *members, void *object)
{
    double number = 0;
    if (!ptl_json_as_double(value, &number) || !(number >= 0 && number < 1e15))
        ptl_members_refuse(members, "\"%s\" is no number from 0 on", key->name);
    else
        memcpy((char *)object + key->offset, &number, sizeof(number));
}

const struct ptl_key_type ptl_key_decimal = {"decimal", print_decimal, read_decimal,
                                             .json = "number", .limits = PTL_KEY_FROM_0};

static void print_share(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    uint64_t share = ptl_key_load(object, key->offset, key->bytes);
    ptl_json_print_double((double)share / key->steps, buf);
}

static void read_share(const struct ptl_key *key, const struct ptl_json *value,
                       struct ptl_members *members, void *object)
{
    double number = 0;
    if (!ptl_json_as_double(value, &number) || !(number >= 0 && number <= 1))
        ptl_members_refuse(members, "\"%s\" is no number from 0 to 1", key->name);
    else
        ptl_key_store(object, key->offset, key->bytes, (uint64_t)lround(number * key->steps));
}

const struct ptl_key_type ptl_key_share = {"decimal", print_share, read_share, .json = "number",
                                           .limits = PTL_KEY_FROM_0};

/* ---- truths ---- */

static bool take_bool(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members)
{
    bool truth = false;
    if (!ptl_json_as_bool(value, &truth))
        ptl_members_refuse(members, "\"%s\" is neither true nor false", key->name);
    return truth;
}

static void print_bool(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    ptl_buf_add(buf, *(const bool *)at(key, object) ? "true" : "false");
}

static void read_bool(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    ptl_key_store(object, key->offset, key->bytes, take_bool(key, value, members));
}

const struct ptl_key_type ptl_key_bool = {"bool", print_bool, read_bool, .json = "boolean"};

static void print_is(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    bool is = ptl_key_load(object, key->offset, key->bytes) == key->none;
    ptl_buf_add(buf, is ? "true" : "false");
}

static void read_is(const struct ptl_key *key, const struct ptl_json *value,
                    struct ptl_members *members, void *object)
{
    if (take_bool(key, value, members) && ptl_key_load(object, key->offset, key->bytes) == 0)
        ptl_key_store(object, key->offset, key->bytes, key->none);
}

const struct ptl_key_type ptl_key_is = {"bool", print_is, read_is, .json = "boolean"};

/* ---- words and times ---- */

static void print_word(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    uint64_t number = ptl_key_load(object, key->offset, key->bytes);
    ptl_json_print_string(number < key->word_count ? key->words[number] : NULL, buf);
}

static void read_word(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    const char *text = take_text(key, value, members, 64);
    uint64_t number = key->none;
    if (text != NULL)
        for (number = 0; number < key->word_count; number++)
            if (key->words[number] != NULL && strcmp(text, key->words[number]) == 0)
                break;
    if (text != NULL && number == key->word_count)
        ptl_members_refuse(members, "\"%s\" is \"%s\", which is none that this version knows",
                           key->name, text);
    if (members->status == PTL_OK)
        ptl_key_store(object, key->offset, key->bytes, number);
}

static void describe_word(const struct ptl_key *key, struct ptl_json *schema)
{
    if (key->word_count == 1) {
        describe_const(key, schema);
        return;
    }
    struct ptl_json *list = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < key->word_count; i++)
        if (key->words[i] != NULL)
            ptl_json_add_string(list, NULL, key->words[i]);
    if (key->is_nullable)
        ptl_json_add_string(list, NULL, NULL);
}

const struct ptl_key_type ptl_key_word = {"word", print_word, read_word, .describe = describe_word};

static void print_time(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    char text[PTL_RFC3339_SIZE];
    ptl_json_print_string(ptl_clock_rfc3339(*(const int64_t *)at(key, object), text), buf);
}

static void read_time(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    int64_t ms = 0;
    const char *text = take_text(key, value, members, PTL_RFC3339_SIZE);
    if (text != NULL && !ptl_clock_parse_rfc3339(text, &ms))
        ptl_members_refuse(members, "\"%s\" is no time like 2026-01-31T12:00:00.000Z", key->name);
    memcpy((char *)object + key->offset, &ms, sizeof(ms));
}

const struct ptl_key_type ptl_key_time = {"time", print_time, read_time, .json = "string"};
