/* The chunks of a journal's file, one after the other, past what is damaged. One thread. */
#ifndef JOURNAL_WALK_H
#define JOURNAL_WALK_H

#include "base/error.h"
#include "journal/format.h"

struct ptl_chunk {
    struct ptl_chunk_head head;
    uint64_t at; /* in the file */
    const uint8_t *payload;
};

struct ptl_walk {
    int fd;
    const char *path; /* for messages */
    uint64_t size;    /* of the file, when the walk began */
    uint64_t at;      /* of the next chunk */
    uint32_t last;    /* the number of the one before */
    uint64_t bad_at;  /* where the first that is not whole begins; UINT64_MAX: all are */
    uint64_t lost;    /* bytes that belong to no whole chunk */
    uint8_t *bytes;
    size_t capacity;
};

/* The file's first line is checked. PTL_E_INVALID: it is no journal, or of a version not known. */
enum ptl_status ptl_walk_begin(struct ptl_walk *walk, int fd, const char *path,
                               struct ptl_error *error);
/* The next whole chunk; false at the end, or where *status is not PTL_OK. Its payload is there till
 * the next call. */
bool ptl_walk_next(struct ptl_walk *walk, struct ptl_chunk *chunk, enum ptl_status *status,
                   struct ptl_error *error);
void ptl_walk_end(struct ptl_walk *walk);

#endif
