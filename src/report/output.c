#include "report/output.h"

#include "base/gzip.h"
#include "report/place.h"
#include "report/report.h"
#include "report/sink.h"
#include "report/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER (64U * 1024)
#define TRIES 100         /* to open what others create and remove meanwhile */
#define READER_POLL_MS 20 /* nothing tells that a pipe is opened for reading */

struct ptl_output {
    char *path;             /* as the user named it, for messages */
    struct ptl_place place; /* the folder is held while the file in it is new, and nothing else */
    struct ptl_temporary temporary; /* what replaces the file; without one it is written in place */
    int fd;                         /* what is written to: the temporary's, or one of its own */
    mode_t mode;
    bool is_standard; /* fd is a stream of the process's, and stays open */
    bool is_file;     /* a regular file, written in place */
    bool is_new;      /* it is there only because it was opened, and holds nothing */
    bool is_begun;
    bool is_limited; /* a reader is waited for as long as `limit` says; else for ever */
    struct ptl_sink_limit limit;
    struct ptl_gzip *gzip; /* NULL: what is written stays as it is */
    int failure;           /* the first errno */
    size_t used;
    char buffer[BUFFER];
};

static enum ptl_status refuse_to_wait(const struct ptl_output *output, struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_OUTPUT,
                         "cannot write %s: the run is over and nobody reads; the rest of the "
                         "report is given up",
                         strcmp(output->path, "-") == 0 ? "standard output" : output->path);
}

/* A path that begins in the current folder is told with that: in cron it is not the expected one.
 */
