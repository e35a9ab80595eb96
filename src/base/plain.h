/* What a path that comes from outside leads to: may it be opened, may it be trusted? */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/*
 * Opens a file for reading. What may never end, or act on being opened, is refused: a device (but
 * /dev/null), a named pipe, a socket. A pipe without a name, as /dev/stdin or the shell's <(...)
 * can be, has somebody at its other end. Returns a descriptor, which is the caller's; -1: *refusal
 * says why, or where that is NULL, errno does.
 */
int ptl_plain_open(const char *path, const char **refusal);

/* Writes all of it at a place of the file. False: errno says why. */
bool ptl_plain_write(int fd, const void *bytes, size_t count, off_t at);

/* Can only one who is neither us nor the folder's owner have put it into a folder for everybody, as
 * /tmp is? `info` is what the folder holds; where that cannot be told: yes. */
bool ptl_plain_is_strangers(int folder, const struct stat *info);

#endif
