/* A results file on its way in: what the parts of the reader share. */
#ifndef RESULTS_READER_H
#define RESULTS_READER_H

#include "base/error.h"
#include "base/json.h"
#include "results/pieces.h"
#include "results/results.h"
#include "results/stored.h"
#include "target/portset.h"

enum ptl_part { /* the top-level keys, in the order of the table in read.c */
                PTL_PART_SCHEMA,
                PTL_PART_TOOL,
                PTL_PART_RUN,
                PTL_PART_SUMMARY,
                PTL_PART_OPEN_PORTS,
                PTL_PART_UNRESOLVED,
                PTL_PART_WARNINGS,
                PTL_PART_EXPECTATIONS,
                PTL_PART_TARGETS,
                PTL_PART_RESULTS,
                PTL_PART_TYPE,   /* of jsonl lines only */
                PTL_PART_MERGED, /* these two of merged files only */
                PTL_PART_DISAGREEMENTS,
                PTL_PART_UNTOUCHED, /* of interrupted runs of many targets */
                PTL_PART_CHANGES,   /* of runs with a history */
                PTL_PART_COUNT
};

struct ptl_reader {
    struct ptl_pieces *pieces;
    struct ptl_results *results;
    struct ptl_portset *ports; /* of the run; NULL until it was read */
    unsigned seen;             /* a bit for each enum ptl_part */
    bool is_head;              /* nothing behind "run" is wanted */
    bool is_lines;             /* jsonl: results in the order in which they were found */
    char type[16];             /* jsonl: of the line */

    bool is_cut; /* jsonl without its end: what is there counts */

    /* "run" as it was read: the first line of jsonl holds but a part of it, what was asked. */
    enum ptl_status asked_status, run_status;
    struct ptl_error run_error;

    /* The last result and the last listed target, to see that they come in order. */
    bool has_result;
    uint32_t result_target;
    uint32_t last_known; /* the last one already known from the other list; PTL_STORED_NONE */
    uint16_t port;
    char ip[PTL_ADDRESS_SIZE]; /* of the last result */
    char host[PTL_NAME_BYTES + 1];
    struct ptl_origin summary_place;
    uint8_t open_ports[PTL_PORT_BYTES]; /* as the file says */

    /* Expectations come before the targets that they name: their `target` is a number of
     * `expected`, or of `missing` for a host that did not resolve, until all is in. */
    struct ptl_stored *expected;
    char **missing;
    size_t missing_count;
};

/* Each takes one value of the file, members->json. */
struct ptl_members;
typedef enum ptl_status ptl_take(struct ptl_reader *reader, struct ptl_members *members);
ptl_take ptl_read_tool, ptl_read_run, ptl_read_summary, ptl_read_open_ports; /* read_head.c */
ptl_take ptl_read_unresolved, ptl_read_warning, ptl_read_untouched;          /* read_head.c */
ptl_take ptl_read_changes;                                                   /* read_head.c */
ptl_take ptl_read_expectation;                                               /* read_expect.c */
ptl_take ptl_read_target, ptl_read_result;                                   /* read_records.c */
/* Takes the result that is next in the file, where it stands there as portolan writes it. *taken
 * false: it does not, or not all of it was read yet. */
enum ptl_status ptl_read_result_at_sight(struct ptl_reader *reader, bool *taken,
                                         struct ptl_error *error); /* read_records.c */

ptl_take ptl_read_merged, ptl_read_disagreement; /* read_head.c */

/* The number in `expected` of a host that is named before the targets are (read_expect.c). What is
 * wrong stays in members. */
uint32_t ptl_read_enter(struct ptl_reader *reader, struct ptl_members *members, const char *ip,
                        const char *host);
/* Turns that number into the one of the target. `what` names the record, for messages. */
enum ptl_status ptl_read_find_target(struct ptl_reader *reader, const char *what, uint32_t *number,
                                     struct ptl_error *error);
/* Finds the targets of the disagreements (read_head.c). */
enum ptl_status ptl_read_finish_merged(struct ptl_reader *reader, struct ptl_error *error);
/* Finds the targets of the expectations (read_expect.c). */
enum ptl_status ptl_read_finish_expectations(struct ptl_reader *reader, struct ptl_error *error);
/* Of jsonl without its end: forgets what only the last line tells, and in its stead sums up what
 * was read (read_cut.c). */
void ptl_read_begin_cut(struct ptl_reader *reader);
enum ptl_status ptl_read_finish_cut(struct ptl_reader *reader, struct ptl_error *error);
/* Puts targets and results into their final order and sees that the sums add up (read_finish.c). */
enum ptl_status ptl_read_finish(struct ptl_reader *reader, struct ptl_error *error);

#endif
