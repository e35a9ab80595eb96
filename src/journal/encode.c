/*
 * Notes come in the order of verdicts, which jumps from target to target. By position, most follow
 * each other: so they are put into pages first, each a stretch of positions, and told as runs of
 * probes that fared alike.
 */
#include "journal/encode.h"

#include "journal/bytes.h"
#include "journal/counters.h"

#include <stdlib.h>
#include <string.h>

#define PAGE 1024U
#define RECORD_MOST 64 /* bytes, of any record */
#define PAYLOAD_MOST (PTL_CHUNK_PAYLOAD - RECORD_MOST)

struct ptl_code_page {
    uint64_t number; /* position / PAGE */
    struct ptl_code_page *next;
    uint16_t codes[PAGE]; /* of a note, + 1; 0: none */
};

void ptl_encoder_init(struct ptl_encoder *encoder, const struct ptl_places *places)
{
    *encoder = (struct ptl_encoder){.places = places};
    ptl_buf_init(&encoder->payload, PTL_CHUNK_PAYLOAD);
}

static void free_pages(struct ptl_code_page *page)
{
    while (page != NULL) {
        struct ptl_code_page *next = page->next;
        free(page);
        page = next;
    }
}

void ptl_encoder_free(struct ptl_encoder *encoder)
{
    for (size_t i = 0; i < encoder->slot_count; i++)
        free(encoder->slots[i]);
    free(encoder->slots);
    free_pages(encoder->spare);
    ptl_buf_free(&encoder->payload);
    encoder->slots = NULL;
    encoder->spare = NULL;
    encoder->slot_count = encoder->page_count = 0;
}

/* ---- pages ---- */

static size_t slot_of(const struct ptl_encoder *encoder, uint64_t number)
{
    size_t slot = (size_t)(number * 0x9E3779B97F4A7C15ULL >> 32) & (encoder->slot_count - 1);
    while (encoder->slots[slot] != NULL && encoder->slots[slot]->number != number)
        slot = (slot + 1) & (encoder->slot_count - 1);
    return slot;
}

static bool grow_slots(struct ptl_encoder *encoder)
{
    if (2 * (encoder->page_count + 1) <= encoder->slot_count)
        return true;
    struct ptl_code_page **old = encoder->slots;
    size_t count = encoder->slot_count, more = count == 0 ? 64 : 2 * count;
    struct ptl_code_page **grown = calloc(more, sizeof(struct ptl_code_page *));
    if (grown == NULL)
        return false;
    encoder->slots = grown;
    encoder->slot_count = more;
    for (size_t i = 0; i < count; i++)
        if (old[i] != NULL)
            grown[slot_of(encoder, old[i]->number)] = old[i];
    free(old);
    return true;
}

static struct ptl_code_page *page_of(struct ptl_encoder *encoder, uint64_t number)
{
    if (!grow_slots(encoder))
        return NULL;
    size_t slot = slot_of(encoder, number);
    if (encoder->slots[slot] != NULL)
        return encoder->slots[slot];
    struct ptl_code_page *page = encoder->spare;
    if (page != NULL)
        encoder->spare = page->next;
    else
        page = malloc(sizeof(*page));
    if (page == NULL)
        return NULL;
    memset(page, 0, sizeof(*page));
    page->number = number;
    encoder->slots[slot] = page;
    encoder->page_count++;
    return page;
}

static int compare_pages(const void *a, const void *b)
{
    const struct ptl_code_page *x = *(struct ptl_code_page *const *)a;
    const struct ptl_code_page *y = *(struct ptl_code_page *const *)b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* ---- chunks ---- */

void ptl_encode_chunk(struct ptl_encoder *encoder, enum ptl_chunk_type type,
                      const struct ptl_buf *payload, struct ptl_buf *out)
{
    struct ptl_chunk_head head = {.length = (uint32_t)payload->length,
                                  .type = type,
                                  .number = encoder->number++,
                                  .synced = encoder->synced};
    out->failed = out->failed || payload->failed;
    ptl_chunk_put(out, &head, ptl_buf_text(payload));
}

static void begin(struct ptl_encoder *encoder)
{
    ptl_buf_reset(&encoder->payload);
    ptl_bytes_put(&encoder->payload, encoder->at_ms);
    ptl_bytes_put(&encoder->payload, encoder->offset_ms);
    ptl_counters_put(&encoder->payload, encoder->counters);
    encoder->position = 0;
    encoder->kept_position = 0;
    encoder->kept_offset = (int64_t)encoder->offset_ms;
}

/* Room for another record; the chunk is put out where there is none. */
static void make_room(struct ptl_encoder *encoder)
{
    if (encoder->payload.length <= PAYLOAD_MOST)
        return;
    ptl_encode_chunk(encoder, PTL_CHUNK_DATA, &encoder->payload, encoder->out);
    begin(encoder);
}

/* ---- records ---- */

static void put_run(struct ptl_encoder *encoder, uint64_t position, uint64_t count, uint16_t code)
{
    make_room(encoder);
    struct ptl_buf *payload = &encoder->payload;
    ptl_bytes_put(payload, code < PTL_NOTE_PARKED ? PTL_TAG_RUN + code : PTL_TAG_PARKED);
    ptl_bytes_put(payload, position - encoder->position);
    ptl_bytes_put(payload, count);
    if (code >= PTL_NOTE_PARKED) {
        ptl_bytes_put(payload, (code - PTL_NOTE_PARKED) / 32U);
        ptl_bytes_put(payload, (code - PTL_NOTE_PARKED) % 32U);
    }
    encoder->position = position + count;
}

static void put_place(struct ptl_encoder *encoder, const struct ptl_journal_note *note)
{
    make_room(encoder);
    ptl_bytes_put(&encoder->payload,
                  note->code == PTL_NOTE_GAVE_UP ? PTL_TAG_GAVE_UP : PTL_TAG_LIVES);
    ptl_bytes_put(&encoder->payload, note->place);
}

/* Of probes that are alike and follow each other, also from page to page. */
static void put_pages(struct ptl_encoder *encoder, struct ptl_code_page **pages, size_t count)
{
    uint64_t first = 0, length = 0;
    uint16_t code = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t base = pages[i]->number * PAGE;
        for (uint32_t at = 0; at < PAGE; at++) {
            uint16_t next = pages[i]->codes[at];
            if (next == code && first + length == base + at) {
                length++;
                continue;
            }
            if (code != 0)
                put_run(encoder, first, length, (uint16_t)(code - 1));
            first = base + at;
            length = 1;
            code = next;
        }
    }
    if (code != 0)
        put_run(encoder, first, length, (uint16_t)(code - 1));
}

