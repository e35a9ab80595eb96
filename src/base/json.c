#include "portolan/json.h"

#include "portolan/text.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

struct ptl_json *ptl_json_array(void)
{
    return (struct ptl_json *)cJSON_CreateArray();
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
    ptl_json_add(parent, key, (struct ptl_json *)cJSON_CreateNumber((double)number));
}

void ptl_json_add_double(struct ptl_json *parent, const char *key, double number)
{
    cJSON *item = isfinite(number) ? cJSON_CreateNumber(number) : cJSON_CreateNull();
    ptl_json_add(parent, key, (struct ptl_json *)item);
}

void ptl_json_add_bool(struct ptl_json *parent, const char *key, bool value)
{
    ptl_json_add(parent, key, (struct ptl_json *)cJSON_CreateBool(value));
}

void ptl_json_add_null(struct ptl_json *parent, const char *key)
{
    ptl_json_add(parent, key, (struct ptl_json *)cJSON_CreateNull());
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
        text = pretty ? cJSON_Print(item) : cJSON_PrintUnformatted(item);
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
