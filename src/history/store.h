/* The folder of a history: held open, and for whoever writes there, locked. One thread. */
#ifndef HISTORY_STORE_H
#define HISTORY_STORE_H

#include "history/history.h"

#include <limits.h>

struct ptl_history_store {
    const char *path; /* of the folder; borrowed */
    char index_path[PATH_MAX];
    int folder;
    int index; /* -1: there is none, and nothing is to be written */
};

enum ptl_store_use {
    PTL_STORE_READ,  /* as it is */
    PTL_STORE_CHECK, /* folder and index are made, and nothing else is done to them */
    PTL_STORE_WRITE  /* the same, and the index is locked: 30 s are waited for it */
};
/* Errors: PTL_E_OUTPUT, of PTL_STORE_READ PTL_E_INVALID. It is to be closed in every case. */
enum ptl_status ptl_history_store_open(const char *folder, enum ptl_store_use use,
                                       struct ptl_history_store *store, struct ptl_error *error);
void ptl_history_store_close(struct ptl_history_store *store);

/* read.c */
enum ptl_status ptl_history_read_index(const struct ptl_history_store *store,
                                       struct ptl_history **history, struct ptl_error *error);

/* Takes away what stands behind the whole lines, then appends one, and sees that it is on the disk.
 * Where that fails, the index is as it was, and the status PTL_E_OUTPUT. */
enum ptl_status ptl_history_append(const struct ptl_history_store *store,
                                   const struct ptl_history *history, const struct ptl_buf *line,
                                   struct ptl_error *error);

/* Is that a name of ours for a results file, and of which time? */
bool ptl_history_parse_name(const char *name, int64_t *when_ms);
void ptl_history_make_name(int64_t when_ms, char name[PTL_HISTORY_NAME_SIZE]);

#endif
