#include "profile/file.h"

#include "base/plain.h"
#include "profile/document.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ptl_status read_all(int fd, char *buffer, size_t *length, struct ptl_error *error)
{
    size_t used = 0;
    while (used <= PTL_DOCUMENT_MAX) {
        ssize_t got = read(fd, buffer + used, PTL_DOCUMENT_MAX + 1 - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot be read");
        if (got == 0)
            break;
        used += (size_t)got;
    }
    if (used > PTL_DOCUMENT_MAX)
        return ptl_error_set(error, PTL_E_INVALID, "larger than 1 MiB");
    *length = used;
    return PTL_OK;
}

enum ptl_status ptl_file_read(const char *path, bool from_user, char **text, size_t *length,
                              struct ptl_file_id *id, struct ptl_error *error)
{
    bool is_stdin = from_user && strcmp(path, "-") == 0;
    const char *refusal = NULL;
    int fd = STDIN_FILENO;
    if (!is_stdin)
        fd = from_user ? open(path, O_RDONLY | O_CLOEXEC) : ptl_plain_open(path, &refusal);
    if (refusal != NULL)
        return ptl_error_set(error, PTL_E_INVALID, "cannot be opened: %s", refusal);
    if (fd < 0)
        return ptl_error_errno(error, PTL_E_INVALID, errno, "cannot be opened");
    enum ptl_status status;
    struct stat stat = {0};
    char *buffer = malloc(PTL_DOCUMENT_MAX + 1);
    if (buffer == NULL)
        status = ptl_error_no_memory(error);
    else if (fstat(fd, &stat) != 0)
        status = ptl_error_errno(error, PTL_E_INVALID, errno, "cannot be read");
    else
        status = read_all(fd, buffer, length, error);
    if (!is_stdin)
        close(fd);
    if (status != PTL_OK) {
        free(buffer);
        return status;
    }
    if (id != NULL)
        *id = (struct ptl_file_id){stat.st_dev, stat.st_ino};
    *text = buffer;
    return PTL_OK;
}

char *ptl_file_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup("");
    return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

char *ptl_file_join(const char *base_dir, const char *path)
{
    char *joined = NULL;
    if (*path == '/' || !*base_dir)
        return strdup(path);
    bool has_slash = base_dir[strlen(base_dir) - 1] == '/';
    return asprintf(&joined, "%s%s%s", base_dir, has_slash ? "" : "/", path) < 0 ? NULL : joined;
}
