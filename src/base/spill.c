#include "base/spill.h"

#include "base/array.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LEAST 16 /* items, at the first call */
#define PAGE 4096UL

struct area {
    void *at; /* NULL: free */
    size_t bytes;
    int fd;
};

struct ptl_spill {
    struct area areas[PTL_SPILL_ARRAYS];
};

struct ptl_spill *ptl_spill_new(void)
{
    return calloc(1, sizeof(struct ptl_spill));
}

void ptl_spill_free(struct ptl_spill *spill)
{
    free(spill);
}

static struct area *find(struct ptl_spill *spill, const void *at)
{
    for (size_t i = 0; spill != NULL && i < PTL_SPILL_ARRAYS; i++)
        if (spill->areas[i].at == at)
            return &spill->areas[i];
    return NULL;
}

static void unmap(struct area *area)
{
    munmap(area->at, area->bytes);
    if (area->fd >= 0)
        close(area->fd);
    *area = (struct area){.at = NULL};
}

/* /tmp may be memory; /var/tmp is a disk. */
static int open_unlinked(void)
{
    const char *folder = getenv("TMPDIR");
    if (folder == NULL || folder[0] == '\0')
        folder = "/var/tmp";
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* The blocks of the file are there before it is written to: a full disk is told here, not by
 * SIGBUS. */
static bool extend(int fd, size_t bytes)
{
    return fd >= 0 && bytes <= INT64_MAX && posix_fallocate(fd, 0, (off_t)bytes) == 0;
}

static bool grow(struct area *area, size_t bytes)
{
    if (!extend(area->fd, bytes))
        return false;
    void *moved = mremap(area->at, area->bytes, bytes, MREMAP_MAYMOVE);
    if (moved == MAP_FAILED)
        return false;
    area->at = moved;
    area->bytes = bytes;
    return true;
}

static bool begin(struct area *area, size_t bytes)
{
    int fd = open_unlinked();
    if (fd < 0)
        return false;
    void *at = MAP_FAILED;
    if (extend(fd, bytes))
        at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) {
        close(fd);
        return false;
    }
    *area = (struct area){.at = at, .bytes = bytes, .fd = fd};
    return true;
}

/* Into a file, or on in it. False: nothing has changed. */
static bool spill_out(struct ptl_spill *spill, void **items, size_t used, size_t bytes)
{
    struct area *area = *items != NULL ? find(spill, *items) : NULL;
    if (area != NULL) {
        if (!grow(area, bytes))
            return false;
        *items = area->at;
        return true;
    }
    area = find(spill, NULL);
    if (area == NULL || !begin(area, bytes))
        return false;
    if (used > 0)
        memcpy(area->at, *items, used);
    free(*items);
    *items = area->at;
    return true;
}

/* As realloc, of an array that may lie in a file now. */
static bool take_memory(struct ptl_spill *spill, void **items, size_t used, size_t bytes)
{
    struct area *area = *items != NULL ? find(spill, *items) : NULL;
    void *grown = area != NULL ? malloc(bytes) : realloc(*items, bytes);
    if (grown == NULL)
        return false;
    if (area != NULL) {
        memcpy(grown, *items, used);
        unmap(area);
    }
    *items = grown;
    return true;
}

bool ptl_spill_room(struct ptl_spill *spill, void **items, size_t *capacity, size_t count,
                    size_t size)
{
    if (spill == NULL)
        return ptl_array_room(items, capacity, count, size);
    if (count < *capacity)
        return true;
    size_t more = *capacity < LEAST ? LEAST : *capacity + *capacity / 2, bytes;
    if (__builtin_mul_overflow(more, size, &bytes) || bytes > SIZE_MAX - PAGE)
        return false;
    bytes = (bytes + PAGE - 1) / PAGE * PAGE;
    bool in_file = bytes > PTL_SPILL_BYTES && spill_out(spill, items, count * size, bytes);
    if (!in_file && !take_memory(spill, items, count * size, bytes))
        return false;
    *capacity = bytes / size;
    return true;
}

void ptl_spill_settle(struct ptl_spill *spill)
{
    for (size_t i = 0; spill != NULL && i < PTL_SPILL_ARRAYS; i++) {
        if (spill->areas[i].at != NULL && spill->areas[i].fd >= 0)
            close(spill->areas[i].fd);
        spill->areas[i].fd = -1;
    }
}

void ptl_spill_drop(struct ptl_spill *spill, void *items)
{
    struct area *area = items != NULL ? find(spill, items) : NULL;
    if (area != NULL)
        unmap(area);
    else
        free(items);
}

void ptl_spill_rest(struct ptl_spill *spill)
{
    for (size_t i = 0; spill != NULL && i < PTL_SPILL_ARRAYS; i++)
        if (spill->areas[i].at != NULL)
            madvise(spill->areas[i].at, spill->areas[i].bytes, MADV_DONTNEED);
}
