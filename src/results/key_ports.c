/* Types of keys that know what is scanned: ports, states, reasons, concurrency, blocks. */
#include "results/objects.h"
#include "results/untouched.h"

#include <string.h>

/* ---- how many at a time: a number, "auto" or "unlimited" ---- */

static const uint32_t concurrency_words[] = {PTL_CONCURRENCY_UNLIMITED, PTL_CONCURRENCY_AUTO};

static void print_concurrency(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    uint32_t number = (uint32_t)ptl_key_load(object, key->offset, key->bytes);
    const char *word = ptl_concurrency_word(number);
    if (word != NULL)
        ptl_json_print_string(word, buf);
    else
        ptl_json_print_number(number, buf);
}

static void read_concurrency(const struct ptl_key *key, const struct ptl_json *value,
                             struct ptl_members *members, void *object)
{
    const char *text = "";
    ptl_json_as_string(value, &text);
    for (size_t i = 0; i < PTL_COUNT(concurrency_words); i++) {
        if (strcmp(text, ptl_concurrency_word(concurrency_words[i])) == 0) {
            ptl_key_store(object, key->offset, key->bytes, concurrency_words[i]);
            return;
        }
    }
    ptl_key_number.read(key, value, members, object);
}

static void describe_concurrency(const struct ptl_key *key, struct ptl_json *schema)
{
    (void)key;
    struct ptl_json *either = ptl_json_add_array(schema, "anyOf");
    ptl_json_describe(ptl_json_add_object(either, NULL), "{'type': 'integer', 'minimum': 1}");
    for (size_t i = 0; i < PTL_COUNT(concurrency_words); i++)
        ptl_json_add_string(ptl_json_add_object(either, NULL), "const",
                            ptl_concurrency_word(concurrency_words[i]));
}

const struct ptl_key_type ptl_key_concurrency = {
    "number or word", print_concurrency, read_concurrency, .describe = describe_concurrency};

/* ---- the open ports of a target ---- */

static void print_open_ports(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    struct ptl_open_ports ports;
    memcpy(&ports, (const char *)object + key->offset, sizeof(ports));
    const char *comma = "";
    ptl_buf_add_char(buf, '[');
    for (const struct ptl_result *one = ports.items; one != ports.items + ports.count; one++) {
        if (one->state != PTL_OPEN)
            continue;
        ptl_buf_add(buf, comma);
        ptl_json_print_number(one->port, buf);
        comma = ",";
    }
    ptl_buf_add_char(buf, ']');
}

static void read_open_ports(const struct ptl_key *key, const struct ptl_json *value,
                            struct ptl_members *members, void *object)
{
    struct ptl_open_ports ports = {.count = ptl_members_ports(members, value, key->name, NULL)};
    memcpy((char *)object + key->offset, &ports, sizeof(ports));
}

const struct ptl_key_type ptl_key_open_ports = {
    "list of ports", print_open_ports, read_open_ports, .json = "array",
    .limits =
        "{'items': {'type': 'integer', 'minimum': 1, 'maximum': 65535}, 'uniqueItems': true}"};

/* ---- states, as a set ---- */

static void print_set(const struct ptl_key *key, unsigned set, struct ptl_buf *buf)
{
    const char *comma = "";
    ptl_buf_add_char(buf, '[');
    for (size_t i = 0; i < key->word_count; i++) {
        if ((set >> i & 1U) == 0)
            continue;
        ptl_buf_add(buf, comma);
        ptl_json_print_string(key->words[i], buf);
        comma = ",";
    }
    ptl_buf_add_char(buf, ']');
}

static unsigned read_set(const struct ptl_key *key, const struct ptl_json *value,
                         struct ptl_members *members)
{
    unsigned set = 0;
    if (ptl_json_type(value) != PTL_JSON_ARRAY) {
        ptl_members_refuse(members, "\"%s\" is no list", key->name);
        return 0;
    }
    for (const struct ptl_json *one = ptl_json_first(value); one != NULL;
         one = ptl_json_next(one)) {
        const char *word = "";
        size_t i = 0;
        ptl_json_as_string(one, &word);
        while (i < key->word_count && strcmp(word, key->words[i]) != 0)
            i++;
        if (i == key->word_count || (set >> i & 1U) != 0)
            ptl_members_refuse(members, "\"%s\" holds an unknown state, or one twice", key->name);
        set |= 1U << i;
    }
    return set;
}

static void print_states(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    unsigned set = *((const uint8_t *)object + key->offset);
    if (set == 0 && key->is_nullable)
        ptl_buf_add(buf, "null");
    else
        print_set(key, set, buf);
}

