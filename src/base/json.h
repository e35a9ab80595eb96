/*
 * JSON values to build and to take apart, over cJSON, with no type of it in sight.
 *
 * Building: an add function that runs out of memory marks the root as failed and frees what it
 * was given, so one check, ptl_json_print's, is enough. Strings are made valid UTF-8 (U+FFFD).
 * Not for use by several threads at a time.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

struct ptl_json; /* a value; owned by its parent once added */

struct ptl_json *
ptl_json_object(void); /* NULL: no memory; every function below takes NULL as failed */
/* `key` NULL: appends to an array. The child is the parent's afterwards, also on failure (freed).
 */
void ptl_json_add(struct ptl_json *parent, const char *key, struct ptl_json *child);
/* Adds an empty object or array and returns it, borrowed; NULL on failure. */
struct ptl_json *ptl_json_add_object(struct ptl_json *parent, const char *key);
struct ptl_json *ptl_json_add_array(struct ptl_json *parent, const char *key);
/* text NULL: null; bytes that are no UTF-8 are mended */
void ptl_json_add_string(struct ptl_json *parent, const char *key, const char *text);
/* Exactly, of any size; readers take up to 2^53 for granted. For printing: the functions that take
 * values apart do not see it as a number. */
void ptl_json_add_number(struct ptl_json *parent, const char *key, uint64_t number);
/* Adds the members of an object that is written as printf has it, with ' for ": {'type': 'text'}.
 * For short texts of ours. */
void ptl_json_describe(struct ptl_json *parent, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Appends the value to buf on one line, without blanks; `pretty`: indented, for people and diffs.
 * False: an add failed or memory is out (buf->failed is then set too). */
bool ptl_json_print(const struct ptl_json *json, struct ptl_buf *buf, bool pretty);
/* The same of a string (NULL: null), a whole number and a number (not finite: null) that are no
 * values yet, for writers of many: no memory but the buffer's is asked for. */
void ptl_json_print_string(const char *text, struct ptl_buf *buf);
void ptl_json_print_number(uint64_t number, struct ptl_buf *buf);
void ptl_json_print_double(double number, struct ptl_buf *buf);
void ptl_json_free(struct ptl_json *json);

/*
 * Parses exactly one value in text[0..length): nothing after it, no duplicate keys, well-formed
 * UTF-8, no NUL in a string, depth at most 32, at most 250,000 values. `origin` says where the text
 * begins, for messages; a column of 0 stays unknown. On success *json is yours. Errors:
 * PTL_E_INVALID, PTL_E_NO_MEMORY.
 */
enum ptl_status ptl_json_parse(const char *text, size_t length, const struct ptl_origin *origin,
                               struct ptl_json **json, struct ptl_error *error);

/* Is the text such a value? For what is not taken: keys that stand twice are let pass, and it costs
 * a tenth of parsing. Errors: PTL_E_INVALID. */
enum ptl_status ptl_json_look(const char *text, size_t length, const struct ptl_origin *origin,
                              struct ptl_error *error);

enum ptl_json_type {
    PTL_JSON_NULL,
    PTL_JSON_BOOL,
    PTL_JSON_NUMBER,
    PTL_JSON_STRING,
    PTL_JSON_ARRAY,
    PTL_JSON_OBJECT
};
enum ptl_json_type ptl_json_type(const struct ptl_json *json); /* NULL: PTL_JSON_NULL */
/* Borrowed member of an object, NULL when absent or json is no object. */
const struct ptl_json *ptl_json_get(const struct ptl_json *json, const char *key);
/* First child of an array or object, and the next sibling; NULL at the end. For loops. */
const struct ptl_json *ptl_json_first(const struct ptl_json *json);
const struct ptl_json *ptl_json_next(const struct ptl_json *json);
/* The key under which an object holds this child; NULL in an array. */
const char *ptl_json_key(const struct ptl_json *json);
/* False (and the out-parameter untouched) when the value is not of that type. */
bool ptl_json_as_string(const struct ptl_json *json, const char **text); /* borrowed */
bool ptl_json_as_number(const struct ptl_json *json, uint64_t *number);  /* whole, 0 to 2^53 */
bool ptl_json_as_double(const struct ptl_json *json, double *number);
bool ptl_json_as_bool(const struct ptl_json *json, bool *value);

/* ---- for json.c: is a text JSON? Looked at before cJSON sees it, which lets pass what JSON does
 * not, and does not tell a wrong text from memory that ran out (json_check.c) ---- */

#define PTL_JSON_DEPTH_MAX 32
#define PTL_JSON_VALUES_MAX 250000 /* in one text: each takes 64 bytes once parsed */
#define PTL_JSON_NUMBER_MAX 63     /* characters of a number: cJSON takes no more */

/*
 * NULL when the text is exactly one value as RFC 8259 has it, without NUL in its strings, and with
 * depth and count of values within bounds. Else what is wrong, with its *offset. That the text is
 * UTF-8, and that no key stands twice, is not looked at. Any thread.
 */
const char *ptl_json_check(const char *text, size_t length, size_t *offset);

#endif
