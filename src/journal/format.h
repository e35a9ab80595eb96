/*
 * The file: a line that names the format, then chunks. docs/journal.md describes both for those who
 * read journals with other programs.
 */
#ifndef JOURNAL_FORMAT_H
#define JOURNAL_FORMAT_H

#include "base/buf.h"
#include "journal/journal.h"

#define PTL_JOURNAL_MAGIC "portolan-journal/1\n"
#define PTL_JOURNAL_MAGIC_SIZE (sizeof(PTL_JOURNAL_MAGIC) - 1)
#define PTL_JOURNAL_NAME "portolan-journal/" /* of any version */

/* A chunk: marker, length of the payload, type, number, what was synced when it was put together,
 * the CRC of these; the payload; its CRC. */
#define PTL_CHUNK_MARKER 0x4B42A9CEU
#define PTL_CHUNK_HEAD 28U
#define PTL_CHUNK_TAIL 4U
#define PTL_CHUNK_MOST (1U << 20)  /* bytes of a payload, at most, of all but the first... */
#define PTL_CHUNK_FIRST (1U << 30) /* ...which holds the targets */
#define PTL_CHUNK_PAYLOAD 65536U   /* as many as one of data gets */

enum ptl_chunk_type {
    PTL_CHUNK_PLAN = 1, /* the first: what decides verdicts */
    PTL_CHUNK_SEGMENT,  /* work begins */
    PTL_CHUNK_DATA,     /* what is settled */
    PTL_CHUNK_END,      /* the segment ends */
    PTL_CHUNK_DONE      /* the reports are written */
};

struct ptl_chunk_head {
    uint32_t length;
    uint32_t type;
    uint32_t number;
    uint64_t synced; /* bytes of the file that a power cut cannot take any more */
};

/* Appends a whole chunk. */
void ptl_chunk_put(struct ptl_buf *buf, const struct ptl_chunk_head *head, const void *payload);
/* The head at these PTL_CHUNK_HEAD bytes; false: there is none. */
bool ptl_chunk_get(const uint8_t *bytes, struct ptl_chunk_head *head);
/* Is the payload, with the CRC behind it, whole? */
bool ptl_chunk_is_whole(const uint8_t *payload, uint32_t length);

/* Records of a chunk of data, each a number of these first. */
enum ptl_tag {
    PTL_TAG_RUN = 0,     /* + state: gap, count of probes */
    PTL_TAG_PARKED = 4,  /* gap, count, attempts made, attempts that count */
    PTL_TAG_KEPT = 5,    /* a verdict with all that is known of it */
    PTL_TAG_LIMITS = 6,  /* those before are no more */
    PTL_TAG_LIMIT = 7,   /* place + 1, or 0; rate; window */
    PTL_TAG_GAVE_UP = 8, /* place */
    PTL_TAG_LIVES = 9,   /* place */
    PTL_TAG_LOSS = 10    /* place + 1; attempts lost, found in this pass, in the one before */
};

/* CRC-32C (Castagnoli), as iSCSI has it (RFC 3720, B.4): of `count` bytes that follow those of
 * which `crc` is; 0 at first. Pure; any thread. */
uint32_t ptl_crc32c(uint32_t crc, const void *bytes, size_t count);

#endif
