/* Numbers and texts as a journal holds them: LEB128, least significant group first. One thread. */
#ifndef JOURNAL_BYTES_H
#define JOURNAL_BYTES_H

#include "base/buf.h"

#include <stdint.h>

void ptl_bytes_put(struct ptl_buf *buf, uint64_t number);
/* Of either sign: small ones are short. */
void ptl_bytes_put_signed(struct ptl_buf *buf, int64_t number);
/* Appends the length of a text, then its bytes. NULL is "". */
void ptl_bytes_put_text(struct ptl_buf *buf, const char *text);

/* What is still to be read. Once anything was wrong `failed` stays true, and all reads give 0. */
struct ptl_bytes {
    const uint8_t *at, *end;
    bool failed;
};

uint64_t ptl_bytes_get(struct ptl_bytes *bytes);
int64_t ptl_bytes_get_signed(struct ptl_bytes *bytes);
/* A number that is at most `most`; more is a failure. */
uint64_t ptl_bytes_get_most(struct ptl_bytes *bytes, uint64_t most);
/* A text without NUL, as the caller's (free()); NULL: it failed, or memory is out. */
char *ptl_bytes_get_text(struct ptl_bytes *bytes);

#endif
