#include "cli/places.h"

#include "portolan/report.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *place_of(const char *path)
{
    struct stat info;
    if (ptl_report_is_stdout(path))
        return strdup("-");
    if (stat(path, &info) == 0)
        return S_ISREG(info.st_mode) ? realpath(path, NULL) : NULL;
    char *for_dirname = strdup(path), *for_basename = strdup(path), *place = NULL;
    char *directory = for_dirname != NULL ? realpath(dirname(for_dirname), NULL) : NULL;
    if (directory != NULL && for_basename != NULL &&
        asprintf(&place, "%s/%s", directory, basename(for_basename)) < 0)
        place = NULL;
    free(directory);
    free(for_basename);
    free(for_dirname);
    return place;
}
