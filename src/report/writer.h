/*
 * What a report format is. A writer is a const vtable; what it has to remember between calls is
 * in the instance (`state`), never in a file-static, so that several can be written at once.
 */
#ifndef REPORT_WRITER_H
#define REPORT_WRITER_H

#include "base/buf.h"
#include "report/output.h"
#include "report/report.h"
#include "results/results.h"

/* One report being written. */
struct ptl_writing {
    const struct ptl_results *results; /* sealed */
    struct ptl_output *output;
    struct ptl_buf line; /* scratch: a record is put together here, then written */
    bool color;
    size_t written; /* results so far */
    union {
        struct {
            uint64_t targets; /* that had a block so far */
        } text;
        struct {
            size_t expectation; /* the first that may be of the next result */
        } csv;
        struct {
            struct ptl_target_cursor cursor;
            struct ptl_target_counts next; /* the next target of the walk, when has_next */
            size_t next_first, next_count; /* its kept results */
            size_t expectation;            /* the first that is not written yet */
            uint32_t target;               /* of the host element that is open, when in_host */
            bool has_next, in_host;
        } xml;
        struct {
            uint32_t target;     /* of the last row */
            uint8_t reasons[32]; /* seen so far, a bit each */
        } html;
    } state;
};

/* One result with its names, as every format needs it. */
struct ptl_row {
    const struct ptl_result *result;
    const struct ptl_target_names *names;
    const char *service; /* NULL: none known */
    char reason[PTL_REASON_NAME_SIZE];
};

/*
 * The calls come in this order: begin once, result for every kept result in the order of targets
 * and ports, end once. A writer whose results come by time gets those calls while the run lasts,
 * but for the last ones and end: till then the results are not sealed, and only what was asked
 * and the names of targets may be read of them. Each writes to writing->output, whose failure is
 * sticky: no writer checks it. False: memory ran out.
 */
struct ptl_writer {
    bool by_time; /* results come by (offset_ms, target, port) instead: as found */
    bool (*begin)(struct ptl_writing *writing);
    bool (*result)(struct ptl_writing *writing, const struct ptl_row *row);
    bool (*end)(struct ptl_writing *writing);
};

#define PTL_WRITER_EXTERN(word, name, what) extern const struct ptl_writer ptl_writer_##name;
PTL_FORMATS(PTL_WRITER_EXTERN)
#undef PTL_WRITER_EXTERN

/* The one array, by enum ptl_format. */
extern const struct ptl_writer *const ptl_writers[PTL_FORMAT_COUNT];

/* "80/tcp: expected open, is closed": what was expected of a port and what was seen, for people. */
void ptl_expectation_tell(const struct ptl_results *results,
                          const struct ptl_expectation *expectation, struct ptl_buf *buf);
/* "at most 2 open ports were missed (95 %): ...", of the run, without a newline; nothing where a
 * file of an older version tells nothing (estimate_text.c). */
void ptl_estimate_tell(const struct ptl_results *results, struct ptl_buf *buf);
/* Where so many may have been missed that the run is not to be trusted, says so. False: it is not
 * so, and nothing was added. */
bool ptl_estimate_warn(const struct ptl_results *results, struct ptl_buf *buf);
/* "closed or filtered": the states of a set, a bit each. Returns text. */
#define PTL_STATES_SIZE 64
const char *ptl_states_tell(unsigned states, char text[PTL_STATES_SIZE]);
/* "opened", "perhaps closed", ..., "came"; and "web (192.0.2.7) 80/tcp http": what changed, for
 * people (changes_text.c). */
const char *ptl_change_word(enum ptl_change_kind kind);
void ptl_change_tell(const struct ptl_changed *one, struct ptl_buf *buf);
/* The block that says what changed since the last complete run; nothing where there is no history.
 * False: memory ran out. */
bool ptl_changes_write(struct ptl_writing *writing);
/* Why the run is not whole, for people; NULL: it is complete, every host resolved, and no probe
 * ended in an error of this machine. What is not whole ends with status 4. */
const char *ptl_report_incomplete(const struct ptl_results *results);

/* Writes the scratch line out and empties it. False: it had failed. */
bool ptl_writing_flush(struct ptl_writing *writing);
/* A begin or an end of formats that have none. */
bool ptl_writing_nothing(struct ptl_writing *writing);

#endif
