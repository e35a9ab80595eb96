#include "journal/format.h"

#include <pthread.h>

#define POLYNOMIAL 0x82F63B78U
#define SLICES 8 /* bytes at a time (Kounavis and Berry, "slicing by 8") */

/* ---- the CRC ---- */

static uint32_t tables[SLICES][256];
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static void fill(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
        tables[0][i] = crc;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int slice = 1; slice < SLICES; slice++)
            tables[slice][i] = tables[slice - 1][i] >> 8 ^ tables[0][tables[slice - 1][i] & 0xFF];
}

static uint32_t little_endian(const uint8_t *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint32_t ptl_crc32c(uint32_t crc, const void *bytes, size_t count)
{
    const uint8_t *at = bytes;
    pthread_once(&filled, fill);
    crc = ~crc;
    for (; count >= SLICES; count -= SLICES, at += SLICES) {
        uint32_t low = crc ^ little_endian(at), high = little_endian(at + 4);
        crc = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^
              tables[4][low >> 24] ^ tables[3][high & 0xFF] ^ tables[2][high >> 8 & 0xFF] ^
              tables[1][high >> 16 & 0xFF] ^ tables[0][high >> 24];
    }
    for (; count > 0; count--)
        crc = crc >> 8 ^ tables[0][(crc ^ *at++) & 0xFF];
    return ~crc;
}

/* ---- chunks ---- */

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
