#include "report/place.h"

#include "portolan/report.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool ptl_report_is_stdout(const char *path)
{
    struct stat named, out;
    if (strcmp(path, "-") == 0)
        return true;
    return stat(path, &named) == 0 && !S_ISCHR(named.st_mode) && !S_ISBLK(named.st_mode) &&
           fstat(STDOUT_FILENO, &out) == 0 && named.st_dev == out.st_dev &&
           named.st_ino == out.st_ino;
}

/* DIRECTORY/NAME, of the directory that `path` lies in, links followed; or NAME, if that begins
 * with a slash. */
static char *beside(const char *path, const char *name)
{
    char *copy = strdup(path), *joined = NULL;
    char *directory = copy != NULL && name[0] != '/' ? realpath(dirname(copy), NULL) : NULL;
    if (name[0] == '/')
        joined = strdup(name);
    else if (directory != NULL && asprintf(&joined, "%s/%s", directory, name) < 0)
        joined = NULL;
    int failure = errno;
    free(directory);
    free(copy);
    errno = failure;
    return joined;
}

char *ptl_place_follow(const char *path)
{
    char target[PATH_MAX], *place = realpath(path, NULL);
    if (place != NULL || errno != ENOENT)
        return place;
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    if (length < 0) { /* no link: what is not there yet */
        char *copy = strdup(path);
        place = copy != NULL ? beside(path, basename(copy)) : NULL;
        free(copy);
        return place;
    }
    target[length] = '\0';
    char *next = beside(path, target);
    if (next != NULL)
        place = ptl_place_follow(next); /* ends: links in a circle are ELOOP above */
    free(next);
    return place;
}

char *ptl_report_place(const char *path)
{
    struct stat info;
    if (ptl_report_is_stdout(path))
        return strdup("-");
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return NULL;
    return ptl_place_follow(path);
}
