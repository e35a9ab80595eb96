#include "results/stored.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define TEXT_MAX (1U << 28) /* bytes of names: as far as the offsets below reach */
#define TARGETS_MAX (1U << 28)
#define IS_ADDRESS 0U /* offset of a text that is the address's own */
#define UNKNOWN 1U    /* offset of one that is not known */

struct stored_target {
    uint32_t address; /* of IPv4; of IPv6: where its 16 bytes stand in the text */
    uint32_t input : 29;
    uint32_t is_ipv6 : 1;
    uint32_t marks : 2;
    uint32_t host;
};
_Static_assert(sizeof(struct stored_target) == 12, "there may be millions of these");

enum service { SERVICE_UNKNOWN, SERVICE_NONE, SERVICE_TEXT };

struct ptl_stored {
    struct ptl_spill *spill; /* of targets and text; borrowed; NULL: they lie in memory */
    struct stored_target *targets;
    uint32_t count;
    size_t capacity;
    char *text; /* NUL-terminated names, one after the other */
    uint32_t used;
    size_t size;
    uint32_t *slots; /* hash of addresses: target + 1; 0: free */
    uint32_t slot_count;
    uint64_t salt;       /* so that no file can choose who collides */
    uint32_t last_input; /* one entry names many targets in a row */
    uint32_t *services;  /* by port: SERVICE_UNKNOWN, SERVICE_NONE, else offset of the text */
};

struct ptl_stored *ptl_stored_new(struct ptl_spill *spill)
{
    struct ptl_stored *stored = calloc(1, sizeof(*stored));
    if (stored == NULL)
        return NULL;
    stored->services = calloc(PTL_PORTS, sizeof(*stored->services));
    if (stored->services == NULL) {
        free(stored);
        return NULL;
    }
    stored->spill = spill;
    stored->used = SERVICE_TEXT; /* no text has an offset that means something else */
    ssize_t ignored = getrandom(&stored->salt, sizeof(stored->salt), GRND_NONBLOCK);
    (void)ignored;
    return stored;
}

void ptl_stored_free(struct ptl_stored *stored)
{
    if (stored == NULL)
        return;
    ptl_spill_drop(stored->spill, stored->targets);
    ptl_spill_drop(stored->spill, stored->text);
    free(stored->slots);
    free(stored->services);
    free(stored);
}

uint32_t ptl_stored_count(const struct ptl_stored *stored)
{
    return stored->count;
}

/* Keeps bytes; 0: no memory. */
static uint32_t keep(struct ptl_stored *stored, const void *bytes, size_t count)
{
    if (count > TEXT_MAX - stored->used)
        return 0;
    while (stored->used + count > stored->size)
        if (!PTL_SPILL_ROOM(stored->spill, stored->text, stored->size, stored->size))
            return 0;
    uint32_t at = stored->used;
    memcpy(stored->text + at, bytes, count);
    stored->used += (uint32_t)count;
    return at;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * 0xFF51AFD7ED558CCDULL;
    x = (x ^ x >> 33) * 0xC4CEB9FE1A85EC53ULL;
    return x ^ x >> 33;
}

static uint32_t slot_of(const struct ptl_stored *stored, const struct ptl_address *address)
{
    uint64_t hash = mix(mix(address->high ^ stored->salt) + address->low + address->family);
    return (uint32_t)(hash & (stored->slot_count - 1));
}

struct ptl_address ptl_stored_address(const struct ptl_stored *stored, uint32_t target)
{
    const struct stored_target *t = &stored->targets[target];
    struct ptl_address address = {.low = t->address, .family = 4};
    if (t->is_ipv6) {
        address.family = 6;
        memcpy(&address.high, stored->text + t->address, 8);
        memcpy(&address.low, stored->text + t->address + 8, 8);
    }
    return address;
}

uint32_t ptl_stored_find(const struct ptl_stored *stored, const struct ptl_address *address)
{
    if (stored->slot_count == 0)
        return PTL_STORED_NONE;
    uint32_t slot = slot_of(stored, address);
    while (stored->slots[slot] != 0) {
        struct ptl_address here = ptl_stored_address(stored, stored->slots[slot] - 1);
        if (ptl_address_compare(&here, address) == 0)
            return stored->slots[slot] - 1;
        slot = (slot + 1) & (stored->slot_count - 1);
    }
    return PTL_STORED_NONE;
}

static void insert(struct ptl_stored *stored, uint32_t target)
{
    struct ptl_address address = ptl_stored_address(stored, target);
    uint32_t slot = slot_of(stored, &address);
    while (stored->slots[slot] != 0)
        slot = (slot + 1) & (stored->slot_count - 1);
    stored->slots[slot] = target + 1;
}

/* At most four fifths full: linear probing stays short, and a million fit into 8 MiB. */
static bool grow_index(struct ptl_stored *stored)
{
    if (stored->count + 1ULL <= stored->slot_count * 4ULL / 5)
        return true;
    uint32_t more = stored->slot_count == 0 ? 256 : 2 * stored->slot_count;
    uint32_t *slots = calloc(more, sizeof(*slots));
    if (slots == NULL)
        return false;
    free(stored->slots);
    stored->slots = slots;
    stored->slot_count = more;
    for (uint32_t t = 0; t < stored->count; t++)
        insert(stored, t);
    return true;
}

static bool grow_targets(struct ptl_stored *stored)
{
    return stored->count < TARGETS_MAX &&
           PTL_SPILL_ROOM(stored->spill, stored->targets, stored->capacity, stored->count);
}

