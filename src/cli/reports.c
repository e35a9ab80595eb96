#include "cli/reports.h"

#include "cli/commands.h"
#include "portolan/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Expands every path; two formats must not go to one place. */
static bool expand_paths(const char *command, const struct arguments *arguments,
                         const struct ptl_results *results, enum ptl_format standard,
                         char *paths[PTL_FORMAT_COUNT])
{
    struct ptl_error error;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++) {
        const char *pattern = arguments->reports[f];
        if (!arguments->any_report && f == (int)standard)
            pattern = "-";
        if (pattern == NULL)
            continue;
        if (ptl_report_expand(pattern, results->run.profile, results->run.started_ms, &paths[f],
                              &error) != PTL_OK) {
            print_error(&error);
            return false;
        }
        for (int other = 0; other < f; other++) {
            if (paths[other] != NULL && strcmp(paths[other], paths[f]) == 0) {
                fprintf(stderr, "portolan %s: %s and %s both go to %s\n", command,
                        ptl_format_names[other], ptl_format_names[f], paths[f]);
                return false;
            }
        }
    }
    return true;
}

static bool write_one(enum ptl_format format, const char *path, const struct ptl_results *results,
                      bool quiet)
{
    struct ptl_report_options options = {.color = getenv("NO_COLOR") == NULL};
    struct ptl_report *report = NULL;
    struct ptl_error error;
    enum ptl_status status = ptl_report_open(format, path, &options, &report, &error);
    if (status == PTL_OK) {
        status = ptl_report_write(report, results, &error);
        if (status == PTL_OK)
            status = ptl_report_close(report, &error);
        else
            ptl_report_abandon(report);
    }
    if (status != PTL_OK)
        print_error(&error);
    else if (!quiet && strcmp(path, "-") != 0)
        fprintf(stderr, "wrote %s\n", path);
    return status == PTL_OK;
}

int reports_write(const char *command, const struct arguments *arguments,
                  const struct ptl_results *results, enum ptl_format standard)
{
    char *paths[PTL_FORMAT_COUNT] = {NULL};
    int status = EXIT_DONE;
    if (!expand_paths(command, arguments, results, standard, paths))
        status = EXIT_USAGE;
    /* The others are still written after one has failed. */
    for (int f = 0; f < PTL_FORMAT_COUNT && status != EXIT_USAGE; f++)
        if (paths[f] != NULL && !write_one((enum ptl_format)f, paths[f], results, arguments->quiet))
            status = EXIT_OUTPUT;
    for (int f = 0; f < PTL_FORMAT_COUNT; f++)
        free(paths[f]);
    return status;
}