static void read_states(const struct ptl_key *key, const struct ptl_json *value,
                        struct ptl_members *members, void *object)
{
    bool is_null = key->is_nullable && ptl_json_type(value) == PTL_JSON_NULL;
    unsigned set = is_null ? 0 : read_set(key, value, members);
    if (set == 0 && !is_null)
        ptl_members_refuse(members, "\"%s\" is no list of states", key->name);
    *((uint8_t *)object + key->offset) = (uint8_t)set;
}

static void describe_states(const struct ptl_key *key, struct ptl_json *schema)
{
    struct ptl_json *list = ptl_json_add_array(ptl_json_add_object(schema, "items"), "enum");
    for (size_t i = 0; i < key->word_count; i++)
        ptl_json_add_string(list, NULL, key->words[i]);
}

static void describe_some_states(const struct ptl_key *key, struct ptl_json *schema)
{
    describe_states(key, schema);
    ptl_json_add_number(schema, "minItems", 1);
}

const struct ptl_key_type ptl_key_states = {"list of words", print_states, read_states,
                                            .describe = describe_some_states, .json = "array"};

/* As an array of bool. */
static void print_flags(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    unsigned set = 0;
    for (size_t i = 0; i < key->word_count; i++)
        set |= (unsigned)*((const bool *)object + key->offset + i) << i;
    print_set(key, set, buf);
}

static void read_flags(const struct ptl_key *key, const struct ptl_json *value,
                       struct ptl_members *members, void *object)
{
    unsigned set = read_set(key, value, members);
    for (size_t i = 0; i < key->bytes; i++)
        *((bool *)object + key->offset + i) = (set >> i & 1U) != 0;
}

const struct ptl_key_type ptl_key_flags = {"list of words", print_flags, read_flags,
                                           .describe = describe_states, .json = "array"};

/* ---- a reason ---- */

static void print_reason(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    char text[PTL_REASON_NAME_SIZE];
    uint8_t reason = *((const uint8_t *)object + key->offset);
    ptl_json_print_string(reason != PTL_REASON_NONE ? ptl_reason_name(reason, text) : NULL, buf);
}

static void read_reason(const struct ptl_key *key, const struct ptl_json *value,
                        struct ptl_members *members, void *object)
{
    uint8_t reason = PTL_REASON_NONE;
    const char *text = "";
    bool is_null = key->is_nullable && ptl_json_type(value) == PTL_JSON_NULL;
    if (!is_null && (!ptl_json_as_string(value, &text) || !ptl_reason_parse(text, &reason)))
        ptl_members_refuse(members, "\"%s\" is \"%.*s\", which is none that this version knows",
                           key->name, PTL_REASON_NAME_SIZE, text);
    *((uint8_t *)object + key->offset) = reason;
}

const struct ptl_key_type ptl_key_reason = {"text", print_reason, read_reason, .json = "string"};

/* ---- ranges of addresses ---- */

static void print_ranges(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    (void)key;
    const struct ptl_untouched *untouched = object;
    ptl_buf_add_char(buf, '[');
    for (size_t i = 0; i < untouched->range_count; i++) {
        char text[PTL_BLOCK_SIZE];
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_json_print_string(ptl_block_format(&untouched->ranges[i], text), buf);
    }
    ptl_buf_add_char(buf, ']');
}

/* As portolan writes it, and behind the range before. */
static void read_range(const struct ptl_json *json, struct ptl_members *members,
                       struct ptl_untouched *untouched)
{
    struct ptl_block range;
    const char *text = "";
    char again[PTL_BLOCK_SIZE];
    bool is_block = false;
    size_t count = untouched->range_count;
    if (count == PTL_UNTOUCHED_LISTED)
        ptl_members_refuse(members, "more than %d ranges", PTL_UNTOUCHED_LISTED);
    else if (!ptl_json_as_string(json, &text) || strlen(text) >= sizeof(again) ||
             ptl_block_parse(text, &range, &is_block, NULL) != PTL_OK || !is_block ||
             strcmp(ptl_block_format(&range, again), text) != 0)
        ptl_members_refuse(members, "a range is no \"ADDRESS-ADDRESS\" in its usual form");
    else if (count > 0 &&
             ptl_address_compare(&untouched->ranges[count - 1].last, &range.first) >= 0)
        ptl_members_refuse(members, "\"%s\" is out of the order of the ranges", text);
    else if (!ptl_untouched_add(untouched, &range))
        ptl_members_no_memory(members);
}

static void read_ranges(const struct ptl_key *key, const struct ptl_json *value,
                        struct ptl_members *members, void *object)
{
    if (ptl_json_type(value) != PTL_JSON_ARRAY)
        ptl_members_refuse(members, "\"%s\" is no list", key->name);
    else
        for (const struct ptl_json *one = ptl_json_first(value);
             one != NULL && members->status == PTL_OK; one = ptl_json_next(one))
            read_range(one, members, object);
}

const struct ptl_key_type ptl_key_ranges = {"list of texts", print_ranges, read_ranges,
                                            .describe = ptl_key_describe_list};
