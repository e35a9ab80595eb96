/* JSON Schema, draft-07, from the field table. */
#include "base/json.h"
#include "profile/fields.h"

#include <inttypes.h>

#define DURATION_PATTERN "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$"
#define SHARD_PATTERN "^(none|([1-9][0-9]*|auto)/[1-9][0-9]*)$"

#define SOME_TEXT "{'type': 'string', 'minLength': 1}"

static void add_choice(struct ptl_json *any_of, const char *schema)
{
    ptl_json_describe(ptl_json_add_object(any_of, NULL), "%s", schema);
}

static void add_const(struct ptl_json *any_of, const char *word)
{
    ptl_json_add_string(ptl_json_add_object(any_of, NULL), "const", word);
}

static void add_range(struct ptl_json *schema, const char *least, uint64_t min, const char *most,
                      uint64_t max)
{
    if (min)
        ptl_json_add_number(schema, least, min);
    if (max)
        ptl_json_add_number(schema, most, max);
}

static void add_words(struct ptl_json *schema, const struct ptl_field *field)
{
    struct ptl_json *words = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < field->word_count; i++)
        ptl_json_add_string(words, NULL, field->words[i]);
}

/* What an entry of a list can be, up to a NULL. */
static const char *const entries[][3] = {
    [PTL_FIELD_HOSTS] = {SOME_TEXT, "{'type': 'object', 'properties': {'file': " SOME_TEXT
                                    "}, 'required': ['file'], 'additionalProperties': false}"},
    [PTL_FIELD_PORTS] = {"{'type': 'integer', 'minimum': 1, 'maximum': 65535}", SOME_TEXT},
    [PTL_FIELD_SCOPE] = {SOME_TEXT},
};

static void add_each(struct ptl_json *any_of, const struct ptl_field *field)
{
    for (const char *const *entry = entries[field->type]; *entry != NULL; entry++)
        add_choice(any_of, *entry);
}

/* One entry, or a list of them; never an empty list where the key must say something. */
static void add_entries(struct ptl_json *schema, const struct ptl_field *field)
{
    struct ptl_json *any_of = ptl_json_add_array(schema, "anyOf");
    add_each(any_of, field);
    struct ptl_json *list = ptl_json_add_object(any_of, NULL);
    ptl_json_add_string(list, "type", "array");
    add_each(ptl_json_add_array(ptl_json_add_object(list, "items"), "anyOf"), field);
    if (field->required)
        ptl_json_add_number(list, "minItems", 1);
}

static void add_object(struct ptl_json *schema, const struct ptl_field *fields, size_t count);

static void add_rules(struct ptl_json *schema, const struct ptl_field *field)
{
    ptl_json_add_string(schema, "type", "array");
    ptl_json_add_number(schema, "maxItems", field->max);
    struct ptl_json *items = ptl_json_add_object(schema, "items");
    add_object(items, field->children, field->child_count);
    struct ptl_json *required = ptl_json_add_array(items, "required");
    struct ptl_json *any_of = ptl_json_add_array(items, "anyOf");
    for (size_t i = 0; i < field->child_count; i++) {
        const struct ptl_field *child = &field->children[i];
        struct ptl_json *list =
            child->required ? required
                            : ptl_json_add_array(ptl_json_add_object(any_of, NULL), "required");
        ptl_json_add_string(list, NULL, child->name);
    }
}

static void add_text(struct ptl_json *schema, const struct ptl_field *field)
{
    ptl_json_add_string(schema, "type", "string");
    if (field->type == PTL_FIELD_NAME)
        ptl_json_add_string(schema, "pattern", "^([.]{0,2}[A-Za-z0-9_-]|[.]{3})[A-Za-z0-9._-]*$");
    if (field->type == PTL_FIELD_PATH)
        ptl_json_add_string(schema, "pattern",
                            "^([^{}]|\\{profile\\}|\\{shard\\}|\\{started\\})+$");
    if (field->type == PTL_FIELD_FOLDER)
        ptl_json_add_string(schema, "pattern", "^([^{}-]|-[^{}])[^{}]*$");
    add_range(schema, "minLength",
              field->type == PTL_FIELD_PATH || field->type == PTL_FIELD_FOLDER ? 1 : field->min,
              "maxLength", field->max);
}

static void add_parents(struct ptl_json *schema, const struct ptl_field *field)
{
    struct ptl_json *any_of = ptl_json_add_array(schema, "anyOf");
    add_choice(any_of, SOME_TEXT);
    ptl_json_describe(ptl_json_add_object(any_of, NULL),
                      "{'type': 'array', 'minItems': 1, 'maxItems': %" PRIu64
                      ", 'items': " SOME_TEXT "}",
                      field->max);
}

