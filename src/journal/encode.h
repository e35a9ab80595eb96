/* From what a scan noted to chunks of a journal. One thread. */
#ifndef JOURNAL_ENCODE_H
#define JOURNAL_ENCODE_H

#include "journal/format.h"
#include "journal/journal.h"
#include "journal/places.h"

#define PTL_ENCODE_MAX (1U << 30) /* bytes of one batch: what is noted is bounded before */

struct ptl_code_page; /* the codes of probes that follow each other */

struct ptl_encoder {
    const struct ptl_places *places;
    uint32_t number;    /* of the next chunk */
    uint64_t synced;    /* told in each */
    uint64_t at_ms;     /* of work, in this segment */
    uint64_t offset_ms; /* from the run's start */
    struct ptl_buf payload;
    struct ptl_buf *out;
    uint64_t position; /* behind the last run */
    int64_t kept_position;
    int64_t kept_offset;
    const struct ptl_journal_counters *counters;
    struct ptl_code_page **slots; /* a hash of pages by number */
    size_t slot_count, page_count;
    struct ptl_code_page *spare;
};

void ptl_encoder_init(struct ptl_encoder *encoder, const struct ptl_places *places);
void ptl_encoder_free(struct ptl_encoder *encoder);
/* Appends the batch to `out`; at_ms, offset_ms, synced are those to be told. False: no memory. */
bool ptl_encode_batch(struct ptl_encoder *encoder, const struct ptl_journal_batch *batch,
                      struct ptl_buf *out);
/* A chunk of another type. */
void ptl_encode_chunk(struct ptl_encoder *encoder, enum ptl_chunk_type type,
                      const struct ptl_buf *payload, struct ptl_buf *out);

#endif
