#include "base/json.h"

#include "base/number.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW_KEYS 32
#define DESCRIBED_BYTES 512
#define LINE_BYTES 512   /* room from the start, so that most need not grow */
#define FAILED (1 << 16) /* a bit of cJSON's type that cJSON does not use: an add below failed */

static cJSON *inner(struct ptl_json *json)
{
    return (cJSON *)json;
}

static const cJSON *inner_const(const struct ptl_json *json)
{
    return (const cJSON *)json;
}

struct ptl_json *ptl_json_object(void)
{
    return (struct ptl_json *)cJSON_CreateObject();
}

void ptl_json_add(struct ptl_json *parent, const char *key, struct ptl_json *child)
{
    cJSON *to = inner(parent), *item = inner(child);
    if (to != NULL && item != NULL &&
        (key != NULL ? cJSON_AddItemToObject(to, key, item) : cJSON_AddItemToArray(to, item)))
        return;
    cJSON_Delete(item);
    if (to != NULL)
        to->type |= FAILED;
}

static struct ptl_json *add_container(struct ptl_json *parent, const char *key, cJSON *item)
{
    ptl_json_add(parent, key, (struct ptl_json *)item);
    if (parent == NULL || item == NULL || (inner(parent)->type & FAILED) != 0)
        return NULL;
    return (struct ptl_json *)item;
}

struct ptl_json *ptl_json_add_object(struct ptl_json *parent, const char *key)
{
    return add_container(parent, key, cJSON_CreateObject());
}

struct ptl_json *ptl_json_add_array(struct ptl_json *parent, const char *key)
{
    return add_container(parent, key, cJSON_CreateArray());
}

void ptl_json_add_string(struct ptl_json *parent, const char *key, const char *text)
{
    cJSON *item;
    if (text == NULL) {
        item = cJSON_CreateNull();
    } else if (ptl_text_is_utf8(text, strlen(text))) {
        item = cJSON_CreateString(text);
    } else {
        struct ptl_buf mended;
        ptl_buf_init(&mended, 4 * strlen(text));
        ptl_text_add_utf8(&mended, text);
        item = mended.failed ? NULL : cJSON_CreateString(ptl_buf_text(&mended));
        ptl_buf_free(&mended);
    }
    ptl_json_add(parent, key, (struct ptl_json *)item);
}

void ptl_json_add_number(struct ptl_json *parent, const char *key, uint64_t number)
{
    /* As text: cJSON takes every number for a double, and stops at 15 digits. */
    char digits[PTL_DIGITS_SIZE];
    ptl_json_add(parent, key, (struct ptl_json *)cJSON_CreateRaw(ptl_digits(number, digits)));
}

