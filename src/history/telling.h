/* What `portolan history` tells: the runs from a time on, and the ports. One thread. */
#ifndef HISTORY_TELLING_H
#define HISTORY_TELLING_H

#include "base/buf.h"
#include "base/error.h"
#include "history/history.h"
#include "profile/profile.h"
#include "report/output.h"

struct ptl_telling {
    const struct ptl_history *history;
    const char *folder; /* as it was named */
    const char *name;   /* of the profile */
    size_t first;       /* run that is told of; those before it are not */
    int64_t now_ms;     /* wall clock */
    bool by_port;       /* CSV: a row a port, else a row a run */
};

/* A port that was open in one of the runs that are told. */
struct ptl_telling_port {
    char host[PTL_NAME_BYTES + 1], ip[PTL_ADDRESS_SIZE];
    const char *service; /* NULL: none known; borrowed */
    uint16_t port;
    uint8_t now;                         /* enum ptl_sight of the last run */
    int64_t first_open_ms, last_open_ms; /* starts of the runs, the first of all that there are */
    uint64_t open_runs, known_runs;      /* of those that are told */
};
/* Goes through them, by host in the order of addresses; begin with a zeroed cursor. False: that
 * were all. */
struct ptl_telling_cursor {
    size_t host, row;
};
bool ptl_telling_next(const struct ptl_telling *telling, const size_t *order,
                      struct ptl_telling_cursor *cursor, struct ptl_telling_port *port);
/* Hosts in the order of their addresses: the caller's. NULL: no memory. */
size_t *ptl_telling_order(const struct ptl_history *history);

/* Writes what is told, whole or not at all, as a report; "-" is standard output. Formats: JSON,
 * CSV, text, HTML, Prometheus. Errors: PTL_E_OUTPUT, PTL_E_NO_MEMORY. */
enum ptl_status ptl_telling_write(const struct ptl_telling *telling, enum ptl_format format,
                                  const char *path, struct ptl_error *error);
/* The root of the JSON. */
extern const struct ptl_object ptl_object_telling;

/* ---- the formats, a file each ---- */

/* `order` is that of hosts, `line` an empty buffer for what is put together. False: no memory. */
typedef bool ptl_telling_format(const struct ptl_telling *telling, const size_t *order,
                                struct ptl_buf *line, struct ptl_output *output);
ptl_telling_format ptl_tell_json, ptl_tell_csv, ptl_tell_text;
/* The page. Of more than PTL_TIMELINE_RUNS_MAX runs, the newest. */
ptl_telling_format ptl_tell_html;
/*
 * Metrics for the textfile collector of Prometheus' node exporter, of all runs: when the last one
 * and the last complete one ended, and how far apart they usually are, so that a missed night is
 * seen though nothing writes any more.
 */
ptl_telling_format ptl_tell_prom;

/* Seconds from a run's start to the next one's, of half of them at most; 0: fewer than three runs
 * tell nothing. False: no memory. */
bool ptl_telling_usual_s(const struct ptl_history *history, uint64_t *seconds);

#endif
