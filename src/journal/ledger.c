#include "journal/ledger.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 32768U             /* probes */
#define PAGES_MOST (1ULL << 24) /* of 2^39 probes; where they lie takes 256 MiB */

struct page {
    uint8_t *states;           /* two bits a probe: 0, or the state + 1; NULL: all are 0 */
    struct ptl_parked *parked; /* NULL: none is */
};

struct ptl_ledger {
    uint64_t probes;
    struct page *pages;
    size_t count;
    uint64_t end;
};

struct ptl_ledger *ptl_ledger_new(uint64_t probes)
{
    struct ptl_ledger *ledger = calloc(1, sizeof(*ledger));
    if (ledger != NULL)
        ledger->probes = probes;
    return ledger;
}

void ptl_ledger_free(struct ptl_ledger *ledger)
{
    if (ledger == NULL)
        return;
    for (size_t i = 0; i < ledger->count; i++) {
        free(ledger->pages[i].states);
        free(ledger->pages[i].parked);
    }
    free(ledger->pages);
    free(ledger);
}

uint64_t ptl_ledger_probes(const struct ptl_ledger *ledger)
{
    return ledger->probes;
}

uint64_t ptl_ledger_end(const struct ptl_ledger *ledger)
{
    return ledger->end;
}

static const struct page *find(const struct ptl_ledger *ledger, uint64_t position)
{
    return position / PAGE < ledger->count ? &ledger->pages[position / PAGE] : NULL;
}

static struct page *make(struct ptl_ledger *ledger, uint64_t position)
{
    uint64_t number = position / PAGE;
    if (number >= PAGES_MOST)
        return NULL;
    if (number >= ledger->count) {
        size_t count = (size_t)(number + number / 2 + 1);
        struct page *grown = reallocarray(ledger->pages, count, sizeof(*grown));
        if (grown == NULL)
            return NULL;
        memset(grown + ledger->count, 0, (count - ledger->count) * sizeof(*grown));
        ledger->pages = grown;
        ledger->count = count;
    }
    return &ledger->pages[number];
}

static void reach(struct ptl_ledger *ledger, uint64_t end)
{
    if (ledger->end < end)
        ledger->end = end;
}

static unsigned bits_at(const struct page *page, uint32_t at)
{
    return page->states[at / 4] >> (at % 4 * 2) & 3U;
}

static void settle(struct page *page, uint32_t from, uint32_t to, unsigned bits)
{
    for (uint32_t at = from; at < to;) {
        if (at % 4 == 0 && to - at >= 4) {
            uint32_t bytes = (to - at) / 4;
            memset(page->states + at / 4, (int)(bits * 0x55U), bytes);
            at += bytes * 4;
            continue;
        }
        unsigned shift = at % 4 * 2;
        page->states[at / 4] = (uint8_t)((page->states[at / 4] & ~(3U << shift)) | bits << shift);
        at++;
    }
}

/* How much of `count` probes lies on the page of `position`. */
static uint32_t on_page(uint64_t position, uint64_t count)
{
    uint32_t left = PAGE - (uint32_t)(position % PAGE);
    return count < left ? (uint32_t)count : left;
}

bool ptl_ledger_settle(struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                       enum ptl_state state)
{
    reach(ledger, position + count);
    while (count > 0) {
        struct page *page = make(ledger, position);
        if (page == NULL)
            return false;
        if (page->states == NULL)
            page->states = calloc(PAGE / 4, 1);
        if (page->states == NULL)
            return false;
        uint32_t part = on_page(position, count), from = (uint32_t)(position % PAGE);
        settle(page, from, from + part, (unsigned)state + 1);
        position += part;
        count -= part;
    }
    return true;
}

bool ptl_ledger_park(struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                     struct ptl_parked parked)
{
    reach(ledger, position + count);
    while (count > 0) {
        struct page *page = make(ledger, position);
        if (page == NULL)
            return false;
        if (page->parked == NULL)
            page->parked = calloc(PAGE, sizeof(*page->parked));
        if (page->parked == NULL)
            return false;
        uint32_t part = on_page(position, count), from = (uint32_t)(position % PAGE);
        for (uint32_t i = 0; i < part; i++)
            page->parked[from + i] = parked;
        position += part;
        count -= part;
    }
    return true;
}

enum ptl_state ptl_ledger_state(const struct ptl_ledger *ledger, uint64_t position)
{
    const struct page *page = find(ledger, position);
    unsigned bits = page != NULL && page->states != NULL ? bits_at(page, position % PAGE) : 0;
    return bits == 0 ? PTL_UNPROBED : (enum ptl_state)(bits - 1);
}

struct ptl_parked ptl_ledger_parked(const struct ptl_ledger *ledger, uint64_t position)
{
    const struct page *page = find(ledger, position);
    if (page == NULL || page->parked == NULL)
        return (struct ptl_parked){.asked = 0};
    return page->parked[position % PAGE];
}

void ptl_ledger_count(const struct ptl_ledger *ledger, uint64_t position, uint64_t count,
                      uint64_t states[PTL_STATE_COUNT])
{
    memset(states, 0, PTL_STATE_COUNT * sizeof(*states));
    while (count > 0) {
        const struct page *page = find(ledger, position);
        uint32_t part = on_page(position, count), from = (uint32_t)(position % PAGE);
        if (page == NULL || page->states == NULL) {
            states[PTL_UNPROBED] += part;
        } else {
            for (uint32_t at = from; at < from + part; at++) {
                unsigned bits = bits_at(page, at);
                states[bits == 0 ? PTL_UNPROBED : bits - 1]++;
            }
        }
        position += part;
        count -= part;
    }
}

bool ptl_ledger_any_parked(const struct ptl_ledger *ledger, uint64_t position, uint64_t count)
{
    while (count > 0) {
        const struct page *page = find(ledger, position);
        uint32_t part = on_page(position, count), from = (uint32_t)(position % PAGE);
        for (uint32_t i = 0; page != NULL && page->parked != NULL && i < part; i++)
            if (page->parked[from + i].asked > 0)
                return true;
        position += part;
        count -= part;
    }
    return false;
}
