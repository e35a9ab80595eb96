#include "history/store.h"

#include "base/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define INDEX "index.jsonl"
#define SUFFIX "Z.json.gz"
#define LOCK_WAIT_MS 30000
#define LOCK_POLL_MS 20

static enum ptl_status refuse(const struct ptl_history_store *store, enum ptl_store_use use,
                              int failure, struct ptl_error *error)
{
    return use == PTL_STORE_READ ? ptl_error_errno(error, PTL_E_INVALID, failure,
                                                   "cannot read the history %s", store->path)
                                 : ptl_error_errno(error, PTL_E_OUTPUT, failure,
                                                   "cannot write the history %s", store->path);
}

/* With the folders on the way. */
static bool make_folders(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof(part)) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static int wait_for_lock(int fd)
{
    for (int waited = 0;; waited += LOCK_POLL_MS) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if ((errno != EWOULDBLOCK && errno != EINTR) || waited >= LOCK_WAIT_MS)
            return errno;
        poll(NULL, 0, LOCK_POLL_MS);
    }
}

static int open_index(int folder, enum ptl_store_use use)
{
    int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    return use == PTL_STORE_READ ? openat(folder, INDEX, O_RDONLY | flags)
                                 : openat(folder, INDEX, O_RDWR | O_CREAT | flags, 0666);
}

enum ptl_status ptl_history_store_open(const char *folder, enum ptl_store_use use,
                                       struct ptl_history_store *store, struct ptl_error *error)
{
    struct stat info;
    *store = (struct ptl_history_store){.path = folder, .folder = -1, .index = -1};
    if (use != PTL_STORE_READ && !make_folders(folder))
        return refuse(store, use, errno, error);
    if (snprintf(store->index_path, sizeof(store->index_path), "%s/" INDEX, folder) >=
        (int)sizeof(store->index_path))
        return refuse(store, use, ENAMETOOLONG, error);
    store->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder < 0)
        return refuse(store, use, errno, error);
    store->index = open_index(store->folder, use);
    if (store->index < 0 && use == PTL_STORE_READ && errno == ENOENT)
        return PTL_OK;
    if (store->index < 0 || fstat(store->index, &info) != 0)
        return refuse(store, use, errno, error);
    if (!S_ISREG(info.st_mode))
        return ptl_error_set(error, use == PTL_STORE_READ ? PTL_E_INVALID : PTL_E_OUTPUT,
                             "%s is no regular file", store->index_path);
    if (use != PTL_STORE_READ && faccessat(store->folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
        return refuse(store, use, errno, error);
    int failure = use == PTL_STORE_WRITE ? wait_for_lock(store->index) : 0;
    if (failure == EWOULDBLOCK)
        return ptl_error_set(error, PTL_E_OUTPUT,
                             "cannot write the history %s: another run has been writing there "
                             "for 30 s",
                             folder);
    if (failure != 0)
        return refuse(store, use, failure, error);
    if (use != PTL_STORE_READ && info.st_size == 0)
        fsync(store->folder); /* some file systems cannot */
    return PTL_OK;
}

void ptl_history_store_close(struct ptl_history_store *store)
{
    if (store->index >= 0)
        close(store->index); /* and with it the lock */
    if (store->folder >= 0)
        close(store->folder);
    store->index = store->folder = -1;
}

enum ptl_status ptl_history_append(const struct ptl_history_store *store,
                                   const struct ptl_history *history, const struct ptl_buf *line,
                                   struct ptl_error *error)
{
    off_t end = (off_t)history->length;
    if (history->is_torn && ftruncate(store->index, end) != 0)
        return refuse(store, PTL_STORE_WRITE, errno, error);
    if (ptl_plain_write(store->index, ptl_buf_text(line), line->length, end) &&
        fdatasync(store->index) == 0)
        return PTL_OK;
    enum ptl_status status = refuse(store, PTL_STORE_WRITE, errno, error);
    /* Where not even that can be done the line is torn, which the next one to write mends. */
    int ignored = ftruncate(store->index, end);
    (void)ignored;
    return status;
}

void ptl_history_make_name(int64_t when_ms, char name[PTL_HISTORY_NAME_SIZE])
{
    char time[PTL_RFC3339_SIZE], *to = name;
    ptl_clock_rfc3339(when_ms, time);
    for (const char *from = time; *from != 'Z' && *from != '\0'; from++)
        if (*from != '-' && *from != ':')
            *to++ = *from;
    memcpy(to, SUFFIX, sizeof(SUFFIX));
}

bool ptl_history_parse_name(const char *name, int64_t *when_ms)
{
    char time[PTL_RFC3339_SIZE], again[PTL_HISTORY_NAME_SIZE];
    /* 20260131T020000.000Z.json.gz */
    if (strlen(name) != strlen("20260131T020000.000" SUFFIX))
        return false;
    snprintf(time, sizeof(time), "%.4s-%.2s-%.2sT%.2s:%.2s:%.6sZ", name, name + 4, name + 6,
             name + 9, name + 11, name + 13);
    if (!ptl_clock_parse_rfc3339(time, when_ms))
        return false;
    ptl_history_make_name(*when_ms, again);
    return strcmp(name, again) == 0;
}
