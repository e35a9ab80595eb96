/*
 * A file that is not in its place yet: without a name where the file system can do that and /proc
 * is there to give it one later, else with a name that one run in the folder takes from another
 * that was killed: a run holds flock on its own. One thread.
 */
#ifndef BASE_TEMPORARY_H
#define BASE_TEMPORARY_H

#include "base/place.h"

struct ptl_temporary {
    int fd;        /* -1: none */
    int folder;    /* where it has its name; -1: it has none */
    char name[40]; /* ".portolan.PID.NUMBER": short enough for every folder */
};

/* Opens one in the folder of a place, with a mode as open() takes it, of which the umask or the
 * folder's ACL takes its part. Removes what runs that were killed have left there. False: errno. */
bool ptl_temporary_open(int folder, mode_t mode, struct ptl_temporary *temporary);
/* Puts the file where `place` is now, on whatever file system; it is synced. False: errno. */
bool ptl_temporary_move(struct ptl_temporary *temporary, const struct ptl_file_place *place,
                        mode_t mode);
/* Gives the file that path, on the file system that it is on; a file that has it makes way where
 * `replaces` says so. `folder` takes temporary names. It is not synced. False: errno. */
bool ptl_temporary_put(struct ptl_temporary *temporary, int folder, const char *path,
                       bool replaces);
/* Closes the file; removes the name that it has. */
void ptl_temporary_drop(struct ptl_temporary *temporary);

#endif
