/* What the JSON Schemas of results, comparisons and diffs are built of. One thread. */
#ifndef REPORT_SCHEMA_ROWS_H
#define REPORT_SCHEMA_ROWS_H

#include "portolan/json.h"

#include <stddef.h>

/*
 * A member of an object: its key and its type. s string, b boolean, i whole number and n number
 * from 0 on, d whole number of either sign, p port; with "?" behind it, or null.
 */
struct ptl_schema_row {
    const char *key, *type;
};
#define PTL_SCHEMA_ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

/* An object being described. Both are borrowed from its schema. */
struct ptl_schema_object {
    struct ptl_json *required, *properties;
};

/* What these functions return is borrowed; memory that runs out is told by ptl_json_print. */
void ptl_schema_type(struct ptl_json *schema, const char *type);
/* An object that has to have every row. More keys may come in later versions: none are forbidden.
 */
struct ptl_schema_object ptl_schema_object(struct ptl_json *schema,
                                           const struct ptl_schema_row *rows, size_t count);
/* One more member that the object has to have: its schema, still empty. */
struct ptl_json *ptl_schema_member(struct ptl_schema_object object, const char *key);
/* An array: the schema of its items, still empty. */
struct ptl_json *ptl_schema_items(struct ptl_json *schema);
/* One of these words. Returns the list, for null to be added. */
struct ptl_json *ptl_schema_words(struct ptl_json *schema, const char *const *words, size_t count);

#endif
