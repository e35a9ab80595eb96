#include "target/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void store64(uint8_t *bytes, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        bytes[i] = (uint8_t)value;
}

static struct ptl_address from_halves(uint64_t high, uint64_t low)
{
    struct ptl_address address = {.high = high, .low = low, .family = 6};
    if (address.high == 0 && address.low >> 32 == 0xFFFF) {
        address.low &= 0xFFFFFFFFU;
        address.family = 4;
    }
    return address;
}

/* Eight groups of at most four digits, as long lists of IPv6 hold them: several times as fast as
 * inet_pton, which takes what is written otherwise. */
static bool parse_groups(const char *at, struct ptl_address *address)
{
    uint64_t halves[2] = {0, 0};
    for (unsigned group = 0; group < 8; group++) {
        unsigned value = 0, digits = 0;
        for (; isxdigit((unsigned char)*at) && digits < 5; digits++, at++)
            value = value << 4 | (unsigned)((*at & 0xF) + 9 * (*at >> 6)); /* 'a' is 0x61 */
        if (digits == 0 || digits > 4 || *at != (group < 7 ? ':' : '\0'))
            return false;
        at++;
        halves[group / 4] = halves[group / 4] << 16 | value;
    }
    *address = from_halves(halves[0], halves[1]);
    return true;
}

enum ptl_status ptl_address_parse(const char *text, struct ptl_address *address,
                                  struct ptl_error *error)
{
    char copy[PTL_ADDRESS_SIZE + 2];
    size_t length = strlen(text);
    bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
    struct in_addr v4;
    struct in6_addr v6;
    if (parse_groups(text, address))
        return PTL_OK;
    if (strchr(text, '%') != NULL)
        return ptl_error_set(error, PTL_E_INVALID,
                             "\"%s\": addresses with a zone are not supported", text);
    if (length < sizeof(copy)) {
        size_t inner = bracketed ? length - 2 : length;
        memcpy(copy, text + bracketed, inner);
        copy[inner] = '\0';
        if (!bracketed && inet_pton(AF_INET, copy, &v4) == 1) {
            *address = (struct ptl_address){.low = ntohl(v4.s_addr), .family = 4};
            return PTL_OK;
        }
        if (inet_pton(AF_INET6, copy, &v6) == 1) {
            *address = from_halves(load64(v6.s6_addr), load64(v6.s6_addr + 8));
            return PTL_OK;
        }
    }
    return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is no address", text);
}

const char *ptl_address_format(const struct ptl_address *address, char text[PTL_ADDRESS_SIZE])
{
    struct sockaddr_storage out;
    ptl_address_to_sockaddr(address, 0, &out);
    if (address->family == 4)
        inet_ntop(AF_INET, &((struct sockaddr_in *)&out)->sin_addr, text, PTL_ADDRESS_SIZE);
    else
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&out)->sin6_addr, text, PTL_ADDRESS_SIZE);
    return text;
}

int ptl_address_compare(const struct ptl_address *a, const struct ptl_address *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    if (a->high != b->high)
        return a->high < b->high ? -1 : 1;
    return a->low < b->low ? -1 : a->low > b->low;
}

int ptl_address_order(const void *a, const void *b)
{
    return ptl_address_compare(a, b);
}

struct ptl_address ptl_address_add(const struct ptl_address *address, uint64_t offset)
{
    struct ptl_address sum = *address;
    if (__builtin_add_overflow(sum.low, offset, &sum.low))
        sum.high++;
    return sum;
}

socklen_t ptl_address_to_sockaddr(const struct ptl_address *address, uint16_t port,
                                  struct sockaddr_storage *out)
{
    if (address->family == 4) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)out;
        memset(v4, 0, sizeof(*v4));
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        v4->sin_addr.s_addr = htonl((uint32_t)address->low);
        return sizeof(*v4);
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
    memset(v6, 0, sizeof(*v6));
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    store64(v6->sin6_addr.s6_addr, address->high);
    store64(v6->sin6_addr.s6_addr + 8, address->low);
    return sizeof(*v6);
}

bool ptl_address_from_sockaddr(const struct sockaddr *in, struct ptl_address *address)
{
    if (in->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, in, sizeof(v4));
        *address = (struct ptl_address){.low = ntohl(v4.sin_addr.s_addr), .family = 4};
        return true;
    }
    if (in->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, in, sizeof(v6));
        *address = from_halves(load64(v6.sin6_addr.s6_addr), load64(v6.sin6_addr.s6_addr + 8));
        return true;
    }
    return false;
}

bool ptl_address_is_loopback(const struct ptl_address *address)
{
    if (address->family == 4)
        return address->low >> 24 == 127;
    return address->high == 0 && address->low == 1;
}
