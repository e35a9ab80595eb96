#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>

#define BLOCK_V4 UINT32_C(0xc6120000)         /* 198.18.0.0 */
#define BLOCK_V6 UINT64_C(0x2001000200000000) /* 2001:2::, the upper half */

static uint64_t load(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

struct address address_from_bytes(bool v6, const uint8_t *bytes)
{
    if (v6)
        return (struct address){.v6 = true, .high = load(bytes, 8), .low = load(bytes + 8, 8)};
    return (struct address){.low = load(bytes, 4)};
}

struct address address_of_host(bool v6, uint32_t host)
{
    if (v6)
        return (struct address){.v6 = true, .high = BLOCK_V6, .low = host};
    return (struct address){.low = BLOCK_V4 + (uint64_t)host};
}

uint32_t address_host(const struct address *address)
{
    if (!address_inside(address))
        return HOST_NONE;
    if (!address->v6)
        return (uint32_t)(address->low - BLOCK_V4);
    if (address->high != BLOCK_V6 || address->low >= HOST_NONE)
        return HOST_NONE;
    return (uint32_t)address->low;
}

bool address_inside(const struct address *address)
{
    if (address->v6)
        return address->high >> 16 == BLOCK_V6 >> 16;
    return address->low >> 17 == BLOCK_V4 >> 17;
}

const char *address_text(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
    uint8_t bytes[16];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(address->high >> (56 - 8 * i));
        bytes[8 + i] = (uint8_t)(address->low >> (56 - 8 * i));
    }
    if (address->v6)
        inet_ntop(AF_INET6, bytes, text, ADDRESS_TEXT_SIZE);
    else
        inet_ntop(AF_INET, bytes + 12, text, ADDRESS_TEXT_SIZE);
    return text;
}
