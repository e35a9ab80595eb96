/*
 * A string buffer that grows up to a maximum. Failure is sticky: after the first append that does
 * not fit (or has no memory) the buffer keeps what it had, `failed` is true, and later appends do
 * nothing, so that a writer checks once, at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct ptl_buf {
    char *data; /* NUL-terminated once anything was added; NULL before */
    size_t length;
    size_t capacity;
    size_t max; /* longest allowed, without the NUL */
    bool failed;
    bool no_memory; /* failed, and not because the text is longer than allowed */
};

/* An empty buffer that may grow to `max` bytes. Allocates nothing yet. */
void ptl_buf_init(struct ptl_buf *buf, size_t max);
/*
 * An empty buffer in the caller's `storage`, of which it uses all but the NUL's place: it never
 * allocates, so that a message can be put together when memory is gone. Neither stolen nor freed.
 */
void ptl_buf_init_in(struct ptl_buf *buf, char *storage, size_t size);
void ptl_buf_add(struct ptl_buf *buf, const char *text);
void ptl_buf_add_bytes(struct ptl_buf *buf, const void *bytes, size_t count);
void ptl_buf_add_char(struct ptl_buf *buf, char c);
void ptl_buf_printf(struct ptl_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Empties the buffer, keeps the memory, clears `failed`. */
void ptl_buf_reset(struct ptl_buf *buf);
/* The text, never NULL; "" when empty. Borrowed. */
const char *ptl_buf_text(const struct ptl_buf *buf);
/* Hands the memory to the caller (free()); NULL when failed. The buffer is empty afterwards. */
char *ptl_buf_steal(struct ptl_buf *buf);
void ptl_buf_free(struct ptl_buf *buf);

#endif
