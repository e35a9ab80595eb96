#include "base/leftover.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX ".portolan."

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool is_temporary_name(const char *name)
{
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
        return false;
    name += strlen(PREFIX);
    size_t pid = strspn(name, "0123456789");
    if (pid == 0 || name[pid] != '.')
        return false;
    name += pid + 1;
    return isdigit((unsigned char)*name) && name[strspn(name, "0123456789")] == '\0';
}

/* A run holds a lock on what is its own: what nobody holds is of one that was killed. */
static void remove_left(int folder, const char *name)
{
    struct stat info, named;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
        flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && is_same(&info, &named))
        unlinkat(folder, name, 0);
    close(fd);
}

void ptl_leftovers_remove(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (entries == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (is_temporary_name(entry->d_name) &&
            (entry->d_type == DT_REG || entry->d_type == DT_UNKNOWN))
            remove_left(folder, entry->d_name);
    closedir(entries);
}
