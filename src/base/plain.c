#include "base/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char *refuse(const char *path, const struct stat *info)
{
    struct statfs system;
    if (S_ISFIFO(info->st_mode))
        return statfs(path, &system) == 0 && system.f_type == PIPEFS_MAGIC ? NULL
                                                                           : "it is a named pipe";
    if (S_ISSOCK(info->st_mode))
        return "it is a socket";
    bool is_null = S_ISCHR(info->st_mode) && info->st_rdev == makedev(1, 3);
    bool is_device = S_ISCHR(info->st_mode) || S_ISBLK(info->st_mode);
    return is_device && !is_null ? "it is a device" : NULL;
}

int ptl_plain_open(const char *path, const char **refusal)
{
    struct stat info, opened;
    *refusal = NULL;
    if (stat(path, &info) != 0)
        return -1;
    *refusal = refuse(path, &info);
    if (*refusal != NULL)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -1;
    int failure = S_ISDIR(info.st_mode) ? EISDIR : 0;
    if (fstat(fd, &opened) != 0)
        failure = errno;
    else if (opened.st_dev != info.st_dev || opened.st_ino != info.st_ino)
        failure = EAGAIN; /* replaced just now, by who knows what */
    if (failure == 0) {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
        return fd;
    }
    close(fd);
    errno = failure;
    return -1;
}

bool ptl_plain_write(int fd, const void *bytes, size_t count, off_t at)
{
    const char *from = bytes;
    while (count > 0) {
        ssize_t written = pwrite(fd, from, count, at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written == 0)
            errno = ENOSPC;
        if (written <= 0)
            return false;
        from += written;
        at += written;
        count -= (size_t)written;
    }
    return true;
}

bool ptl_plain_is_strangers(int folder, const struct stat *info)
{
    struct stat holder;
    if (fstat(folder, &holder) != 0)
        return true;
    return (holder.st_mode & S_ISVTX) != 0 && (holder.st_mode & S_IWOTH) != 0 &&
           info->st_uid != geteuid() && info->st_uid != holder.st_uid;
}
