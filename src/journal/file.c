#include "journal/file.h"

#include "base/plain.h"
#include "base/temporary.h"
#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100 /* for a file that keeps its name */
#define MODE 0666 /* less what the umask takes */

static enum ptl_status refuse(const struct ptl_journal_file *file, int sys_errno,
                              struct ptl_error *error)
{
    return ptl_error_errno(error, PTL_E_OUTPUT, sys_errno, "cannot write the journal %s",
                           file->path);
}

/* ---- opening ---- */

static enum ptl_status reject(const char *path, const char *what, struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_INVALID, "the journal %s %s", path, what);
}

static enum ptl_status check_kind(const char *path, mode_t mode, struct ptl_error *error)
{
    if (S_ISREG(mode))
        return PTL_OK;
    return reject(path,
                  S_ISDIR(mode)    ? "is a folder: give the path of a file"
                  : S_ISLNK(mode)  ? "is a symbolic link: give the path that it leads to"
                  : S_ISFIFO(mode) ? "is a named pipe: it has to be a regular file"
                                   : "is no regular file",
                  error);
}

/* Is it what bears the name? Another process may have put a file of its own there meanwhile. */
static bool has_name(int fd, const char *path)
{
    struct stat own, named;
    return fstat(fd, &own) == 0 && lstat(path, &named) == 0 && own.st_dev == named.st_dev &&
           own.st_ino == named.st_ino;
}

/* The folder of the path; -1: errno. */
static int open_folder(const char *path, int flags)
{
    char *copy = strdup(path);
    int folder = copy != NULL ? open(dirname(copy), flags | O_DIRECTORY | O_CLOEXEC) : -1;
    free(copy);
    return folder;
}

/* What a stranger left in /tmp is believed as little as it is written to: it may say anything of
 * what was found, in a run's own words. */
static bool is_strangers(int fd, const char *path)
{
    struct stat info;
    int folder = open_folder(path, O_PATH);
    bool is = folder < 0 || fstat(fd, &info) != 0 || ptl_plain_is_strangers(folder, &info);
    if (folder >= 0)
        close(folder);
    return is;
}

enum ptl_status ptl_journal_file_open(const char *path, struct ptl_journal_file *file,
                                      struct ptl_error *error)
{
    *file = (struct ptl_journal_file){.path = path, .fd = -1};
    for (int i = 0; i < TRIES; i++) {
        struct stat info;
        if (lstat(path, &info) != 0 && errno == ENOENT)
            return PTL_OK;
        enum ptl_status status =
            lstat(path, &info) == 0 ? check_kind(path, info.st_mode, error) : PTL_OK;
        if (status != PTL_OK)
            return status;
        int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        if (fd < 0 && errno == ENOENT)
            continue;
        if (fd < 0)
            return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot open the journal %s", path);
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int sys_errno = errno;
            close(fd);
            if (sys_errno == EWOULDBLOCK)
                return reject(path, "is in use by another run", error);
            return ptl_error_errno(error, PTL_E_INVALID, sys_errno, "cannot lock the journal %s",
                                   path);
        }
        bool is_it = has_name(fd, path);
        if (is_it && !is_strangers(fd, path)) {
            file->fd = fd;
            return PTL_OK;
        }
        close(fd);
        if (is_it)
            return reject(path, "belongs to another user, in a folder that everybody may write to",
                          error);
    }
    return reject(path, "is replaced again and again by other runs", error);
}

void ptl_journal_file_close(struct ptl_journal_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

/* ---- writing ---- */

enum ptl_status ptl_journal_file_append(struct ptl_journal_file *file, const struct ptl_buf *bytes,
                                        struct ptl_error *error)
{
    if (ptl_plain_write(file->fd, ptl_buf_text(bytes), bytes->length, (off_t)file->size)) {
        file->size += bytes->length;
        return PTL_OK;
    }
    enum ptl_status status = refuse(file, errno, error);
    int ignored = ftruncate(file->fd, (off_t)file->size); /* else its end is torn, which is known */
    (void)ignored;
    return status;
}

enum ptl_status ptl_journal_file_sync(struct ptl_journal_file *file, struct ptl_error *error)
{
    uint64_t size = file->size;
    if (fdatasync(file->fd) != 0)
        return refuse(file, errno, error);
    file->synced = size;
    return PTL_OK;
}

enum ptl_status ptl_journal_file_cut(struct ptl_journal_file *file, uint64_t size,
                                     struct ptl_error *error)
{
    file->size = size;
    if (ftruncate(file->fd, (off_t)size) != 0)
        return refuse(file, errno, error);
    return ptl_journal_file_sync(file, error);
}

/* ---- names ---- */

static bool sync_folder(const char *path)
{
    int fd = open_folder(path, O_RDONLY);
    if (fd < 0)
        return false;
    bool good = fsync(fd) == 0 || errno == EINVAL; /* some file systems cannot */
    int sys_errno = errno;
    close(fd);
    errno = sys_errno;
    return good;
}

enum ptl_status ptl_journal_file_make(struct ptl_journal_file *file, const struct ptl_buf *bytes,
                                      struct ptl_error *error)
{
    struct ptl_temporary temporary = {.fd = -1, .folder = -1};
    int folder = open_folder(file->path, O_PATH);
    bool good = folder >= 0 && ptl_temporary_open(folder, MODE, &temporary) &&
                flock(temporary.fd, LOCK_EX | LOCK_NB) == 0 &&
                ptl_plain_write(temporary.fd, ptl_buf_text(bytes), bytes->length, 0) &&
                fsync(temporary.fd) == 0 &&
                ptl_temporary_put(&temporary, folder, file->path, file->fd >= 0) &&
                sync_folder(file->path);
    int sys_errno = errno;
    enum ptl_status status = PTL_OK;
    if (good) {
        ptl_journal_file_close(file);
        file->fd = temporary.fd;
        file->size = file->synced = bytes->length;
        temporary.fd = -1;
    } else if (temporary.fd >= 0 && file->fd < 0 &&
               sys_errno == EEXIST) { /* since it was looked for */
        status = reject(file->path, "is in use by another run, which has just begun", error);
    } else {
        status = refuse(file, sys_errno, error);
    }
    ptl_temporary_drop(&temporary);
    if (folder >= 0)
        close(folder);
    return status;
}

enum ptl_status ptl_journal_file_remove(struct ptl_journal_file *file, struct ptl_error *error)
{
    if (!has_name(file->fd, file->path))
        return PTL_OK;
    if (unlink(file->path) != 0 || !sync_folder(file->path))
        return ptl_error_errno(error, PTL_E_OUTPUT, errno, "cannot remove the journal %s",
                               file->path);
    return PTL_OK;
}

enum ptl_status ptl_journal_file_set_aside(struct ptl_journal_file *file, struct ptl_error *error)
{
    struct stat info;
    char *aside = NULL;
    enum ptl_status status = PTL_OK;
    if (asprintf(&aside, "%s" PTL_JOURNAL_ASIDE, file->path) < 0)
        return ptl_error_no_memory(error);
    if (lstat(aside, &info) == 0 && !ptl_journal_is(aside))
        status = ptl_error_set(error, PTL_E_OUTPUT,
                               "cannot set the journal %s aside: %s is there and no journal",
                               file->path, aside);
    else if (rename(file->path, aside) != 0 || !sync_folder(file->path))
        status = ptl_error_errno(error, PTL_E_OUTPUT, errno, "cannot set the journal %s aside",
                                 file->path);
    free(aside);
    if (status == PTL_OK)
        ptl_journal_file_close(file);
    return status;
}
