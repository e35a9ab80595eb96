/* The first chunk of a journal: what decides the verdicts of the run. */
#ifndef JOURNAL_HEAD_H
#define JOURNAL_HEAD_H

#include "base/buf.h"
#include "base/error.h"
#include "journal/journal.h"
#include "profile/profile.h"
#include "results/results.h"
#include "target/targets.h"

/* A key of the profile that decides verdicts, with a hash of its value: enough to tell that it
 * differs. */
struct ptl_head_key {
    char *name;
    uint64_t hash;
};

struct ptl_head {
    char run_id[33];                   /* drawn */
    char plan_sha256[PTL_SHA256_SIZE]; /* of all that follows but the time */
    int64_t started_ms;
    char *tool_version;
    char *ports;
    bool states[PTL_STATE_COUNT]; /* that results keep */
    enum ptl_order order;
    uint64_t seed; /* in force */
    uint32_t retries;
    struct ptl_head_key *keys;
    size_t key_count;
    struct ptl_named_block *blocks; /* the targets */
    size_t block_count, block_capacity;
    char **inputs; /* what the blocks' labels borrow */
    size_t input_count, input_capacity;
    struct ptl_unresolved *unresolved;
    size_t unresolved_count;
};

/* Appends the head; buf->failed: no memory, or it is too large. */
enum ptl_status ptl_head_write(struct ptl_buf *buf, const struct ptl_journal_plan *plan,
                               int64_t started_ms, struct ptl_error *error);
/* False: it is none, or memory is out (*no_memory). Free it in either case. */
bool ptl_head_read(const uint8_t *payload, size_t length, struct ptl_head *head, bool *no_memory);
void ptl_head_free(struct ptl_head *head);
/* The names of the keys of which today's profile differs, joined by ", "; "": none does. */
void ptl_head_differences(const struct ptl_head *head, const struct ptl_profile *profile,
                          struct ptl_buf *names);

#endif
