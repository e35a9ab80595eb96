#include "journal/walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WINDOW (1U << 16) /* bytes that are searched at a time */

/* All of [at, at + count), which lies within the file as it was. */
static enum ptl_status read_at(const struct ptl_walk *walk, uint64_t at, void *bytes, size_t count,
                               struct ptl_error *error)
{
    uint8_t *to = bytes;
    while (count > 0) {
        ssize_t got = pread(walk->fd, to, count, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", walk->path);
        if (got == 0)
            return ptl_error_set(error, PTL_E_INVALID, "%s became shorter while it was read",
                                 walk->path);
        to += got;
        at += (uint64_t)got;
        count -= (size_t)got;
    }
    return PTL_OK;
}

enum ptl_status ptl_walk_begin(struct ptl_walk *walk, int fd, const char *path,
                               struct ptl_error *error)
{
    char line[PTL_JOURNAL_MAGIC_SIZE];
    struct stat info;
    *walk = (struct ptl_walk){.fd = fd, .path = path, .bad_at = UINT64_MAX};
    if (fstat(fd, &info) != 0)
        return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot read %s", path);
    walk->size = (uint64_t)info.st_size;
    size_t count = walk->size < sizeof(line) ? (size_t)walk->size : sizeof(line);
    enum ptl_status status = read_at(walk, 0, line, count, error);
    if (status != PTL_OK)
        return status;
    walk->at = PTL_JOURNAL_MAGIC_SIZE;
    if (count == sizeof(line) && memcmp(line, PTL_JOURNAL_MAGIC, count) == 0)
        return PTL_OK;
    size_t name = sizeof(PTL_JOURNAL_NAME) - 1;
    if (count > name && memcmp(line, PTL_JOURNAL_NAME, name) == 0 && line[name] != '1')
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s is a journal of a format that this version does not know", path);
    if (count > 0 && memcmp(line, PTL_JOURNAL_MAGIC, count) == 0)
        return ptl_error_set(error, PTL_E_INVALID,
                             "%s ends within the head of the journal: nothing was settled, "
                             "remove it to begin anew",
                             path);
    return ptl_error_set(error, PTL_E_INVALID, "%s is not a journal of portolan", path);
}

void ptl_walk_end(struct ptl_walk *walk)
{
    free(walk->bytes);
    walk->bytes = NULL;
}

static bool reserve(struct ptl_walk *walk, size_t count)
{
    if (count <= walk->capacity)
        return true;
    uint8_t *grown = realloc(walk->bytes, count);
    if (grown == NULL)
        return false;
    walk->bytes = grown;
    walk->capacity = count;
    return true;
}

/* Reads the chunk that begins there. *whole false: none does. */
static enum ptl_status read_chunk(struct ptl_walk *walk, uint64_t at, struct ptl_chunk *chunk,
                                  bool *whole, struct ptl_error *error)
{
    uint8_t head[PTL_CHUNK_HEAD];
    *whole = false;
    if (walk->size < at || walk->size - at < PTL_CHUNK_HEAD + PTL_CHUNK_TAIL)
        return PTL_OK;
    enum ptl_status status = read_at(walk, at, head, sizeof(head), error);
    if (status != PTL_OK || !ptl_chunk_get(head, &chunk->head))
        return status;
    size_t count = (size_t)chunk->head.length + PTL_CHUNK_TAIL;
    bool is_first = at == PTL_JOURNAL_MAGIC_SIZE;
    if (walk->size - at - PTL_CHUNK_HEAD < count ||
        is_first != (chunk->head.type == PTL_CHUNK_PLAN) ||
        (is_first ? chunk->head.number != 0 : chunk->head.number <= walk->last))
        return PTL_OK;
    if (!reserve(walk, count))
        return ptl_error_no_memory(error);
    status = read_at(walk, at + PTL_CHUNK_HEAD, walk->bytes, count, error);
    if (status != PTL_OK)
        return status;
    chunk->at = at;
    chunk->payload = walk->bytes;
    *whole = ptl_chunk_is_whole(walk->bytes, chunk->head.length);
    return PTL_OK;
}

/* The first place from `at` on at which a marker stands; the file's size: none does. */
static enum ptl_status find_marker(const struct ptl_walk *walk, uint64_t *at,
                                   struct ptl_error *error)
{
    static const uint8_t marker[4] = {PTL_CHUNK_MARKER & 0xFF, PTL_CHUNK_MARKER >> 8 & 0xFF,
                                      PTL_CHUNK_MARKER >> 16 & 0xFF, PTL_CHUNK_MARKER >> 24};
    uint8_t *window = malloc(WINDOW);
    enum ptl_status status = window != NULL ? PTL_OK : ptl_error_no_memory(error);
    while (status == PTL_OK && walk->size - *at >= sizeof(marker)) {
        size_t count = walk->size - *at < WINDOW ? (size_t)(walk->size - *at) : WINDOW;
        status = read_at(walk, *at, window, count, error);
        const uint8_t *found =
            status == PTL_OK ? memmem(window, count, marker, sizeof(marker)) : NULL;
        if (found != NULL) {
            *at += (uint64_t)(found - window);
            free(window);
            return PTL_OK;
        }
        *at += count - sizeof(marker) + 1;
    }
    free(window);
    *at = walk->size;
    return status;
}

bool ptl_walk_next(struct ptl_walk *walk, struct ptl_chunk *chunk, enum ptl_status *status,
                   struct ptl_error *error)
{
    uint64_t at = walk->at;
    bool whole = false;
    *status = read_chunk(walk, at, chunk, &whole, error);
    while (*status == PTL_OK && !whole && at < walk->size) {
        at++;
        *status = find_marker(walk, &at, error);
        if (*status == PTL_OK)
            *status = read_chunk(walk, at, chunk, &whole, error);
    }
    if (*status != PTL_OK)
        return false;
    if (at != walk->at) {
        if (walk->bad_at == UINT64_MAX)
            walk->bad_at = walk->at;
        walk->lost += at - walk->at;
    }
    walk->at = at;
    if (!whole)
        return false;
    walk->at += PTL_CHUNK_HEAD + chunk->head.length + PTL_CHUNK_TAIL;
    walk->last = chunk->head.number;
    return true;
}
