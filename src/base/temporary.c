#include "base/temporary.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define TRIES 100 /* for a name that is free */
#define COPY_BYTES (64UL * 1024)

#define WAY_SIZE 32
#define PREFIX ".portolan." /* then the process, a dot, and a number of its own */

static const char *way_to(int fd, char way[WAY_SIZE])
{
    snprintf(way, WAY_SIZE, "/proc/self/fd/%d", fd);
    return way;
}

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

/* Removes what is ours in the folder, and nobody holds. */
static void remove_leftovers(int folder)
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

static void choose_name(struct ptl_temporary *temporary, unsigned number)
{
    snprintf(temporary->name, sizeof(temporary->name), PREFIX "%ld.%u", (long)getpid(), number);
}

static bool open_named(int folder, mode_t mode, struct ptl_temporary *temporary)
{
    temporary->folder = openat(folder, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (unsigned i = 0; i < TRIES && temporary->folder >= 0; i++) {
        struct stat info;
        choose_name(temporary, i);
        temporary->fd =
            openat(folder, temporary->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (temporary->fd < 0 && errno == EEXIST)
            continue;
        if (temporary->fd < 0)
            break;
        /* Another run may have taken it for left behind before it was locked. */
        bool is_lost = flock(temporary->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
        if (!is_lost && fstat(temporary->fd, &info) == 0 && info.st_nlink > 0)
            return true;
        close(temporary->fd);
    }
    int failure = errno;
    temporary->fd = -1;
    ptl_temporary_drop(temporary);
    errno = failure;
    return false;
}

bool ptl_temporary_open(int folder, mode_t mode, struct ptl_temporary *temporary)
{
    char way[WAY_SIZE];
    struct stat info, seen;
    *temporary = (struct ptl_temporary){.fd = -1, .folder = -1};
    remove_leftovers(folder);
    temporary->fd = openat(folder, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
    if (temporary->fd >= 0) {
        if (fstat(temporary->fd, &info) == 0 && stat(way_to(temporary->fd, way), &seen) == 0 &&
            is_same(&info, &seen)) {
            flock(temporary->fd, LOCK_EX | LOCK_NB);
            return true;
        }
        close(temporary->fd); /* without /proc it would never have a name */
    }
    return open_named(folder, mode,
                      temporary); /* and what that fails with is what everybody knows */
}

/* Gives the file a temporary name in the folder: linkat() cannot replace, rename() can. */
static bool give_name(struct ptl_temporary *temporary, int folder)
{
    char way[WAY_SIZE];
    way_to(temporary->fd, way);
    for (unsigned i = 0; i < TRIES; i++) {
        choose_name(temporary, i);
        if (linkat(AT_FDCWD, way, folder, temporary->name, AT_SYMLINK_FOLLOW) == 0) {
            temporary->folder = openat(folder, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
            if (temporary->folder >= 0)
                return true;
            int failure = errno;
            unlinkat(folder, temporary->name, 0);
            errno = failure;
            return false;
        }
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static bool copy_all(int from, int to)
{
    char block[COPY_BYTES];
    for (off_t at = 0;;) {
        ssize_t got = pread(from, block, sizeof(block), at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        for (ssize_t put = 0; put < got;) {
            ssize_t count = write(to, block + put, (size_t)(got - put));
            if (count < 0 && errno != EINTR)
                return false;
            put += count > 0 ? count : 0;
        }
        at += got;
    }
}

/* Another file in that folder takes over: the first cannot get there. */
static bool copy_to(struct ptl_temporary *temporary, int folder, mode_t mode)
{
    struct ptl_temporary other = {.fd = -1, .folder = -1};
    if (!open_named(folder, 0600, &other))
        return false;
    bool good =
        copy_all(temporary->fd, other.fd) && fchmod(other.fd, mode) == 0 && fsync(other.fd) == 0;
    int failure = errno;
    ptl_temporary_drop(good ? temporary : &other);
    if (good)
        *temporary = other;
    errno = failure;
    return good;
}

/* Shows that what stands in the folder is safe; some file systems cannot. */
static void sync_folder(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

bool ptl_temporary_move(struct ptl_temporary *temporary, const struct ptl_file_place *place,
                        mode_t mode)
{
    if (fchmod(temporary->fd, mode) != 0 || fsync(temporary->fd) != 0)
        return false;
    bool has_name = temporary->folder >= 0 || give_name(temporary, place->folder);
    if (!has_name && !copy_to(temporary, place->folder, mode))
        return false;
    bool is_moved = renameat(temporary->folder, temporary->name, place->folder, place->name) == 0;
    /* The folder of the file was removed with all that was in it, or is on another file system. */
    if (!is_moved && (errno == ENOENT || errno == EXDEV) && copy_to(temporary, place->folder, mode))
        is_moved = renameat(temporary->folder, temporary->name, place->folder, place->name) == 0;
    if (!is_moved)
        return false;
    close(temporary->folder);
    temporary->folder = -1;
    sync_folder(place->folder);
    return true;
}

bool ptl_temporary_put(struct ptl_temporary *temporary, int folder, const char *path, bool replaces)
{
    char way[WAY_SIZE];
    if (temporary->folder < 0 && !replaces)
        return linkat(AT_FDCWD, way_to(temporary->fd, way), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
    return (temporary->folder >= 0 || give_name(temporary, folder)) &&
           renameat2(temporary->folder, temporary->name, AT_FDCWD, path,
                     replaces ? 0 : RENAME_NOREPLACE) == 0;
}

void ptl_temporary_drop(struct ptl_temporary *temporary)
{
    struct stat info, named;
    if (temporary->folder >= 0 && temporary->fd >= 0 && fstat(temporary->fd, &info) == 0 &&
        fstatat(temporary->folder, temporary->name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        is_same(&info, &named))
        unlinkat(temporary->folder, temporary->name, 0);
    if (temporary->folder >= 0)
        close(temporary->folder);
    if (temporary->fd >= 0)
        close(temporary->fd);
    temporary->fd = temporary->folder = -1;
}
