#include "journal/format.h"

#include "journal/crc32c.h"

static void put_word(uint8_t *at, uint64_t word, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(word >> (8 * i));
}

static uint64_t get_word(const uint8_t *at, unsigned bytes)
{
    uint64_t word = 0;
    for (unsigned i = 0; i < bytes; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

void ptl_chunk_put(struct ptl_buf *buf, const struct ptl_chunk_head *head, const void *payload)
{
    uint8_t bytes[PTL_CHUNK_HEAD], tail[PTL_CHUNK_TAIL];
    put_word(bytes, PTL_CHUNK_MARKER, 4);
    put_word(bytes + 4, head->length, 4);
    put_word(bytes + 8, head->type, 4);
    put_word(bytes + 12, head->number, 4);
    put_word(bytes + 16, head->synced, 8);
    put_word(bytes + 24, ptl_crc32c(0, bytes, 24), 4);
    put_word(tail, ptl_crc32c(0, payload, head->length), 4);
    ptl_buf_add_bytes(buf, bytes, sizeof(bytes));
    ptl_buf_add_bytes(buf, payload, head->length);
    ptl_buf_add_bytes(buf, tail, sizeof(tail));
}

bool ptl_chunk_get(const uint8_t *bytes, struct ptl_chunk_head *head)
{
    if (get_word(bytes, 4) != PTL_CHUNK_MARKER ||
        get_word(bytes + 24, 4) != ptl_crc32c(0, bytes, 24))
        return false;
    *head = (struct ptl_chunk_head){.length = (uint32_t)get_word(bytes + 4, 4),
                                    .type = (uint32_t)get_word(bytes + 8, 4),
                                    .number = (uint32_t)get_word(bytes + 12, 4),
                                    .synced = get_word(bytes + 16, 8)};
    return head->length <= (head->type == PTL_CHUNK_PLAN ? PTL_CHUNK_FIRST : PTL_CHUNK_MOST);
}

bool ptl_chunk_is_whole(const uint8_t *payload, uint32_t length)
{
    return get_word(payload + length, PTL_CHUNK_TAIL) == ptl_crc32c(0, payload, length);
}
