/* The file of a journal: how it comes to be, is locked, written, synced and removed. One thread. */
#ifndef JOURNAL_FILE_H
#define JOURNAL_FILE_H

#include "base/buf.h"
#include "base/error.h"

#include <stdint.h>

struct ptl_journal_file {
    const char *path; /* borrowed */
    int fd;           /* locked; -1: there is none */
    uint64_t size;    /* of what is whole in it */
    uint64_t synced;  /* bytes that a power cut cannot take any more */
};

/* Opens and locks what is there; fd -1: nothing is. PTL_E_INVALID: it is no regular file, cannot be
 * opened, is locked by another, or is what a stranger put into a folder for everybody. */
enum ptl_status ptl_journal_file_open(const char *path, struct ptl_journal_file *file,
                                      struct ptl_error *error);
/*
 * Makes a file that holds `bytes` and is synced, with its folder; it appears whole or not at all,
 * locked. `file` is the one whose place it takes, which is closed; where its fd is -1, there must
 * be nothing. PTL_E_OUTPUT; PTL_E_INVALID: another run was faster, and nothing was changed.
 */
enum ptl_status ptl_journal_file_make(struct ptl_journal_file *file, const struct ptl_buf *bytes,
                                      struct ptl_error *error);
/* Gives the journal the name of one that was set aside, for good, and closes it. PTL_E_OUTPUT:
 * nothing was changed; something else than a journal has that name, say. */
enum ptl_status ptl_journal_file_set_aside(struct ptl_journal_file *file, struct ptl_error *error);
/* Appends all of the buffer, or cuts the file to what it was. PTL_E_OUTPUT. */
enum ptl_status ptl_journal_file_append(struct ptl_journal_file *file, const struct ptl_buf *bytes,
                                        struct ptl_error *error);
enum ptl_status ptl_journal_file_sync(struct ptl_journal_file *file, struct ptl_error *error);
/* Nothing behind `size` is left, for good. */
enum ptl_status ptl_journal_file_cut(struct ptl_journal_file *file, uint64_t size,
                                     struct ptl_error *error);
/* Removes the journal, if it still has its name, and syncs the folder. PTL_E_OUTPUT. */
enum ptl_status ptl_journal_file_remove(struct ptl_journal_file *file, struct ptl_error *error);
void ptl_journal_file_close(struct ptl_journal_file *file);

#endif
