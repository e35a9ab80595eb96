#include "journal/bytes.h"

#include <string.h>

#define GROUPS_MOST 10 /* of 7 bits: what 64 need */

void ptl_bytes_put(struct ptl_buf *buf, uint64_t number)
{
    char groups[GROUPS_MOST];
    size_t count = 0;
    for (; number >= 0x80; number >>= 7)
        groups[count++] = (char)(number | 0x80);
    groups[count++] = (char)number;
    ptl_buf_add_bytes(buf, groups, count);
}

void ptl_bytes_put_signed(struct ptl_buf *buf, int64_t number)
{
    ptl_bytes_put(buf, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

void ptl_bytes_put_text(struct ptl_buf *buf, const char *text)
{
    size_t length = text != NULL ? strlen(text) : 0;
    ptl_bytes_put(buf, length);
    ptl_buf_add_bytes(buf, text, length);
}

uint64_t ptl_bytes_get(struct ptl_bytes *bytes)
{
    uint64_t number = 0;
    for (unsigned group = 0; group < GROUPS_MOST && bytes->at < bytes->end && !bytes->failed;
         group++) {
        uint8_t byte = *bytes->at++;
        if (group == GROUPS_MOST - 1 && byte > 1)
            break;
        number |= (uint64_t)(byte & 0x7F) << (7 * group);
        if (byte < 0x80)
            return number;
    }
    bytes->failed = true;
    return 0;
}

int64_t ptl_bytes_get_signed(struct ptl_bytes *bytes)
{
    uint64_t number = ptl_bytes_get(bytes);
    return (int64_t)(number >> 1 ^ ((number & 1) != 0 ? UINT64_MAX : 0));
}

uint64_t ptl_bytes_get_most(struct ptl_bytes *bytes, uint64_t most)
{
    uint64_t number = ptl_bytes_get(bytes);
    if (number <= most)
        return number;
    bytes->failed = true;
    return 0;
}

char *ptl_bytes_get_text(struct ptl_bytes *bytes)
{
    uint64_t length = ptl_bytes_get(bytes);
    if (bytes->failed || length > (uint64_t)(bytes->end - bytes->at) ||
        memchr(bytes->at, 0, length) != NULL) {
        bytes->failed = true;
        return NULL;
    }
    char *text = strndup((const char *)bytes->at, length);
    bytes->at += length;
    return text;
}
