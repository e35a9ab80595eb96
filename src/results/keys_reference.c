/* docs/keys.md, from the tables of keys. */
#include "results/keys.h"

#include <stdio.h>
#include <string.h>

#define OBJECTS_MAX 64
#define PATH_MAX_BYTES 128

/* What was told so far, and under which name. */
struct reference {
    struct ptl_buf *buf;
    const struct ptl_object *objects[OBJECTS_MAX];
    char paths[OBJECTS_MAX][PATH_MAX_BYTES];
    size_t count;
};

static const char *path_of(const struct reference *reference, const struct ptl_object *object)
{
    for (size_t i = 0; i < reference->count; i++)
        if (reference->objects[i] == object)
            return reference->paths[i];
    return NULL;
}

static void add_words(const struct ptl_key *key, struct ptl_buf *buf)
{
    const char *before = ": ";
    for (size_t i = 0; i < key->word_count; i++) {
        if (key->words[i] == NULL)
            continue;
        ptl_buf_printf(buf, "%s`%s`", before, key->words[i]);
        before = ", ";
    }
}

static void add_row(const struct reference *reference, const struct ptl_key *key)
{
    struct ptl_buf *buf = reference->buf;
    const char *path = key->object != NULL ? path_of(reference, key->object) : NULL;
    const char *there = key->is_omitted ? "sometimes" : key->is_later ? "later" : "always";
    ptl_buf_printf(buf, "| `%s` | %s", key->name, key->type->name);
    add_words(key, buf);
    ptl_buf_add(buf, key->is_nullable ? " or null" : "");
    if (path != NULL)
        ptl_buf_printf(buf, ", as `%s`", path);
    ptl_buf_printf(buf, " | %s | %s |\n", there, key->about);
}

/* The table of an object, then those of the objects that it holds. */
static void add_object(struct reference *reference, const struct ptl_object *object,
                       const char *path)
{
    struct ptl_buf *buf = reference->buf;
    if (reference->count == OBJECTS_MAX || path_of(reference, object) != NULL)
        return;
    reference->objects[reference->count] = object;
    snprintf(reference->paths[reference->count++], PATH_MAX_BYTES, "%s", path);
    if (path[0] != '\0')
        ptl_buf_printf(buf, "\n### %s\n\n", path);
    ptl_buf_add(buf, "| key | value | there | what it means |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < object->count; i++)
        add_row(reference, &object->keys[i]);
    for (size_t i = 0; i < object->count; i++) {
        const struct ptl_key *key = &object->keys[i];
        char inner[PATH_MAX_BYTES];
        bool is_list = strncmp(key->type->name, "list", 4) == 0;
        if (key->object == NULL)
            continue;
        snprintf(inner, sizeof(inner), "%s%s%s%s", path, path[0] != '\0' ? "." : "", key->name,
                 is_list ? "[]" : "");
        add_object(reference, key->object, inner);
    }
}

void ptl_object_reference(const struct ptl_object *object, const char *title, struct ptl_buf *buf)
{
    struct reference reference = {.buf = buf};
    ptl_buf_printf(buf, "\n## %s\n\n", title);
    add_object(&reference, object, "");
}
