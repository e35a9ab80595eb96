#include "report/output_state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ptl_status refuse_to_wait(const struct ptl_output *output, struct ptl_error *error)
{
    return ptl_error_set(error, PTL_E_OUTPUT,
                         "cannot write %s: the run is over and nobody reads; the rest of the "
                         "report is given up",
                         strcmp(output->path, "-") == 0 ? "standard output" : output->path);
}

/* A path that begins in the current folder is told with that: in cron it is not the expected one.
 */
enum ptl_status ptl_output_refuse(const struct ptl_output *output, int sys_errno,
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

bool ptl_output_is_in_place(const struct ptl_output *output)
{
    const struct ptl_file_place *place = &output->place;
    struct stat opened, named;
    int flags = place->is_passage ? 0 : AT_SYMLINK_NOFOLLOW;
    return fstat(output->fd, &opened) == 0 &&
           fstatat(place->folder, place->name, &named, flags) == 0 &&
           ptl_output_is_same(&opened, &named);
}

void ptl_output_abandon(struct ptl_output *output)
{
    if (output == NULL)
        return;
    if (output->is_new && ptl_output_is_in_place(output))
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

void ptl_output_flush(struct ptl_output *output)
{
    ptl_output_begin(output);
    if (output->failure == 0)
        output->failure = ptl_sink_write(output->fd, output->buffer, output->used,
                                         output->is_limited ? &output->limit : NULL);
    output->used = 0;
}

void ptl_output_take(void *context, const void *bytes, size_t count)
{
    struct ptl_output *output = context;
    for (const char *from = bytes; count > 0 && output->failure == 0;) {
        size_t part =
            PTL_OUTPUT_BUFFER - output->used < count ? PTL_OUTPUT_BUFFER - output->used : count;
        memcpy(output->buffer + output->used, from, part);
        output->used += part;
        from += part;
        count -= part;
        if (output->used == PTL_OUTPUT_BUFFER)
            ptl_output_flush(output);
    }
}

void ptl_output_write(struct ptl_output *output, const void *bytes, size_t count)
{
    if (output->gzip != NULL)
        ptl_gzip_write(output->gzip, bytes, count);
    else
        ptl_output_take(output, bytes, count);
}

bool ptl_output_write_line(struct ptl_output *output, struct ptl_buf *line)
{
    bool good = !line->failed;
    if (good)
        ptl_output_write(output, ptl_buf_text(line), line->length);
    ptl_buf_reset(line);
    return good;
}

/* The way there is walked again: a folder may have been removed or replaced while the run lasted.
 */
static bool put_in_place(struct ptl_output *output)
{
    ptl_place_keep(&output->place); /* what is written is there to stay */
    if (!ptl_place_find(output->path, PTL_MISSING_MADE, &output->place))
        return false;
    const struct ptl_file_place *place = &output->place;
    if (place->is_there && !S_ISREG(place->info.st_mode)) {
        errno = S_ISDIR(place->info.st_mode) ? EISDIR : EEXIST;
        return false;
    }
    bool is_moved = ptl_temporary_move(&output->temporary, place, output->mode);
    output->fd = output->temporary.fd; /* another one, where it had to be copied */
    return is_moved;
}

enum ptl_status ptl_output_commit(struct ptl_output *output, struct ptl_error *error)
{
    if (output->gzip != NULL)
        ptl_gzip_end(output->gzip);
    ptl_output_flush(output);
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
        status = ptl_output_refuse(output, output->failure, error);
    else
        ptl_place_keep(&output->place);
    ptl_output_abandon(output);
    return status;
}

enum ptl_status ptl_output_end(struct ptl_output *output, bool good, const char *why,
                               struct ptl_error *error)
{
    if (good)
        return ptl_output_commit(output, error);
    ptl_output_abandon(output);
    return ptl_error_set(error, PTL_E_NO_MEMORY, "%s", why);
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
