/* Files compressed by gzip (RFC 1952), written and read as streams. One thread each. */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct ptl_gzip;

/* Takes what is compressed. */
typedef void ptl_gzip_take(void *context, const void *bytes, size_t count);
/* A compressor; NULL: no memory. */
struct ptl_gzip *ptl_gzip_new(ptl_gzip_take *take, void *context);
void ptl_gzip_write(struct ptl_gzip *gzip, const void *bytes, size_t count);
/* What is left of the text goes out; nothing is written after it. */
void ptl_gzip_end(struct ptl_gzip *gzip);
void ptl_gzip_free(struct ptl_gzip *gzip); /* NULL is nothing */

/* Do these bytes, at the beginning of a file, say that it is compressed so? */
bool ptl_gunzip_is_wanted(const void *bytes, size_t count);

struct ptl_gunzip;

/* Reads a file of which `bytes`, at most 64 KiB, were read already. NULL: no memory. */
struct ptl_gunzip *ptl_gunzip_new(int fd, const void *bytes, size_t count);
/* As read(): how many bytes there are, 0 at the end. -1: errno, which is EBADMSG where the file is
 * damaged or cut, and ENOMEM. */
ssize_t ptl_gunzip_read(struct ptl_gunzip *gunzip, void *to, size_t count);
void ptl_gunzip_free(struct ptl_gunzip *gunzip); /* NULL is nothing; the descriptor stays open */

#endif