static void add_list(struct ptl_json *schema, const struct ptl_field *field)
{
    ptl_json_add_string(schema, "type", "array");
    struct ptl_json *items = ptl_json_add_object(schema, "items");
    ptl_json_add_string(items, "type", "string");
    add_words(items, field);
}

static void add_number(struct ptl_json *schema, const struct ptl_field *field)
{
    struct ptl_json *any_of = field->special != NULL ? ptl_json_add_array(schema, "anyOf") : NULL;
    if (any_of != NULL) {
        add_const(any_of, field->special);
        if (field->also != NULL)
            add_const(any_of, field->also);
        schema = ptl_json_add_object(any_of, NULL);
    }
    if (field->type == PTL_FIELD_INT) {
        ptl_json_describe(schema,
                          "{'type': 'integer', 'minimum': %" PRIu64 ", 'maximum': %" PRIu64 "}",
                          field->min, field->max);
    } else {
        ptl_json_add_string(schema, "type", "string");
        if (field->type == PTL_FIELD_DURATION)
            ptl_json_add_string(schema, "pattern", DURATION_PATTERN);
        else
            ptl_json_add_string(schema, "pattern", "^\\[?[0-9A-Fa-f:.]+\\]?$");
    }
}

static void add_mapping(struct ptl_json *schema, const struct ptl_field *field)
{
    add_object(schema, field->children, field->child_count);
}

/* How each type is told: by a function, or as it stands here. */
static const struct {
    void (*add)(struct ptl_json *schema, const struct ptl_field *field);
    const char *text;
} types[] = {
    [PTL_FIELD_NAME] = {.add = add_text},
    [PTL_FIELD_STRING] = {.add = add_text},
    [PTL_FIELD_PATH] = {.add = add_text},
    [PTL_FIELD_FOLDER] = {.add = add_text},
    [PTL_FIELD_EXTENDS] = {.add = add_parents},
    [PTL_FIELD_DURATION] = {.add = add_number},
    [PTL_FIELD_BOOL] = {.text = "{'type': 'boolean'}"},
    [PTL_FIELD_INT] = {.add = add_number},
    [PTL_FIELD_SHARE] = {.text = "{'type': 'number', 'minimum': 0, 'maximum': 1}"},
    [PTL_FIELD_ENUM] = {.add = add_words},
    [PTL_FIELD_ADDRESS] = {.add = add_number},
    [PTL_FIELD_HOSTS] = {.add = add_entries},
    [PTL_FIELD_PORTS] = {.add = add_entries},
    [PTL_FIELD_SCOPE] = {.add = add_entries},
    [PTL_FIELD_STATES] = {.add = add_list},
    [PTL_FIELD_MAPPING] = {.add = add_mapping},
    [PTL_FIELD_SHARD] = {.text = "{'type': 'string', 'pattern': '" SHARD_PATTERN "'}"},
    [PTL_FIELD_EXPECT] = {.add = add_rules},
};

static void add_object(struct ptl_json *schema, const struct ptl_field *fields, size_t count)
{
    ptl_json_add_string(schema, "type", "object");
    ptl_json_describe(schema, "{'additionalProperties': false}");
    struct ptl_json *properties = ptl_json_add_object(schema, "properties");
    for (size_t i = 0; i < count; i++) {
        struct ptl_json *property = ptl_json_add_object(properties, fields[i].name);
        ptl_json_add_string(property, "description", fields[i].summary);
        if (types[fields[i].type].add != NULL)
            types[fields[i].type].add(property, &fields[i]);
        else
            ptl_json_describe(property, "%s", types[fields[i].type].text);
    }
}

/* A profile without a parent needs all that is required; with one, the parent may have it. */
static void add_required(struct ptl_json *schema)
{
    struct ptl_json *any_of = ptl_json_add_array(schema, "anyOf");
    struct ptl_json *parent = ptl_json_add_array(ptl_json_add_object(any_of, NULL), "required");
    ptl_json_add_string(parent, NULL, "extends");
    struct ptl_json *alone = ptl_json_add_array(ptl_json_add_object(any_of, NULL), "required");
    for (size_t i = 0; i < ptl_field_count; i++)
        if (ptl_fields[i].required)
            ptl_json_add_string(alone, NULL, ptl_fields[i].name);
}

void ptl_profile_schema(struct ptl_buf *buf)
{
    struct ptl_json *schema = ptl_json_object();
    ptl_json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
    ptl_json_add_string(schema, "title", "portolan profile, version 1");
    add_object(schema, ptl_fields, ptl_field_count);
    add_required(schema);
    if (ptl_json_print(schema, buf, true) &&
        (buf->length == 0 || buf->data[buf->length - 1] != '\n'))
        ptl_buf_add_char(buf, '\n');
    ptl_json_free(schema);
}
