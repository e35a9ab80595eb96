/*
 * What the page of a history shows: its runs, and what became of each port that was open in one of
 * them. The page holds all of it in a megabyte at most, so rows are packed, and those that have the
 * oldest news are left out where there are too many. Nothing here reads or keeps a history. One
 * thread.
 */
#ifndef HISTORY_TIMELINE_H
#define HISTORY_TIMELINE_H

#include "base/buf.h"
#include "report/output.h"

/* What a run tells of a port: a character each, as the page's script reads them. */
#define PTL_SEEN_OPEN 'o'
#define PTL_SEEN_CLOSED 'c'
#define PTL_SEEN_SILENT 's'   /* filtered */
#define PTL_SEEN_PERHAPS 'p'  /* silent, as one that is open may be */
#define PTL_SEEN_NOT_OPEN 'u' /* closed or filtered: which was not kept */
#define PTL_SEEN_NOTHING 'n'  /* not asked, or in error */

/* More are not drawn; the caller takes the newest. */
#define PTL_TIMELINE_RUNS_MAX 5000

struct ptl_timeline_run {
    uint64_t started_ms; /* since 1970 */
    uint64_t open;       /* ports */
    uint64_t opened;     /* since the last complete run */
    uint64_t closed;
    double speed;   /* probes a second; negative: not known */
    uint64_t limit; /* attempts a second; 0: none was found */
    bool is_complete;
};

struct ptl_timeline_host {
    const char *name; /* as the profile has it; borrowed, as all texts here */
    const char *ip;
};

struct ptl_timeline_row {
    size_t host; /* of hosts */
    uint16_t port;
    const char *service; /* NULL: none */
};

struct ptl_timeline_change {
    size_t run;
    const char *host;
    uint16_t port;    /* 0: the host itself */
    const char *what; /* a word or two */
};

struct ptl_timeline {
    const char *profile;
    uint64_t written_ms;           /* since 1970: what is missing before now is missing, too */
    struct ptl_timeline_run *runs; /* oldest first; at most PTL_TIMELINE_RUNS_MAX */
    size_t run_count;
    struct ptl_timeline_host *hosts;
    size_t host_count;
    struct ptl_timeline_row *rows; /* rows of one host stand together */
    size_t row_count;
    struct ptl_timeline_change *changes; /* oldest first */
    size_t change_count;
    /* Puts a PTL_SEEN_ character a run into `seen`. Asked several times of each row. */
    void (*see)(const struct ptl_timeline *timeline, size_t row, char *seen);
    const void *context; /* of `see` */
};

/*
 * Makes times that never go back of those that clocks said: as few runs as need be, of which a
 * clock was wrong or which began before another and ended after it, are put beside the others.
 */
void ptl_timeline_put_in_order(struct ptl_timeline_run *runs, size_t count);

/* Seconds from a run to the next, of half of them at most; 0: fewer than three runs tell nothing.
 */
uint64_t ptl_timeline_usual_s(const struct ptl_timeline *timeline);

/*
 * Which runs asked only some of the ports (an incomplete one may have): their gaps are not told by
 * the rows but by masks. `is_partial` has room for a value a run, `seen` for a character a run.
 */
void ptl_timeline_find_partial(const struct ptl_timeline *timeline, char *seen, bool *is_partial);

/*
 * Adds a row's stretches to `buf`: the character, then the number of runs in base 36 if it is
 * not 1. In a partial run that did not ask the port the stretch before goes on.
 */
void ptl_timeline_pack(const char *seen, size_t runs, const bool *is_partial, struct ptl_buf *buf);

/* Writes the page. False: memory ran out; what `output` itself failed at it tells by itself. */
bool ptl_timeline_write_html(const struct ptl_timeline *timeline, struct ptl_output *output);

#endif
