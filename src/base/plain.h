/* Opening what another file names: something that ends, or a sentence. */
#ifndef BASE_PLAIN_H
#define BASE_PLAIN_H

/*
 * Opens a file for reading. What may never end, or act on being opened, is refused: a device (but
 * /dev/null), a named pipe, a socket. A pipe without a name, as /dev/stdin or the shell's <(...)
 * can be, has somebody at its other end. Returns a descriptor, which is the caller's; -1: *refusal
 * says why, or where that is NULL, errno does.
 */
int ptl_plain_open(const char *path, const char **refusal);

#endif
