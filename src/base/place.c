#include "base/place.h"

#include "base/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as in the kernel */

struct walk {
    struct ptl_file_place *place;
    enum ptl_missing missing;
    unsigned links;
    char path[PATH_MAX];
    const char *rest; /* of the path: not walked yet */
};

static bool fail(int failure)
{
    errno = failure;
    return false;
}

static void close_quietly(int fd)
{
    int failure = errno;
    if (fd >= 0)
        close(fd);
    errno = failure;
}

bool ptl_place_is_strangers(const struct ptl_file_place *place)
{
    return place->is_there && !place->is_passage &&
           ptl_plain_is_strangers(place->folder, &place->info);
}

static bool is_of_proc(int fd)
{
    struct statfs info;
    return fstatfs(fd, &info) == 0 && info.f_type == PROC_SUPER_MAGIC;
}

static bool move_to(struct walk *walk, int folder)
{
    if (folder < 0)
        return false;
    close(walk->place->folder);
    walk->place->folder = folder;
    return true;
}

/* Appends to the list of what was made, which begins with the first folder that was missing. */
static bool make_folder(struct walk *walk, const char *name)
{
    struct ptl_file_place *place = walk->place;
    if (mkdirat(place->folder, name, 0777) != 0)
        return errno == EEXIST; /* somebody was faster */
    if (place->made_in < 0)
        place->made_in = fcntl(place->folder, F_DUPFD_CLOEXEC, 3);
    size_t used = strlen(place->made);
    if (place->made_in >= 0)
        snprintf(place->made + used, sizeof(place->made) - used, "%s%s", used > 0 ? "/" : "", name);
    return true;
}