static enum ptl_status refuse(const struct ptl_output *output, int sys_errno,
                              struct ptl_error *error)
{
    char folder[PATH_MAX];
    const char *refusal = output->place.refusal;
    if (strcmp(output->path, "-") == 0)
        return ptl_error_errno(error, PTL_E_OUTPUT, sys_errno, "cannot write standard output");
    bool is_relative = output->path[0] != '/' && getcwd(folder, sizeof(folder)) != NULL;
    return ptl_error_errno(error, PTL_E_OUTPUT, refusal != NULL ? 0 : sys_errno,
                           "cannot write %s%s%s%s%s%s", output->path, is_relative ? " (in " : "",
                           is_relative ? folder : "", is_relative ? ")" : "",
                           refusal != NULL ? ": " : "", refusal != NULL ? refusal : "");
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Is the file that was opened still the one of that name? */
static bool is_in_place(const struct ptl_output *output)
{
    const struct ptl_place *place = &output->place;
    struct stat opened, named;
    int flags = place->is_passage ? 0 : AT_SYMLINK_NOFOLLOW;
    return fstat(output->fd, &opened) == 0 &&
           fstatat(place->folder, place->name, &named, flags) == 0 && is_same(&opened, &named);
}

static void dispose(struct ptl_output *output)
{
    if (output == NULL)
        return;
    if (output->is_new && is_in_place(output))
        unlinkat(output->place.folder, output->place.name, 0);
    if (output->fd >= 0 && !output->is_standard && output->fd != output->temporary.fd)
        close(output->fd);
    ptl_temporary_drop(&output->temporary);
    ptl_place_unmake(&output->place);
    ptl_place_leave(&output->place);
    ptl_gzip_free(output->gzip);
    free(output->path);
    free(output);
}

static bool fail(int failure)
{
    errno = failure;
    return false;
}

static bool refuse_place(struct ptl_output *output, const char *why)
{
    output->place.refusal = why;
    return fail(EACCES);
}

static bool open_standard(struct ptl_output *output, int fd)
{
    output->fd = fd;
    output->is_standard = true;
    int flags = fcntl(fd, F_GETFL);
    return (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY) || fail(EBADF);
}

/* A pipe is waited for until somebody reads it, or the run is to end. */
static int open_there(const struct ptl_place *place, const struct ptl_cancel *cancel)
{
    int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    struct pollfd waiting = {.fd = cancel != NULL ? cancel->fd : -1, .events = POLLIN};
    for (;;) {
        int fd = openat(place->folder, place->name, flags | (place->is_passage ? 0 : O_NOFOLLOW));
        if (fd >= 0)
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        if (fd >= 0 || errno != ENXIO || !S_ISFIFO(place->info.st_mode))
            return fd;
        if (ptl_cancel_cause(cancel) != 0) {
            errno = ECANCELED;
            return -1;
        }
        poll(&waiting, 1, READER_POLL_MS);
    }
}

/* False with EAGAIN: it is not what it was when it was looked for. Only what O_EXCL made is ours to
 * remove. */
static bool open_in_place(struct ptl_output *output, const struct ptl_cancel *cancel)
{
    struct ptl_place *place = &output->place;
    if (place->is_there)
        output->fd = open_there(place, cancel);
    else
        output->fd = openat(place->folder, place->name,
                            O_WRONLY | O_CLOEXEC | O_NOCTTY | O_CREAT | O_EXCL, 0666);
    output->is_new = !place->is_there && output->fd >= 0;
    if (output->fd < 0)
        return fail(errno == EEXIST || (place->is_there && errno == ENOENT) ? EAGAIN : errno);
    struct stat info;
    if (fstat(output->fd, &info) != 0)
        return false;
    if (place->is_there && !is_same(&info, &place->info))
        return fail(EAGAIN);
    output->is_file = S_ISREG(info.st_mode);
    if (!output->is_file)
        return true;
    if (flock(output->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        output->is_new = false; /* it is the other's now */
        return refuse_place(output, "another run is writing to it");
    }
    return is_in_place(output) || fail(EAGAIN);
}

/* Would rename() be allowed to replace it? As far as can be known before. */
static bool may_replace(const struct ptl_place *place)
{
    struct stat holder;
    if (faccessat(place->folder, place->name, W_OK, AT_EACCESS) != 0 ||
        fstat(place->folder, &holder) != 0)
        return false;
    uid_t self = geteuid();
    bool is_kept = (holder.st_mode & S_ISVTX) != 0 && self != 0 && self != holder.st_uid &&
                   self != place->info.st_uid;
    return !is_kept || fail(EPERM);
}

static bool is_mount(const struct ptl_place *place)
{
    struct statx info;
    return statx(place->folder, place->name, AT_SYMLINK_NOFOLLOW, 0, &info) == 0 &&
           (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static bool open_found(struct ptl_output *output, const struct ptl_output_options *options)
{
    struct ptl_place *place = &output->place;
    if (ptl_place_is_strangers(place))
        return refuse_place(output, "it belongs to another user, in a folder that everybody may "
                                    "write to");
    if (place->is_there && S_ISDIR(place->info.st_mode))
        return fail(EISDIR);
    if (options->is_live || place->is_passage ||
        (place->is_there && (!S_ISREG(place->info.st_mode) || is_mount(place))))
        return open_in_place(output, options->cancel);
    if (place->is_there && !may_replace(place))
        return false;
    /* Nobody reads what takes the place of a file that is theirs alone; a new one is made as any
     * program makes it. Rights to what was another's are not handed on. */
    struct stat info = place->info;
    if (!ptl_temporary_open(place->folder, place->is_there ? 0600 : 0666, &output->temporary))
        return false;
    output->fd = output->temporary.fd;
    if (!place->is_there && fstat(output->fd, &info) != 0)
        return false;
    output->mode = info.st_mode & 0777;
    return true;
}

static bool open_place(struct ptl_output *output, const struct ptl_output_options *options)
{
    /* Renaming over these would leave what comes later to nobody. */
    if (ptl_report_is_stdout(output->path))
        return open_standard(output, STDOUT_FILENO);
    if (ptl_place_is_stderr(output->path))
        return open_standard(output, STDERR_FILENO);
    for (unsigned i = 0; i < TRIES; i++) {
        if (!ptl_place_find(output->path, PTL_MISSING_MADE, &output->place))
            return false;
        bool is_open = open_found(output, options);
        if (is_open && !output->is_new)
            ptl_place_leave(&output->place);
        if (is_open || errno != EAGAIN)
            return is_open;
        if (output->fd >= 0)
            close(output->fd);
        output->fd = -1;
        output->is_new = false;
        ptl_place_unmake(&output->place);
        ptl_place_leave(&output->place);
    }
    return fail(EBUSY);
}

static ptl_gzip_take take;

enum ptl_status ptl_output_open(const char *path, const struct ptl_output_options *options,
                                struct ptl_output **output, struct ptl_error *error)
{
    static const struct ptl_output_options defaults = {.is_live = false};
    struct ptl_output *new = malloc(sizeof(*new));
    if (new == NULL)
        return ptl_error_no_memory(error);
    memset(new, 0, offsetof(struct ptl_output, buffer));
    new->fd = new->place.folder = new->place.made_in = -1;
    new->temporary = (struct ptl_temporary){.fd = -1, .folder = -1};
    new->path = strdup(path);
    bool is_compressed = options != NULL && options->is_compressed;
    if (is_compressed)
        new->gzip = ptl_gzip_new(take, new);
    if (new->path == NULL || (is_compressed && new->gzip == NULL)) {
        dispose(new);
        return ptl_error_no_memory(error);
    }
    if (!open_place(new, options != NULL ? options : &defaults)) {
        enum ptl_status status =
            errno == ECANCELED
                ? ptl_error_set(error, PTL_E_CANCELLED,
                                "%s is not written: nobody read it until the signal", path)
                : refuse(new, errno, error);
        dispose(new);
        return status;
    }
    *output = new;
    return PTL_OK;
}

void ptl_output_limit_wait(struct ptl_output *output, const struct ptl_sink_limit *limit)
{
    struct stat info;
    output->is_limited = fstat(output->fd, &info) != 0 || !S_ISREG(info.st_mode);
    output->limit = *limit;
    int own = ptl_sink_open_own(output->fd);
    if (own < 0)
        return;
    if (!output->is_standard)
        close(output->fd);
    output->fd = own;
    output->is_standard = false;
}

void ptl_output_begin(struct ptl_output *output)
{
    if (output->is_begun)
        return;
    output->is_begun = true;
    if (output->is_file && ftruncate(output->fd, 0) != 0)
        output->failure = errno;
    output->is_new = false;
    ptl_place_leave(&output->place);
}

static void flush(struct ptl_output *output)
{
    ptl_output_begin(output);
    if (output->failure == 0)
        output->failure = ptl_sink_write(output->fd, output->buffer, output->used,
                                         output->is_limited ? &output->limit : NULL);
    output->used = 0;
}

static void take(void *context, const void *bytes, size_t count)
{
    struct ptl_output *output = context;
    for (const char *from = bytes; count > 0 && output->failure == 0;) {
        size_t part = BUFFER - output->used < count ? BUFFER - output->used : count;
        memcpy(output->buffer + output->used, from, part);
        output->used += part;
        from += part;
        count -= part;
        if (output->used == BUFFER)
            flush(output);
    }
}

void ptl_output_write(struct ptl_output *output, const void *bytes, size_t count)
{
    if (output->gzip != NULL)
        ptl_gzip_write(output->gzip, bytes, count);
    else
        take(output, bytes, count);
}

bool ptl_output_write_line(struct ptl_output *output, struct ptl_buf *line)
{
    bool good = !line->failed;
    if (good)
        ptl_output_write(output, ptl_buf_text(line), line->length);
    ptl_buf_reset(line);
    return good;
}

void ptl_output_flush(struct ptl_output *output)
{
    flush(output);
}

/* The way there is walked again: a folder may have been removed or replaced while the run lasted.
 */
static bool put_in_place(struct ptl_output *output)
{
    ptl_place_keep(&output->place); /* what is written is there to stay */
    if (!ptl_place_find(output->path, PTL_MISSING_MADE, &output->place))
        return false;
    const struct ptl_place *place = &output->place;
    if (place->is_there && !S_ISREG(place->info.st_mode))
        return fail(S_ISDIR(place->info.st_mode) ? EISDIR : EEXIST);
    bool is_moved = ptl_temporary_move(&output->temporary, place, output->mode);
    output->fd = output->temporary.fd; /* another one, where it had to be copied */
    return is_moved;
}

enum ptl_status ptl_output_commit(struct ptl_output *output, struct ptl_error *error)
{
    if (output->gzip != NULL)
        ptl_gzip_end(output->gzip);
    flush(output);
    if (output->failure == 0 && output->temporary.fd >= 0 && !put_in_place(output))
        output->failure = errno;
    if (output->failure == 0 && output->is_file && fsync(output->fd) != 0)
        output->failure = errno;
    if (output->failure == 0 && !output->is_standard) {
        if (close(output->fd) != 0)
            output->failure = errno;
        output->fd = output->temporary.fd = -1;
    }
    enum ptl_status status = PTL_OK;
    if (output->failure == ECANCELED)
        status = refuse_to_wait(output, error);
    else if (output->failure != 0)
        status = refuse(output, output->failure, error);
    else
        ptl_place_keep(&output->place);
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

bool ptl_output_is_gone(const struct ptl_output *output)
{
    bool is_stdout = output->is_standard && output->fd == STDOUT_FILENO;
    return output->failure != 0 || (is_stdout && ptl_sink_is_gone(output->fd));
}
