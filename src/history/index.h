/* The index: what a line holds, and its way in and out. One thread. */
#ifndef HISTORY_INDEX_H
#define HISTORY_INDEX_H

#include "history/history.h"

#define PTL_INDEX_SCHEMA "portolan-index/1"
#define PTL_INDEX_LINE_MAX (32UL << 20)

/* What a line tells that the line before does not: ports and hosts that are seen otherwise. */
struct ptl_sighting {
    struct ptl_address address;
    uint16_t port; /* 0: the host */
    uint8_t seen;
};
struct ptl_sighting_name {
    struct ptl_address address;
    char *name; /* owned */
};
struct ptl_sightings {
    struct ptl_sighting *items; /* those of one address stand together */
    size_t count, capacity;
    struct ptl_sighting_name *names;
    size_t name_count, name_capacity;
};
/* False: no memory. The name is copied. */
bool ptl_sightings_add(struct ptl_sightings *sightings, const struct ptl_sighting *one);
bool ptl_sightings_name(struct ptl_sightings *sightings, const struct ptl_address *address,
                        const char *name);
void ptl_sightings_free(struct ptl_sightings *sightings);
/* The key `seen` (seen.c). */
extern const struct ptl_key_type ptl_key_sightings;

struct ptl_index_line {
    struct ptl_history_run run;
    bool has_changes;
    struct ptl_sightings seen;
};
extern const struct ptl_object ptl_object_index_line;
extern const struct ptl_object ptl_object_history_run; /* the same without schema and seen */

/* What the results tell, but changes and what is seen. */
struct ptl_history_run ptl_index_run(const struct ptl_results *results, const char *file);

/* Enters what a line tells at the end of the history: takes its run over. False: no memory. */
bool ptl_history_enter(struct ptl_history *history, struct ptl_index_line *line);
/* The host of an address; NULL: none. */
struct ptl_history_host *ptl_history_host(const struct ptl_history *history,
                                          const struct ptl_address *address);
/* The host's row of a port; NULL: none. */
struct ptl_history_row *ptl_history_row(const struct ptl_history_host *host, uint16_t port);

#endif
