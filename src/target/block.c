#include "base/number.h"
#include "target/address.h"

#include <stdio.h>
#include <string.h>

static bool all_of(const char *text, const char *set)
{
    return text[strspn(text, set)] == '\0';
}

static enum ptl_status parse_cidr(const char *text, const char *slash, struct ptl_block *block,
                                  struct ptl_error *error)
{
    char left[PTL_ADDRESS_SIZE + 2];
    uint64_t prefix;
    if ((size_t)(slash - text) >= sizeof(left))
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is no address block", text);
    snprintf(left, sizeof(left), "%.*s", (int)(slash - text), text);
    enum ptl_status status = ptl_address_parse(left, &block->first, error);
    if (status != PTL_OK) {
        ptl_error_wrap(error, "\"%s\"", text);
        return status;
    }
    unsigned bits = block->first.family == 4 ? 32 : 128;
    /* ::ffff:10.0.0.0/104 counts its prefix from the IPv6 side. */
    bool mapped = bits == 32 && strchr(left, ':') != NULL;
    if (!ptl_number_parse(slash + 1, strlen(slash + 1), &prefix) ||
        prefix > (mapped ? 128U : bits) || (mapped && prefix < 96))
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\": the prefix length must be %u to %u",
                             text, mapped ? 96U : 0U, mapped ? 128U : bits);
    unsigned host = mapped ? 128 - (unsigned)prefix : bits - (unsigned)prefix;
    uint64_t low = host >= 64 ? UINT64_MAX : (1ULL << host) - 1;
    uint64_t high = host <= 64 ? 0 : host == 128 ? UINT64_MAX : (1ULL << (host - 64)) - 1;
    block->first.low &= ~low;
    block->first.high &= ~high;
    block->last = block->first;
    block->last.low |= low;
    block->last.high |= high;
    return PTL_OK;
}

static enum ptl_status parse_range(const char *text, const char *right, struct ptl_block *block,
                                   struct ptl_error *error)
{
    uint64_t octet;
    if (block->first.family == 4 && all_of(right, "0123456789")) {
        if (!ptl_number_parse(right, strlen(right), &octet) || octet > 255)
            return ptl_error_set(error, PTL_E_INVALID, "\"%s\": the last octet must be 0 to 255",
                                 text);
        block->last = block->first;
        block->last.low = (block->last.low & ~0xFFULL) | octet;
    } else if (ptl_address_parse(right, &block->last, error) != PTL_OK) {
        ptl_error_wrap(error, "\"%s\"", text);
        return PTL_E_INVALID;
    }
    if (block->first.family != block->last.family)
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" goes from IPv%d to IPv%d", text,
                             block->first.family, block->last.family);
    if (ptl_address_compare(&block->first, &block->last) > 0)
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" ends before it begins", text);
    return PTL_OK;
}

enum ptl_status ptl_block_parse(const char *text, struct ptl_block *block, bool *is_block,
                                struct ptl_error *error)
{
    *is_block = true;
    const char *slash = strchr(text, '/');
    if (slash != NULL)
        return parse_cidr(text, slash, block, error);
    const char *dash = strchr(text, '-');
    char left[PTL_ADDRESS_SIZE + 2];
    if (dash != NULL && (size_t)(dash - text) < sizeof(left)) {
        snprintf(left, sizeof(left), "%.*s", (int)(dash - text), text);
        if (ptl_address_parse(left, &block->first, NULL) == PTL_OK) {
            /* "10.0.0.1-backup" is a name: its right side can be neither octet nor address. */
            if (all_of(dash + 1, "0123456789") ||
                ptl_address_parse(dash + 1, &block->last, NULL) == PTL_OK ||
                all_of(dash + 1, "0123456789.-") || strchr(dash + 1, ':') != NULL)
                return parse_range(text, dash + 1, block, error);
            *is_block = false;
            return PTL_OK;
        }
    }
    if (ptl_address_parse(text, &block->first, NULL) == PTL_OK) {
        block->last = block->first;
        return PTL_OK;
    }
    /* A name has a letter somewhere; digits and dots, or a colon, were meant as an address. */
    bool meant_as_address = all_of(text, "0123456789.-") || strchr(text, ':') != NULL ||
                            strchr(text, '[') != NULL || strchr(text, '%') != NULL;
    if (meant_as_address)
        return ptl_address_parse(text, &block->first, error);
    *is_block = false;
    return PTL_OK;
}

const char *ptl_block_format(const struct ptl_block *block, char text[PTL_BLOCK_SIZE])
{
    char last[PTL_ADDRESS_SIZE];
    ptl_address_format(&block->first, text);
    if (ptl_address_compare(&block->first, &block->last) != 0)
        snprintf(text + strlen(text), PTL_BLOCK_SIZE - strlen(text), "-%s",
                 ptl_address_format(&block->last, last));
    return text;
}

uint64_t ptl_block_count(const struct ptl_block *block)
{
    uint64_t borrow = block->last.low < block->first.low;
    uint64_t high = block->last.high - block->first.high - borrow;
    uint64_t low = block->last.low - block->first.low;
    return high > 0 || low == UINT64_MAX ? UINT64_MAX : low + 1;
}

bool ptl_block_contains(const struct ptl_block *outer, const struct ptl_block *in)
{
    return ptl_address_compare(&outer->first, &in->first) <= 0 &&
           ptl_address_compare(&in->last, &outer->last) <= 0;
}
