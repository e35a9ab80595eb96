#include "report/output.h"

#include "portolan/report.h"
#include "report/place.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER (64U * 1024)
#define TRIES 100 /* for a temporary name that is free */

struct ptl_output {
    char *path;      /* as the user named it, for messages */
    char *place;     /* what is replaced, links followed; NULL: written in place */
    char *temporary; /* its name while it has one; NULL: O_TMPFILE, or written in place */
    int fd;
    mode_t mode;
    bool is_live_file; /* a regular file, written in place */
    bool is_new;       /* it is there only because it was opened, and holds nothing */
    int failure;       /* the first errno */
    size_t used;
    char buffer[BUFFER];
};

static enum ptl_status refuse(const struct ptl_output *output, int sys_errno,
                              struct ptl_error *error)
{
    const char *name = strcmp(output->path, "-") == 0 ? "standard output" : output->path;
    return ptl_error_errno(error, PTL_E_OUTPUT, sys_errno, "cannot write %s", name);
}

static void dispose(struct ptl_output *output)
{
    if (output == NULL)
        return;
    if (output->temporary != NULL)
        unlink(output->temporary);
    if (output->is_new)
        unlink(output->path);
    if (output->fd > STDERR_FILENO)
        close(output->fd);
    free(output->temporary);
    free(output->place);
    free(output->path);
    free(output);
}

static mode_t default_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* A file without a name where the file system has such, else one with a temporary name. */
static bool open_beside(struct ptl_output *output)
{
    char *copy = strdup(output->place);
    if (copy == NULL)
        return false;
    output->fd = open(dirname(copy), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    free(copy);
    if (output->fd >= 0)
        return true;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT && errno != EINVAL)
        return false;
    if (asprintf(&output->temporary, "%s.XXXXXX", output->place) < 0) {
        output->temporary = NULL;
        return false;
    }
    output->fd = mkostemp(output->temporary, O_CLOEXEC);
    if (output->fd >= 0)
        return true;
    free(output->temporary);
    output->temporary = NULL;
    return false;
}

static bool open_stdout(struct ptl_output *output)
{
    output->fd = STDOUT_FILENO;
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY)
        errno = EBADF;
    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* Only what O_EXCL made is ours to remove: not what a link to nowhere got, nor another's file. */
static bool open_in_place(struct ptl_output *output, bool exists)
{
    struct stat info;
    int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY;
    if (!exists) {
        output->fd = open(output->path, flags | O_CREAT | O_EXCL, 0666);
        output->is_new = output->fd >= 0;
    }
    if (output->fd < 0)
        output->fd = open(output->path, flags | (exists ? 0 : O_CREAT), 0666);
    if (output->fd < 0 || fstat(output->fd, &info) != 0)
        return false;
    output->is_live_file = S_ISREG(info.st_mode);
    return true;
}

static bool open_place(struct ptl_output *output, bool live)
{
    struct stat info;
    if (ptl_report_is_stdout(output->path))
        return open_stdout(output); /* renaming over it would leave what comes later to nobody */
    bool exists = stat(output->path, &info) == 0;
    if (live || (exists && !S_ISREG(info.st_mode)))
        return open_in_place(output, exists);
    if (exists && access(output->path, W_OK) != 0)
        return false;
    output->mode = exists ? info.st_mode & 07777 : default_mode();
    output->place = ptl_place_follow(output->path);
    return output->place != NULL && open_beside(output);
}

static enum ptl_status open_output(const char *path, bool live, struct ptl_output **output,
                                   struct ptl_error *error)
{
    struct ptl_output *new = malloc(sizeof(*new));
    if (new == NULL)
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    memset(new, 0, offsetof(struct ptl_output, buffer));
    new->fd = -1;
    new->path = strdup(path);
    if (new->path == NULL) {
        dispose(new);
        return ptl_error_set(error, PTL_E_NO_MEMORY, "out of memory");
    }
    if (!open_place(new, live)) {
        enum ptl_status status = refuse(new, errno, error);
        dispose(new);
        return status;
    }
    *output = new;
    return PTL_OK;
}

enum ptl_status ptl_output_open(const char *path, struct ptl_output **output,
                                struct ptl_error *error)
{
    return open_output(path, false, output, error);
}

enum ptl_status ptl_output_open_live(const char *path, struct ptl_output **output,
                                     struct ptl_error *error)
{
    return open_output(path, true, output, error);
}

void ptl_output_begin(struct ptl_output *output)
{
    if (output->is_live_file && ftruncate(output->fd, 0) != 0)
        output->failure = errno;
    output->is_new = false;
}

static void flush(struct ptl_output *output)
{
    size_t written = 0;
    while (written < output->used && output->failure == 0) {
        ssize_t count = write(output->fd, output->buffer + written, output->used - written);
        if (count > 0)
            written += (size_t)count;
        else if (count < 0 && errno != EINTR)
            output->failure = errno;
    }
    output->used = 0;
}

void ptl_output_write(struct ptl_output *output, const void *bytes, size_t count)
{
    const char *from = bytes;
    while (count > 0 && output->failure == 0) {
        size_t part = BUFFER - output->used < count ? BUFFER - output->used : count;
        memcpy(output->buffer + output->used, from, part);
        output->used += part;
        from += part;
        count -= part;
        if (output->used == BUFFER)
            flush(output);
    }
}

void ptl_output_flush(struct ptl_output *output)
{
    flush(output);
}

/* Gives an O_TMPFILE a temporary name: linkat() cannot replace, rename() can. */
static bool give_name(struct ptl_output *output)
{
    char from[64];
    snprintf(from, sizeof(from), "/proc/self/fd/%d", output->fd);
    for (unsigned i = 0; i < TRIES; i++) {
        char *name;
        if (asprintf(&name, "%s.%ld.%u", output->place, (long)getpid(), i) < 0)
            return false;
        if (linkat(AT_FDCWD, from, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0) {
            output->temporary = name;
            return true;
        }
        free(name);
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* Shortens `place`, which is not needed any more, to its directory. */
static void sync_directory(char *place)
{
    int fd = open(dirname(place), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* some file systems cannot; the file itself is safe by then */
        close(fd);
    }
}

static bool put_in_place(struct ptl_output *output)
{
    if (fchmod(output->fd, output->mode) != 0 || fsync(output->fd) != 0)
        return false;
    if (output->temporary == NULL && !give_name(output))
        return false;
    if (rename(output->temporary, output->place) != 0)
        return false;
    free(output->temporary);
    output->temporary = NULL;
    sync_directory(output->place);
    return true;
}

enum ptl_status ptl_output_commit(struct ptl_output *output, struct ptl_error *error)
{
    flush(output);
    if (output->failure == 0 && output->place != NULL && !put_in_place(output))
        output->failure = errno;
    if (output->failure == 0 && output->is_live_file && fsync(output->fd) != 0)
        output->failure = errno;
    if (output->failure == 0 && output->fd > STDERR_FILENO) {
        if (close(output->fd) != 0)
            output->failure = errno;
        output->fd = -1;
    }
    enum ptl_status status = PTL_OK;
    if (output->failure != 0)
        status = refuse(output, output->failure, error);
    dispose(output);
    return status;
}

void ptl_output_abandon(struct ptl_output *output)
{
    dispose(output);
}

bool ptl_output_is_terminal(const struct ptl_output *output)
{
    return isatty(output->fd) == 1;
}

bool ptl_output_failed(const struct ptl_output *output)
{
    return output->failure != 0;
}