void ptl_json_describe(struct ptl_json *parent, const char *format, ...)
{
    char text[DESCRIBED_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    for (char *quote = text; (quote = strchr(quote, '\'')) != NULL;)
        *quote = '"';
    cJSON *members = cJSON_Parse(text);
    if (members == NULL && parent != NULL)
        inner(parent)->type |= FAILED;
    while (members != NULL && members->child != NULL) {
        cJSON *one = cJSON_DetachItemViaPointer(members, members->child);
        ptl_json_add(parent, one->string, (struct ptl_json *)one);
    }
    cJSON_Delete(members);
}

static bool any_failed(const cJSON *item)
{
    if ((item->type & FAILED) != 0)
        return true;
    for (const cJSON *child = item->child; child != NULL; child = child->next)
        if (any_failed(child))
            return true;
    return false;
}

bool ptl_json_print(const struct ptl_json *json, struct ptl_buf *buf, bool pretty)
{
    const cJSON *item = inner_const(json);
    char *text = NULL;
    if (item != NULL && !any_failed(item))
        text = pretty ? cJSON_Print(item) : cJSON_PrintBuffered(item, LINE_BYTES, false);
    if (text == NULL) {
        buf->failed = true;
        return false;
    }
    ptl_buf_add(buf, text);
    cJSON_free(text);
    return !buf->failed;
}

void ptl_json_free(struct ptl_json *json)
{
    cJSON_Delete(inner(json));
}

/* ---- reading ---- */

/* Each with each: fastest for the few keys of a record. */
static const char *duplicate_of_few(const cJSON *object)
{
    for (const cJSON *child = object->child; child != NULL; child = child->next)
        for (const cJSON *other = child->next; other != NULL; other = other->next)
            if (child->string[0] == other->string[0] && strcmp(child->string, other->string) == 0)
                return child->string;
    return NULL;
}

/* Sorted, so that an object of a hundred thousand keys costs no more than its sort. */
static const char *duplicate_here(const cJSON *object, bool *no_memory)
{
    size_t count = 0, used = 0;
    for (const cJSON *child = object->child; child != NULL; child = child->next)
        count++;
    if (count <= FEW_KEYS)
        return duplicate_of_few(object);
    const char **keys = calloc(count + 1, sizeof(*keys));
    if (keys == NULL) {
        *no_memory = true;
        return NULL;
    }
    for (const cJSON *child = object->child; child != NULL; child = child->next)
        keys[used++] = child->string;
    qsort(keys, count, sizeof(*keys), ptl_text_order);
    const char *twice = NULL;
    for (size_t i = 1; i < count && twice == NULL; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0)
            twice = keys[i];
    free(keys);
    return twice;
}

/* cJSON takes duplicate keys without a word. */
static const char *duplicate_key(const cJSON *item, bool *no_memory)
{
    const char *twice = cJSON_IsObject(item) ? duplicate_here(item, no_memory) : NULL;
    for (const cJSON *child = item->child; child != NULL && twice == NULL; child = child->next)
        if (child->child != NULL)
            twice = duplicate_key(child, no_memory);
    return twice;
}

static enum ptl_status refuse(const char *text, size_t offset, const struct ptl_origin *origin,
                              struct ptl_error *error, const char *what)
{
    struct ptl_origin place = {.line = 1, .column = 1};
    if (origin != NULL)
        place = *origin;
    for (size_t i = 0; i < offset; i++) {
        if (place.column != 0) /* 0: not known */
            place.column = text[i] == '\n' ? 1 : place.column + 1;
        place.line += text[i] == '\n';
    }
    return ptl_error_at(error, &place, "%s", what);
}

enum ptl_status ptl_json_look(const char *text, size_t length, const struct ptl_origin *origin,
                              struct ptl_error *error)
{
    if (!ptl_text_is_utf8(text, length))
        return refuse(text, 0, origin, error, "not valid UTF-8");
    size_t offset = 0;
    const char *wrong = ptl_json_check(text, length, &offset);
    return wrong != NULL ? refuse(text, offset, origin, error, wrong) : PTL_OK;
}

enum ptl_status ptl_json_parse(const char *text, size_t length, const struct ptl_origin *origin,
                               struct ptl_json **json, struct ptl_error *error)
{
    enum ptl_status status = ptl_json_look(text, length, origin, error);
    if (status != PTL_OK)
        return status;
    cJSON *item = cJSON_ParseWithLength(text, length);
    bool no_memory = item == NULL; /* the text is JSON: there is no other reason */
    const char *twice = no_memory ? NULL : duplicate_key(item, &no_memory);
    if (no_memory) {
        cJSON_Delete(item);
        return ptl_error_no_memory(error);
    }
    if (twice != NULL) {
        struct ptl_origin place = {.line = 1, .column = 1};
        ptl_error_at(error, origin != NULL ? origin : &place, "the key \"%s\" stands twice", twice);
        cJSON_Delete(item);
        return PTL_E_INVALID;
    }
    *json = (struct ptl_json *)item;
    return PTL_OK;
}

enum ptl_json_type ptl_json_type(const struct ptl_json *json)
{
    const cJSON *item = inner_const(json);
    if (cJSON_IsBool(item))
        return PTL_JSON_BOOL;
    if (cJSON_IsNumber(item))
        return PTL_JSON_NUMBER;
    if (cJSON_IsString(item))
        return PTL_JSON_STRING;
    if (cJSON_IsArray(item))
        return PTL_JSON_ARRAY;
    return cJSON_IsObject(item) ? PTL_JSON_OBJECT : PTL_JSON_NULL;
}

const struct ptl_json *ptl_json_get(const struct ptl_json *json, const char *key)
{
    return (const struct ptl_json *)cJSON_GetObjectItemCaseSensitive(inner_const(json), key);
}

const struct ptl_json *ptl_json_first(const struct ptl_json *json)
{
    return json != NULL ? (const struct ptl_json *)inner_const(json)->child : NULL;
}

const struct ptl_json *ptl_json_next(const struct ptl_json *json)
{
    return (const struct ptl_json *)inner_const(json)->next;
}

const char *ptl_json_key(const struct ptl_json *json)
{
    return inner_const(json)->string;
}

bool ptl_json_as_string(const struct ptl_json *json, const char **text)
{
    if (ptl_json_type(json) != PTL_JSON_STRING)
        return false;
    *text = inner_const(json)->valuestring;
    return true;
}

bool ptl_json_as_number(const struct ptl_json *json, uint64_t *number)
{
    double value;
    if (!ptl_json_as_double(json, &value) || value < 0 || value > 9007199254740992.0 ||
        value != floor(value))
        return false;
    *number = (uint64_t)value;
    return true;
}

bool ptl_json_as_double(const struct ptl_json *json, double *number)
{
    if (ptl_json_type(json) != PTL_JSON_NUMBER)
        return false;
    *number = inner_const(json)->valuedouble;
    return true;
}

bool ptl_json_as_bool(const struct ptl_json *json, bool *value)
{
    if (ptl_json_type(json) != PTL_JSON_BOOL)
        return false;
    *value = cJSON_IsTrue(inner_const(json));
    return true;
}
