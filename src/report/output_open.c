/* How an output is opened: in its place, beside it, or as a stream of the process's. */
#include "report/output_state.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100         /* to open what others create and remove meanwhile */
#define READER_POLL_MS 20 /* nothing tells that a pipe is opened for reading */

static bool fail(int failure)
{
    errno = failure;
    return false;
}

/* Is it the file or pipe, no device, that this stream is? */
static bool is_open_as(const char *path, int fd)
{
    struct stat named, opened;
    return stat(path, &named) == 0 && !S_ISCHR(named.st_mode) && !S_ISBLK(named.st_mode) &&
           fstat(fd, &opened) == 0 && ptl_output_is_same(&named, &opened);
}

bool ptl_report_is_stdout(const char *path)
{
    return strcmp(path, "-") == 0 || is_open_as(path, STDOUT_FILENO);
}

char *ptl_report_place(const char *path)
{
    struct ptl_file_place place;
    struct stat folder;
    char *told = NULL;
    if (ptl_report_is_stdout(path))
        return strdup("-");
    if (!ptl_place_find(path, PTL_MISSING_TOLD, &place))
        return NULL;
    bool is_file = !place.is_there || S_ISREG(place.info.st_mode);
    if (is_file && fstat(place.folder, &folder) == 0 &&
        asprintf(&told, "%ju:%ju/%s", (uintmax_t)folder.st_dev, (uintmax_t)folder.st_ino,
                 place.name) < 0)
        told = NULL;
    ptl_place_leave(&place);
    return told;
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
static int open_there(const struct ptl_file_place *place, const struct ptl_cancel *cancel)
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
    struct ptl_file_place *place = &output->place;
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
    if (place->is_there && !ptl_output_is_same(&info, &place->info))
        return fail(EAGAIN);
    output->is_file = S_ISREG(info.st_mode);
    if (!output->is_file)
        return true;
    if (flock(output->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        output->is_new = false; /* it is the other's now */
        return refuse_place(output, "another run is writing to it");
    }
    return ptl_output_is_in_place(output) || fail(EAGAIN);
}

/* Would rename() be allowed to replace it? As far as can be known before. */
static bool may_replace(const struct ptl_file_place *place)
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

static bool is_mount(const struct ptl_file_place *place)
{
    struct statx info;
    return statx(place->folder, place->name, AT_SYMLINK_NOFOLLOW, 0, &info) == 0 &&
           (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static bool open_found(struct ptl_output *output, const struct ptl_output_options *options)
{
    struct ptl_file_place *place = &output->place;
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
    if (is_open_as(output->path, STDERR_FILENO))
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
        new->gzip = ptl_gzip_new(ptl_output_take, new);
    if (new->path == NULL || (is_compressed && new->gzip == NULL)) {
        ptl_output_abandon(new);
        return ptl_error_no_memory(error);
    }
    if (!open_place(new, options != NULL ? options : &defaults)) {
        enum ptl_status status =
            errno == ECANCELED
                ? ptl_error_set(error, PTL_E_CANCELLED,
                                "%s is not written: nobody read it until the signal", path)
                : ptl_output_refuse(new, errno, error);
        ptl_output_abandon(new);
        return status;
    }
    *output = new;
    return PTL_OK;
}