/* Puts what a link holds before the rest of the path. */
static bool expand(struct walk *walk, int link)
{
    char target[PATH_MAX];
    if (++walk->links > LINKS_MAX)
        return fail(ELOOP);
    ssize_t length = readlinkat(link, "", target, sizeof(target));
    if (length < 0)
        return false;
    size_t rest = strlen(walk->rest);
    if ((size_t)length + rest >= sizeof(walk->path))
        return fail(ENAMETOOLONG);
    memmove(walk->path + length, walk->rest, rest + 1);
    memcpy(walk->path, target, (size_t)length);
    walk->rest = walk->path;
    return walk->path[0] != '/' || move_to(walk, open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static bool refuse_link(struct walk *walk)
{
    walk->place->refusal = "a link of another user, in a folder that everybody may write to, is "
                           "not followed";
    return fail(EACCES);
}

/* Goes on to a folder, or puts the link in its place. */
static bool enter(struct walk *walk, const char *name)
{
    int folder = walk->place->folder;
    struct stat info;
    int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && walk->missing == PTL_MISSING_MADE && make_folder(walk, name))
        fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = fstat(fd, &info) == 0;
    if (good && S_ISDIR(info.st_mode))
        return move_to(walk, fd);
    if (good && !S_ISLNK(info.st_mode))
        good = fail(ENOTDIR);
    else if (good && ptl_plain_is_strangers(folder, &info))
        good = refuse_link(walk);
    else if (good && is_of_proc(fd)) /* what it holds need not be a path */
        good = move_to(walk, openat(folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC));
    else if (good)
        good = expand(walk, fd);
    close_quietly(fd);
    return good;
}

/* A link of /proc: to a file that has a name, it is that; else a way to what is open. */
static bool pass(struct walk *walk, int link, const char *name)
{
    struct ptl_file_place *place = walk->place, named;
    char target[PATH_MAX];
    if (fstatat(place->folder, name, &place->info, 0) != 0)
        return false;
    place->is_there = place->is_passage = true;
    snprintf(place->name, sizeof(place->name), "%s", name);
    ssize_t length = readlinkat(link, "", target, sizeof(target) - 1);
    if (!S_ISREG(place->info.st_mode) || length <= 0 || target[0] != '/')
        return true;
    target[length] = '\0';
    if (!ptl_place_find(target, PTL_MISSING_TOLD, &named))
        return true;
    bool is_same = named.is_there && named.info.st_dev == place->info.st_dev &&
                   named.info.st_ino == place->info.st_ino;
    if (!is_same) {
        ptl_place_leave(&named);
        return true;
    }
    close(place->folder);
    place->folder = named.folder;
    memcpy(place->name, named.name, sizeof(place->name));
    place->is_passage = false;
    return true;
}

/* The last name of the path. True: it was found, or *again is set and the walk goes on. */
static bool arrive(struct walk *walk, const char *name, bool *again)
{
    struct ptl_file_place *place = walk->place;
    int fd = openat(place->folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT)
        return false;
    place->is_there = fd >= 0;
    snprintf(place->name, sizeof(place->name), "%s", name);
    bool good = fd < 0 || fstat(fd, &place->info) == 0;
    if (fd >= 0 && good && S_ISLNK(place->info.st_mode)) {
        if (ptl_plain_is_strangers(place->folder, &place->info)) {
            good = refuse_link(walk);
        } else if (is_of_proc(fd)) {
            good = pass(walk, fd, name);
        } else {
            good = expand(walk, fd);
            *again = true;
        }
    }
    close_quietly(fd);
    return good;
}

/* The missing folders and the name in them, one spelling for all: nothing is there to be a link. */
static bool tell_missing(struct walk *walk, const char *name)
{
    char *told = walk->place->name;
    size_t used = (size_t)snprintf(told, sizeof(walk->place->name), "%s", name);
    while (*(walk->rest += strspn(walk->rest, "/")) != '\0') {
        size_t length = strcspn(walk->rest, "/");
        if (length == 2 && walk->rest[0] == '.' && walk->rest[1] == '.') {
            if (used == 0)
                return fail(ENOENT);
            while (used > 0 && told[--used] != '/')
                ;
            told[used] = '\0';
        } else if (length != 1 || walk->rest[0] != '.') {
            used += (size_t)snprintf(told + used, sizeof(walk->place->name) - used, "%s%.*s",
                                     used > 0 ? "/" : "", (int)length, walk->rest);
            if (used >= sizeof(walk->place->name))
                return fail(ENAMETOOLONG);
        }
        walk->rest += length;
    }
    walk->place->is_there = false;
    return walk->rest[-1] != '/' || fail(EISDIR);
}

/* "name/", which no file can be. */
static bool refuse_folder(const struct walk *walk, const char *name)
{
    struct stat info;
    bool is_file = fstatat(walk->place->folder, name, &info, 0) == 0 && !S_ISDIR(info.st_mode);
    return fail(is_file ? ENOTDIR : EISDIR);
}

static bool walk_on(struct walk *walk)
{
    for (;;) {
        char name[NAME_MAX + 1];
        walk->rest += strspn(walk->rest, "/");
        size_t length = strcspn(walk->rest, "/");
        if (length > NAME_MAX)
            return fail(ENAMETOOLONG);
        memcpy(name, walk->rest, length);
        name[length] = '\0';
        walk->rest += length;
        bool is_last = *walk->rest == '\0', again = false;
        bool is_folder = walk->rest[strspn(walk->rest, "/")] == '\0' && !is_last;
        bool is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        if (is_last && (is_dots || length == 0))
            return fail(EISDIR);
        if (is_folder)
            return refuse_folder(walk, name);
        if (is_last && !arrive(walk, name, &again))
            return false;
        if (is_last && !again)
            return true;
        if (is_last || enter(walk, name))
            continue;
        bool is_told = errno == ENOENT && walk->missing == PTL_MISSING_TOLD && !is_dots;
        return is_told && tell_missing(walk, name);
    }
}

bool ptl_place_find(const char *path, enum ptl_missing missing, struct ptl_file_place *place)
{
    struct walk walk = {.place = place, .missing = missing};
    *place = (struct ptl_file_place){.folder = -1, .made_in = -1};
    if (path[0] == '\0')
        return fail(ENOENT);
    if (strlen(path) >= sizeof(walk.path))
        return fail(ENAMETOOLONG);
    strcpy(walk.path, path);
    walk.rest = walk.path;
    place->folder = open(path[0] == '/' ? "/" : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (place->folder >= 0 && walk_on(&walk))
        return true;
    int failure = errno;
    ptl_place_unmake(place);
    ptl_place_leave(place);
    return fail(failure);
}

void ptl_place_leave(struct ptl_file_place *place)
{
    close_quietly(place->folder);
    place->folder = -1;
}

void ptl_place_keep(struct ptl_file_place *place)
{
    close_quietly(place->made_in);
    place->made_in = -1;
}

void ptl_place_unmake(struct ptl_file_place *place)
{
    char *last = place->made;
    while (place->made_in >= 0 && last != NULL &&
           unlinkat(place->made_in, place->made, AT_REMOVEDIR) == 0)
        if ((last = strrchr(place->made, '/')) != NULL)
            *last = '\0';
    ptl_place_keep(place);
}
