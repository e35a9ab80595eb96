/* Reading a profile's file, whole and bounded, and telling one file from another. */
#ifndef PROFILE_FILE_H
#define PROFILE_FILE_H

#include "base/error.h"

#include <sys/types.h>

struct ptl_file_id { /* which file it is, by whatever name */
    dev_t device;
    ino_t inode;
};

/* Reads a whole file; more than PTL_DOCUMENT_MAX bytes are refused after reading one too many.
 * `from_user`: "-" is standard input, and a named pipe or a device is read, too; a file that
 * another names must be a plain one (base/plain.h). *text is yours (free). `id` may be NULL. */
enum ptl_status ptl_file_read(const char *path, bool from_user, char **text, size_t *length,
                              struct ptl_file_id *id, struct ptl_error *error);
/* What paths written in this file are relative to: "" or its directory. Yours; NULL: no memory. */
char *ptl_file_directory(const char *path);
/* `path` seen from `base_dir`. Yours; NULL: no memory. */
char *ptl_file_join(const char *base_dir, const char *path);

#endif
