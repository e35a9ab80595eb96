#include "report/schema_rows.h"

#include <string.h>

void ptl_schema_type(struct ptl_json *schema, const char *type)
{
    static const char *const letters = "sinbdp";
    static const char *const names[] = {"string",  "integer", "number",
                                        "boolean", "integer", "integer"};
    const char *name = names[strchr(letters, type[0]) - letters];
    if (type[1] == '?') {
        struct ptl_json *either = ptl_json_add_array(schema, "type");
        ptl_json_add_string(either, NULL, name);
        ptl_json_add_string(either, NULL, "null");
    } else {
        ptl_json_add_string(schema, "type", name);
    }
    if (type[0] == 'i' || type[0] == 'n')
        ptl_json_add_number(schema, "minimum", 0);
    if (type[0] == 'p') {
        ptl_json_add_number(schema, "minimum", 1);
        ptl_json_add_number(schema, "maximum", 65535);
    }
}

struct ptl_schema_object ptl_schema_object(struct ptl_json *schema,
                                           const struct ptl_schema_row *rows, size_t count)
{
    struct ptl_schema_object object;
    ptl_json_add_string(schema, "type", "object");
    object.required = ptl_json_add_array(schema, "required");
    object.properties = ptl_json_add_object(schema, "properties");
    for (size_t i = 0; i < count; i++)
        ptl_schema_type(ptl_schema_member(object, rows[i].key), rows[i].type);
    return object;
}

struct ptl_json *ptl_schema_member(struct ptl_schema_object object, const char *key)
{
    ptl_json_add_string(object.required, NULL, key);
    return ptl_json_add_object(object.properties, key);
}

struct ptl_json *ptl_schema_items(struct ptl_json *schema)
{
    ptl_json_add_string(schema, "type", "array");
    return ptl_json_add_object(schema, "items");
}

struct ptl_json *ptl_schema_words(struct ptl_json *schema, const char *const *words, size_t count)
{
    struct ptl_json *list = ptl_json_add_array(schema, "enum");
    for (size_t i = 0; i < count; i++)
        ptl_json_add_string(list, NULL, words[i]);
    return list;
}
