/* Text from outside: is it UTF-8, may it be printed, what was meant. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

#include <stdarg.h>

/* True when bytes[0..length) is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool ptl_text_is_utf8(const char *bytes, size_t length);

/*
 * Appends `text` with every ill-formed byte as U+FFFD and every control or bidirectional-control
 * character (C0, DEL, C1, U+200E/F, U+202A-E, U+2066-9) as "\xNN" or "\u{NNNN}": nothing that a
 * terminal would obey comes through. A newline is a control character too.
 */
void ptl_text_add_printable(struct ptl_buf *buf, const char *text);

/* The same of what printf would print, in all of it. */
void ptl_text_printf(struct ptl_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same as a line of its own. */
void ptl_text_line(struct ptl_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Characters of UTF-8, near enough to columns of a terminal. */
int ptl_text_width(const char *text);

/* Appends `text` with every ill-formed byte as U+FFFD, all else unchanged. */
void ptl_text_add_utf8(struct ptl_buf *buf, const char *text);

/* Appends the bytes, whose number is a multiple of three, in base 64. */
void ptl_text_add_base64(struct ptl_buf *buf, const unsigned char *bytes, size_t count);

/*
 * The candidate nearest to `word` by Damerau-Levenshtein distance (optimal string alignment), or
 * NULL when none is within a third of the word's length (at least 1). Borrowed from candidates.
 */
const char *ptl_text_nearest(const char *word, const char *const *candidates, size_t count);

/* For qsort() and bsearch() of arrays of texts: byte by byte, or capitals as small letters. */
int ptl_text_order(const void *a, const void *b);
int ptl_text_order_any_case(const void *a, const void *b);

/* Frees a list and the texts in it. */
void ptl_text_list_free(char **list, size_t count);
/*
 * Formats a text and puts it behind a list of few, which owns it; one that the list has is left
 * out. False: no memory.
 */
bool ptl_text_list_add(char ***list, size_t *count, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
