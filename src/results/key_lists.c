/* Types of keys: objects, and lists of them. */
#include "base/array.h"
#include "results/keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void ptl_key_describe_list(const struct ptl_key *key, struct ptl_json *schema)
{
    ptl_key_describe_as(key, "array", schema);
    struct ptl_json *items = ptl_json_add_object(schema, "items");
    if (key->object != NULL)
        ptl_object_describe(key->object, items);
    else
        ptl_json_add_string(items, "type", "string");
}

static void print_texts(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const char *const *texts;
    memcpy(&texts, (const char *)object + key->offset, sizeof(texts));
    uint64_t count = ptl_key_load(object, key->count_at, key->count_bytes);
    ptl_buf_add_char(buf, '[');
    for (uint64_t i = 0; i < count; i++) {
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_json_print_string(texts[i], buf);
    }
    ptl_buf_add_char(buf, ']');
}

const struct ptl_key_type ptl_key_texts = {"list of texts", print_texts,
                                           .describe = ptl_key_describe_list};

static void print_object(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    ptl_object_print(key->object, (const char *)object + key->offset, buf);
}

static void read_into(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *into)
{
    struct ptl_members inner = *members;
    inner.json = value;
    inner.what = key->object->name;
    ptl_object_read(key->object, PTL_KEYS_ALL, &inner, into);
    members->status = inner.status;
}

static void read_object(const struct ptl_key *key, const struct ptl_json *value,
                        struct ptl_members *members, void *object)
{
    read_into(key, value, members, (char *)object + key->offset);
}

void ptl_key_describe_object(const struct ptl_key *key, struct ptl_json *schema)
{
    ptl_object_describe(key->object, schema);
}

const struct ptl_key_type ptl_key_object = {"object", print_object, read_object,
                                            .describe = ptl_key_describe_object};

static void print_items(const struct ptl_key *key, const void *object, const char *items,
                        struct ptl_buf *buf)
{
    uint64_t count = ptl_key_load(object, key->count_at, key->count_bytes);
    const char *line = key->has_lines ? "\n" : "";
    ptl_buf_add_char(buf, '[');
    for (uint64_t i = 0; i < count; i++) {
        ptl_buf_add(buf, i > 0 ? "," : "");
        ptl_buf_add(buf, line);
        ptl_object_print(key->object, items + i * key->object->bytes, buf);
    }
    ptl_buf_add(buf, line);
    ptl_buf_add_char(buf, ']');
}

static void print_list(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    const char *items;
    memcpy(&items, (const char *)object + key->offset, sizeof(items));
    print_items(key, object, items, buf);
}

static void print_array(const struct ptl_key *key, const void *object, struct ptl_buf *buf)
{
    print_items(key, object, (const char *)object + key->offset, buf);
}

static const struct ptl_json *first_item(const struct ptl_key *key, const struct ptl_json *value,
                                         struct ptl_members *members, void *object)
{
    ptl_key_store(object, key->count_at, key->count_bytes, 0);
    if (ptl_json_type(value) == PTL_JSON_ARRAY)
        return ptl_json_first(value);
    ptl_members_refuse(members, "\"%s\" is no list", key->name);
    return NULL;
}

static void refuse_more(const struct ptl_key *key, struct ptl_members *members)
{
    ptl_members_refuse(members, "\"%s\" has more than %" PRIu64 " elements", key->name, key->max);
}

static void read_list(const struct ptl_key *key, const struct ptl_json *value,
                      struct ptl_members *members, void *object)
{
    size_t count = 0, capacity = 0, size = key->object->bytes;
    void *items;
    memcpy(&items, (char *)object + key->offset, sizeof(items));
    free(items);
    items = NULL;
    for (const struct ptl_json *one = first_item(key, value, members, object);
         one != NULL && members->status == PTL_OK; one = ptl_json_next(one)) {
        if (key->max > 0 && count == key->max)
            refuse_more(key, members);
        else if (!ptl_array_room(&items, &capacity, count, size))
            ptl_members_no_memory(members);
        else
            read_into(key, one, members, memset((char *)items + count++ * size, 0, size));
    }
    memcpy((char *)object + key->offset, &items, sizeof(items));
    ptl_key_store(object, key->count_at, key->count_bytes, count);
}

static void read_array(const struct ptl_key *key, const struct ptl_json *value,
                       struct ptl_members *members, void *object)
{
    size_t count = 0, size = key->object->bytes, room = key->bytes / size;
    for (const struct ptl_json *one = first_item(key, value, members, object);
         one != NULL && members->status == PTL_OK; one = ptl_json_next(one)) {
        if (count == room && key->max > 0)
            refuse_more(key, members);
        else if (count < room) /* of more than this version has room for, the first */
            read_into(key, one, members, (char *)object + key->offset + count++ * size);
    }
    ptl_key_store(object, key->count_at, key->count_bytes, count);
}

const struct ptl_key_type ptl_key_list = {"list of objects", print_list, read_list,
                                          .describe = ptl_key_describe_list};
const struct ptl_key_type ptl_key_array = {"list of objects", print_array, read_array,
                                           .describe = ptl_key_describe_list};
