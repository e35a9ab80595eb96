#include "target/portset.h"

#include "base/number.h"
#include "target/services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS (PTL_PORTS / 64)
#define PIECE_MAX 64

struct ptl_portset {
    uint64_t bits[WORDS];
    unsigned count;
    uint16_t *sealed;
};

struct ptl_portset *ptl_portset_new(void)
{
    return calloc(1, sizeof(struct ptl_portset));
}

void ptl_portset_free(struct ptl_portset *set)
{
    if (set == NULL)
        return;
    free(set->sealed);
    free(set);
}

bool ptl_portset_contains(const struct ptl_portset *set, uint16_t port)
{
    return set != NULL && (set->bits[port / 64] >> (port % 64) & 1) != 0;
}

void ptl_portset_add_port(struct ptl_portset *set, uint16_t port)
{
    if (port == 0 || ptl_portset_contains(set, port))
        return;
    set->bits[port / 64] |= 1ULL << (port % 64);
    set->count++;
}

/* A word of the set at a time: a list may hold thousands of ranges. */
static void add_range(struct ptl_portset *set, unsigned first, unsigned last)
{
    for (unsigned word = first / 64; word <= last / 64; word++) {
        uint64_t mask = UINT64_MAX;
        if (word == first / 64)
            mask &= UINT64_MAX << (first % 64);
        if (word == last / 64)
            mask &= UINT64_MAX >> (63 - last % 64);
        set->count += (unsigned)__builtin_popcountll(mask & ~set->bits[word]);
        set->bits[word] |= mask;
    }
}

static enum ptl_status port_number(const char *text, size_t length, const char *piece,
                                   uint16_t *port, struct ptl_error *error)
{
    uint64_t value;
    if (!ptl_number_parse(text, length, &value))
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is no port, range or service", piece);
    if (value < 1 || value > 65535)
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\": a port is 1 to 65535", piece);
    *port = (uint16_t)value;
    return PTL_OK;
}

static enum ptl_status parse_piece(const char *piece, uint16_t *first, uint16_t *last,
                                   struct ptl_error *error)
{
    const char *dash = strchr(piece, '-');
    if (strcmp(piece, "all") == 0) {
        *first = 1;
        *last = UINT16_MAX;
        return PTL_OK;
    }
    bool numeric = piece[strspn(piece, "0123456789-")] == '\0' && *piece != '\0';
    if (!numeric) {
        if (ptl_service_port(piece, first)) {
            *last = *first;
            return PTL_OK;
        }
        if (*piece == '\0')
            return ptl_error_set(error, PTL_E_INVALID, "an empty piece in the list of ports");
        if (!ptl_services_available())
            return ptl_error_set(
                error, PTL_E_INVALID,
                "\"%s\": this system has no list of services (/etc/services, package netbase)",
                piece);
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" is no port, range or known service",
                             piece);
    }
    size_t length = dash != NULL ? (size_t)(dash - piece) : strlen(piece);
    enum ptl_status status = port_number(piece, length, piece, first, error);
    *last = *first;
    if (status == PTL_OK && dash != NULL)
        status = port_number(dash + 1, strlen(dash + 1), piece, last, error);
    if (status == PTL_OK && *last < *first)
        return ptl_error_set(error, PTL_E_INVALID, "\"%s\" ends before it begins", piece);
    return status;
}

enum ptl_status ptl_portset_add(struct ptl_portset *set, const char *text, struct ptl_error *error)
{
    struct ptl_portset added = *set;
    for (const char *at = text;; at++) {
        at += strspn(at, " \t");
        size_t length = strcspn(at, ",");
        const char *end = at + length;
        while (length > 0 && (at[length - 1] == ' ' || at[length - 1] == '\t'))
            length--;
        char piece[PIECE_MAX];
        if (length >= sizeof(piece))
            return ptl_error_set(error, PTL_E_INVALID, "\"%.20s...\" is no port, range or service",
                                 at);
        memcpy(piece, at, length);
        piece[length] = '\0';
        uint16_t first, last;
        enum ptl_status status = parse_piece(piece, &first, &last, error);
        if (status != PTL_OK)
            return status;
        add_range(&added, first, last);
        at = end;
        if (*at == '\0')
            break;
    }
    *set = added;
    return PTL_OK;
}

struct ptl_portset *ptl_portset_part(const struct ptl_portset *set, unsigned first, unsigned count)
{
    struct ptl_portset *part = ptl_portset_new();
    uint16_t *ports = calloc(count + 1U, sizeof(*ports));
    if (part == NULL || ports == NULL || set->sealed == NULL) {
        free(ports);
        ptl_portset_free(part);
        return NULL;
    }
    memcpy(ports, set->sealed + first, count * sizeof(*ports));
    for (unsigned i = 0; i < count; i++)
        part->bits[ports[i] / 64] |= 1ULL << (ports[i] % 64);
    part->count = count;
    part->sealed = ports;
    return part;
}

void ptl_portset_remove_set(struct ptl_portset *set, const struct ptl_portset *removed)
{
    set->count = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        set->bits[i] &= ~removed->bits[i];
        set->count += (unsigned)__builtin_popcountll(set->bits[i]);
    }
}

unsigned ptl_portset_count(const struct ptl_portset *set)
{
    return set->count;
}

void ptl_portset_format(const struct ptl_portset *set, struct ptl_buf *buf)
{
    const char *comma = "";
    for (unsigned port = 1; port <= 65535; port++) {
        if (!ptl_portset_contains(set, (uint16_t)port))
            continue;
        unsigned first = port;
        while (port < 65535 && ptl_portset_contains(set, (uint16_t)(port + 1)))
            port++;
        if (first == port)
            ptl_buf_printf(buf, "%s%u", comma, first);
        else
            ptl_buf_printf(buf, "%s%u-%u", comma, first, port);
        comma = ",";
    }
}

char *ptl_portset_text(const struct ptl_portset *set)
{
    struct ptl_buf text;
    ptl_buf_init(&text, PTL_PORTS_BYTES);
    ptl_portset_format(set, &text);
    return ptl_buf_steal(&text);
}

const uint16_t *ptl_portset_seal(struct ptl_portset *set)
{
    if (set->sealed != NULL)
        return set->sealed;
    uint16_t *ports = calloc(set->count + 1U, sizeof(*ports));
    if (ports == NULL)
        return NULL;
    unsigned count = 0;
    for (unsigned port = 1; port <= 65535; port++)
        if (ptl_portset_contains(set, (uint16_t)port))
            ports[count++] = (uint16_t)port;
    set->sealed = ports;
    return ports;
}
