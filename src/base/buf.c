#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ptl_buf_init(struct ptl_buf *buf, size_t max)
{
    *buf = (struct ptl_buf){.max = max};
}

void ptl_buf_init_in(struct ptl_buf *buf, char *storage, size_t size)
{
    *buf = (struct ptl_buf){.data = storage, .capacity = size, .max = size - 1};
    storage[0] = '\0';
}

/* Room for `count` more bytes and the NUL. */
static bool reserve(struct ptl_buf *buf, size_t count)
{
    if (buf->failed || count > buf->max - buf->length) {
        buf->failed = true;
        return false;
    }
    size_t need = buf->length + count + 1;
    if (need <= buf->capacity)
        return true;
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (data == NULL) {
        buf->failed = buf->no_memory = true;
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void ptl_buf_add_bytes(struct ptl_buf *buf, const void *bytes, size_t count)
{
    if (!reserve(buf, count))
        return;
    if (count > 0)
        memcpy(buf->data + buf->length, bytes, count);
    buf->length += count;
    buf->data[buf->length] = '\0';
}

void ptl_buf_add(struct ptl_buf *buf, const char *text)
{
    ptl_buf_add_bytes(buf, text, strlen(text));
}

void ptl_buf_add_char(struct ptl_buf *buf, char c)
{
    if (!reserve(buf, 1))
        return;
    buf->data[buf->length++] = c;
    buf->data[buf->length] = '\0';
}

void ptl_buf_printf(struct ptl_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    /* Into the room that there is: mostly it suffices, and the text is put together only once. */
    size_t room = buf->failed || buf->capacity == 0 ? 0 : buf->capacity - buf->length;
    size_t start = buf->length;
    int length = vsnprintf(room > 0 ? buf->data + start : NULL, room, format, args);
    va_end(args);
    if (length < 0) {
        buf->failed = true;
    } else if (reserve(buf, (size_t)length)) {
        if ((size_t)length >= room)
            vsnprintf(buf->data + start, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    if (buf->failed && room > 0)
        buf->data[start] = '\0'; /* nothing of it was added */
    va_end(again);
}

void ptl_buf_reset(struct ptl_buf *buf)
{
    buf->length = 0;
    buf->failed = buf->no_memory = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

const char *ptl_buf_text(const struct ptl_buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}

char *ptl_buf_steal(struct ptl_buf *buf)
{
    char *data = NULL;
    if (!buf->failed && reserve(buf, 0)) {
        buf->data[buf->length] = '\0';
        data = buf->data;
        buf->data = NULL;
    }
    ptl_buf_free(buf);
    return data;
}

void ptl_buf_free(struct ptl_buf *buf)
{
    free(buf->data);
    *buf = (struct ptl_buf){.max = buf->max};
}
