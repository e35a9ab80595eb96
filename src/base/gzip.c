#include "base/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BLOCK (64U * 1024)
#define GZIP (MAX_WBITS + 16) /* windowBits: gzip's head and tail, no others */

struct ptl_gzip {
    z_stream stream;
    ptl_gzip_take *take;
    void *context;
    unsigned char out[BLOCK];
};

struct ptl_gzip *ptl_gzip_new(ptl_gzip_take *take, void *context)
{
    struct ptl_gzip *gzip = malloc(sizeof(*gzip));
    if (gzip == NULL)
        return NULL;
    memset(&gzip->stream, 0, sizeof(gzip->stream));
    gzip->take = take;
    gzip->context = context;
    if (deflateInit2(&gzip->stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, 9, Z_DEFAULT_STRATEGY) ==
        Z_OK)
        return gzip;
    free(gzip);
    return NULL;
}

/* All memory was taken at the beginning: with room in `out` there is nothing left that fails. */
static void put(struct ptl_gzip *gzip, int flush)
{
    z_stream *stream = &gzip->stream;
    do {
        stream->next_out = gzip->out;
        stream->avail_out = BLOCK;
        deflate(stream, flush);
        gzip->take(gzip->context, gzip->out, BLOCK - stream->avail_out);
    } while (stream->avail_out == 0);
}

void ptl_gzip_write(struct ptl_gzip *gzip, const void *bytes, size_t count)
{
    unsigned char in[4096]; /* zlib wants to be allowed to write there */
    for (const char *from = bytes; count > 0;) {
        size_t part = count < sizeof(in) ? count : sizeof(in);
        memcpy(in, from, part);
        gzip->stream.next_in = in;
        gzip->stream.avail_in = (uInt)part;
        put(gzip, Z_NO_FLUSH);
        from += part;
        count -= part;
    }
}

void ptl_gzip_end(struct ptl_gzip *gzip)
{
    gzip->stream.avail_in = 0;
    put(gzip, Z_FINISH);
}

void ptl_gzip_free(struct ptl_gzip *gzip)
{
    if (gzip == NULL)
        return;
    deflateEnd(&gzip->stream);
    free(gzip);
}

bool ptl_gunzip_is_wanted(const void *bytes, size_t count)
{
    static const unsigned char magic[] = {0x1F, 0x8B, 0x08};
    return count >= sizeof(magic) && memcmp(bytes, magic, sizeof(magic)) == 0;
}

struct ptl_gunzip {
    z_stream stream;
    int fd;
    bool is_between; /* a member has ended: another may follow, or the end */
    unsigned char in[BLOCK];
};

struct ptl_gunzip *ptl_gunzip_new(int fd, const void *bytes, size_t count)
{
    struct ptl_gunzip *gunzip = malloc(sizeof(*gunzip));
    if (gunzip == NULL)
        return NULL;
    memset(&gunzip->stream, 0, sizeof(gunzip->stream));
    gunzip->fd = fd;
    gunzip->is_between = false;
    memcpy(gunzip->in, bytes, count < BLOCK ? count : BLOCK);
    gunzip->stream.next_in = gunzip->in;
    gunzip->stream.avail_in = (uInt)(count < BLOCK ? count : BLOCK);
    if (inflateInit2(&gunzip->stream, GZIP) == Z_OK)
        return gunzip;
    free(gunzip);
    return NULL;
}

static ssize_t fail(int failure)
{
    errno = failure;
    return -1;
}

/* As read(): 0 at the end of the file. */
static ssize_t fill(struct ptl_gunzip *gunzip)
{
    ssize_t got;
    do
        got = read(gunzip->fd, gunzip->in, BLOCK);
    while (got < 0 && errno == EINTR);
    gunzip->stream.next_in = gunzip->in;
    gunzip->stream.avail_in = got > 0 ? (uInt)got : 0;
    return got;
}

ssize_t ptl_gunzip_read(struct ptl_gunzip *gunzip, void *to, size_t count)
{
    z_stream *stream = &gunzip->stream;
    uInt room = (uInt)(count < BLOCK ? count : BLOCK);
    stream->next_out = to;
    stream->avail_out = room;
    while (stream->avail_out == room) {
        ssize_t got = stream->avail_in > 0 ? 1 : fill(gunzip);
        if (got < 0)
            return got;
        if (got == 0)
            return gunzip->is_between ? 0 : fail(EBADMSG);
        if (gunzip->is_between && inflateReset(stream) != Z_OK)
            return fail(EBADMSG);
        gunzip->is_between = false;
        int state = inflate(stream, Z_NO_FLUSH);
        if (state == Z_MEM_ERROR)
            return fail(ENOMEM);
        if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
            return fail(EBADMSG);
        gunzip->is_between = state == Z_STREAM_END;
    }
    return (ssize_t)(room - stream->avail_out);
}

void ptl_gunzip_free(struct ptl_gunzip *gunzip)
{
    if (gunzip == NULL)
        return;
    inflateEnd(&gunzip->stream);
    free(gunzip);
}