static bool put_notes(struct ptl_encoder *encoder, const struct ptl_journal_batch *batch)
{
    const struct ptl_places *places = encoder->places;
    for (size_t i = 0; i < batch->note_count; i++) {
        const struct ptl_journal_note *note = &batch->notes[i];
        if (note->code == PTL_NOTE_GAVE_UP || note->code == PTL_NOTE_LIVES) {
            put_place(encoder, note);
            continue;
        }
        uint64_t target = places->random ? ptl_places_target(places, note->place) : note->place;
        uint64_t position = ptl_places_position(places, target, note->place, note->port);
        struct ptl_code_page *page = page_of(encoder, position / PAGE);
        if (page == NULL)
            return false;
        page->codes[position % PAGE] = (uint16_t)(note->code + 1);
    }
    size_t count = 0;
    struct ptl_code_page **pages = calloc(encoder->page_count + 1, sizeof(struct ptl_code_page *));
    if (pages == NULL)
        return false;
    for (size_t slot = 0; slot < encoder->slot_count; slot++) {
        if (encoder->slots[slot] != NULL)
            pages[count++] = encoder->slots[slot];
        encoder->slots[slot] = NULL;
    }
    qsort(pages, count, sizeof(struct ptl_code_page *), compare_pages);
    put_pages(encoder, pages, count);
    for (size_t i = 0; i < count; i++) {
        pages[i]->next = encoder->spare;
        encoder->spare = pages[i];
    }
    encoder->page_count = 0;
    free(pages);
    return true;
}

/* Where a time is not known, 0; else one more. */
static uint64_t from_us(uint32_t us)
{
    return us == PTL_US_NONE ? 0 : us + 1ULL;
}

static void put_results(struct ptl_encoder *encoder, const struct ptl_journal_batch *batch)
{
    const struct ptl_places *places = encoder->places;
    for (size_t i = 0; i < batch->result_count; i++) {
        const struct ptl_result *result = &batch->results[i];
        make_room(encoder);
        struct ptl_buf *payload = &encoder->payload;
        uint64_t place = ptl_places_of_target(places, result->target);
        int64_t position =
            (int64_t)ptl_places_position(places, result->target, place, result->port);
        ptl_bytes_put(payload, PTL_TAG_KEPT);
        ptl_bytes_put_signed(payload, position - encoder->kept_position);
        ptl_bytes_put(payload, result->state | (uint64_t)result->attempts << 3);
        ptl_bytes_put(payload, result->reason);
        ptl_bytes_put(payload, from_us(result->rtt_us));
        ptl_bytes_put_signed(payload, (int64_t)from_us(result->connect_us) -
                                          (int64_t)from_us(result->rtt_us));
        ptl_bytes_put_signed(payload, (int64_t)result->offset_ms - encoder->kept_offset);
        ptl_bytes_put(payload, result->confirm_done | (uint64_t)result->confirm_yes << 4);
        encoder->kept_position = position;
        encoder->kept_offset = result->offset_ms;
    }
}

static void put_limits(struct ptl_encoder *encoder, const struct ptl_journal_batch *batch)
{
    if (!batch->has_limits)
        return;
    make_room(encoder);
    ptl_bytes_put(&encoder->payload, PTL_TAG_LIMITS);
    for (size_t i = 0; i < batch->limit_count; i++) {
        const struct ptl_journal_limit *limit = &batch->limits[i];
        make_room(encoder);
        ptl_bytes_put(&encoder->payload, PTL_TAG_LIMIT);
        ptl_bytes_put(&encoder->payload, limit->place == PTL_JOURNAL_RUN ? 0 : limit->place + 1);
        ptl_bytes_put(&encoder->payload, limit->rate);
        ptl_bytes_put(&encoder->payload, limit->window);
        if (limit->lost + limit->found + limit->found_before == 0)
            continue;
        make_room(encoder);
        ptl_bytes_put(&encoder->payload, PTL_TAG_LOSS);
        ptl_bytes_put(&encoder->payload, limit->place + 1);
        ptl_bytes_put(&encoder->payload, limit->lost);
        ptl_bytes_put(&encoder->payload, limit->found);
        ptl_bytes_put(&encoder->payload, limit->found_before);
    }
}

bool ptl_encode_batch(struct ptl_encoder *encoder, const struct ptl_journal_batch *batch,
                      struct ptl_buf *out)
{
    encoder->out = out;
    encoder->counters = &batch->counters;
    begin(encoder);
    if (!put_notes(encoder, batch))
        return false;
    put_results(encoder, batch);
    put_limits(encoder, batch);
    ptl_encode_chunk(encoder, PTL_CHUNK_DATA, &encoder->payload, out);
    return !out->failed;
}