static bool is_own_text(const struct ptl_address *address, const char *name)
{
    char text[PTL_ADDRESS_SIZE];
    return strcmp(ptl_address_format(address, text), name) == 0;
}

/* The offset of an input; 0 with *good false: no memory. */
static uint32_t keep_input(struct ptl_stored *stored, const struct ptl_address *address,
                           const char *input, bool *good)
{
    if (is_own_text(address, input))
        return IS_ADDRESS;
    if (stored->last_input == 0 || strcmp(stored->text + stored->last_input, input) != 0)
        stored->last_input = keep(stored, input, strlen(input) + 1);
    *good = *good && stored->last_input != 0;
    return stored->last_input;
}

uint32_t ptl_stored_append(struct ptl_stored *stored, const struct ptl_address *address,
                           const char *input, const char *host)
{
    bool good = grow_targets(stored);
    if (!good)
        return PTL_STORED_NONE;
    struct stored_target new = {.is_ipv6 = address->family == 6, .input = UNKNOWN};
    new.address = (uint32_t)address->low;
    if (new.is_ipv6) {
        const uint64_t halves[2] = {address->high, address->low};
        new.address = keep(stored, halves, sizeof(halves));
        good = new.address != 0;
    }
    if (input != NULL)
        new.input = keep_input(stored, address, input, &good) & (TEXT_MAX - 1);
    if (!is_own_text(address, host)) {
        bool is_input = input != NULL && strcmp(input, host) == 0;
        new.host = is_input ? new.input : keep(stored, host, strlen(host) + 1);
        good = good && new.host != 0;
    }
    if (!good)
        return PTL_STORED_NONE;
    stored->targets[stored->count] = new;
    return stored->count++;
}

uint32_t ptl_stored_add(struct ptl_stored *stored, const struct ptl_address *address,
                        const char *input, const char *host)
{
    if (!grow_index(stored))
        return PTL_STORED_NONE;
    uint32_t target = ptl_stored_append(stored, address, input, host);
    if (target != PTL_STORED_NONE)
        insert(stored, target);
    return target;
}

bool ptl_stored_set_input(struct ptl_stored *stored, uint32_t target, const char *input)
{
    bool good = true;
    struct ptl_address address = ptl_stored_address(stored, target);
    stored->targets[target].input = keep_input(stored, &address, input, &good) & (TEXT_MAX - 1);
    return good;
}

static const char *text_at(const struct ptl_stored *stored, uint32_t offset, const char *own)
{
    if (offset == UNKNOWN)
        return "";
    return offset == IS_ADDRESS ? own : stored->text + offset;
}

bool ptl_stored_is_host(const struct ptl_stored *stored, uint32_t target, const char *host)
{
    char own[PTL_ADDRESS_SIZE];
    struct ptl_address address = ptl_stored_address(stored, target);
    ptl_address_format(&address, own);
    return strcmp(text_at(stored, stored->targets[target].host, own), host) == 0;
}

void ptl_stored_names(const struct ptl_stored *stored, uint32_t target,
                      struct ptl_target_names *names)
{
    const struct stored_target *t = &stored->targets[target];
    struct ptl_address address = ptl_stored_address(stored, target);
    ptl_address_format(&address, names->ip);
    snprintf(names->input, sizeof(names->input), "%s", text_at(stored, t->input, names->ip));
    snprintf(names->host, sizeof(names->host), "%s", text_at(stored, t->host, names->ip));
}

bool ptl_stored_has_mark(const struct ptl_stored *stored, uint32_t target,
                         enum ptl_stored_mark mark)
{
    return (stored->targets[target].marks >> mark & 1U) != 0;
}

void ptl_stored_set_mark(struct ptl_stored *stored, uint32_t target, enum ptl_stored_mark mark)
{
    stored->targets[target].marks |= (1U << mark) & 3U;
}

bool ptl_stored_renumber(struct ptl_stored *stored, const uint32_t *numbers)
{
    struct stored_target *moved = NULL;
    size_t capacity = 0;
    while (capacity < stored->count) {
        if (!PTL_SPILL_ROOM(stored->spill, moved, capacity, capacity)) {
            ptl_spill_drop(stored->spill, moved);
            return false;
        }
    }
    for (uint32_t t = 0; t < stored->count; t++)
        moved[numbers[t]] = stored->targets[t];
    ptl_spill_drop(stored->spill, stored->targets);
    stored->targets = moved;
    stored->capacity = capacity;
    ptl_stored_forget_index(stored);
    return true;
}

void ptl_stored_forget_index(struct ptl_stored *stored)
{
    free(stored->slots);
    stored->slots = NULL;
    stored->slot_count = 0;
}

bool ptl_stored_set_service(struct ptl_stored *stored, uint16_t port, const char *name, bool *same)
{
    uint32_t *service = &stored->services[port];
    const char *known = ptl_stored_service(stored, port);
    if (*service != SERVICE_UNKNOWN) {
        *same = name == NULL || known == NULL ? name == known : strcmp(name, known) == 0;
        return true;
    }
    *same = true;
    *service = name == NULL ? SERVICE_NONE : keep(stored, name, strlen(name) + 1);
    return *service != SERVICE_UNKNOWN;
}

const char *ptl_stored_service(const struct ptl_stored *stored, uint16_t port)
{
    uint32_t at = stored->services[port];
    return at >= SERVICE_TEXT ? stored->text + at : NULL;
}
