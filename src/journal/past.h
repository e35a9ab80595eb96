/* What was read from a journal. */
#ifndef JOURNAL_PAST_H
#define JOURNAL_PAST_H

#include "journal/bytes.h"
#include "journal/file.h"
#include "journal/head.h"
#include "journal/journal.h"
#include "journal/ledger.h"
#include "journal/places.h"

/* What a segment says of itself when it begins. */
struct ptl_segment_head {
    int64_t started_ms;
    uint64_t offset_ms;        /* from the run's start */
    uint64_t forget_before_ms; /* verdicts from before are none any more */
    struct ptl_resumed resumed;
    uint32_t effective_concurrency, workers;
    char *asked; /* what was asked: a JSON object, as the run of a results file */
};

struct ptl_past {
    char *path;
    struct ptl_head head;
    struct ptl_portset *ports;
    struct ptl_targets *targets;
    struct ptl_places places;
    struct ptl_ledger *ledger;
    struct ptl_result *items;
    size_t item_count, item_capacity;
    struct ptl_journal_counters counters;
    struct ptl_journal_limit *limits;
    size_t limit_count, limit_capacity;
    uint64_t *gave_up; /* places, ascending */
    size_t gave_up_count, gave_up_capacity;
    struct ptl_segment *segments;
    size_t segment_count, segment_capacity;
    struct ptl_segment_head last;   /* of the last segment */
    int64_t started_ms;             /* the run: its first segment */
    uint64_t worked_ms, last_at_ms; /* in all segments; in the last */
    uint64_t offset_ms;             /* the last word */
    uint64_t oldest_offset_ms;      /* the oldest verdict; UINT64_MAX: there is none */
    bool ended, complete, done;
    enum ptl_stop reason;
    bool resumes;        /* what ended in error is asked again... */
    uint64_t errors;     /* ...and was so much */
    uint64_t cutoff_ms;  /* what is older is no verdict */
    uint64_t end;        /* of what is whole, up to where it is to be written on */
    uint64_t torn;       /* bytes behind it */
    uint32_t number;     /* of the next chunk */
    uint64_t damaged_at; /* UINT64_MAX: nowhere */
};

/* From an open file. `resumes`: probes that ended in `error` are to be asked again. */
enum ptl_status ptl_past_read(int fd, const char *path, const struct ptl_past_request *request,
                              bool resumes, struct ptl_past **past, struct ptl_error *error);
/* A chunk of data. What is wrong stays in bytes; `is_last`: it is of the last segment. False: no
 * memory. */
bool ptl_past_read_data(struct ptl_past *past, struct ptl_bytes *bytes, bool is_last);
/*
 * Opens, locks and reads what has the name of the journal: *past, NULL: there is nothing to go on
 * with. Where it is to give way (set_aside), *refused says why the run cannot go on with it, else
 * it stays as it is. The file borrows the path. Errors: as ptl_journal_open.
 */
enum ptl_status ptl_past_find(const struct ptl_journal_request *request,
                              const struct ptl_profile *profile, struct ptl_journal_file *file,
                              struct ptl_past **past, struct ptl_error *refused,
                              struct ptl_error *error);
/* Chunks of segments. What is wrong stays in bytes; false: no memory. */
bool ptl_past_read_segment(struct ptl_past *past, struct ptl_bytes *bytes);
void ptl_past_read_end(struct ptl_past *past, struct ptl_bytes *bytes); /* there is a segment */
/* The last segment so far is over: what is next, or the end of the file, ends it if nothing else
 * did. */
void ptl_past_close_segment(struct ptl_past *past);
/* Where the head of the first segment is lost, what it settled is not: there is one. */
bool ptl_past_imply_segment(struct ptl_past *past);
/* Drops what ended in error and was settled, or ended so again, after all: where the head of a
 * segment is lost, those before it are not known to be of another. */
void ptl_past_drop_errors(struct ptl_past *past);
void ptl_segment_head_write(struct ptl_buf *buf, const struct ptl_segment_head *head);

#endif
